"""Errors of unions, told as a person wrote the value: at places that are in the document, and for the member that was
meant.

For a value that fits no member of a union, pydantic reports the errors of each member, under a label that names it and
stands in no document.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from pinnace_schemas.diagnostics import Parts


@dataclass(frozen=True, slots=True)
class Error:
    """`details` are several where members of a union say different things of one value, each that it is none."""

    path: Parts
    details: tuple[ErrorDetails, ...]

    @property
    def kind(self) -> str:
        return self.details[0]["type"]


@dataclass(frozen=True, slots=True)
class _Said:
    """What one member says. `labels` are those of members, each with the depth at which the union stands."""

    path: Parts
    labels: tuple[tuple[int, str | int], ...]
    detail: ErrorDetails

    @property
    def unions(self) -> Iterator[tuple[Parts, str | int]]:
        """The place of each union, and the member's label."""
        for depth, label in self.labels:
            yield self.path[:depth], label


def told(details: Iterable[ErrorDetails], value: Any) -> list[Error]:
    """Errors in `value`, one for each place and reason."""
    said = [_said(item, value) for item in details]
    if all(not item.labels for item in said):
        return [Error(item.path, (item.detail,)) for item in said]
    return list(_united(_meant(said)))


def _said(detail: ErrorDetails, value: Any) -> _Said:
    path: list[str | int] = []
    labels: list[tuple[int, str | int]] = []
    parts = [part for part in detail["loc"] if part != "[key]"]
    for index, part in enumerate(parts):
        is_absent = detail["type"] == "missing" and index == len(parts) - 1
        if is_absent or _has(value, part):
            path.append(part)
            value = None if is_absent else value[part]
        else:
            labels.append((len(path), part))
    return _Said(tuple(path), tuple(labels), detail)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _meant(said: Sequence[_Said]) -> Sequence[_Said]:
    """Of each union only what the member says that finds least wrong; unions on the outside first."""
    places = dict.fromkeys(place for item in said for place, _ in item.unions)
    for place in sorted(places, key=len):
        badness: dict[str | int, int] = {}
        for item in said:
            for at, label in item.unions:
                if at == place:
                    badness[label] = badness.get(label, 0) + _weight(item, place)
        least = min(badness.values(), default=0)
        said = [item for item in said if all(at != place or badness[label] == least for at, label in item.unions)]
    return said


# A member of another kind was not meant; a field too many is a slip of the pen.
_WRONG_KIND, _WRONG_PART, _UNDECLARED = 10_000, 100, 1


def _weight(item: _Said, union: Parts) -> int:
    if item.path == union:
        return _WRONG_KIND
    return _UNDECLARED if item.detail["type"] == "extra_forbidden" else _WRONG_PART


def _united(said: Iterable[_Said]) -> Iterator[Error]:
    """What is said of one place together, in the order of the places."""
    by_place: dict[Parts, list[ErrorDetails]] = {}
    for item in said:
        by_place.setdefault(item.path, []).append(item.detail)
    for path, details in by_place.items():
        yield Error(path, tuple(details))
