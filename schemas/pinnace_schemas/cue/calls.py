"""Calls of functions, and slices."""

from collections.abc import Iterable
from typing import Any, Final

from pinnace_schemas.cue import functions, numerals, operators, regexps, values
from pinnace_schemas.cue.errors import Bottom, worse
from pinnace_schemas.cue.functions import FUNCTIONS
from pinnace_schemas.cue.nodes import Held, Made, Node, Scope
from pinnace_schemas.cue.results import Results
from pinnace_schemas.cue.tree import (
    Call,
    Disjunction,
    Elements,
    Expression,
    Slice,
)
from pinnace_schemas.cue.values import Constraint

# Of a text that is made: all that a rule makes takes less than 13 MB. Of one that a function reads.
_MADE_A_STEP: Final = 64
_READ_A_STEP: Final = 512
# Of a list or struct that is gone through.
_MEMBERS_A_STEP: Final = 16


class Calls(Results):
    """Adds functions."""

    def _call(self, expression: Call, scope: Scope | None) -> Any:
        own = {"len": self._length, "and": self._all, "or": self._any}
        if expression.function in own:
            return own[expression.function](self.concrete(expression.arguments[0], scope))
        name = functions.full_name(expression.function, self.imports)
        function = FUNCTIONS[name]
        arguments = [self._plain(item) for item in self._concretes(expression.arguments, scope)]
        if len(arguments) == len(function.parameters):
            self.step(regexps.cost(*arguments[:2]) if name == "regexp.Match" else 1)
            self._reads(arguments)
            return self._held(self._paid(function.apply(arguments)))
        return Constraint(values.STRING, (values.Validator(name, tuple(arguments), function.apply),))

    def _held(self, value: Any) -> Any:
        return self.value(Node(None, "", [(Made(0, value), None)])) if isinstance(value, list) else value

    def _reads(self, arguments: Iterable[Any]) -> None:
        """Long texts cost more steps."""
        self.step(sum(map(_characters, arguments)) // _READ_A_STEP)

    def _gone_through(self, node: Node) -> Node:
        self.step(len(node.arcs) // _MEMBERS_A_STEP)
        return node

    def _length(self, value: Any) -> int:
        if isinstance(value, Node):
            return len(self._gone_through(value).members)
        if isinstance(value, str):
            return len(value.encode())
        raise Bottom(f"len of {values.said(value)}", is_final=True)

    def _items(self, value: Any) -> list[Expression]:
        if not isinstance(value, Node) or not value.is_list:
            raise Bottom("an argument of the wrong type", is_final=True)
        return [Held(0, item) for item in value.members]

    def _all(self, value: Any) -> Any:
        return self.value(Node(None, "", [(item, None) for item in self._items(value)]))

    def _any(self, value: Any) -> Any:
        items = self._items(value)
        if not items:
            raise Bottom("or of an empty list")
        return self.value(Node(None, "", [(Disjunction(0, [(item, False) for item in items]), None)]))

    def _slice(self, expression: Slice, scope: Scope | None) -> Any:
        found = self.concrete(expression.operand, scope)
        if not isinstance(found, Node) or not found.is_list:
            raise Bottom("a slice of what is no list", is_final=True)
        items = [found.arcs[place] for place in range(len(self._gone_through(found).arcs))]
        ends = (expression.low, 0), (expression.high, len(items))
        low, high = (fallback if item is None else self.concrete(item, scope) for item, fallback in ends)
        if not (numerals.is_whole(low) and numerals.is_whole(high) and 0 <= low <= high <= len(items)):
            raise Bottom("a slice beyond the ends of a list", is_final=True)
        held: list[Expression] = [Held(0, item) for item in items[low:high]]
        return self.value(Node(None, "", [(Elements(0, held), None)]))

    def _plain(self, value: Any) -> Any:
        return self.json(value) if isinstance(value, Node) else value

    def _concretes(self, expressions: Iterable[Expression], scope: Scope | None) -> list[Any]:
        """Raises Bottom where one is none: for one that is in conflict, if there is one."""
        found, error = [], None
        for expression in expressions:
            try:
                found.append(self.concrete(expression, scope))
            except Bottom as exc:
                error = exc if error is None else worse(error, exc)
        if error is not None:
            raise error
        return found

    def _paid(self, value: Any) -> Any:
        """A text that was made; long ones cost more steps."""
        if isinstance(value, str):
            self.step(len(value) // _MADE_A_STEP)
        return operators.bounded(value)


def _characters(argument: Any) -> int:
    """Of a text, or of the texts of a list."""
    if isinstance(argument, list):
        return sum(len(item) for item in argument if isinstance(item, str))
    return len(argument) if isinstance(argument, str) else 0
