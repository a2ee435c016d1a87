"""Collects what is said of a node: kinds, scalars, fields, and what patterns add to them."""

from collections.abc import Iterable
from typing import Any, Protocol

from pinnace_schemas.cue import values
from pinnace_schemas.cue.errors import Abandoned, Bottom
from pinnace_schemas.cue.nodes import ABSENT, Label, Made, Node, Scope, State
from pinnace_schemas.cue.order import Order
from pinnace_schemas.cue.tree import (
    Binary,
    Comprehension,
    Expression,
    Json,
    Literal,
    Pattern,
)


class Asked(Protocol):
    """What evaluation answers."""

    order: Order

    def begin_run(self, node: Node, *, is_early: bool) -> None: ...

    def step(self, count: int = 1) -> None: ...
    def resolve(self, expression: Expression, scope: Scope | None) -> Node: ...
    def evaluate(self, expression: Expression, scope: Scope | None) -> Any: ...
    def expand(self, node: Node) -> None: ...
    def runs(self, item: Comprehension, scope: Scope) -> Iterable[Scope]: ...
    def text(self, expression: Expression, scope: Scope | None) -> str: ...


class Collection:
    """Of one node."""

    def __init__(self, asked: Asked, node: Node) -> None:
        self._asked = asked
        self._node = node

    def _scalar(self, value: Any) -> None:
        node = self._node
        node.narrow(values.kind_of(value))
        if node.scalar is ABSENT:
            node.scalar = value
        elif not values.same(node.scalar, value):
            node.conflict(f"{values.said(node.scalar)} and {values.said(value)} are in conflict")

    def _add_json(self, expression: Json | Made) -> None:
        value, kind = expression.value, type(expression)
        if isinstance(value, dict):
            self._node.narrow(values.STRUCT)
            for key in _sorted(value):
                self.insert(key, kind(expression.at, value[key]), None)
        elif isinstance(value, list):
            self._node.narrow(values.LIST)
            self._node.lists.append((len(value), False, None, None))
            for place, item in enumerate(value):
                self.insert(place, kind(expression.at, item), None)
        else:
            try:
                self._scalar(values.read(value) if kind is Json else value)
            except Bottom as exc:
                self._node.fail(exc)

    def insert(self, label: Label, value: Expression, scope: Scope | None, mark: str = "") -> None:
        """One more thing that is said of a field or element."""
        self._asked.step()
        node = self._node
        arc = node.arcs.get(label)
        if arc is None:
            arc = node.arcs[label] = Node(node, label)
            arc.mark = mark or ""
            if isinstance(label, str):
                self._apply(arc, node.patterns)
        elif arc.mark and mark != "?":
            arc.mark = mark
        if arc.state is not State.NEW or label in node.locked:
            node.conflict(f"'{label}' was used before it was known")
        arc.conjuncts.append((value, scope))

    def _add_pattern(self, pattern: Pattern, scope: Scope) -> None:
        node = self._node
        node.patterns.append((pattern, scope))
        for label, arc in list(node.arcs.items()):
            if isinstance(label, str):
                self._apply(arc, [(pattern, scope)])

    def _apply(self, arc: Node, patterns: Iterable[tuple[Pattern, Scope]]) -> None:
        for pattern, scope in patterns:
            label = Literal(0, arc.label)
            try:
                fits = self._asked.evaluate(Binary(0, "&", pattern.filter, label), scope)
            except Bottom as exc:
                if not exc.is_final:
                    arc.fail(exc)
                continue
            if fits is not None:
                inner = Scope(scope)
                inner.variables[pattern.alias] = Node(None, pattern.alias, [(label, None)])
                arc.conjuncts.append((pattern.value, inner))


def _sorted(value: dict[Any, Any]) -> list[str]:
    """The names of an object, in the order of what asks `cue`, and of KubeVela. Raises Abandoned."""
    if not all(isinstance(key, str) for key in value):
        raise Abandoned("a name that is no text")
    return [values.read(key) for key in sorted(value)]
