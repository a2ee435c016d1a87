"""Reads numbers, texts and conditions out of objects whose status anyone may have written. Never raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_edge.model import Health, KubeObject, Status

TRUE, FALSE = "True", "False"


@dataclass(frozen=True, slots=True)
class Condition:
    """One of status.conditions. A condition that is not there has status ''. `observed` is its observedGeneration."""

    status: str = ""
    reason: str = ""
    message: str = ""
    observed: int | None = None

    def explained(self, text: str) -> str:
        """`text`, and why, as far as the controller said so."""
        why = self.message or self.reason
        return f"{text}: {why}" if why else text


def value(item: KubeObject, *path: str) -> Any:
    """What stands at this path, or None."""
    found: Any = item
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def number(item: KubeObject, *path: str, default: int = 0) -> int:
    found = value(item, *path)
    return found if isinstance(found, int) else default


def text(item: KubeObject, *path: str) -> str:
    found = value(item, *path)
    return found if isinstance(found, str) else ""


def items(item: KubeObject, *path: str) -> tuple[Mapping[str, Any], ...]:
    """The objects of a list."""
    found = value(item, *path)
    return tuple(each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()


def conditions(item: KubeObject) -> dict[str, Condition]:
    """By type."""
    return {
        str(each.get("type")): Condition(
            str(each.get("status") or ""),
            str(each.get("reason") or ""),
            str(each.get("message") or ""),
            observed if isinstance(observed := each.get("observedGeneration"), int) else None,
        )
        for each in items(item, "status", "conditions")
    }


def condition(item: KubeObject, kind: str) -> Condition:
    return conditions(item).get(kind, Condition())


def current(message: str = "") -> Health:
    return Health(Status.CURRENT, message)


def in_progress(message: str) -> Health:
    return Health(Status.IN_PROGRESS, message)


def failed(message: str) -> Health:
    return Health(Status.FAILED, message)
