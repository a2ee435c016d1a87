"""Multi-document YAML or JSON as trees that remember where everything stands.

Bounded against hostile text: bytes and depth before a value is built, and the number of values that aliases may grow to
("billion laughs"). The only importer of PyYAML among the schemas; nothing at the edge imports this module.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pinnace_schemas import amounts, scalars
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason
from pinnace_schemas.written import Tree

# A manifest at the size limit has about this many values if every one of them takes 20 bytes.
MAX_VALUES = 200_000
_MERGE = "<<"
_TAG = "tag:yaml.org,2002:"
_COLLECTIONS: dict[type, str] = {dict: f"{_TAG}map", list: f"{_TAG}seq"}
_TEXTS = (f"{_TAG}str", "!")
_VALUES: dict[str, tuple[type, ...]] = {
    f"{_TAG}int": (int,),
    f"{_TAG}float": (int, float),
    f"{_TAG}bool": (bool,),
    f"{_TAG}null": (type(None),),
}
# JSON writes characters beyond U+FFFF as two escapes, which YAML does not know.
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class Misread(Rejected):
    """Rejected, with the place in the text. `line` and `column` count from 1."""

    def __init__(self, reason: Reason, message: str, line: int, column: int) -> None:
        super().__init__(reason, message, f"{line}:{column}")
        self.line, self.column = line, column


def read(text: str, limits: Limits) -> Iterator[Tree]:
    """One tree per document that is not empty. Raises Misread; what came before it has been given."""
    _check_text(text, limits.max_bundle_bytes)
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        text = _PAIR.sub(_joined, text)
    for root in _Composer(limits.max_depth).documents(text):
        tree = _Builder(limits.max_depth).build(root, 1)
        if tree.value is not None:
            yield tree


def _check_text(text: str, limit: int) -> None:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as exc:
        raise Misread(Reason.MALFORMED, "the text is not valid Unicode", 1, 1) from exc
    if size > limit:
        raise Misread(Reason.TOO_LARGE, amounts.too_large(size, limit), 1, 1)


def _joined(pair: re.Match[str]) -> str:
    code = 0x10000 + ((int(pair[2], 16) - 0xD800) << 10) + int(pair[3], 16) - 0xDC00
    return f"{pair[1]}\\U{code:08X}"


@dataclass(slots=True)
class _Node:
    """What stands in the text, aliases shared. `content`: a text, a list of nodes, or a list of pairs of nodes."""

    content: Any
    kind: type
    tag: str | None
    plain: bool
    line: int
    column: int
    indent: int | None = None

    def fail(self, message: str, reason: Reason = Reason.MALFORMED) -> Misread:
        return Misread(reason, message, self.line, self.column)


class _Composer:
    """Parser events to nodes, with our own depth limit: PyYAML's composer recurses until the process dies."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self._anchors: dict[str, _Node] = {}
        self._lines: list[str] = []

    def documents(self, text: str) -> Iterator[_Node]:
        import yaml

        self._lines = text.split("\n")
        loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        try:
            events = yaml.parse(text, Loader=loader)
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self._anchors = {}
                    yield self._node(next(events), events, 1)
        except yaml.MarkedYAMLError as exc:
            mark = exc.problem_mark or exc.context_mark
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            message = ", ".join(part for part in (exc.context, exc.problem) if part)
            raise Misread(Reason.MALFORMED, f"not valid YAML: {message}", *place) from exc
        except yaml.YAMLError as exc:
            raise Misread(Reason.MALFORMED, f"not valid YAML: {exc}", 1, 1) from exc

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> _Node:
        import yaml

        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            named = self._anchors.get(event.anchor or "")
            if named is None or named.content is None:
                raise Misread(Reason.MALFORMED, f"no value is called '{event.anchor}' before this alias", line, column)
            return named
        is_text = isinstance(event, yaml.ScalarEvent)
        kind = str if is_text else dict if isinstance(event, yaml.MappingStartEvent) else list
        node = _Node(None, kind, event.tag, is_text and event.implicit[0], line, column)
        if depth > self._max_depth:
            raise node.fail(f"nested deeper than {self._max_depth} levels", Reason.TOO_LARGE)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        node.content = self._content(event, events, depth)
        node.indent = self._indent(node) if is_text and event.style == "|" else None
        return node

    def _indent(self, node: _Node) -> int | None:
        """Of a literal block, whose first line is the one below its sign; None where anything makes that doubtful."""
        written = self._lines[node.line : node.line + node.content.count("\n") + 1]
        pairs = ((line.rstrip("\r"), own) for line, own in zip(written, node.content.split("\n"), strict=False) if own)
        indents = {len(line) - len(own) if line.endswith(own) else None for line, own in pairs}
        return indents.pop() if len(indents) == 1 else None

    def _content(self, event: Any, events: Iterator[Any], depth: int) -> Any:
        import yaml

        if isinstance(event, yaml.ScalarEvent):
            return event.value
        parts: list[_Node] = []
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                return parts
            if isinstance(inner, yaml.MappingEndEvent):
                return list(zip(parts[::2], parts[1::2], strict=True))
            parts.append(self._node(inner, events, depth + 1))
        raise AssertionError("the parser ended inside a collection")


