"""Where the KubeAPI is and who we are: what is accepted, and what a person reads when it is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pinnace_edge.adapters.kube import config, lean
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_schemas.errors import Unavailable


def kubeconfig(folder: Path, server: str, **cluster: Any) -> KubeSettings:
    context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
    content = {
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": [context],
        "current-context": "x",
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(content))
    return KubeSettings(kubeconfig=str(path))


def test_token_and_address_of_a_kubeconfig(tmp_path: Path) -> None:
    access = config.load(kubeconfig(tmp_path, "http://127.0.0.1:6443/"))
    assert access.url == "http://127.0.0.1:6443"
    assert access.headers() == {"Authorization": "Bearer secret"}


def test_missing_kubeconfig_may_still_come(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"kubeconfig .*/none does not exist"):
        config.load(KubeSettings(kubeconfig=str(tmp_path / "none")))


@pytest.mark.parametrize("content", ["", "a: [", "clusters: []", '{"current-context": "x"}'])
def test_half_written_kubeconfig_may_still_become_whole(tmp_path: Path, content: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(content)
    with pytest.raises(Unavailable, match="cannot read how to reach the KubeAPI"):
        config.load(KubeSettings(kubeconfig=str(path)))


def test_unknown_context_is_named(tmp_path: Path) -> None:
    settings = kubeconfig(tmp_path, "http://127.0.0.1:6443")
    with pytest.raises(Unavailable, match="other"):
        config.load(KubeSettings(settings.kubeconfig, context="other"))


def test_plain_http_leaves_this_machine_never(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is not https"):
        config.load(kubeconfig(tmp_path, "http://192.0.2.1:6443"))


def test_unverified_tls_is_not_accepted(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="insecure-skip-tls-verify"):
        config.load(kubeconfig(tmp_path, "https://127.0.0.1:6443", **{"insecure-skip-tls-verify": True}))


def test_outside_a_pod_there_is_no_service_account() -> None:
    with pytest.raises(Unavailable, match="the pod's ServiceAccount"):
        config.load(KubeSettings())


@pytest.mark.slow
def test_whole_package_is_neither_loaded_nor_hidden() -> None:
    """Asked in a process of its own, where nothing else has imported it."""
    code = """
import sys
from pinnace_edge.adapters.kube import lean
loaders = lean.with_kubeconfig()
loaders.new()
left = [name for name in sys.modules if name.split(".")[0] in ("kubernetes", "oauthlib", "requests_oauthlib")]
assert not left, left
assert not [name for name in ("requests", "asyncio", "websocket") if name in sys.modules]
import kubernetes
assert kubernetes.client.CoreV1Api and kubernetes.config.load_kube_config
lean.with_kubeconfig()
assert sys.modules["kubernetes"] is kubernetes
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_late_libraries_come_when_they_are_called() -> None:
    module = lean._late("json")
    assert module.loads("[1]") == [1]
