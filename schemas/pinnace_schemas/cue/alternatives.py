"""Disjunctions: which alternatives hold once all that is said of a node is known, and which of them are defaults.

Each combination is expanded from the beginning as a candidate; those in conflict, or without what they refer to, are
left out. How the marks of several disjunctions work together follows v0.14 of the reference implementation.
"""

from typing import Any, Protocol

from pinnace_schemas.cue.errors import Abandoned, Bottom, Missing
from pinnace_schemas.cue.expansion import Expansion
from pinnace_schemas.cue.nodes import ABSENT, Alternatives, Choices, Key, Node, State
from pinnace_schemas.cue.tree import Disjunction
from pinnace_schemas.cue.values import Constraint

# Whether a value is a default: nothing was said, it is, it is not. The greater one prevails.
_MAYBE, _IS, _NOT = 0, 1, 2


class Asked(Protocol):
    def step(self) -> None: ...
    def value(self, node: Node) -> Any: ...
    def chosen(self, value: Any) -> Any: ...


class _Result:
    __slots__ = ("choices", "mode", "node")

    def __init__(self, choices: Choices, mode: int, node: Node | None) -> None:
        self.choices = choices
        self.mode = mode
        self.node = node


def resolve(asked: Any, node: Node) -> None:
    """What the deferred disjunctions of a node leave of it."""
    search = _Search(asked, node)
    found = search.crossed({}, list(node.deferred.items()), is_last=True)
    node.candidate = None
    node.deferred = {}
    if not found:
        path = node.path or "a value"
        node.fail(search.missing or Bottom(f"{path}: none of the alternatives holds", is_final=True))
    elif len(found) == 1:
        node.alias = found[0].node
    else:
        found.sort(key=lambda item: item.mode != _IS)
        defaults = sum(item.mode == _IS for item in found)
        node.alternatives = Alternatives([item.node for item in found if item.node], defaults)


class _Search:
    def __init__(self, asked: Any, node: Node) -> None:
        self._asked = asked
        self._node = node
        # An alternative may hold once this is there.
        self.missing: Bottom | None = None

    def crossed(self, begun: Choices, items: list[tuple[Key, Any]], *, is_last: bool) -> list[_Result]:
        """All that hold, of each choice in the first disjunction with each in the next."""
        known = {key for key, _ in items}
        found = [_Result(begun, _MAYBE, None)]
        for place, (key, (expression, _)) in enumerate(items):
            is_end = is_last and place == len(items) - 1
            found = self._product(found, key, expression, known, is_end)
        return found

    def _product(
        self, before: list[_Result], key: Key, expression: Disjunction, known: set[Key], is_end: bool
    ) -> list[_Result]:
        tried: list[tuple[_Result, int, list[_Result]]] = []
        left_drops = right_drops = True
        for earlier in before:
            for place, (_, is_marked) in enumerate(expression.items):
                own = (_IS if is_marked else _NOT) if expression.has_defaults else _MAYBE
                found = self._tried({**earlier.choices, key: place}, known, is_end)
                if found is None:
                    continue
                tried.append((earlier, own, found))
                left_drops = left_drops and earlier.mode != _IS and own != _IS
                right_drops = right_drops and own != _IS
        return self._combined(tried, left_drops, right_drops)

    def _combined(
        self, tried: list[tuple[_Result, int, list[_Result]]], left_drops: bool, right_drops: bool
    ) -> list[_Result]:
        results: list[_Result] = []
        has_nested_marks = False
        for earlier, own, found in tried:
            left = _MAYBE if left_drops else earlier.mode
            if len(found) == 1:
                found[0].mode = max(left, _MAYBE if right_drops else own)
                _append(self._asked, results, found[0])
                continue
            for item in found:
                item.mode = max(left, own, item.mode)
                has_nested_marks = has_nested_marks or item.mode != _MAYBE
                _append(self._asked, results, item)
        if has_nested_marks:
            for item in results:
                item.mode = item.mode or _NOT
        return results

    def _tried(self, choices: Choices, known: set[Key], is_end: bool) -> list[_Result] | None:
        """What comes of these choices, with the disjunctions that they bring; None where they do not hold."""
        self._asked.step()
        candidate = self._expanded(choices)
        error = candidate.error or (candidate.unmade if is_end else None)
        if error is not None and (error.is_final or is_end):
            self._refused(error)
            return None
        nested = [(key, item) for key, item in candidate.deferred.items() if key not in known]
        if nested:
            return self.crossed(choices, nested, is_last=is_end) or None
        if is_end and not self._holds(candidate):
            return None
        return [_Result(choices, _MAYBE, candidate)]

    def _expanded(self, choices: Choices) -> Node:
        node = self._node
        candidate = Node(node.parent, node.label, node.conjuncts)
        candidate.begin()
        candidate.choices = choices
        node.candidate = candidate
        expansion = Expansion(self._asked, candidate)
        expansion.run()
        if candidate.alias is None and not candidate.deferred:
            expansion.finish()
        if not candidate.deferred:
            candidate.state = State.DONE
        return candidate

    def _holds(self, candidate: Node) -> bool:
        """Whether nothing in it is an error."""
        self._node.candidate = candidate
        try:
            _check(self._asked, candidate)
        except Bottom as exc:
            self._refused(exc)
            return False
        return True

    def _refused(self, error: Bottom) -> None:
        if not error.is_final:
            if not isinstance(error, Missing):
                raise Abandoned(str(error))
            self._asked.order.check_alternative()
            self.missing = self.missing or error.in_doubt()


def _check(asked: Any, node: Node) -> None:
    asked.step()
    found = asked.value(node)
    if isinstance(found, Node) and found.alternatives is None:
        for arc in found.members:
            _check(asked, arc)


def _append(asked: Any, results: list[_Result], item: _Result) -> None:
    """Adds it unless it is there already."""
    for known in results:
        if _is_done(known) and _is_done(item) and same(asked, known.node, item.node):
            if item.mode == _IS:
                known.mode = _IS
            return
    results.append(item)


def _is_done(item: _Result) -> bool:
    return item.node is not None and item.node.state is State.DONE


def same(asked: Any, left: Node | None, right: Node | None) -> bool:
    """Whether two nodes are the same in all parts."""
    asked.step()
    if left is None or right is None:
        return left is right
    try:
        one, other = asked.value(left), asked.value(right)
    except Bottom:
        return False
    if isinstance(one, Node) and isinstance(other, Node):
        if one is other:
            return True
        if one.alternatives or other.alternatives or one.kinds != other.kinds or one.arcs.keys() != other.arcs.keys():
            return False
        return all(
            one.arcs[label].mark == other.arcs[label].mark and same(asked, one.arcs[label], other.arcs[label])
            for label in one.arcs
        )
    if isinstance(one, Node) or isinstance(other, Node):
        return False
    if isinstance(one, Constraint) or isinstance(other, Constraint):
        return bool(one == other)
    return type(one) is type(other) and one == other


__all__ = ["ABSENT", "resolve", "same"]
