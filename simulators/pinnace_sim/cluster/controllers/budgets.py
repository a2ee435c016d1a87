"""PodDisruptionBudgets: how many of their pods are healthy, and how many may go."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pinnace_sim.cluster import selectors
from pinnace_sim.cluster.controllers import conditions, pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

BUDGETS, PODS = "poddisruptionbudgets.policy", "pods"


class Budgets:
    name = BUDGETS

    def __init__(self, own: Client) -> None:
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        key = event.item.key
        if key.resource == BUDGETS:
            yield key
        elif key.resource == PODS:
            yield from (each.key for each in self._client.store.all(BUDGETS, key.namespace))

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        is_meant = selectors.select(found["spec"].get("selector"))
        meant = (each for each in self._client.store.all(PODS, key.namespace) if is_meant(each.labels))
        active = [each for each in map(self._client.read, meant) if pod_making.is_active(each)]
        self._client.set_status(BUDGETS, found, self._status(found, active), MANAGER)

    def _status(self, found: Object, pods: list[Object]) -> Object:
        healthy = sum(map(pod_making.is_ready, pods))
        desired = _desired(found["spec"], len(pods))
        allowed = max(0, healthy - desired) if pods else 0
        reason = "SufficientPods" if allowed else "InsufficientPods"
        before = (found.get("status") or {}).get("conditions") or []
        generation = found["metadata"]["generation"]
        told = conditions.put(
            before, "DisruptionAllowed", bool(allowed), reason, "", self._client.stamp, observedGeneration=generation
        )
        counts = {"currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": len(pods)}
        return {**counts, "disruptionsAllowed": allowed, "observedGeneration": generation, "conditions": told}


def _desired(spec: Object, expected: int) -> int:
    if "maxUnavailable" in spec:
        return max(0, expected - _amount(spec["maxUnavailable"], expected))
    return _amount(spec.get("minAvailable", 1), expected)


def _amount(given: Any, whole: int) -> int:
    """A number, or a share of the whole, rounded up."""
    if isinstance(given, str) and given.endswith("%"):
        return math.ceil(whole * int(given[:-1]) / 100)
    return int(given)
