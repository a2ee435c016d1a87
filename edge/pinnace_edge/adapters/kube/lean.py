"""Takes the configuration loaders out of the kubernetes package without the rest of it.

`import kubernetes` runs package files that load clients, models, websockets and asyncio: 21 MiB, a third of the
daemon's budget. The submodules needed here import only each other, so bare parents stand in for the package files while
they load; so do two OAuth libraries (6 MiB) that are used only when an OIDC token is refreshed, and load then.

Nothing stays behind in `sys.modules`: whoever imports kubernetes later gets the whole package, and a second call gets
fresh modules (they remember the temporary files that they wrote).
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

PACKAGE = "kubernetes"
BARE = (PACKAGE, "kubernetes.client", "kubernetes.config")
LATE = ("oauthlib", "oauthlib.oauth2", "requests_oauthlib")


@dataclass(frozen=True, slots=True)
class Loaders:
    """`new()` makes a kubernetes.client.Configuration; the other two fill it (see the package for their arguments)."""

    new: Any
    in_cluster: Any
    kubeconfig: Any


def in_cluster() -> Loaders:
    """Without what reads kubeconfig files."""
    with _bare_packages():
        return _loaders()


def with_kubeconfig() -> Loaders:
    """All loaders."""
    with _bare_packages():
        found = _loaders()
        reader = importlib.import_module("kubernetes.config.kube_config")
        return Loaders(found.new, found.in_cluster, reader.load_kube_config)


def _loaders() -> Loaders:
    configuration = importlib.import_module("kubernetes.client.configuration").Configuration
    client = sys.modules["kubernetes.client"]
    # The loaders import both names; ApiClient is used only by functions that are not called here.
    client.Configuration = configuration  # type: ignore[attr-defined]  # a bare module declares nothing
    client.ApiClient = None  # type: ignore[attr-defined]
    loader = importlib.import_module("kubernetes.config.incluster_config")
    return Loaders(configuration, loader.load_incluster_config, None)


@contextmanager
def _bare_packages() -> Iterator[None]:
    before = _take_away()
    try:
        for name in BARE:
            sys.modules[name] = _bare(name)
        for name in LATE:
            sys.modules[name] = _late(name)
        sys.modules["oauthlib"].oauth2 = sys.modules["oauthlib.oauth2"]  # type: ignore[attr-defined]  # as an import does
        yield
    finally:
        _take_away()
        sys.modules.update(before)


def _take_away() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.") or name in LATE]
    return {name: sys.modules.pop(name) for name in names}


def _bare(name: str) -> ModuleType:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{name} is not a package here; reinstall pinnace[edge]")
    module = ModuleType(name)
    module.__path__ = list(spec.submodule_search_locations)
    return module


def _late(name: str) -> ModuleType:
    """A module whose functions and classes load the real one when they are called."""
    module = ModuleType(name)
    module.__path__ = []

    def attribute(asked: str) -> Callable[..., Any]:
        if asked.startswith("__"):
            raise AttributeError(asked)

        def call(*arguments: Any, **named: Any) -> Any:
            return getattr(importlib.import_module(name), asked)(*arguments, **named)

        return call

    module.__getattr__ = attribute  # type: ignore[method-assign]  # PEP 562
    return module
