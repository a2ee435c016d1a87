"""What controllers of kinds share whose objects own pods: what they look at, and in which order they act and tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from pinnace_sim.cluster.controllers import client, controller, pod_making
from pinnace_sim.cluster.controllers.client import Client
from pinnace_sim.cluster.controllers.controller import MANAGER
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.store import Event

PODS = "pods"


class PodOwners(ABC):
    """`name` is the resource of the kind."""

    def __init__(self, own: Client, name: str) -> None:
        self.name = name
        self._client = own

    def touched(self, event: Event) -> Iterable[Key]:
        return controller.own_and_owned(self._client.store, self.name, event)

    def settle(self, key: Key) -> None:
        found = self._client.find(key)
        if found is None:
            return
        if not pod_making.is_leaving(found):
            self._scale(found, self._client.owned(found, PODS))
        self._client.set_status(self.name, found, self._status(found, self._client.owned(found, PODS)), MANAGER)

    @abstractmethod
    def _scale(self, found: Object, pods: list[Object]) -> None:
        """Make and delete pods, as far as that can be done now."""

    @abstractmethod
    def _status(self, found: Object, pods: list[Object]) -> Object:
        """What the object says of its pods, which may be ending or over."""

    def _pod(self, found: Object, labels: dict[str, str]) -> Object:
        """A pod of the object's template, not yet created."""
        references = client.owned_by(self._client.resource(self.name), found)
        return pod_making.pod(found, references, found["spec"]["template"], self._client.settings.node, labels)
