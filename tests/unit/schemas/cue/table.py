"""The table of cases in `cases`: one a line, `TEXT => VALUE` or `TEXT => none`; ¶ is a line end in the text, → a tab.
With `TEXT => unsure VALUE` the real `cue` gives a value that comes of its order of work, and sites give none.

Field `x` is asked for, with what `given.json` has. Tests on the real `cue` hold the table to it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"
GIVEN: dict[str, Any] = json.loads((FOLDER / "given.json").read_text(encoding="utf-8"))
FIELD = "x"


@dataclass(frozen=True, slots=True)
class Case:
    """`has_value` is false where the text gives none, for whatever reason; `is_sure` where sites give what it has."""

    text: str
    has_value: bool
    value: Any
    is_sure: bool


def cases() -> list[Case]:
    files = sorted(FOLDER.glob("*.txt"))
    return [_case(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def _case(line: str) -> Case:
    text, _, value = line.rpartition(" => ")
    text = text.replace(" ¶ ", "\n").replace("→", "\t")
    known = value.removeprefix("unsure ")
    return Case(text, known != "none", None if known == "none" else json.loads(known), known == value)


def same(left: Any, right: Any) -> bool:
    """Whether two values of JSON are the same: a float is no int, as in CUE."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and bool(left == right)
