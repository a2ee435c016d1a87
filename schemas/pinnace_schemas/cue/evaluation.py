"""Evaluates expressions: what they mean in a scope. Works out only what is asked for, and no more than is allowed."""

from collections.abc import Iterable, Iterator, Set
from typing import Any, Final

from pinnace_schemas.cue import alternatives, functions, numerals, operators, regexps, values
from pinnace_schemas.cue.errors import Abandoned, Bottom, OutOfBound
from pinnace_schemas.cue.expansion import Expansion, deref
from pinnace_schemas.cue.functions import FUNCTIONS
from pinnace_schemas.cue.nodes import ABSENT, Held, Label, Made, Node, Scope, State, Typed, is_hidden
from pinnace_schemas.cue.tree import (
    Binary,
    BottomLiteral,
    Call,
    Comprehension,
    Disjunction,
    Elements,
    Expression,
    For,
    Hidden,
    If,
    Index,
    Interpolation,
    Literal,
    Name,
    Selector,
    Slice,
    Struct,
    Unary,
    label,
)
from pinnace_schemas.cue.values import Bound, Constraint

# Of nodes within each other, each asked for by the one before.
_MOST_LEVELS: Final = 48
# Of a text that is made: the time for them is that of one step.
_CHARACTERS_A_STEP: Final = 512
_REFERENCES = (Name, Selector, Index, Held)