class _Builder:
    """Nodes to trees of plain JSON values; counts what aliases grow to."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self._left = MAX_VALUES

    def build(self, node: _Node, depth: int) -> Tree:
        self._left -= 1
        if self._left < 0:
            raise node.fail(f"the document grows to more than {MAX_VALUES} values", Reason.TOO_LARGE)
        if depth > self._max_depth:
            raise node.fail(f"nested deeper than {self._max_depth} levels", Reason.TOO_LARGE)
        if node.kind is str:
            return Tree(_scalar(node), node.line, node.column, indent=node.indent)
        if node.tag not in (None, "!", _COLLECTIONS[node.kind]):
            raise node.fail(f"the tag '{node.tag}' is not known here")
        return self._map(node, depth) if node.kind is dict else self._list(node, depth)

    def _list(self, node: _Node, depth: int) -> Tree:
        items = tuple(self.build(item, depth + 1) for item in node.content)
        return Tree([item.value for item in items], node.line, node.column, items=items)

    def _map(self, node: _Node, depth: int) -> Tree:
        keys: dict[str, tuple[int, int, Tree]] = {}
        merged: dict[str, tuple[int, int, Tree]] = {}
        for key, value in node.content:
            if key.plain and key.content == _MERGE:
                merged = {**self._merged(value, depth), **merged}
                continue
            name = _key(key)
            if name in keys:
                raise key.fail(f"the key '{name}' stands twice in one map, first in line {keys[name][0]}")
            keys[name] = (key.line, key.column, self.build(value, depth + 1))
        keys = {**merged, **keys}
        return Tree({name: tree.value for name, (_, _, tree) in keys.items()}, node.line, node.column, keys)

    def _merged(self, node: _Node, depth: int) -> dict[str, tuple[int, int, Tree]]:
        """The keys of a `<<`: of a map, or of several, of which the first wins."""
        tree = self.build(node, depth + 1)
        found: dict[str, tuple[int, int, Tree]] = {}
        for item in tree.items or (tree,):
            if item.keys is None:
                raise node.fail("'<<' needs a map or a list of maps")
            found = {**item.keys, **found}
        return found


def _scalar(node: _Node) -> scalars.Scalar:
    text: str = node.content
    if node.tag in _TEXTS or (node.tag is None and not node.plain):
        return text
    try:
        value = scalars.resolve(text)
    except ValueError as exc:
        raise node.fail(str(exc)) from exc
    if node.tag is not None and type(value) not in _VALUES.get(node.tag, ()):
        raise node.fail(f"'{text}' does not fit the tag '{node.tag}'")
    return value


def _key(node: _Node) -> str:
    """JSON knows texts as keys only; tools write numbers and booleans as such."""
    value = _scalar(node) if node.kind is str else None
    if value is None:
        raise node.fail("the key of a map must be a text")
    return value if isinstance(value, str) else json.dumps(value)
