"""Health rules in CUE: a text is read once, and evaluated with what is given each time.

Pure: no I/O, no clock, and bounded in text, depth, steps and the size of what is made. What it knows of CUE it
evaluates as `cue` v0.14 does; all else is refused by name, when the text is read as far as it can be seen there.
"""

import math
from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any, Final

from pinnace_schemas.cue import declarations, names
from pinnace_schemas.cue.declarations import File
from pinnace_schemas.cue.errors import Abandoned, Bottom, Unevaluable, Unsupported, Unsure
from pinnace_schemas.cue.evaluation import Evaluation
from pinnace_schemas.cue.expansion import Expansion
from pinnace_schemas.cue.nodes import Node
from pinnace_schemas.cue.tree import Field, Json, Struct

# KubeVela's own rules take up to 2000 for what they judge.
DEFAULT_STEPS: Final = 50_000

__all__ = ["DEFAULT_STEPS", "Rule", "Unevaluable", "Unsupported", "Unsure", "parse"]


class Rule:
    """A text that was read. Frozen; made by `parse`."""

    __slots__ = ("_file",)

    def __init__(self, file: File) -> None:
        self._file = file

    def value(self, field: str, given: Mapping[str, Any], *, most_steps: int = DEFAULT_STEPS) -> Any:
        """The JSON value of a top-level field, with each key of `given` as a further one (`context`, `parameter`).

        As for KubeVela, and for `cue export`, nothing in the text may be in conflict, whatever is asked for.
        Raises Unevaluable, and of that Unsure where nothing is known of it.
        """
        try:
            return _plain(self._evaluated(field, given, most_steps))
        except Bottom as exc:
            raise Unevaluable(f"{field}: {exc}") from None
        except Abandoned as exc:
            raise Unsure(f"{field}: {exc}") from None
        except RecursionError:
            raise Unsure(f"{field}: it is nested too deeply") from None

    def _evaluated(self, field: str, given: Mapping[str, Any], most_steps: int) -> Any:
        evaluation = Evaluation(most_steps, self._file.imports)
        own = self._file.struct
        fields = [*own.fields, *(Field(0, name, Json(0, item)) for name, item in given.items())]
        known = {**own.names, **{name: name for name in given}}
        struct = Struct(0, fields, own.lets, own.patterns, own.embedded, own.is_open, known)
        root = Node(None, "", [(struct, None)])
        root.begin()
        expansion = Expansion(evaluation, root)
        expansion.begin()
        expansion.go_on(None)
        evaluation.check_whole(root, given.keys())
        return evaluation.json(evaluation.value(evaluation.lookup(root, field)))


def parse(text: str, given: Set[str] | None = None) -> Rule:
    """Reads a text. Where `given` names what will be given, other names that nothing declares are refused.

    Raises Unsupported.
    """
    try:
        file = declarations.read(text)
        names.check(file, given)
    except RecursionError:
        raise Unsupported("it is nested too deeply") from None
    return Rule(file)


def _plain(value: Any) -> Any:
    """With floats of Python. Raises Bottom for what they cannot hold."""
    if isinstance(value, Decimal):
        if set(str(value)).isdisjoint(".E"):  # so it is printed, and read again as an int: 100/10
            return int(value)
        found = float(value)
        if not math.isfinite(found):
            raise Bottom(f"{value} is too large")
        return found
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
