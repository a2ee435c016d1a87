"""Small objects and the two managers that most tests need. Times are of the form that `now` wants."""

from __future__ import annotations

from typing import Any

from pinnace_sim.cluster.merging import applying, updating
from pinnace_sim.cluster.merging.applying import Merged, Mistyped
from pinnace_sim.cluster.merging.conflicts import Conflicts
from pinnace_sim.cluster.merging.managers import Manager, Operation
from pinnace_sim.cluster.schema import table
from pinnace_sim.cluster.schema.types import Object, Type

FIRST, LATER = "2026-01-01T00:00:00Z", "2026-01-01T00:00:07Z"


def kind(group: str, name: str, version: str = "v1") -> Type:
    found = table.of(group, version, name)
    assert found is not None
    return found


DEPLOYMENT = kind("apps", "Deployment")


def deployment(**spec: Any) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": spec,
    }


def pod(*containers: Object, **spec: Any) -> Object:
    return deployment(template={"spec": {"containers": list(containers), **spec}})


def outcome(
    live: Object | None, intent: Object, manager: str = "pinnace", *, force: bool = False, now: str = FIRST
) -> Merged | Conflicts | Mistyped:
    who = Manager(manager, Operation.APPLY, "apps/v1")
    return applying.apply(DEPLOYMENT, live, intent, who, force=force, now=now)


def applied(
    live: Object | None, intent: Object, manager: str = "pinnace", *, force: bool = False, now: str = FIRST
) -> Object:
    """The object after an apply that must succeed."""
    result = outcome(live, intent, manager, force=force, now=now)
    assert isinstance(result, Merged), result
    return result.object


def updated(live: Object | None, new: Object, manager: str = "kubectl-edit", *, now: str = LATER) -> Object:
    """The object after a PUT."""
    return updating.update(DEPLOYMENT, live, new, Manager(manager, Operation.UPDATE, "apps/v1"), now=now)


def owned(live: Object, manager: str = "pinnace") -> Object:
    """The fields of a manager; {} if it has no entry."""
    entries = live["metadata"].get("managedFields", ())
    return next((entry["fieldsV1"] for entry in entries if entry["manager"] == manager), {})


def containers(live: Object) -> list[Object]:
    found: list[Object] = live["spec"]["template"]["spec"]["containers"]
    return found
