"""A KubeAPI inside this process, for the real clients of a simulated site.

An event loop in a thread of its own serves it; every method may be called from any thread and has taken effect when it
returns.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from pinnace_sim.cluster.access import users
from pinnace_sim.cluster.access.users import Access
from pinnace_sim.cluster.clock import Clock
from pinnace_sim.cluster.core import Cluster
from pinnace_sim.cluster.serving.api import Api
from pinnace_sim.cluster.serving.server import HOST, Server
from pinnace_sim.cluster.settings import ClusterSettings
from pinnace_sim.provision import ports
from pinnace_sim.provision.started import Started

DEADLINE_S = 10.0
NAME = "site"
Found = TypeVar("Found")


class EmbeddedKubeApi(Started):
    """A context manager: leaving it ends the cluster and frees the port. Use `start`."""

    def __init__(self, cluster: Cluster, access: Access, port: int) -> None:
        self.port = port
        self._cluster = cluster
        self._access = access
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"kubeapi-{port}", daemon=True)
        self._server = Server(cluster, Api(cluster, access, f"{HOST}:{port}"), port)

    @classmethod
    def start(
        cls,
        *,
        port: int | None = None,
        settings: ClusterSettings | None = None,
        seed: int = 0,
        needs_token: bool = False,
    ) -> Self:
        """Serves an empty cluster on this port, or a free one, when it returns.

        Who shows no token is the administrator, unless `needs_token`; with a token of `kubeconfig` one has the
        permissions of its account.
        """
        cluster = Cluster(steady_clock(), seed=seed, settings=settings)
        embedded = cls(cluster, Access(needs_token=needs_token), ports.free_port() if port is None else port)
        embedded._thread.start()
        try:
            embedded.bring_back()
        except BaseException:
            embedded.stop()
            raise
        return embedded

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def kubeconfig(self, path: Path) -> Path:
        """Writes a kubeconfig of the administrator. kubectl shows no token over http, and needs none here."""
        return self._write(path, users.ADMIN if self._access.needs_token else None, "default")

    def kubeconfig_for(self, path: Path, service_account: str, namespace: str) -> Path:
        """Writes a kubeconfig with the permissions of a ServiceAccount, whether there is such an object or not."""
        return self._write(path, users.service_account(namespace, service_account), namespace)

    def ask(self, work: Callable[[Cluster], Found]) -> Found:
        """What `work` returns, called with the core in between two requests."""

        async def run() -> Found:
            found = work(self._cluster)
            self._server.wake()
            return found

        return self._do(run())

    def take_away(self) -> None:
        """Connections are refused and those that are there end; the cluster itself lives on."""
        self._do(self._server.close())

    def bring_back(self) -> None:
        self._do(self._server.open())

    def freeze(self) -> None:
        """Connections are taken and nothing is answered."""
        self._loop.call_soon_threadsafe(self._server.freeze)

    def thaw(self) -> None:
        self._loop.call_soon_threadsafe(self._server.thaw)

    def stop(self) -> None:
        """Safe to repeat."""
        if self._loop.is_closed():
            return
        self._do(self._server.end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Found]) -> Found:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_S)

    def _write(self, path: Path, user: users.User | None, namespace: str) -> Path:
        token = ""
        if user is not None:
            token = secrets.token_urlsafe(24)
            self._access.tokens[token] = user
        # Whoever waits for the file finds it whole.
        partial = path.with_name(f"{path.name}.partial")
        partial.touch(mode=0o600)
        partial.write_text(_kubeconfig(self.url, token, namespace))
        return partial.replace(path)


def steady_clock() -> Clock:
    """The wall clock of now, going on at the pace of the monotonic one: nobody sets it back under the controllers."""
    began, zero = datetime.now(UTC), time.monotonic()
    return lambda: began + timedelta(seconds=time.monotonic() - zero)


def _kubeconfig(url: str, token: str, namespace: str) -> str:
    context = {"cluster": NAME, "user": NAME, "namespace": namespace}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": {"server": url}}],
        "users": [{"name": NAME, "user": {"token": token} if token else {}}],
        "contexts": [{"name": NAME, "context": context}],
        "current-context": NAME,
    }
    return json.dumps(document, indent=1) + "\n"
