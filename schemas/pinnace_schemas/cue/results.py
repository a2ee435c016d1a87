"""What comes of it all: concrete values of JSON, and whether anything is in conflict."""

from collections.abc import Iterable, Set
from typing import Any

from pinnace_schemas.cue import values
from pinnace_schemas.cue.errors import Abandoned, Bottom
from pinnace_schemas.cue.nodes import Node, deref
from pinnace_schemas.cue.references import MOST_LEVELS, References
from pinnace_schemas.cue.values import Constraint


class Results(References):
    """Adds the way out."""

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
            self.step()
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

    def json(self, value: Any) -> Any:
        """The concrete value, with a Decimal for a float. Raises Bottom."""
        value = self.chosen(value)
        if isinstance(value, Constraint):
            raise Bottom(f"{values.said(value)} is no concrete value")
        if not isinstance(value, Node):
            return value
        self.step(1 + len(value.arcs))
        self._levels += 1
        if self._levels > MOST_LEVELS:
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
