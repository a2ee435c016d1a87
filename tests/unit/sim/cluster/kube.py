"""Asks a real KubeAPI as the administrator, over one kept connection: what the pure rules are compared with."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """A status code and its body."""

    status: int
    body: dict[str, Any]

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


class Kube:
    """One connection with the client certificate of a kubeconfig as `pinnace_sim.controlplane` writes it."""

    def __init__(self, kubeconfig: Path) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        context = ssl.create_default_context(cadata=authority)
        pair = kubeconfig.with_name("kube-client.pem")
        pair.touch(mode=0o600)
        pair.write_bytes(b"".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("key", "certificate")))
        context.load_cert_chain(pair)
        address = urlsplit(cluster["server"])
        self._connection = http.client.HTTPSConnection(str(address.hostname), address.port, timeout=20, context=context)

    def ask(self, method: str, path: str, body: Any = None, content: str = JSON, **query: str) -> Answer:
        """One request; keywords become its query."""
        address = f"{path}?{urlencode(query)}" if query else path
        data = body if isinstance(body, str | None) else json.dumps(body)
        self._connection.request(method, address, data, {"Content-Type": content})
        response = self._connection.getresponse()
        text = response.read()
        try:
            return Answer(response.status, json.loads(text or b"{}"))
        except ValueError:  # a path that is not served yet
            return Answer(response.status, {"message": text.decode(errors="replace")})

    def close(self) -> None:
        self._connection.close()
