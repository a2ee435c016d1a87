"""A scripted KubeAPI on loopback for what a real one cannot be made to do on demand: 410, 429, 503, broken groups."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pinnace_edge.adapters.kube.cluster import KubeCluster
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.ports import ClusterChanged


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """`body` is JSON; a list is sent as lines, as a watch does."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


# The connection ends without an answer.
CUT = Reply(0)

Script = Callable[[Asked], Reply]


class ManualClock:
    """Stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.moment = 100.0

    def monotonic(self) -> float:
        return self.moment

    def now(self) -> Any:
        raise AssertionError("the adapter must not ask for the wall clock")


class KubeServer:
    """Answers as `script` says; discovery knows ConfigMaps unless the script answers it."""

    def __init__(self, script: Script, folder: Path) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.clock = ManualClock()
        self.url = ""
        self.kubeconfig = folder / "kubeconfig"

    def write_kubeconfig(self, token: str) -> None:
        cluster = {"name": "c", "cluster": {"server": self.url}}
        user = {"name": "u", "user": {"token": token}}
        context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
        config = {"clusters": [cluster], "users": [user], "contexts": [context], "current-context": "x"}
        self.kubeconfig.write_text(json.dumps(config))

    def cluster(self, emit: Callable[[ClusterChanged], None] = lambda _: None, **settings: Any) -> KubeCluster:
        return KubeCluster(KubeSettings(str(self.kubeconfig), **settings), self.clock, emit)

    def count(self, path: str) -> int:
        return sum(each.path == path for each in self.asked)

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        reply = self.script(asked)
        if reply.status == 404 and asked.path in ("/api", "/apis"):
            return Reply(body=discovery("v1" if asked.path == "/api" else "apps/v1"))
        return reply


@contextmanager
def serving(script: Script, folder: Path) -> Iterator[KubeServer]:
    """A server that runs for the time of a test."""
    kube = KubeServer(script, folder)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(kube))
    kube.url = f"http://127.0.0.1:{http.server_address[1]}"
    kube.write_kubeconfig("first")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield kube
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def discovery(api_version: str, *, freshness: str = "Current", resources: bool = True) -> dict[str, Any]:
    """One version of one group with ConfigMaps in it, whatever the group."""
    group, _, version = api_version.rpartition("/")
    config_maps = {
        "resource": "configmaps",
        "responseKind": {"group": "", "version": "", "kind": "ConfigMap"},
        "scope": "Namespaced",
        "verbs": ["list", "watch", "patch"],
    }
    found = {"version": version, "freshness": freshness, "resources": [config_maps] if resources else []}
    items = [{"metadata": {"name": group} if group else {}, "versions": [found]}]
    return {"kind": "APIGroupDiscoveryList", "items": items}


def status(code: int, message: str, **details: Any) -> Reply:
    body = {"kind": "Status", "code": code, "message": message, "details": details}
    return Reply(code, body)


def config_map(name: str, version: str = "1", **labels: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "shops", "uid": "u", "resourceVersion": version, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def page(*names: str, following: str = "") -> Reply:
    metadata = {"resourceVersion": "7"} | ({"continue": following} if following else {})
    return Reply(body={"kind": "List", "metadata": metadata, "items": [config_map(name) for name in names]})


def _handler(kube: KubeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for the client's delayed acknowledgement

        def _serve(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers.items()))
            reply = kube.answer(asked)
            if reply is CUT:
                self.close_connection = True
                return
            lines = reply.body if isinstance(reply.body, list) else [reply.body]
            data = b"" if reply.body is None else b"".join(json.dumps(line).encode() + b"\n" for line in lines)
            self.send_response(reply.status)
            for name, text in reply.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PATCH = do_PUT = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Tests print nothing."""

    return Handler
