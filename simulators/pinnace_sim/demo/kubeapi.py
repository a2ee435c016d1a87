"""What somebody at a site does with its KubeAPI: reads, deletes, edits. One HTTP request at a time, by a kubeconfig.

Takes client certificates, tokens and token files. Refuses what would need a program of its own to log in, and what is
not verified.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml

TIMEOUT_S = 10.0
APPLY = "application/apply-patch+yaml"  # server-side apply; JSON is YAML
JSON = "application/json"
# Answers that are no failure: there is nothing to read or to delete, or there is already what was to be made.
NOTHING_DONE = {("GET", 404), ("DELETE", 404), ("POST", 409)}
# Kind -> the path before its namespace, and its plural.
PLACES = {
    "ConfigMap": ("/api/v1", "configmaps"),
    "Service": ("/api/v1", "services"),
    "Deployment": ("/apis/apps/v1", "deployments"),
}


class KubeApiFailed(Exception):  # noqa: N818 - named as what happened
    """The KubeAPI did not answer, or refused; the message says where and what it said."""


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach one KubeAPI. `context` is None for plain HTTP, which is for the same machine only."""

    server: str
    context: ssl.SSLContext | None
    token: str = ""


def login(kubeconfig: Path) -> Login:
    """Of the current context. Raises KubeApiFailed for what it cannot use."""
    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    context = _named(config, "contexts", "context", config["current-context"])
    cluster = _named(config, "clusters", "cluster", context["cluster"])
    user = _named(config, "users", "user", context["user"])
    unusable = {"exec", "auth-provider", "username"} & user.keys()
    if unusable:
        message = (
            f"user {context['user']!r} logs in by {min(unusable)!r}; use a kubeconfig with a token or a certificate"
        )
        raise KubeApiFailed(f"{kubeconfig}: {message}")
    has_tls = urlsplit(cluster["server"]).scheme == "https"
    token = user.get("token") or (Path(user["tokenFile"]).read_text().strip() if "tokenFile" in user else "")
    return Login(cluster["server"].rstrip("/"), _tls(cluster, user) if has_tls else None, token)


class KubeApi:
    """One KubeAPI as one person sees it, in one namespace. Kinds are the keys of PLACES."""

    def __init__(self, access: Login, namespace: str) -> None:
        self.namespace = namespace
        self._login = access

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        """The object; None if there is none."""
        return self._ask("GET", self._path(kind, name))

    def delete(self, kind: str, name: str) -> None:
        """Gone already is fine."""
        self._ask("DELETE", self._path(kind, name))

    def edit(self, kind: str, name: str, fields: Mapping[str, Any], manager: str) -> None:
        """Sets these fields by server-side apply as `manager`, taking them from whoever had them."""
        version = PLACES[kind][0].removeprefix("/apis/").removeprefix("/api/")
        body = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **fields}
        query = f"?fieldManager={quote(manager)}&force=true"
        self._ask("PATCH", self._path(kind, name) + query, body, APPLY)

    def read_namespace(self, name: str = "") -> dict[str, Any] | None:
        """The Namespace object, of its own or of another name; None if there is none."""
        return self._ask("GET", f"/api/v1/namespaces/{name or self.namespace}")

    def make_namespace(self, labels: Mapping[str, str]) -> bool:
        """False if there is one of this name already."""
        meta = {"name": self.namespace, "labels": dict(labels)}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
        return self._ask("POST", "/api/v1/namespaces", body, JSON) is not None

    def delete_namespace(self) -> None:
        """Begins it; the cluster goes on."""
        self._ask("DELETE", f"/api/v1/namespaces/{self.namespace}")

    def _path(self, kind: str, name: str) -> str:
        prefix, plural = PLACES[kind]
        return f"{prefix}/namespaces/{self.namespace}/{plural}/{name}"

    def _ask(self, method: str, path: str, body: object = None, content_type: str = JSON) -> dict[str, Any] | None:
        """The answer; None where a GET or a DELETE finds nothing, and where a POST finds something."""
        status, content = self._request(method, path, body, content_type)
        if (method, status) in NOTHING_DONE:
            return None
        answer = _decoded(content)
        if not 200 <= status < 300:
            said = answer.get("message") or content[:200].decode(errors="replace")
            raise KubeApiFailed(f"{method} {self._login.server}{path}: {status} {said}")
        return answer

    def _request(self, method: str, path: str, body: object, content_type: str) -> tuple[int, bytes]:
        connection = self._connection()
        headers = {"Content-Type": content_type, "Accept": JSON}
        if self._login.token:
            headers["Authorization"] = f"Bearer {self._login.token}"
        try:
            base = urlsplit(self._login.server).path
            connection.request(method, base + path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as exc:
            raise KubeApiFailed(f"{method} {self._login.server}{path}: {exc}") from exc
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        address = urlsplit(self._login.server)
        host = address.hostname or ""
        if self._login.context is None:
            return http.client.HTTPConnection(host, address.port or 80, timeout=TIMEOUT_S)
        return http.client.HTTPSConnection(host, address.port or 443, timeout=TIMEOUT_S, context=self._login.context)


def _named(config: Mapping[str, Any], plural: str, singular: str, name: str) -> dict[str, Any]:
    for each in config.get(plural) or ():
        if each["name"] == name:
            return each.get(singular) or {}
    raise KubeApiFailed(f"the kubeconfig has no {singular} {name!r}")


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if (authority := _content(cluster, "certificate-authority")) is not None:
        context = ssl.create_default_context(cadata=authority.decode())
    certificate, key = _content(user, "client-certificate"), _content(user, "client-key")
    if certificate is not None and key is not None:
        with tempfile.NamedTemporaryFile(prefix="pinnace-login-") as file:  # ssl reads keys from files only; mode 0600
            file.write(certificate + b"\n" + key)
            file.flush()
            context.load_cert_chain(file.name)
    return context


def _content(place: Mapping[str, Any], name: str) -> bytes | None:
    """From the kubeconfig itself, or from the file that it names."""
    if f"{name}-data" in place:
        return base64.b64decode(place[f"{name}-data"])
    return Path(place[name]).read_bytes() if name in place else None


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
