"""What comes of it all: concrete values of JSON, and whether anything is in conflict."""

from collections.abc import Iterable, Set
from typing import Any

from pinnace_schemas.cue import values
from pinnace_schemas.cue.errors import Abandoned, Bottom, Missing
from pinnace_schemas.cue.nodes import Node, deref
from pinnace_schemas.cue.references import MOST_LEVELS, References
from pinnace_schemas.cue.values import Constraint


class Results(References):
    """Adds the way out."""

    def check_whole(self, root: Node, given: Set[str]) -> None:
        """Raises Bottom where anything in a text is in conflict; what is given is not."""
        for error in (root.error, root.unmade):
            self._sure(error)
        self._check_arcs(
            [arc for name, arc in root.arcs.items() if name not in given or len(arc.conjuncts) > 1], is_whole=True
        )

    def _sure(self, error: Bottom | None) -> None:
        """Passes over what is merely missing. Raises Abandoned for what is incomplete otherwise: the reference
        implementation often has it for a conflict.
        """
        if error is None or isinstance(error, Missing):
            return
        raise error if error.is_final else Abandoned(str(error))

    def check(self, node: Node, *, is_whole: bool = False) -> None:
        """Raises Bottom where anything in it is in conflict."""
        self._check_arcs(deref(node).arcs.values(), is_whole=is_whole)

    def _check_arcs(self, arcs: Iterable[Node], *, is_whole: bool = False) -> None:
        for arc in arcs:
            self.step()
            if arc.mark == "?":
                continue
            try:
                found = self.chosen(self.value(arc))
            except Bottom as exc:
                if is_whole or deref(arc).unmade is not None:
                    self._sure(exc)
                elif exc.is_final:
                    raise
                continue
            if isinstance(found, Node):
                self.check(found, is_whole=is_whole)

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
