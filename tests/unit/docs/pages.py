"""Reads from a page of the documentation what its reader types, and what it says they will then see.

A block fenced as `sh` is typed. A block fenced as `text` that follows it, blank lines aside, is what it prints. A
comment in front of an `sh` block says how a test runs it, if not just so:

    <!-- test: not run, k3s -->    is left out; the second word is a key of NOT_RUN
    <!-- test: ends with 1 -->     a command of the block fails with this exit code
    <!-- test: repeat -->          is typed again until it prints what is shown
    <!-- test: at the village -->  is typed at another machine of this name, not at the hub; `the` may be left out

Refuses other words, so that a comment with a slip of the pen does not go unnoticed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
# The machine at which everything is typed that does not say another.
HUB = "hub"
# Why a block is not run, and what makes up for it. No block is left out for another reason.
NOT_RUN = {
    "checkout": "gets or installs this very checkout; the tests run in one, with everything installed",
    "k3s": "installs or removes k3s, from its own host; a kube-apiserver of simulators/controlplane stands in",
    "packages": "installs packages of the system; the parts of pinnace_sim.provision stand in",
    "demo": "is long, and has a test of its own: tests/real/test_demo.py",
    "targets": "runs the tests or the benchmarks themselves",
    "elsewhere": "is typed in a situation that another test makes; the page or the test names it",
    "image": "builds or runs a container image, for which the tests have no program",
}
_COMMENT = re.compile(r"<!-- test: (?P<words>.+) -->")
_FENCE = re.compile(r"(?P<fence>`{3,})(?P<language>\w*)$")


@dataclass(frozen=True)
class How:
    """How a block is run. `reason` is a key of NOT_RUN, or empty."""

    reason: str = ""
    code: int = 0
    is_repeated: bool = False
    machine: str = HUB


@dataclass(frozen=True)
class Block:
    """What is typed, from this line of the page on, and what it prints; `shown` is None if the page does not say."""

    page: str
    line: int
    text: str
    shown: str | None
    how: How

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class _Fenced:
    line: int
    language: str
    text: str
    comment: str


def commands(path: Path) -> tuple[Block, ...]:
    """The blocks of a page that a reader types, in order. Raises ValueError for a comment that says nothing known."""
    page = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    found: list[Block] = []
    fenced = list(_fenced(path.read_text(encoding="utf-8")))
    for place, item in enumerate(fenced):
        if item.language == "sh":
            shown = _shown(item, fenced[place + 1 : place + 2])
            found.append(Block(page, item.line, item.text, shown, _how(item.comment, f"{page}:{item.line}")))
    return tuple(found)


def excerpts(path: Path) -> dict[str, str]:
    """Name to text of the files that a page shows: blocks after `<!-- file: NAME -->`."""
    pattern = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return dict(pattern.findall(path.read_text(encoding="utf-8")))


def _how(comment: str, place: str) -> How:
    words = [word.strip() for word in comment.split(",")] if comment else []
    if words[:1] == ["not run"]:
        if len(words) != 2 or words[1] not in NOT_RUN:
            raise ValueError(f"{place}: say why it is not run: one of {', '.join(NOT_RUN)}")
        return How(reason=words[1])
    how = How()
    for word in words:
        how = replace(how, **_said(word, place))
    return how


def _said(word: str, place: str) -> dict[str, Any]:
    if word == "repeat":
        return {"is_repeated": True}
    if found := re.fullmatch(r"ends with (\d+)", word):
        return {"code": int(found[1])}
    if found := re.fullmatch(r"at (?:the )?([a-z][a-z0-9-]*)", word):
        return {"machine": found[1]}
    raise ValueError(f"{place}: 'test: {word}' means nothing")


def _shown(typed: _Fenced, following: list[_Fenced]) -> str | None:
    end = typed.line + len(typed.text.splitlines()) + 1
    for item in following:
        if item.language == "text" and item.comment == "" and item.line - end <= 2:
            return item.text
    return None


def _fenced(text: str) -> Iterator[_Fenced]:
    """Every fenced block; `line` is that of its first line of content."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if opening is None:
            number += 1
            continue
        end = lines.index(opening["fence"], number + 1)
        comment = _COMMENT.match(lines[number - 1]) if number else None
        content = "\n".join(lines[number + 1 : end])
        yield _Fenced(number + 2, opening["language"], content, comment["words"] if comment else "")
        number = end + 1
