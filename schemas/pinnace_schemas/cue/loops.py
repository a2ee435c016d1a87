"""Comprehensions: each time that the body of one counts, with the variables of that time."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from pinnace_schemas.cue import values
from pinnace_schemas.cue.errors import Bottom
from pinnace_schemas.cue.nodes import Node, Scope, is_hidden
from pinnace_schemas.cue.tree import Comprehension, Expression, For, If, Literal


class Asked(Protocol):
    """What evaluation answers."""

    condition: Expression | None

    def step(self, count: int = 1) -> None: ...
    def concrete(self, expression: Expression, scope: Scope | None) -> Any: ...


def runs(asked: Asked, item: Comprehension, scope: Scope) -> Iterator[Scope]:
    """The scope of each time that the body counts. Raises Bottom."""
    return _clauses(asked, item, 0, scope)


def _clauses(asked: Asked, item: Comprehension, place: int, scope: Scope) -> Iterator[Scope]:
    asked.step()
    if place == len(item.clauses):
        yield scope
        return
    clause = item.clauses[place]
    if isinstance(clause, If):
        asked.condition = clause.condition
        condition = asked.concrete(clause.condition, scope)
        if not isinstance(condition, bool):
            raise Bottom("a condition must be true or false", is_final=True)
        inner = [scope] if condition else []
    elif isinstance(clause, For):
        inner = list(_loop(asked, clause, scope))
    else:
        inner = [_with(scope, {clause.name: Node(None, clause.name, [(clause.value, scope)])})]
    for each in inner:
        yield from _clauses(asked, item, place + 1, each)


def _loop(asked: Asked, clause: For, scope: Scope) -> Iterable[Scope]:
    source = asked.concrete(clause.source, scope)
    if not isinstance(source, Node):
        raise Bottom(f"{values.said(source)} is no list and no struct", is_final=True)
    for name, arc in list(source.arcs.items()):
        if is_hidden(name) or arc.mark:
            continue
        variables = {clause.value: arc}
        if clause.key:
            variables[clause.key] = Node(None, clause.key, [(Literal(0, name), None)])
        yield _with(scope, variables)


def _with(scope: Scope, variables: dict[str, Node]) -> Scope:
    inner = Scope(scope)
    inner.variables = variables
    return inner
