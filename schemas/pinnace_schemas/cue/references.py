"""What names and paths mean, and how far the nodes behind them are worked out: no further than is asked for."""

from collections.abc import Iterable
from typing import Any, Final

from pinnace_schemas.cue import alternatives, loops, numerals, values
from pinnace_schemas.cue.errors import Abandoned, Bottom, Missing, OutOfBound
from pinnace_schemas.cue.expansion import Expansion
from pinnace_schemas.cue.nodes import ABSENT, REFERENCES, Held, Label, Node, Scope, State, Typed, deref
from pinnace_schemas.cue.order import Order
from pinnace_schemas.cue.tree import (
    Comprehension,
    Expression,
    Hidden,
    Index,
    Name,
    Selector,
    label,
)
from pinnace_schemas.cue.values import Constraint

# Of nodes within each other, each asked for by the one before.
MOST_LEVELS: Final = 48


class References:
    """Of one text with what is given. `imports` has the paths of packages by name."""

    def __init__(self, most_steps: int, imports: dict[str, str]) -> None:
        self._steps = most_steps
        self._levels = 0
        self.order = Order()
        # That of the clause that was looked at last.
        self.condition: Expression | None = None
        self.imports = imports

    def step(self, count: int = 1) -> None:
        self._steps -= count
        if self._steps < 0:
            raise Abandoned("it takes too many steps")

    def evaluate(self, expression: Expression, scope: Scope | None) -> Any:
        """As `value`. Raises Bottom."""
        raise NotImplementedError

    def concrete(self, expression: Expression, scope: Scope | None) -> Any:
        """A scalar, or the node of a struct or list. Raises Bottom."""
        found = self.chosen(self.evaluate(expression, scope))
        if isinstance(found, Constraint):
            raise Missing(f"{values.said(found)} is no concrete value", level=self._levels)
        return found

    # --- Nodes.

    def expand(self, node: Node) -> None:
        """All that can be known of its kind, fields and elements."""
        if node.state is not State.NEW:
            return
        node.begin()
        self._levels += 1
        if self._levels > MOST_LEVELS:
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
            raise self._refused(node, node.error)
        if node.unmade is not None:
            raise Bottom(str(node.unmade), level=node.unmade.level)
        if node.alternatives is not None:
            return node
        if node.scalar is not ABSENT:
            return node.scalar
        if node.is_struct or node.is_list:
            return node
        return Constraint(node.kinds, tuple(node.checks))

    def _refused(self, node: Node, error: Bottom) -> Bottom:
        """In a list and in brackets the reference implementation takes what is missing for a list or struct."""
        if isinstance(error, Missing) and (node.is_literal or isinstance(node.label, int)):
            return Bottom(str(error), level=self._levels + 1)
        is_known = node.scalar is not ABSENT and not node.has_conflict
        return OutOfBound(str(error), is_final=error.is_final) if is_known else error

    def _unfinished(self, node: Node) -> Any:
        if node.scalar is not ABSENT and not node.choices:
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
        self.order.check_part(deref(node), wanted)
        node = self._looked_into(node, wanted)
        if wanted in node.failed:
            # What else is said of the field counts in some orders of work.
            raise Abandoned(str(node.failed[wanted]))
        if node.arcs and node.state is State.DONE:
            self._sound(node)
        arc = node.arcs.get(wanted)
        if arc is not None and arc.mark != "?":
            return arc
        self.order.check_absent(node)
        if arc is not None:
            raise Bottom(f"{arc.path}: is left out", level=self._levels)
        node.locked.add(wanted)
        raise self._absent(node, wanted)

    def _absent(self, node: Node, wanted: Label) -> Bottom:
        if node.error is not None:
            return Bottom(str(node.error), level=node.error.level)
        name = wanted.name if isinstance(wanted, Hidden) else wanted
        message = f"{node.path or 'the text'}: there is no '{name}'"
        if node.is_list and any(not is_open for _, is_open, *_ in node.lists):
            return Bottom(message, is_final=True)
        return Missing(message, level=self._levels) if node.is_given else Bottom(message, level=self._levels)

    def begin_run(self, node: Node, *, is_early: bool) -> None:
        """Of a comprehension; `order.end` is its end."""
        self.order.begin(node, self._levels, is_early=is_early)

    def _sound(self, node: Node) -> None:
        """Raises for a struct with an error of its own. What the reference implementation gives of one in which a
        comprehension could not run depends on whether something else has asked for all of it before.
        """
        if node.error is not None and node.error.is_final:
            raise node.error
        error = node.error or node.unmade
        if error is not None:
            raise Abandoned(str(error))

    def _looked_into(self, node: Node, wanted: Label) -> Node:
        node = deref(node)
        if node.state is State.NEW:
            self.expand(node)
        elif node.state is State.RUNNING:
            self.order.check_lookup(node, wanted)
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
            if not isinstance(expression.operand, REFERENCES):
                self.order.check_element()
            node = self._node(expression.operand, scope)
            return self.lookup(node, self._place(expression.index, scope, node))
        return Node(None, "", [(expression, scope)])

    def _node(self, expression: Expression, scope: Scope | None) -> Node:
        if isinstance(expression, REFERENCES):
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
        if name not in scope.lets:
            scope.lets[name] = Node(scope.node, label(name), [(value, scope)])
        return scope.lets[name]

    def _place(self, expression: Expression, scope: Scope | None, node: Node) -> Label:
        place = self.concrete(expression, scope)
        if isinstance(place, str) or (numerals.is_whole(place) and place >= 0):
            return place  # type: ignore[no-any-return] # a str or an int, just checked
        raise Bottom(f"{node.path}: {values.said(place)} is no place in a list", is_final=True)

    def runs(self, item: Comprehension, scope: Scope) -> Iterable[Scope]:
        """The scope of each time that the body counts. Raises Bottom."""
        return loops.runs(self, item, scope)

    def text(self, expression: Expression, scope: Scope | None) -> str:
        """A label. Raises Bottom."""
        found = self.concrete(expression, scope)
        if not isinstance(found, str):
            raise Bottom("a label must be a text", is_final=True)
        return found
