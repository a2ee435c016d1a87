"""The text of kubeconfig files. Pure; JSON, which every reader of kubeconfigs takes, because YAML contains it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinnace_sim.provision.certificates import Pair

NAME = "site"  # of the one cluster, the one user and the one context in each file


def with_certificate(server: str, authority: Path, client: Pair) -> str:
    """A kubeconfig for `server` whose user is named by a client certificate. Reads the three PEM files."""
    user = {"client-certificate-data": _encoded(client.certificate), "client-key-data": _encoded(client.key)}
    return _text({"server": server, "certificate-authority-data": _encoded(authority)}, user, "default")


def with_token(existing: Mapping[str, Any], token: str, namespace: str) -> str:
    """The same cluster as in an `existing` kubeconfig (its current context only), with a bearer token as its user."""
    return _text(existing["clusters"][0]["cluster"], {"token": token}, namespace)


def _text(cluster: Mapping[str, Any], user: Mapping[str, Any], namespace: str) -> str:
    context = {"cluster": NAME, "user": NAME, "namespace": namespace}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": NAME, "cluster": cluster}],
            "users": [{"name": NAME, "user": user}],
            "contexts": [{"name": NAME, "context": context}],
            "current-context": NAME,
        },
        indent=1,
    )


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
