"""Which properties a template declares, and what it says of them: what `cue def --expression parameter` prints.

What the parameters name of the template's own definitions stands behind them there, and is followed. What is not
understood, such as a choice between maps, lets anything pass: the evaluation judges it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pinnace_cloud.definitions import brackets, choices, export, properties
from pinnace_cloud.definitions.brackets import Group, Item, Items
from pinnace_cloud.definitions.choices import Alternative
from pinnace_cloud.definitions.properties import Declared

_USAGE = re.compile(r"//\s*\+usage=(?P<text>.*)$")
_PATH = re.compile(r"//cue:path: (?P<path>\S+)$")
_NAME = re.compile(r"[a-zA-Z0-9$][\w$-]*$")
_OWN = re.compile(r"_?#")
_BRANCHES = ("if", "for")
# KubeVela's deepest parameters have 6 levels.
_MAX_DEPTH = 16
# Fields, alternatives, and definitions that are followed: those that each name another twice would never end.
_MAX_PARTS = 10_000


class _Meant(NamedTuple):
    """A value, the definitions that it may name, and those that are being read, which would go round and round."""

    items: Items
    scope: "Mapping[str, _Meant]"
    within: frozenset[int] = frozenset()
    depth: int = 0
    is_closed: bool = False

    def part(self, items: Items) -> "_Meant":
        return self._replace(items=items)


def split(text: str) -> list[str]:
    """The values that stand one after the other."""
    return re.split(r"^// ---\n", text, flags=re.MULTILINE)


def read(text: str) -> tuple[Declared, ...] | None:
    """The properties; None where any may be given."""
    try:
        return _Reading().inside(_Meant(brackets.read(text), {})).fields
    except (ValueError, RecursionError):
        return None


@dataclass(slots=True)
class _Reading:
    """`paths`: what people call the definitions that CUE gives names of its own."""

    paths: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def inside(self, meant: _Meant) -> Declared:
        """The map that these are the elements of. Raises ValueError where it is more than anybody fills in."""
        elements = tuple(brackets.elements(meant.items))
        if meant.depth > _MAX_DEPTH:
            return properties.OPEN_MAP
        within = meant._replace(scope=self._scope(elements, meant.scope), depth=meant.depth + 1)
        maps = [properties.map_of((), is_closed=meant.is_closed)]
        for said, element in _with_usage(elements):
            more = self._element(within.part(element))
            if more.fields is None or more.is_list:
                return properties.OPEN_MAP
            fields = (replace(item, description=item.description or said) for item in more.fields)
            maps.append(properties.map_of(fields, is_closed=more.is_closed))
        self._counted(sum(len(item.fields or ()) for item in maps))
        return properties.all_of(maps)

    def _counted(self, more: int) -> None:
        self.count += more
        if self.count > _MAX_PARTS:
            raise ValueError("more than anybody fills in")

    def _scope(self, elements: Iterable[Items], around: Mapping[str, _Meant]) -> Mapping[str, _Meant]:
        """The definitions among the elements, and those around."""
        scope, path = dict(around), ""
        for element in elements:
            if match := _PATH.match(str(element[0])):
                path = match["path"]
            for name, items in _definitions(element):
                scope[name] = _Meant(items, scope)
                if path:
                    scope[path], self.paths[name], path = scope[name], path, ""
        return scope

    def _element(self, meant: _Meant) -> Declared:
        """A map with a field, with those of a branch, or of a value that is embedded."""
        label, mark, value = _field(meant.items)
        if label is not None:
            name = _name(label)
            named = name and self._named(name, mark, meant.part(value))
            return properties.map_of([named]) if named else properties.OPEN_MAP
        if str(meant.items[0]) not in _BRANCHES:
            return self._value(meant)
        branch = self._value(meant.part(meant.items[-1:]))
        if branch.fields is None:
            return branch
        return properties.map_of(replace(item, is_needed=False) for item in branch.fields)

    def _named(self, name: str, mark: str, meant: _Meant) -> Declared:
        found = self._value(meant)
        return replace(found, name=name, is_needed=mark == "!" or (found.is_needed and mark != "?"))

    def _value(self, meant: _Meant) -> Declared:
        """Without a name; `is_needed` where it has no value of its own."""
        alternatives = tuple(self._alternatives(meant))
        if len(alternatives) == 1 and (found := self._map(alternatives[0][1])):
            return found
        texts = [Alternative(tuple(map(_source, brackets.parts(item.items, "&"))), mark) for mark, item in alternatives]
        choice = choices.of(texts)
        lists = [item for _, item in alternatives if _entries(item.items) is not None]
        if len(lists) == 1 and len(alternatives) <= 1 + bool(choice.default is not None):
            return self._list(lists[0], choice.default)
        value = "" if choice.is_told else self._alternatively(meant, alternatives)
        kind, options, default = choice.kind, choice.options, choice.default
        return Declared("", value, choice.is_open, kind=kind, options=options, default=default)

    def _list(self, meant: _Meant, default: Any) -> Declared:
        entry = self._value(meant.part(_entries(meant.items) or ()))
        if entry.is_list:
            return replace(self._as_written(meant), default=default)
        value = "" if entry.value in ("", properties.OPEN_MAP.value) else f"[...{entry.value}]"
        return replace(entry, value=value, is_needed=False, is_list=True, default=default)

    def _map(self, meant: _Meant) -> Declared | None:
        """None where it is no map."""
        maps = [self._one_map(meant.part(part)) for part in brackets.parts(meant.items, "&")]
        known = [item for item in maps if item is not None]
        if len(known) < len(maps):
            return None
        found = properties.all_of(known)
        return found if found.fields is not None or len(meant.items) == 1 else self._as_written(meant)

    def _one_map(self, meant: _Meant) -> Declared | None:
        last = meant.items[-1] if meant.items else None
        if isinstance(last, Group) and last.bracket == "(" and meant.items[0] in ("close", last):
            return self._map(meant.part(last.inside))
        if _field(meant.items)[0] is not None:  # `a: b: string`
            return self.inside(meant)
        if isinstance(last, Group) and last.bracket == "{" and len(meant.items) == 1:
            return self.inside(meant.part(last.inside))
        named = self._named_by(meant)
        return named and self._map(named)

    def _alternatives(self, meant: _Meant) -> Iterator[tuple[bool, _Meant]]:
        """Whether each is the default; those of a definition that is named for it."""
        for part in brackets.parts(meant.items, "|"):
            self._counted(1)
            is_marked = part[:1] == ("*",)
            own = meant.part(part[1:] if is_marked else part)
            named = None if is_marked else self._named_by(own)
            if named is None:
                yield is_marked, own
            else:
                yield from self._alternatives(named)

    def _named_by(self, meant: _Meant) -> _Meant | None:
        """The definition, unless it is being read."""
        named = meant.scope.get(str(meant.items[0])) if len(meant.items) == 1 else None
        if named is None or id(named.items) in meant.within or len(meant.within) > _MAX_DEPTH:
            return None
        self._counted(1)
        return named._replace(within=meant.within | {id(named.items)}, depth=meant.depth, is_closed=True)

    def _alternatively(self, meant: _Meant, alternatives: Iterable[tuple[bool, _Meant]]) -> str:
        """All that it may be, also what a definition says; maps by the name of their definition."""
        if any(isinstance(item.items[-1], Group) for _, item in alternatives if item.items):
            return self._written(meant.items)
        return " | ".join(f"{'*' * is_default}{self._written(item.items)}" for is_default, item in alternatives)

    def _as_written(self, meant: _Meant) -> Declared:
        return Declared("", self._written(meant.items), is_needed=False)

    def _written(self, items: Items) -> str:
        text = brackets.written(items)
        for name, path in self.paths.items():
            text = text.replace(name, path)
        return text


def _with_usage(elements: Iterable[Items]) -> Iterator[tuple[str, Items]]:
    """What declares something, with what is said above it."""
    said = ""
    for element in elements:
        first = str(element[0])
        if first.startswith("//"):
            match = _USAGE.match(first)
            said = match["text"] if match else said
        elif first not in ("import", "let") and not first.startswith("@") and not _is_own(element):
            yield said, element
            said = ""


def _is_own(element: Items) -> bool:
    """A field that nobody gives: a definition, or one that is hidden."""
    label, _, _ = _field(element)
    return label is not None and str(label).startswith(("#", "_"))


def _definitions(element: Items) -> Iterator[tuple[str, Items]]:
    """What others may name: `#Port: {...}`, or as CUE brings it along, `let PORT = {#x: {...}}`."""
    label, _, value = _field(element)
    if label is not None and _OWN.match(str(label)):
        yield str(label), value
    if str(element[0]) == "let" and isinstance(element[-1], Group):
        for inner in brackets.elements(element[-1].inside):
            yield from ((f"{element[1]}.{name}", items) for name, items in _definitions(inner))


def _field(element: Items) -> tuple[Item | None, str, Items]:
    """Label, `?` or `!`, and value; no label where it is no field."""
    at = next((at for at, item in enumerate(element[:3]) if item == ":"), 0)
    if at == 0 or (at == 2 and str(element[1]) not in ("?", "!")):
        return None, "", ()
    value = element[at + 1 :]
    attribute = next((number for number, item in enumerate(value) if item == "@"), len(value))
    return element[0], str(element[1]) if at == 2 else "", value[:attribute]


def _name(label: Item) -> str | None:
    """None for one that stands for any name, or for one that is worked out."""
    text = str(label)
    if isinstance(label, Group) or "\\(" in text:
        return None
    return str(export.literal(text)) if text.startswith('"') else text if _NAME.match(text) else None


def _entries(items: Items) -> Items | None:
    """What each entry of a list is that may have any number."""
    only = items[0] if len(items) == 1 else None
    if not isinstance(only, Group) or only.bracket != "[":
        return None
    inside = tuple(item for item in only.inside if item != brackets.END)
    return inside[1:] if inside[:1] == ("...",) else None


def _source(items: Items) -> str:
    return " ".join(str(item) for item in items)
