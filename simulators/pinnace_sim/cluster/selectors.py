"""Which objects a request means: label selectors and field selectors, as text and as objects (apimachinery, labels and
fields packages). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.item import Item
from pinnace_sim.cluster.kinds import Resource

Labels = Mapping[str, str]

_KEY = r"(?P<key>[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?)"
_FORMS = (
    re.compile(rf"{_KEY}\s+(?P<sign>in|notin)\s*\((?P<values>[^()]*)\)"),
    re.compile(rf"{_KEY}\s*(?P<sign>==|=|!=|>|<)\s*(?P<values>[-A-Za-z0-9_.]*)"),
    re.compile(rf"(?P<sign>!?)\s*{_KEY}"),
)
_FIELD = re.compile(r"(?P<path>[^=!]+)(?P<sign>==|=|!=)(?P<value>.*)")
_BETWEEN = re.compile(r",(?![^()]*\))")
# Besides the name and the namespace; kinds without a row have none.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "pods": ("spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase"),
    "events": (
        "involvedObject.kind",
        "involvedObject.name",
        "involvedObject.namespace",
        "involvedObject.uid",
        "reason",
    ),
    "namespaces": ("status.phase",),
    "secrets": ("type",),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition. `sign` is in, notin, exists, !, > or <."""

    key: str
    sign: str
    values: tuple[str, ...] = ()

    def matches(self, found: Labels) -> bool:
        if self.sign == "!":
            return self.key not in found
        if self.sign == "notin":
            return found.get(self.key) not in self.values
        if self.key not in found:
            return False
        return self._has(found[self.key])

    def _has(self, value: str) -> bool:
        if self.sign == "in":
            return value in self.values
        if self.sign == "exists":
            return True
        if not value.lstrip("-").isdigit():
            return False
        limit = int(self.values[0])
        return int(value) > limit if self.sign == ">" else int(value) < limit


@dataclass(frozen=True, slots=True)
class Selection:
    """Empty means everything."""

    labels: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()

    def matches(self, resource: Resource, item: Item) -> bool:
        if not all(each.matches(item.labels) for each in self.labels):
            return False
        return not self.fields or all(each.matches(_fields_of(resource, item)) for each in self.fields)


EVERYTHING = Selection()


def selection(resource: Resource, labels: str, fields: str) -> Selection:
    """From the query of a request. Raises Refused (400)."""
    return Selection(parse(labels), tuple(_parse_fields(resource, fields)))


def parse(text: str) -> tuple[Requirement, ...]:
    """A label selector. Raises Refused (400)."""
    return tuple(_requirement(part.strip()) for part in _BETWEEN.split(text)) if text.strip() else ()


def of_object(selector: Mapping[str, Any] | None) -> tuple[Requirement, ...] | None:
    """From a metav1.LabelSelector; None, which selects nothing, if there is none."""
    if selector is None:
        return None
    labels = [Requirement(key, "in", (value,)) for key, value in (selector.get("matchLabels") or {}).items()]
    signs = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
    labels += [
        Requirement(each.get("key", ""), signs.get(each.get("operator", ""), "in"), tuple(each.get("values") or ()))
        for each in selector.get("matchExpressions") or ()
    ]
    return tuple(labels)


def select(selector: Mapping[str, Any] | None) -> Callable[[Labels], bool]:
    """Whether labels match a metav1.LabelSelector."""
    requirements = of_object(selector)
    return lambda labels: requirements is not None and all(each.matches(labels) for each in requirements)


def _requirement(text: str) -> Requirement:
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _made(found["key"], found["sign"], found.groupdict().get("values"))
    raise errors.bad_request(f"unable to parse requirement: {json.dumps(text)} is no label selector")


def _made(key: str, sign: str, values: str | None) -> Requirement:
    if values is None:
        return Requirement(key, sign or "exists")
    if sign in ("in", "notin"):
        return Requirement(key, sign, tuple(value.strip() for value in values.split(",")))
    if sign in (">", "<") and not values.lstrip("-").isdigit():
        raise errors.bad_request(f"unable to parse requirement: {values!r} is no integer")
    return Requirement(key, {"=": "in", "==": "in", "!=": "notin"}.get(sign, sign), (values,))


def _parse_fields(resource: Resource, text: str) -> Iterator[Requirement]:
    known = ("metadata.name", "metadata.namespace", *_FIELDS.get(resource.key, ()))
    for part in filter(None, text.split(",")):
        found = _FIELD.fullmatch(part)
        if not found:
            raise errors.bad_request(f"invalid selector: {json.dumps(part)}; can't understand it")
        if found["path"] not in known:
            told = ", ".join(json.dumps(path) for path in known)
            raise errors.bad_request(f'"{found["path"]}" is not a known field selector: only {told}')
        yield Requirement(found["path"], "notin" if found["sign"] == "!=" else "in", (found["value"],))


def _fields_of(resource: Resource, item: Item) -> dict[str, str]:
    found = {"metadata.name": item.key.name, "metadata.namespace": item.key.namespace}
    if paths := _FIELDS.get(resource.key):
        whole = item.read(resource)
        found |= {path: _text(whole, path) for path in paths}
    return found


def _text(item: Mapping[str, Any], path: str) -> str:
    found: Any = item
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return "" if found is None else str(found)
