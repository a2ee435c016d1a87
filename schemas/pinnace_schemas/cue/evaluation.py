"""Evaluates expressions: what they mean in a scope. Works out only what is asked for, and no more than is allowed."""

from typing import Any

from pinnace_schemas.cue import operators, regexps, texts, values
from pinnace_schemas.cue.calls import Calls
from pinnace_schemas.cue.errors import Abandoned, Bottom, OutOfBound
from pinnace_schemas.cue.nodes import Node, Scope, Typed, deref
from pinnace_schemas.cue.references import REFERENCES
from pinnace_schemas.cue.tree import (
    Binary,
    BottomLiteral,
    Call,
    Expression,
    Interpolation,
    Literal,
    Name,
    Slice,
    Unary,
)
from pinnace_schemas.cue.values import Bound, Constraint


class Evaluation(Calls):
    """Of one text with what is given."""

    def evaluate(self, expression: Expression, scope: Scope | None) -> Any:
        """As `value`. Raises Bottom."""
        self.step()
        match expression:
            case Literal() | Typed():
                return expression.value
            case BottomLiteral():
                raise Bottom("_|_", is_final=True)
            case Interpolation():
                return self._interpolated(expression, scope)
            case Unary():
                return self._unary(expression, scope)
            case Binary() if expression.sign != "&":
                return self._binary(expression, scope)
            case Call():
                return self._call(expression, scope)
            case Slice():
                return self._slice(expression, scope)
            case Name() if expression.name in values.TYPES and not self._is_declared(expression.name, scope):
                return values.TYPES[expression.name]
        node = self.resolve(expression, scope)
        try:
            return self.value(node)
        except OutOfBound as exc:
            raise exc if not isinstance(expression, REFERENCES) else Abandoned(str(exc)) from None

    def _is_declared(self, name: str, scope: Scope | None) -> bool:
        while scope is not None:
            struct = scope.struct
            if name in scope.variables or (struct is not None and (name in struct.names or name in struct.lets)):
                return True
            scope = scope.up
        return False

    def _interpolated(self, expression: Interpolation, scope: Scope | None) -> str:
        inner = iter(self._concretes((part for part in expression.parts if isinstance(part, Expression)), scope))
        parts = [part if isinstance(part, str) else self._printed(next(inner)) for part in expression.parts]
        return str(self._paid(texts.join(parts, "")))

    def _printed(self, value: Any) -> str:
        if isinstance(value, Node):
            raise Bottom("a struct or list in an interpolation", is_final=True)
        return values.printed(value)

    def _unary(self, expression: Unary, scope: Scope | None) -> Any:
        found = self.concrete(expression.operand, scope)
        sign = expression.sign
        if sign in ("+", "-", "!"):
            return operators.signed(sign, found)
        if isinstance(found, Node):
            raise Abandoned(f"{sign} of a struct or list is not known here")
        kind = values.kind_of(found)
        if kind == values.BOOL or (kind == values.NULL and sign != "!="):
            raise Bottom(f"{sign}{values.said(found)} is no bound", is_final=True)
        bound = Bound(sign, found)
        return Constraint(bound.kinds, (bound,))

    def _binary(self, expression: Binary, scope: Scope | None) -> Any:
        sign = expression.sign
        if sign in ("==", "!="):
            for bottom, other in ((expression.left, expression.right), (expression.right, expression.left)):
                if isinstance(bottom, BottomLiteral):
                    return self._is_bottom(other, scope) == (sign == "==")
        left, right = self._concretes([expression.left, expression.right], scope)
        if isinstance(left, Node) or isinstance(right, Node):
            return operators.composed(sign, self._plain(left), self._plain(right))
        if sign in ("=~", "!~"):
            self.step(regexps.cost(right, left))
        self._reads((left, right))
        return self._paid(operators.joined(sign, left, right))

    def _is_bottom(self, expression: Expression, scope: Scope | None) -> bool:
        """Structs and lists are no errors while nothing in them is in conflict. Nor is what may be one of them, or has
        alternatives without a default.
        """
        try:
            found = self._tested(expression, scope)
            while isinstance(found, Node) and (found := deref(found)).alternatives is not None:
                if found.alternatives.defaults != 1:
                    return False
                found = self.value(found.alternatives.items[0])
            if isinstance(found, Node):
                self.check(found)
        except Bottom:
            return True
        return isinstance(found, Constraint) and not found.kinds & (values.STRUCT | values.LIST)

    def _tested(self, expression: Expression, scope: Scope | None) -> Any:
        """The value of what may be an error."""
        if not isinstance(expression, REFERENCES):
            return self.evaluate(expression, scope)
        node = deref(self.resolve(expression, scope))
        self.expand(node)
        node = deref(node)
        if node.error is None and node.unmade is not None and node.is_struct:
            self._sound(node)
        try:
            return self.value(node)
        except OutOfBound as exc:
            raise Abandoned(str(exc)) if exc.is_final else exc from None
