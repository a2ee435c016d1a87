"""Evaluates expressions: what they mean in a scope. Works out only what is asked for, and no more than is allowed."""

from typing import Any

from pinnace_schemas.cue import operators, regexps, texts, values
from pinnace_schemas.cue.calls import Calls
from pinnace_schemas.cue.errors import Abandoned, Bottom, Missing, OutOfBound, worse
from pinnace_schemas.cue.nodes import REFERENCES, Node, Scope, Typed, deref
from pinnace_schemas.cue.tree import (
    Binary,
    BottomLiteral,
    Call,
    Expression,
    Index,
    Interpolation,
    Literal,
    Name,
    Selector,
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
            case Call() | Slice():
                return self._made(expression, scope)
            case Unary():
                return self._unary(expression, scope)
            case Binary() if expression.sign != "&":
                return self._binary(expression, scope)
            case Name() if expression.name in values.TYPES and not self._is_declared(expression.name, scope):
                return values.TYPES[expression.name]
        node = self.resolve(expression, scope)
        try:
            return self.value(node)
        except OutOfBound as exc:
            raise exc if not isinstance(expression, REFERENCES) else Abandoned(str(exc)) from None

    def _made(self, expression: Call | Slice, scope: Scope | None) -> Any:
        """Where one argument is missing the reference implementation looks at the others all the same."""
        try:
            return self._call(expression, scope) if isinstance(expression, Call) else self._slice(expression, scope)
        except Missing as exc:
            arguments = expression.arguments if isinstance(expression, Call) else []
            is_alone = len(arguments) == 1 and isinstance(arguments[0], REFERENCES)
            raise exc if is_alone else exc.in_doubt() from None

    def _is_declared(self, name: str, scope: Scope | None) -> bool:
        while scope is not None:
            struct = scope.struct
            if name in scope.variables or (struct is not None and (name in struct.names or name in struct.lets)):
                return True
            scope = scope.up
        return False

    def _interpolated(self, expression: Interpolation, scope: Scope | None) -> str:
        parts, error = list[str](), None
        for part in expression.parts:
            try:
                parts.append(part if isinstance(part, str) else self._printed(part, scope))
            except Bottom as exc:
                error = exc if error is None else worse(error, exc)
        if error is not None:
            raise error
        return str(self._paid(texts.join(parts, "")))

    def _printed(self, expression: Expression, scope: Scope | None) -> str:
        value = self.concrete(expression, scope)
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
                    is_refused = expression is self.condition and sign == "!="
                    return self._compared(other, scope, is_refused=is_refused) == (sign == "==")
        left, right = self._concretes([expression.left, expression.right], scope)
        if isinstance(left, Node) or isinstance(right, Node):
            return operators.composed(sign, self._plain(left), self._plain(right))
        if sign in ("=~", "!~"):
            self.step(regexps.cost(right, left))
        self._reads((left, right))
        return self._paid(operators.joined(sign, left, right))

    def _compared(self, expression: Expression, scope: Scope | None, *, is_refused: bool) -> bool:
        """Whether it is `_|_`; `is_refused` where a comprehension gives nothing then."""
        error: Bottom | None = None
        try:
            found = self._is_bottom(expression, scope)
        except Bottom as exc:
            error, found = exc, True
        is_given = self._is_given(expression, scope)
        self.order.check_comparison(error, self._levels, is_refused=is_refused, is_given=is_given)
        return found

    def _is_given(self, expression: Expression, scope: Scope | None) -> bool:
        """Whether it is a path into what was given."""
        while isinstance(expression, Selector | Index):
            expression = expression.operand
        while isinstance(expression, Name) and scope is not None:
            node = scope.variables.get(expression.name)
            if node is None and scope.struct is not None and expression.name in scope.struct.names:
                assert scope.node is not None
                node = scope.node.arcs.get(scope.struct.names[expression.name])
            if node is not None or (scope.struct is not None and expression.name in scope.struct.lets):
                return node is not None and node.is_given
            scope = scope.up
        return False

    def _is_bottom(self, expression: Expression, scope: Scope | None) -> bool:
        """Structs and lists are no errors while nothing in them is in conflict. Nor is what may be one of them, or has
        alternatives without a default.
        """
        found = self._tested(expression, scope)
        while isinstance(found, Node) and (found := deref(found)).alternatives is not None:
            if found.alternatives.defaults != 1:
                return False
            found = self.value(found.alternatives.items[0])
        if isinstance(found, Node):
            self.check(found)
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
