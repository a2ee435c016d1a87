"""Renders Applications in rounds: lets what their types ask for be answered, until they ask for nothing more."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from pinnace_cloud.materials.needs import NOTHING, Answer, Materials, Need
from pinnace_cloud.render.engine import Renderer

Needs = Sequence[Need]
Answers = Callable[[Needs], Mapping[str, Answer]]
# Of several: what each asks in this round, nothing where it has everything; answers in the same order.
AnswersOfAll = Callable[[Sequence[Needs]], Sequence[Mapping[str, Answer]]]

# Each trait of a component may ask some times after those before it; more rounds are a type that never has enough.
_MAX_ROUNDS = 1000


def prepared(renderer: Renderer, answers: Answers, known: Materials = NOTHING) -> Renderer:
    """The renderer that has everything; the same one, and what it has rendered, if it asks for nothing.

    Args:
        answers: answers all needs of one round together, by their keys.
        known: answers of another time.
    """
    work = _Work(renderer, known)
    _until_complete([work], lambda asked: [answers(needs) for needs in asked])
    return work.current


def together(renderers: Sequence[Renderer], answers: AnswersOfAll) -> tuple[Renderer, ...]:
    """The same of each, in their order; what all of them ask in one round is answered at once."""
    works = [_Work(renderer) for renderer in renderers]
    _until_complete(works, answers)
    return tuple(work.current for work in works)


class _Work:
    """One renderer, with the answers that it has got."""

    def __init__(self, renderer: Renderer, known: Materials = NOTHING) -> None:
        self._renderer = renderer
        self._materials = dict(known)
        self.current = self._supplied()
        self.missing = self._asked()

    def supply(self, answers: Mapping[str, Answer]) -> None:
        """Renders with them what was open."""
        if self.missing:
            self._materials.update(answers)
            self.current = self._supplied()
            self.missing = self._asked()

    def _supplied(self) -> Renderer:
        return self._renderer.supplied(self._materials) if self._materials else self._renderer

    def _asked(self) -> tuple[Need, ...]:
        asked = chain.from_iterable(rendering.needs for rendering in self.current.each())
        return tuple({need.key: need for need in asked if need.key not in self._materials}.values())


def _until_complete(works: Sequence[_Work], answers: AnswersOfAll) -> None:
    for _ in range(_MAX_ROUNDS):
        missing = [work.missing for work in works]
        if not any(missing):
            return
        for work, found in zip(works, answers(missing), strict=True):
            work.supply(found)
    raise RuntimeError(f"a type still asks after {_MAX_ROUNDS} rounds: {next(chain.from_iterable(missing))}")
