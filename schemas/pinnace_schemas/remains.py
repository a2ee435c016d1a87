"""What is left of an Application whose envelope has errors, so that what is wrong with the rest is found too.

An entry of a list that cannot be read is replaced by a stand-in, so that all others keep their places; a name that it
has is kept, for those who refer to it. Metadata are replaced likewise, and other fields are left out. Nothing is ever
delivered from what is left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pinnace_schemas import diagnostics, fields
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity

# The type of a stand-in. No type is called so: a name of a type is no sentence.
_UNREADABLE = "an entry that cannot be read"
_NAMELESS = "nameless"


@dataclass(frozen=True, slots=True)
class Remains:
    """`application` has stand-ins at the places `unreadable`; `told` are the paths of which something was said."""

    application: Application
    unreadable: frozenset[Parts]
    told: frozenset[str]

    def with_told(self, found: Iterable[Diagnostic]) -> "Remains":
        """The same after these have been said too."""
        return replace(self, told=self.told | {item.path for item in found})

    def further(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Those that are no consequence of what was said before: of entries that can be read, at other places."""
        for item in found:
            path = diagnostics.split_path(item.path)
            if item.path not in self.told and self._is_readable(path):
                yield item

    def _is_readable(self, path: Parts) -> bool:
        """What is said of a workflow may be wrong where a policy or a step is not known."""
        if path[1:2] == ("workflow",) and any(place[1] != "components" for place in self.unreadable):
            return False
        return _entry(path) is not None and not any(path[: len(place)] == place for place in self.unreadable)


def of(value: Any, problems: Iterable[Diagnostic]) -> Remains | None:
    """Of a document that has these problems; None where too little of it can be read."""
    application, found = fields.check(Application, value, Severity.WARNING)
    paths = [diagnostics.split_path(item.path) for item in diagnostics.errors(found)]
    unreadable = frozenset(place for place in map(_entry, paths) if place)
    if application is None:
        gone = frozenset(path for path in paths if not _entry(path))
        application, _ = fields.check(Application, _repaired(value, unreadable, gone), Severity.WARNING)
    if application is None:
        return None
    return Remains(application, unreadable, frozenset(item.path for item in problems))


def _entry(path: Parts) -> Parts | None:
    """The innermost entry of a list of the envelope that the path leads into."""
    match path:
        case ("spec", "components", int(), "traits", int(), *_):
            return path[:5]
        case ("spec", "workflow", "steps", int(), "subSteps", int(), *_):
            return path[:6]
        case ("spec", "components" | "policies", int(), *_):
            return path[:3]
        case ("spec", "workflow", "steps", int(), *_):
            return path[:4]
    return None


def _repaired(value: Any, unreadable: frozenset[Parts], gone: frozenset[Parts]) -> Any:
    left = _left(value, unreadable, gone, ())
    if isinstance(left, dict) and any(path[:1] == ("metadata",) for path in gone):
        left["metadata"] = {"name": _name(left.get("metadata")) or _NAMELESS}
    return left


def _left(value: Any, unreadable: frozenset[Parts], gone: frozenset[Parts], at: Parts) -> Any:
    if at in unreadable:
        return {"type": _UNREADABLE, "name": _name(value) or "-".join(map(str, at))}
    if isinstance(value, dict):
        inner = {key: (*at, key) for key in value}
        return {key: _left(value[key], unreadable, gone, path) for key, path in inner.items() if path not in gone}
    if isinstance(value, list):
        return [_left(item, unreadable, gone, (*at, index)) for index, item in enumerate(value)]
    return value


def _name(value: Any) -> str:
    name = value.get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""
