"""Lets `cue` answer what templates are asked: many in one process, each in a package of its own.

What is wrong, or takes too much, fails its whole process; the halves are then asked again, until the one is found.
Answers are kept by their question, since they depend on nothing else.
"""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pinnace_cloud.adapters.cue import workspace
from pinnace_cloud.adapters.cue.compilation import Compilation
from pinnace_cloud.adapters.sandbox import Bounds, Finished
from pinnace_cloud.definitions import export, faults, questions, sources
from pinnace_cloud.definitions.compiling import Compiled
from pinnace_cloud.definitions.faults import Fault
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.errors import PartMissing
from pinnace_cloud.materials import needs as asking
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_schemas.limits import DEFAULT_LIMITS

# What one process is asked: 200 of KubeVela's largest component take it 2 s and 150 MB.
_BATCH: Final = 200
# For all that is asked at once: who is refused by then has asked for too much, also where each part is within bounds.
_PATIENCE_S: Final = 120.0
# The applications that change often, not a whole fleet: at most 64 MiB of text.
_KEPT_ANSWERS: Final = 4096
_LONGEST_KEPT: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with the package to ask it with, of which the template has the first `lines`."""

    key: str
    question: Question
    package: str
    lines: int


class CueEvaluator:
    """Safe to use from several threads.

    Args:
        locate: gives the program; may raise PartMissing, and is asked again each time.
        bounds: of one process.
        patience_s: for all that is asked at once, in seconds.
    """

    def __init__(
        self, locate: Callable[[], Path], bounds: Bounds | None = None, patience_s: float = _PATIENCE_S
    ) -> None:
        self._locate = locate
        self._bounds = bounds or Bounds()
        self._patience_s = patience_s
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._keeping = threading.Lock()
        # Templates of which a loop was found to run over what may be left out.
        self._loose: set[str] = set()

    def answers(self, needs: Sequence[Need]) -> Mapping[str, Answer]:
        """By the key of each need. A need that cannot be answered has a refusal that says why."""
        found = self._known(needs)
        missing = {need.key: questions.read(need) for need in needs if need.key not in found}
        if missing:
            try:
                ends = time.monotonic() + self._patience_s
                fresh = _Round(self._locate(), self._bounds, self._loose, ends).answers(missing)
            except PartMissing as exc:
                return found | dict.fromkeys(missing, asking.refusal(exc.reason, exc.message, "type"))
            self._keep(fresh)
            found |= fresh
        return found

    def compile(self, templates: Mapping[str, str]) -> Mapping[str, Compiled]:
        """Implements `compiling.Compiler`."""
        ends = time.monotonic() + self._patience_s
        return Compilation(self._locate(), self._bounds, ends).of(templates) if templates else {}

    def _known(self, needs: Iterable[Need]) -> dict[str, Answer]:
        with self._keeping:
            found = {need.key: self._kept[need.key] for need in needs if need.key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def _keep(self, fresh: Mapping[str, Answer]) -> None:
        """No refusals: one for its time says something of the machine too."""
        kept = {key: item for key, item in fresh.items() if not item.is_refusal}
        with self._keeping:
            self._kept.update((key, item) for key, item in kept.items() if len(str(item.value)) <= _LONGEST_KEPT)
            while len(self._kept) > _KEPT_ANSWERS:
                self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Round:
    """Asks the program."""

    program: Path
    bounds: Bounds
    loose: set[str]
    ends: float

    def answers(self, wanted: Mapping[str, Question]) -> dict[str, Answer]:
        found: dict[str, Answer] = {}
        by_form: dict[tuple[tuple[str, ...], bool], list[_Asked]] = {}
        for key, question in wanted.items():
            asked = self._prepared(key, question)
            if isinstance(asked, Answer):
                found[key] = asked
            else:
                by_form.setdefault((question.fields, question.is_tagged), []).append(asked)
        for alike in by_form.values():
            for start in range(0, len(alike), _BATCH):
                found |= self._asked(alike[start : start + _BATCH])
        return found

    def _prepared(self, key: str, question: Question) -> _Asked | Answer:
        """The package, or why there is none."""
        template = question.template
        source = sources.read(sources.guarded(template) if template in self.loose else template)
        if source.faults:
            return _refused(question, source.faults)
        try:
            return _Asked(key, question, sources.text(source, question), source.lines)
        except ValueError as exc:
            return _refused(question, [Fault(str(exc))])

    def _asked(self, alike: Sequence[_Asked]) -> dict[str, Answer]:
        """Questions for the same fields in the same form."""
        first = alike[0].question
        form = ["--expression", sources.expression(first.fields), "--out", "cue" if first.is_tagged else "json"]
        finished = self._run("export", alike, form)
        values = _read(finished.out, is_tagged=first.is_tagged) if finished.is_good else None
        if values is not None:
            return {item.key: _answer(item.question, value) for item, value in zip(alike, values, strict=True)}
        if len(alike) == 1:
            return {alike[0].key: self._explained(alike[0], finished)}
        half = len(alike) // 2
        return self._asked(alike[:half]) | self._asked(alike[half:])

    def _explained(self, asked: _Asked, finished: Finished) -> Answer:
        """Why a question has no answer: parameters that are missing are what a person can mend."""
        if finished.excess:
            return _refused(asked.question, [Fault(f"evaluating it takes {finished.excess}")])
        if finished.is_good:
            return _refused(asked.question, [Fault("gives something that is no JSON")])
        found = faults.read(finished.errors, asked.lines)
        template = asked.question.template
        if any(item.is_of_left_out for item in found) and template not in self.loose:
            self.loose.add(template)
            return self.answers({asked.key: asked.question})[asked.key]
        if not any(item.is_of_parameter for item in found):
            of_parameter = self._run("export", [asked], ["--expression", "parameter"]).errors
            found = (*faults.read(of_parameter, asked.lines), *found)
        silent = Fault(finished.errors.strip() or f"cue ended with {finished.code}")
        return _refused(asked.question, dict.fromkeys(found) or [silent])

    def _run(self, command: str, asked: Sequence[_Asked], form: Sequence[str]) -> Finished:
        packages = [item.package for item in asked]
        return workspace.run(self.program, packages, [command], form, self.bounds.until(self.ends))


def _refused(question: Question, found: Iterable[Fault]) -> Answer:
    return Answer(problems=faults.problems(question.name, found))


def _answer(question: Question, value: Any) -> Answer:
    """The answer, unless no cluster and no site would take what is nested so."""
    if _is_deeper(value["fields"], DEFAULT_LIMITS.max_depth):
        return _refused(question, [Fault(f"gives more than {DEFAULT_LIMITS.max_depth} levels of maps and lists")])
    return Answer(value)


def _is_deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(item, levels - 1) for item in inner)


def _read(text: str, *, is_tagged: bool) -> list[Any] | None:
    """The values of all questions in order; None where one cannot be read."""
    try:
        return _tagged(text) if is_tagged else _plain(text)
    except (ValueError, RecursionError):
        return None


def _plain(text: str) -> list[Any]:
    """JSON values, one after the other."""
    decoder, found, at = json.JSONDecoder(parse_float=export.finite), list[Any](), 0
    text = text.strip()
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        found.append({"fields": value})
        at = end + (len(text[end:]) - len(text[end:].lstrip()))
    return found


def _tagged(text: str) -> list[Any]:
    return [{"fields": item.value, "marks": item.marks} for item in export.read(text)]
