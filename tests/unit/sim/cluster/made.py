"""A simulated cluster under a clock that stands still until told, and short ways to write into it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pinnace_sim.cluster import Cluster, ClusterSettings
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.requests import Deletion, Options

BEGIN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MANAGER = Options("kubectl", is_forced=True)


class Made:
    """The cluster and its clock."""

    def __init__(self, *, seed: int = 0, settings: ClusterSettings | None = None) -> None:
        self.moment = BEGIN
        self.core = Cluster(lambda: self.moment, seed=seed, settings=settings)

    def apply(self, item: Object) -> Object:
        """In the namespace default."""
        resource = self.resource(item)
        namespace = "default" if resource.is_namespaced else ""
        written = self.core.objects.apply(resource, namespace, item["metadata"]["name"], item, MANAGER)
        self.core.run()
        return written.item.read(resource)

    def delete(self, item: Object) -> None:
        resource = self.resource(item)
        namespace = "default" if resource.is_namespaced else ""
        self.core.deleter.delete(resource, namespace, item["metadata"]["name"], Deletion())
        self.core.run()

    def find(self, item: Object) -> Object | None:
        resource = self.resource(item)
        namespace = "default" if resource.is_namespaced else ""
        found = self.core.store.get(Key(resource.key, namespace, item["metadata"]["name"]))
        return found.read(resource) if found else None

    def status(self, item: Object) -> Any:
        found = self.find(item)
        assert found is not None
        return found["status"]

    def names(self, resource: str) -> list[str]:
        return [found.key.name for found in self.core.store.all(resource)]

    def pass_time(self, seconds: float) -> None:
        """All that is due until then happens at its own moment."""
        end = self.moment + timedelta(seconds=seconds)
        while (due := self.core.next_at) is not None and due <= end:
            self.moment = max(self.moment, due)
            self.core.run()
        self.moment = end

    def resource(self, item: Object) -> Resource:
        return self.core.resource(item["apiVersion"], item["kind"])


def item(api_version: str, kind: str, name: str, **rest: Any) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


def config_map(name: str = "settings", **data: str) -> Object:
    return item("v1", "ConfigMap", name, data=data)


def workload(kind: str = "Deployment", image: str = "registry.example/web:1", **spec: Any) -> Object:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": image}]}}
    selector = {"matchLabels": {"app": "web"}}
    return item("apps/v1", kind, "web", spec={"selector": selector, "template": template, **spec})
