"""Where the order of work of the reference implementation shows in values, and there is none here therefore.

It runs those comprehensions of a text first of which not a single field is known beforehand, such as an `if` that has
nothing but further ones. While such an early one runs it takes some of what it asks for as if it were complete: a field
without what another comprehension adds, a missing field as not yet decided. What it gives then is an error, or depends
on the order of lines. What stays certain is what the rules of KubeVela use.
"""

from dataclasses import dataclass

from pinnace_schemas.cue.errors import Abandoned, Bottom
from pinnace_schemas.cue.nodes import REFERENCES, Label, Node, State
from pinnace_schemas.cue.tree import Struct


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Run:
    """A comprehension of a node that runs; `level` counts the nodes that were being worked out when it began."""

    node: Node
    is_early: bool
    level: int


class Order:
    """The comprehensions that run, each asked for by the one before. All checks raise Abandoned."""

    def __init__(self) -> None:
        self._runs: list[Run] = []

    def begin(self, node: Node, level: int, *, is_early: bool) -> None:
        self._runs.append(Run(node, is_early, level))

    def end(self) -> None:
        self._runs.pop()

    @property
    def _is_beginning(self) -> bool:
        """Whether an early one runs."""
        return any(run.is_early for run in self._runs)

    def check_early(self, node: Node) -> None:
        """Before another early one of the node runs."""
        if node.running:
            raise Abandoned(f"{node.path or 'the text'}: comprehensions within others ask for each other")

    def check_lookup(self, node: Node, wanted: Label) -> None:
        """In a node that is being worked out."""
        if any(item.labels and wanted in item.labels for item in node.running):
            raise Abandoned(f"{node.path or 'the text'}: whether there is '{wanted}' depends on itself")
        if self._is_beginning and any(item.labels and wanted in item.labels for item in node.begun):
            raise Abandoned(f"what '{wanted}' is depends on comprehensions within others")

    def check_part(self, node: Node, wanted: Label) -> None:
        """Where a field is looked for in a struct that a comprehension adds to."""
        parent = node.parent
        is_added_to = parent is not None and parent.running and node.label in parent.conditional
        if is_added_to and self._is_beginning and any(isinstance(item, Struct) for item, _ in node.conjuncts):
            raise Abandoned(f"{node.path}: whether there is '{wanted}' is asked within comprehensions")

    def check_absent(self, node: Node) -> None:
        """Where a field is not there: it may still come to what is being worked out, and the fields of what was given
        are not certain to another node that an early one has asked for.
        """
        if node.state is State.RUNNING and node.parent is not None:
            raise Abandoned(f"{node.path}: refers to itself")
        if any(run.is_early and run.node is not self._runs[-1].node for run in self._runs):
            raise Abandoned("whether a field is there is asked within comprehensions")

    def check_shared(self, node: Node, target: Node) -> None:
        """A field that is a let, which is a reference, has no value if a comprehension would have given it one too."""
        parent = node.parent
        is_let = target.parent is not None and target.parent.arcs.get(target.label) is not target
        if parent is None or parent.arcs.get(node.label) is not node or node.label not in parent.conditional:
            return
        if is_let and any(isinstance(expression, REFERENCES) for expression, _ in target.conjuncts):
            raise Abandoned(f"{node.path}: is a let, and given by a comprehension")

    def check_element(self) -> None:
        """Of a list that stands where it is asked for."""
        if self._is_beginning:
            raise Abandoned("an element of a list is asked for within comprehensions")

    def check_operation(self, node: Node) -> None:
        """Before what a field has is worked out: an early one, and what it asks for, does not always wait for it."""
        is_field = node.parent is not None and node.parent.arcs.get(node.label) is node
        if is_field and self._is_beginning:
            raise Abandoned(f"{node.path}: is asked for within comprehensions")

    def check_alternative(self) -> None:
        """That is left out because it refers to what is missing."""
        if self._is_beginning:
            raise Abandoned("whether an alternative holds is asked within comprehensions")

    def check_comparison(self, error: Bottom | None, level: int, *, is_refused: bool, is_given: bool) -> None:
        """With `_|_`, of what has this error, or none: certain where the text's own comprehensions compare, and the
        error is not one of another node. What an early one has asked for must not add anything for want of a value.
        """
        if not self._is_beginning:
            return
        first = next(run for run in self._runs if run.is_early)
        is_own = self._runs[-1].node is first.node and self._runs[-1].level == level
        if error is None:
            is_certain = is_own or is_given
        else:
            is_certain = is_own and error.level <= level and (self._runs[-1] is first or is_refused)
        if not is_certain:
            raise Abandoned("whether there is a value is asked within comprehensions")
