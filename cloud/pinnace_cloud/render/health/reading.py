"""Reads numbers that a cluster must have written, and makes a Health of a rule's two halves.

What is missing where a rule needs it makes that half fail and not the other, as in KubeVela.
"""

from collections.abc import Callable
from typing import TypeVar

from pinnace_cloud.render import paths
from pinnace_cloud.render.health.rule import Health
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.bundle import KubeObject

T = TypeVar("T")


class ReadingError(ValueError):
    """A rule cannot be evaluated; says what is missing."""


def evaluated(is_healthy: Callable[[], bool], message: Callable[[], str]) -> Health:
    """The health of an object; what cannot be evaluated is false, or no message, and an error that says why."""
    errors: list[str] = []
    healthy = _value(is_healthy, False, errors)
    text = _value(message, "", errors)
    return Health(healthy, text, "; ".join(dict.fromkeys(errors)))


def number(item: KubeObject, *path: str) -> int:
    """Raises ReadingError where no whole number stands."""
    found = paths.get(item, path)
    if isinstance(found, bool) or not isinstance(found, int):
        raise ReadingError(f"{diagnostics.join_path(path)} must be a whole number, got {fields.describe(found)}")
    return found


def count(item: KubeObject, name: str) -> int:
    """A number of the status; zero where it is not there."""
    status = paths.get(item, ("status",))
    return number(item, "status", name) if isinstance(status, dict) and name in status else 0


def _value(read: Callable[[], T], otherwise: T, errors: list[str]) -> T:
    try:
        return read()
    except ReadingError as exc:
        errors.append(str(exc))
        return otherwise
