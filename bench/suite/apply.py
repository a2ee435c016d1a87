"""Applying a bundle of 100 mixed objects to a real kube-apiserver, and a pass over it in which nothing changed.

Timed is the daemon's own pass over one application, from the bundle in its store to everything applied and recorded:
its KubeAPI adapter, its SQLite store with fsync, its stages, inventory and journal. Beside it stand the bare requests
with the same bodies, and `kubectl apply --server-side` of the same objects. Each round has a namespace of its own.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from bench import bare, objects, one_site
from bench.row import Limit, Row
from pinnace_edge import app
from pinnace_edge.adapters.clock import SystemClock
from pinnace_edge.adapters.kube.cluster import KubeCluster
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.model import AppKey, Deployment
from pinnace_edge.ports import Clock, Store
from pinnace_edge.rules import ownership
from pinnace_schemas import bundle, codec
from pinnace_schemas.bundle import Bundle, KubeObject
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.phases import Phase
from pinnace_sim.controlplane import ControlPlane

OBJECTS = 100
ROUNDS = 15
# It takes longer than both sides together.
KUBECTL_EVERY = 4
GROUP = "shops"
_PLURALS = {
    "Deployment": "deployments",
    "ConfigMap": "configmaps",
    "Service": "services",
    "Role": "roles",
    objects.CUSTOM_KIND: objects.PLURAL,
}


@dataclass(frozen=True, slots=True)
class Seconds:
    """Of each round: everything new, and everything as it was."""

    new: list[float] = field(default_factory=list)
    same: list[float] = field(default_factory=list)


def measure() -> Iterator[Row]:
    """Four rows. The two sides take turns in going first."""
    ours, floor, kubectl = Seconds(), Seconds(), Seconds()
    with ExitStack() as stack:
        # Without controllers, which would compete with all sides for the cores, long after a round.
        plane = stack.enter_context(ControlPlane.start("apply", workloads=False))
        one_site.establish_crd(plane)
        here = stack.enter_context(closing(Pass(plane, Path(stack.enter_context(tempfile.TemporaryDirectory())))))
        wires = stack.enter_context(bare.Connections(plane.admin_kubeconfig))
        for number in range(ROUNDS + 1):
            sides = [
                partial(_deliver, here, f"ours-{number}", ours),
                partial(_send, here, wires, f"bare-{number}", floor),
            ]
            for side in sides if number % 2 else sides[::-1]:
                side()
            if number % KUBECTL_EVERY == 0:
                _use_kubectl(here, f"kubectl-{number}", kubectl)
    yield from _rows(*(_without_first(each) for each in (ours, floor, kubectl)))


def _rows(ours: Seconds, floor: Seconds, kubectl: Seconds) -> Iterator[Row]:
    new, same = median(ours.new), median(ours.same)
    about = f"median of {ROUNDS}; reference: the bare requests, {bare.CONNECTIONS} kept connections"
    yield Row("apply.new", new, "s", f"{about}, same bodies", median(floor.new), Limit(most=1.6))
    yield Row(
        "apply.new.kubectl", new, "s", "reference: kubectl apply --server-side", median(kubectl.new), Limit(most=0.15)
    )
    yield Row("apply.bare.kubectl", median(floor.new), "s", "the bare requests beside kubectl", median(kubectl.new))
    yield Row("apply.unchanged", same, "s", f"{about}, sent again", median(floor.same), Limit(most=0.3))


class Pass:
    """A daemon's store and its way to the KubeAPI, without the rest of the daemon."""

    def __init__(self, plane: ControlPlane, folder: Path) -> None:
        self._clock: Clock = SystemClock()
        self._store: Store = opening.open_store(folder / opening.FILE_NAME).store
        self._cluster = KubeCluster(KubeSettings(str(plane.admin_kubeconfig)), self._clock, lambda _: None)
        self._reconciler = app.reconciler(self._store, self._cluster, self._clock, DEFAULT_LIMITS, lambda: True)
        self.plane = plane

    def want(self, namespace: str) -> AppKey:
        """A bundle in the store and an application that waits for it, as after a head was accepted."""
        self.make_namespace(namespace)
        found = Bundle(objects=objects.mixed(OBJECTS, namespace))
        plain = bundle.encode(found, DEFAULT_LIMITS, namespace)
        key, digest = AppKey("default", namespace), codec.sha256(plain)
        with self._store.transaction():
            self._store.save_bundle(digest, plain)
            waiting = Deployment(key, GROUP, Phase.PENDING, self._clock.now(), digest, 1)
            self._store.save_deployment(waiting)
        return key

    def run(self, key: AppKey) -> None:
        """One pass. Raises RuntimeError when not all was applied."""
        self._reconciler.run(self._deployment(key))
        after = self._deployment(key)
        if after.bundle != after.wanted_bundle or after.total != OBJECTS or after.phase is Phase.FAILED:
            raise RuntimeError(f"{key} was not applied: {after}")

    def make_namespace(self, name: str) -> None:
        self.plane.kubectl("create", "namespace", name)

    def close(self) -> None:
        self._cluster.close()
        self._store.close()

    def _deployment(self, key: AppKey) -> Deployment:
        return next(each for each in self._store.deployments() if each.key == key)


def _deliver(here: Pass, namespace: str, spent: Seconds) -> None:
    key = here.want(namespace)
    spent.new.append(_seconds(lambda: here.run(key)))
    spent.same.append(_seconds(lambda: here.run(key)))


def _send(here: Pass, wires: bare.Connections, namespace: str, spent: Seconds) -> None:
    here.make_namespace(namespace)
    requests = [bare.request(item, _PLURALS[item["kind"]]) for item in _as_sent(namespace)]
    spent.new.append(_seconds(lambda: wires.send(requests)))
    spent.same.append(_seconds(lambda: wires.send(requests)))


def _use_kubectl(here: Pass, namespace: str, spent: Seconds) -> None:
    here.make_namespace(namespace)
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": _as_sent(namespace)})
    for seconds in (spent.new, spent.same):
        seconds.append(_seconds(lambda: here.plane.kubectl("apply", "--server-side", "-f", "-", stdin=text)))


def _as_sent(namespace: str) -> Sequence[KubeObject]:
    """With the labels that the daemon adds."""
    key = AppKey("default", namespace)
    return [ownership.desired(item, key, GROUP, namespace).body for item in objects.mixed(OBJECTS, namespace)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _without_first(spent: Seconds) -> Seconds:
    """The first round warms connections, caches and the KubeAPI's schemas."""
    return Seconds(spent.new[1:], spent.same[1:])