class Evaluation:
    """Of one text with what is given. `imports` has the paths of packages by name."""

    def __init__(self, most_steps: int, imports: dict[str, str]) -> None:
        self._steps = most_steps
        self._levels = 0
        self.comprehensions = 0
        self._imports = imports

    def step(self, count: int = 1) -> None:
        self._steps -= count
        if self._steps < 0:
            raise Abandoned("it takes too many steps")

    # --- Nodes.

    def expand(self, node: Node) -> None:
        """All that can be known of its kind, fields and elements."""
        if node.state is not State.NEW:
            return
        node.begin()
        self._levels += 1
        if self._levels > _MOST_LEVELS:
            raise Abandoned("it is nested too deeply")
        expansion = Expansion(self, node)
        expansion.run()
        if node.deferred:
            alternatives.resolve(self, node)
        elif node.alias is None:
            expansion.finish()
        self._levels -= 1
        node.state = State.DONE

    def value(self, node: Node) -> Any:
        """A scalar, a constraint, or the node where it is a struct, a list, or has alternatives. Raises Bottom."""
        node = deref(node)
        self.expand(node)
        node = deref(node)
        if node.state is State.RUNNING:
            return self._unfinished(node)
        if node.error is not None:
            is_known = node.scalar is not ABSENT and not node.has_conflict
            raise OutOfBound(str(node.error), is_final=node.error.is_final) if is_known else node.error
        if node.unmade is not None:
            raise node.unmade
        if node.alternatives is not None:
            return node
        if node.scalar is not ABSENT:
            return node.scalar
        if node.is_struct or node.is_list:
            return node
        return Constraint(node.kinds, tuple(node.checks))

    def _unfinished(self, node: Node) -> Any:
        if node.scalar is not ABSENT:
            return node.scalar
        if node.is_struct:
            return node
        raise Abandoned(f"{node.path}: refers to itself")

    def chosen(self, value: Any) -> Any:
        """The default of what has alternatives. Raises Bottom where there is none."""
        while isinstance(value, Node):
            value = deref(value)
            if value.alternatives is None:
                return value
            if value.alternatives.defaults != 1:
                raise Bottom(f"{value.path or 'a value'}: several values are possible")
            value = self.value(value.alternatives.items[0])
        return value

    def lookup(self, node: Node, wanted: Label) -> Node:
        """A field or element. Raises Bottom."""
        node = self._looked_into(node, wanted)
        if wanted in node.failed:
            raise node.failed[wanted]
        if node.arcs and node.state is State.DONE:
            self._sound(node)
        arc = node.arcs.get(wanted)
        if arc is None:
            node.locked.add(wanted)
            if node.error is not None:
                raise Bottom(str(node.error))
            name = wanted.name if isinstance(wanted, Hidden) else wanted
            is_final = node.is_list and any(not is_open for _, is_open, *_ in node.lists)
            raise Bottom(f"{node.path or 'the text'}: there is no '{name}'", is_final=is_final)
        if arc.mark == "?":
            raise Bottom(f"{arc.path}: is left out")
        return arc

    def _sound(self, node: Node) -> None:
        """Raises for a struct with an error of its own. What the reference implementation gives of one in which a
        comprehension could not run depends on whether something else has asked for all of it before.
        """
        if node.error is not None and node.error.is_final:
            raise node.error
        if node.unmade is not None:
            raise Abandoned(str(node.unmade))

    def _looked_into(self, node: Node, wanted: Label) -> Node:
        node = deref(node)
        if node.state is State.NEW:
            self.expand(node)
        elif node.state is State.RUNNING:
            if any(item.labels and wanted in item.labels for item in node.running):
                raise Abandoned(f"{node.path}: whether there is '{wanted}' depends on itself")
            Expansion(self, node).go_on(wanted)
        node = deref(node)
        if node.alternatives is not None:
            found = self.chosen(node)
            if not isinstance(found, Node):
                raise Bottom(f"{node.path}: {values.said(found)} has no fields", is_final=True)
            node = found
        if node.scalar is not ABSENT and node.parent is not None and not isinstance(wanted, Hidden):
            raise Bottom(f"{node.path}: {values.said(node.scalar)} has no fields", is_final=True)
        return node

    # --- References.

    def resolve(self, expression: Expression, scope: Scope | None) -> Node:
        """What a reference means; a node of its own for other expressions. Raises Bottom."""
        self.step()
        if isinstance(expression, Held):
            return expression.node
        if isinstance(expression, Name):
            return self._named(expression.name, scope)
        if isinstance(expression, Selector):
            return self.lookup(self._node(expression.operand, scope), expression.label)
        if isinstance(expression, Index):
            node = self._node(expression.operand, scope)
            return self.lookup(node, self._place(expression.index, scope, node))
        return Node(None, "", [(expression, scope)])

    def _node(self, expression: Expression, scope: Scope | None) -> Node:
        if isinstance(expression, _REFERENCES):
            return self.resolve(expression, scope)
        found = self.evaluate(expression, scope)
        if not isinstance(found, Node):
            raise Bottom(f"{values.said(found)} has no fields", is_final=not isinstance(found, Constraint))
        return found

    def _named(self, name: str, scope: Scope | None) -> Node:
        while scope is not None:
            if name in scope.variables:
                return scope.variables[name]
            if scope.struct is not None:
                if name in scope.struct.lets:
                    return self._let(name, scope)
                if name in scope.struct.names:
                    assert scope.node is not None
                    return self.lookup(scope.node, scope.struct.names[name])
            scope = scope.up
        if name in values.TYPES:
            return Node(None, name, [(Typed(0, values.TYPES[name]), None)])
        raise Bottom(f"there is no '{name}'", is_final=True)

    def _let(self, name: str, scope: Scope) -> Node:
        assert scope.struct is not None
        value = scope.struct.lets[name]
        if self.comprehensions > 1 and isinstance(value, Struct) and value.embedded and name not in scope.lets:
            # The reference implementation takes such a value for incomplete there, and goes on with that.
            raise Abandoned(f"the let {name} has a comprehension, and is asked for within comprehensions")
        if name not in scope.lets:
            scope.lets[name] = Node(scope.node, label(name), [(value, scope)])
        return scope.lets[name]

    def _place(self, expression: Expression, scope: Scope | None, node: Node) -> Label:
        place = self.concrete(expression, scope)
        if isinstance(place, str) or (numerals.is_whole(place) and place >= 0):
            return place  # type: ignore[no-any-return] # a str or an int, just checked
        raise Bottom(f"{node.path}: {values.said(place)} is no place in a list", is_final=True)

    # --- Expressions.

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
            raise exc if not isinstance(expression, _REFERENCES) else Abandoned(str(exc)) from None

    def _is_declared(self, name: str, scope: Scope | None) -> bool:
        while scope is not None:
            struct = scope.struct
            if name in scope.variables or (struct is not None and (name in struct.names or name in struct.lets)):
                return True
            scope = scope.up
        return False

    def concrete(self, expression: Expression, scope: Scope | None) -> Any:
        """A scalar, or the node of a struct or list. Raises Bottom."""
        found = self.chosen(self.evaluate(expression, scope))
        if isinstance(found, Constraint):
            raise Bottom(f"{values.said(found)} is no concrete value")
        return found

    def _concretes(self, expressions: Iterable[Expression], scope: Scope | None) -> list[Any]:
        """Raises Bottom where one is none: for one that is in conflict, if there is one."""
        found, error = [], None
        for expression in expressions:
            try:
                found.append(self.concrete(expression, scope))
            except Bottom as exc:
                error = exc if error is None or (exc.is_final and not error.is_final) else error
        if error is not None:
            raise error
        return found

    def text(self, expression: Expression, scope: Scope | None) -> str:
        """A label. Raises Bottom."""
        found = self.concrete(expression, scope)
        if not isinstance(found, str):
            raise Bottom("a label must be a text", is_final=True)
        return found

    def _interpolated(self, expression: Interpolation, scope: Scope | None) -> str:
        inner = iter(self._concretes((part for part in expression.parts if isinstance(part, Expression)), scope))
        parts = [part if isinstance(part, str) else self._printed(next(inner)) for part in expression.parts]
        return str(self._paid("".join(parts)))

    def _printed(self, value: Any) -> str:
        if isinstance(value, Node):
            raise Bottom("a struct or list in an interpolation", is_final=True)
        return values.printed(value)

    def _paid(self, value: Any) -> Any:
        """A text that was made; long ones cost more steps."""
        if isinstance(value, str):
            self.step(len(value) // _CHARACTERS_A_STEP)
        return operators.bounded(value)

    def _unary(self, expression: Unary, scope: Scope | None) -> Any:
        found = self.concrete(expression.operand, scope)
        sign = expression.sign
        if sign in ("+", "-", "!"):
            return operators.signed(sign, found)
        if isinstance(found, Node):
            raise Bottom(f"{sign} of a struct or list is not known here", is_final=True)
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
        if not isinstance(expression, _REFERENCES):
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

    def check_whole(self, root: Node, given: Set[str]) -> None:
        """Raises Bottom where anything in a text is in conflict; what is given is not."""
        if root.error is not None and root.error.is_final:
            raise root.error
        self._check_arcs([arc for name, arc in root.arcs.items() if name not in given or len(arc.conjuncts) > 1])

    def check(self, node: Node) -> None:
        """Raises Bottom where anything in it is in conflict."""
        self._check_arcs(deref(node).arcs.values())

    def _check_arcs(self, arcs: Iterable[Node]) -> None:
        for arc in arcs:
            if arc.mark == "?":
                continue
            try:
                found = self.chosen(self.value(arc))
            except Bottom as exc:
                if exc.is_final:
                    raise
                continue
            if isinstance(found, Node):
                self.check(found)

    def _call(self, expression: Call, scope: Scope | None) -> Any:
        own = {"len": self._length, "and": self._all, "or": self._any}
        if expression.function in own:
            return own[expression.function](self.concrete(expression.arguments[0], scope))
        name = functions.full_name(expression.function, self._imports)
        function = FUNCTIONS[name]
        arguments = [self._plain(item) for item in self._concretes(expression.arguments, scope)]
        if len(arguments) == len(function.parameters):
            self.step(regexps.cost(*arguments[:2]) if name == "regexp.Match" else 1)
            return self._held(self._paid(function.apply(arguments)))
        return Constraint(values.STRING, (values.Validator(name, tuple(arguments), function.apply),))

    def _held(self, value: Any) -> Any:
        return self.value(Node(None, "", [(Made(0, value), None)])) if isinstance(value, list) else value

    def _length(self, value: Any) -> int:
        if isinstance(value, Node):
            return len(value.members)
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
        items = [found.arcs[place] for place in range(len(found.arcs))]
        ends = (expression.low, 0), (expression.high, len(items))
        low, high = (fallback if item is None else self.concrete(item, scope) for item, fallback in ends)
        if not (numerals.is_whole(low) and numerals.is_whole(high) and 0 <= low <= high <= len(items)):
            raise Bottom("a slice beyond the ends of a list", is_final=True)
        held: list[Expression] = [Held(0, item) for item in items[low:high]]
        return self.value(Node(None, "", [(Elements(0, held), None)]))

    def _plain(self, value: Any) -> Any:
        return self.json(value) if isinstance(value, Node) else value

    # --- Comprehensions.

    def runs(self, item: Comprehension, scope: Scope) -> Iterator[Scope]:
        """The scope of each time that the body counts. Raises Bottom."""
        return self._clauses(item, 0, scope)

    def _clauses(self, item: Comprehension, place: int, scope: Scope) -> Iterator[Scope]:
        self.step()
        if place == len(item.clauses):
            yield scope
            return
        clause = item.clauses[place]
        if isinstance(clause, If):
            condition = self.concrete(clause.condition, scope)
            if not isinstance(condition, bool):
                raise Bottom("a condition must be true or false", is_final=True)
            inner = [scope] if condition else []
        elif isinstance(clause, For):
            inner = list(self._loop(clause, scope))
        else:
            inner = [_with(scope, {clause.name: Node(None, clause.name, [(clause.value, scope)])})]
        for each in inner:
            yield from self._clauses(item, place + 1, each)

    def _loop(self, clause: For, scope: Scope) -> Iterable[Scope]:
        source = self.concrete(clause.source, scope)
        if not isinstance(source, Node):
            raise Bottom(f"{values.said(source)} is no list and no struct", is_final=True)
        for name, arc in list(source.arcs.items()):
            if is_hidden(name) or arc.mark:
                continue
            variables = {clause.value: arc}
            if clause.key:
                variables[clause.key] = Node(None, clause.key, [(Literal(0, name), None)])
            yield _with(scope, variables)

    # --- JSON.

    def json(self, value: Any) -> Any:
        """The concrete value, with a Decimal for a float. Raises Bottom."""
        value = self.chosen(value)
        if isinstance(value, Constraint):
            raise Bottom(f"{values.said(value)} is no concrete value")
        if not isinstance(value, Node):
            return value
        self.step()
        self._levels += 1
        if self._levels > _MOST_LEVELS:
            raise Abandoned("it is nested too deeply")
        for arc in value.arcs.values():
            if arc.mark == "!":
                raise Bottom(f"{arc.path}: is required")
        if value.is_list:
            found: Any = [self.json(self.value(value.arcs[place])) for place in range(len(value.arcs))]
        else:
            found = {str(arc.label): self.json(self.value(arc)) for arc in value.members}
        self._levels -= 1
        return found


def _with(scope: Scope, variables: dict[str, Node]) -> Scope:
    inner = Scope(scope)
    inner.variables = variables
    return inner
