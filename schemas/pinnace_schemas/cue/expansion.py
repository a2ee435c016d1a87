"""Expands nodes: collects what all of their conjuncts say of kind, scalar, fields and elements.

Fields that a comprehension gives are there once it has run. Who asks for a field of a node that is still expanding
makes those comprehensions run first that may give it.
"""

from typing import Any

from pinnace_schemas.cue import values
from pinnace_schemas.cue.collecting import Collection
from pinnace_schemas.cue.errors import Bottom, Missing, worse
from pinnace_schemas.cue.nodes import ABSENT, REFERENCES, Conjunct, Key, Label, Made, Node, Pending, Scope, State, deref
from pinnace_schemas.cue.tree import (
    Binary,
    Comprehension,
    Disjunction,
    Elements,
    Expression,
    Field,
    Json,
    Literal,
    Struct,
)
from pinnace_schemas.cue.values import Constraint

# These are looked at first: nothing has to be evaluated for them.
_PLAIN = (Literal, Struct, Json)


class Expansion(Collection):
    """Of one node, once."""

    def run(self) -> None:
        """Everything but the alternatives, which are in `deferred` afterwards."""
        self.begin()
        self.go_on(None)

    def go_on(self, wanted: Label | None) -> None:
        """Works out what may give a field, or what is left where None is wanted."""
        node = self._node
        while True:
            while node.later:
                self._add_later(*node.later.pop(0))
            both = (node.early, node.pending)
            found = next(((item, items) for items in both for item in items if item.may_give(wanted)), None)
            if found is None:
                return
            item, items = found
            if items is node.early:
                node.begun.append(item)
                self._asked.order.check_early(node)
            items.remove(item)
            node.running.append(item)
            self._asked.begin_run(node, is_early=items is node.early)
            self._run_pending(item)
            self._asked.order.end()
            node.running.remove(item)

    def begin(self) -> None:
        """What can be said without evaluating anything."""
        for expression, scope in self._node.conjuncts:
            self._add(expression, scope, ())

    def finish(self) -> None:
        """Checks what was collected against each other."""
        node = self._node
        if node.is_literal and node.scalar is ABSENT and node.kinds == values.TOP:
            if node.is_any:
                node.fail(Bottom(f"{node.path or 'a value'}: _ is no concrete value"))
            node.kinds = values.STRUCT
        if node.lists:
            self._finish_list()
        if node.scalar is not ABSENT:
            try:
                for check in node.checks:
                    self._asked.step(check.cost(node.scalar))
                    check.check(node.scalar)
            except Bottom as exc:
                node.fail(exc)

    # --- Conjuncts.

    def _add(self, expression: Expression, scope: Scope | None, origin: Key) -> None:
        self._asked.step()
        if isinstance(expression, Struct):
            self._add_struct(expression, scope, origin)
        elif isinstance(expression, Literal):
            self._scalar(expression.value)
        elif isinstance(expression, Json | Made):
            self._add_json(expression)
        elif isinstance(expression, Binary) and expression.sign == "&":
            self._add(expression.left, scope, origin)
            self._add(expression.right, scope, origin)
        elif isinstance(expression, Disjunction):
            self._add_disjunction(expression, scope, origin)
        else:
            self._node.later.append((expression, scope, origin))

    def _add_later(self, expression: Expression, scope: Scope | None, origin: Key) -> None:
        try:
            if isinstance(expression, REFERENCES):
                self._add_node(self._asked.resolve(expression, scope), origin)
                return
            self._asked.order.check_operation(self._node)
            if isinstance(expression, Elements):
                self._add_elements(expression, scope)
            else:
                self.merge(self._asked.evaluate(expression, scope), origin)
        except Bottom as exc:
            self._node.fail(exc)

    def merge(self, value: Any, origin: Key = ()) -> None:
        """A value that was worked out."""
        if isinstance(value, Node):
            self._add_node(value, origin)
        elif isinstance(value, Constraint):
            self._node.narrow(value.kinds)
            self._node.is_any = self._node.is_any or value == Constraint()
            self._node.checks.extend(value.checks)
        else:
            self._scalar(value)

    def _add_node(self, target: Node, origin: Key) -> None:
        """All that is said of another node is said of this one too."""
        node = self._node
        self._asked.order.check_shared(node, target)
        target = deref(target)
        if target in node.included:
            return
        node.included.add(target)
        is_alone = len(node.conjuncts) == 1 and not node.counts and isinstance(node.conjuncts[0][0], REFERENCES)
        if is_alone and target.state is not State.RUNNING and node.alias is None:
            self._asked.expand(target)
            node.alias = target
            return
        if target.error is not None and target.state is State.NEW:
            node.fail(target.error)
        for conjunct in list(target.conjuncts):
            self._add(*conjunct, origin)

    def _add_disjunction(self, expression: Disjunction, scope: Scope | None, origin: Key) -> None:
        node = self._node
        count = node.counts[origin] = node.counts.get(origin, 0) + 1
        key = (*origin, count)
        if key in node.choices:
            chosen = node.choices[key]
            self._add(expression.items[chosen][0], scope, (*key, chosen))
        else:
            node.deferred[key] = (expression, scope)

    # --- Structs.

    def _add_struct(self, struct: Struct, up: Scope | None, origin: Key) -> None:
        node = self._node
        scope = Scope(up, node, struct)
        node.is_literal = True
        if struct.is_plain or any(isinstance(item.label, str) and item.mark != "?" for item in struct.fields):
            node.narrow(values.STRUCT)
        for pattern in struct.patterns:
            self._add_pattern(pattern, scope)
        for item in struct.fields:
            if isinstance(item.label, Expression):
                node.postpone(Pending(item, scope, origin, None))
            else:
                self.insert(item.label, item.value, scope, item.mark)
        for expression in struct.embedded:
            if isinstance(expression, Comprehension):
                node.postpone(Pending(expression, scope, origin, expression.body.labels))
            else:
                self._add(expression, scope, origin)

    # --- Lists.

    def _add_elements(self, expression: Elements, scope: Scope | None) -> None:
        self._node.narrow(values.LIST)
        items: list[Conjunct] = []
        for item in expression.items:
            if isinstance(item, Comprehension):
                assert scope is not None
                items += [(item.body, inner) for inner in self._runs(item, scope)]
            else:
                items.append((item, scope))
        for place, (value, inner) in enumerate(items):
            self.insert(place, value, inner)
        self._node.lists.append((len(items), expression.is_open, expression.more, scope))

    def _runs(self, item: Comprehension, scope: Scope) -> list[Scope]:
        try:
            return list(self._asked.runs(item, scope))
        except Missing as exc:
            raise exc.in_doubt() from None

    def _finish_list(self) -> None:
        node = self._node
        longest = max(count for count, *_ in node.lists)
        for count, is_open, more, scope in node.lists:
            if count < longest and not is_open:
                node.conflict(f"lists of {count} and {longest} elements are in conflict")
            if more is not None:
                for place in range(count, longest):
                    self.insert(place, more, scope)

    # --- Comprehensions.

    def _run_pending(self, item: Pending) -> None:
        try:
            if isinstance(item.item, Field):
                assert isinstance(item.item.label, Expression)
                label = self._asked.text(item.item.label, item.scope)
                self.insert(label, item.item.value, item.scope, item.item.mark)
            else:
                for scope in list(self._asked.runs(item.item, item.scope)):
                    self._add(item.item.body, scope, item.origin)
        except Bottom as exc:
            if exc.is_final:
                self._node.fail(exc)
            else:
                self._unmade(item, exc)

    def _unmade(self, item: Pending, error: Bottom) -> None:
        """As the reference implementation has it, of what may come only the fields of the body itself are in doubt."""
        node = self._node
        node.unmade = error if node.unmade is None else worse(node.unmade, error)
        if isinstance(item.item, Comprehension):
            for field in item.item.body.fields:
                if not isinstance(field.label, Expression):
                    node.failed[field.label] = error
