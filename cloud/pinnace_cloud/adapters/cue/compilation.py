"""Lets `cue` judge templates by themselves: without parameters, in a context of which nothing is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pinnace_cloud.adapters.cue import workspace
from pinnace_cloud.adapters.sandbox import Bounds, Finished
from pinnace_cloud.definitions import declared, faults, sources
from pinnace_cloud.definitions.compiling import Compiled
from pinnace_cloud.definitions.faults import Fault
from pinnace_cloud.definitions.sources import Source

_SURROUNDINGS: Final = ("context: _", "parameter: _")

# An open map, as `cue def` prints it.
_ANYTHING: Final = "..."

Named = tuple[str, Source]


@dataclass(frozen=True, slots=True)
class Compilation:
    """One process for all that are right, and some more to find one that is not. `ends` is when all is over, on the
    monotonic clock.
    """

    program: Path
    bounds: Bounds
    ends: float

    def of(self, templates: Mapping[str, str]) -> dict[str, Compiled]:
        """By name."""
        read = [(name, sources.read(text)) for name, text in templates.items()]
        found = {name: Compiled(source.faults) for name, source in read if source.faults}
        sound = [(name, source) for name, source in read if not source.faults]
        return found | self._judged(sound) if sound else found

    def _judged(self, items: Sequence[Named]) -> dict[str, Compiled]:
        finished = self._run(items, "export", "{}")
        if finished.is_good:
            return self._declared(items)
        if len(items) == 1:
            ((name, source),) = items
            return {name: Compiled(_why(finished, source))}
        half = len(items) // 2
        return self._judged(items[:half]) | self._judged(items[half:])

    def _declared(self, items: Sequence[Named]) -> dict[str, Compiled]:
        printed = self._run(items, "def", "parameter")
        texts = _printed(printed.out, len(items)) if printed.is_good else []
        if texts:
            return {name: Compiled((), text) for (name, _), text in zip(items, texts, strict=True)}
        if len(items) == 1:  # what cannot be printed may be anything
            return {items[0][0]: Compiled((), _ANYTHING)}
        half = len(items) // 2
        return self._declared(items[:half]) | self._declared(items[half:])

    def _run(self, items: Sequence[Named], command: str, expression: str) -> Finished:
        packages = [sources.joined(source, _SURROUNDINGS) for _, source in items]
        bounds = self.bounds.until(self.ends)
        return workspace.run(self.program, packages, [command], ["--expression", expression], bounds)


def _printed(text: str, count: int) -> list[str]:
    """What is declared by each of so many; none where that cannot be told: a comment may look like the separator."""
    texts = [text] if count == 1 else declared.split(text)
    if len(texts) != count:
        return []
    return [item if len(item) <= sources.MAX_TEMPLATE_BYTES else _ANYTHING for item in texts]


def _why(finished: Finished, source: Source) -> tuple[Fault, ...]:
    if finished.excess:
        return (Fault(f"evaluating it takes {finished.excess}"),)
    silent = Fault(finished.errors.strip() or f"cue ended with {finished.code}")
    return faults.read(finished.errors, source.lines) or (silent,)
