"""Where the sites' clusters come from: started here, or named by the person who runs the demo.

Each is a context manager. What was started is gone afterwards; a named cluster is left as it was found, without the
namespace of the demo.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pinnace_sim
from pinnace_sim.cluster import EmbeddedKubeApi
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.demo import kubeapi
from pinnace_sim.demo.contexts import Context, Unusable
from pinnace_sim.demo.kubeapi import KubeApi
from pinnace_sim.provision.errors import PartMissing
from pinnace_sim.provision.running import wait_until

# A cluster takes its time: its controllers first delete what is inside.
NAMESPACE_DEADLINE_S = 60.0
# Says in a cluster that is not ours whose namespace this is.
OURS = {"app.kubernetes.io/managed-by": "pinnace-demo"}
ROLE = Path(pinnace_sim.__file__).parents[2] / "deploy" / "edge-rbac.yaml"


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster that answers: the kubeconfig of the daemon, and the one with which a person looks at it."""

    daemon: Path
    person: Path


@contextlib.contextmanager
def embedded(folder: Path, seed: int) -> Iterator[Place]:
    """A KubeAPI inside this process. `seed` makes the names in each cluster its own."""
    with EmbeddedKubeApi.start(seed=seed) as api:
        path = api.kubeconfig(folder / "kubeconfig")
        yield Place(path, path)


@contextlib.contextmanager
def real(name: str) -> Iterator[Place]:
    """A control plane as kube-apiserver has it, and the daemon with the role of `deploy/`. Raises PartMissing."""
    if not ROLE.exists():
        raise PartMissing("deploy/edge-rbac.yaml", str(ROLE.parent), "Run the demo from a checkout of the repository.")
    with ControlPlane.start(name) as plane:
        plane.apply_manifest(ROLE)
        yield Place(plane.kubeconfig_for(), plane.admin_kubeconfig)


@contextlib.contextmanager
def named(context: Context, path: Path, namespace: str) -> Iterator[Place]:
    """The cluster of a context, whose kubeconfig `path` is, with the namespace of this run in it.

    Raises Unusable if there is such a namespace already.
    """
    person = KubeApi(kubeapi.login(path), namespace)
    if not person.make_namespace(OURS):
        raise Unusable(f"context {context.name!r} has a namespace {namespace} already; it was not touched")
    try:
        yield Place(path, path)
    finally:
        person.delete_namespace()
    wait_until(lambda: person.read_namespace() is None, f"namespace {namespace} to be gone", NAMESPACE_DEADLINE_S)


def write(context: Context, folder: Path) -> Path:
    """The kubeconfig of a context, readable by its owner only."""
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(context.text)
    return path


def identity(kubeconfig: Path) -> str:
    """Tells clusters apart, also where one has two addresses: the uid of a namespace that every cluster has."""
    access = kubeapi.login(kubeconfig)
    found = KubeApi(access, "kube-system").read_namespace()
    return str(found["metadata"]["uid"]) if found else access.server
