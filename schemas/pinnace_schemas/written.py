"""What stands where in a text that somebody wrote: values with the places of their parts."""

from dataclasses import dataclass
from typing import Any

from pinnace_schemas.diagnostics import Parts


@dataclass(frozen=True, slots=True)
class Tree:
    """A value and where it begins; `keys` and `items` are the parts of a map or list.

    `indent`: by so many columns each line of a literal block (`|`) is indented; None for all else.
    """

    value: Any
    line: int
    column: int
    keys: "dict[str, tuple[int, int, Tree]] | None" = None
    items: "tuple[Tree, ...]" = ()
    indent: int | None = None

    def position(self, path: Parts) -> tuple[int, int]:
        """Line and column of the deepest part of `path` that there is: of its key in a map."""
        at, place = self, (self.line, self.column)
        for part in path:
            if isinstance(part, str) and at.keys is not None and part in at.keys:
                line, column, at = at.keys[part]
                place = (line, column)
            elif isinstance(part, int) and part < len(at.items):
                at = at.items[part]
                place = (at.line, at.column)
            else:
                break
        return place

    def place_in_text(self, path: Parts, line: int, column: int) -> tuple[int, int] | None:
        """Where a place of the text at `path` stands; None where its lines are no lines of the file."""
        at: Tree | None = self
        for part in path:
            at = at.part(part) if at else None
        lines = at.value.split("\n") if at and at.indent is not None else []
        if at is None or at.indent is None or line > len(lines):
            return None
        if line == len(lines) > 1 and not lines[-1]:  # the end of the text is that of its last line
            line, column = line - 1, len(lines[-2]) + 1
        return at.line + line, at.indent + column

    def part(self, name: str | int) -> "Tree | None":
        """Of a map or a list."""
        if isinstance(name, str):
            return self.keys[name][2] if self.keys is not None and name in self.keys else None
        return self.items[name] if name < len(self.items) else None
