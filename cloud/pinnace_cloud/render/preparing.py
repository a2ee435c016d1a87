"""Renders an Application in rounds: lets what its types ask for be answered, until they ask for nothing more."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from pinnace_cloud.materials.needs import NOTHING, Answer, Materials, Need
from pinnace_cloud.render.engine import Renderer

Answers = Callable[[Sequence[Need]], Mapping[str, Answer]]

# Each trait of a component may ask some times after those before it; more rounds are a type that never has enough.
_MAX_ROUNDS = 1000


def prepared(renderer: Renderer, answers: Answers, known: Materials = NOTHING) -> Renderer:
    """The renderer that has everything; the same one, and what it has rendered, if it asks for nothing.

    Args:
        answers: answers all needs of one round together, by their keys.
        known: answers of another time.
    """
    materials = dict(known)
    for _ in range(_MAX_ROUNDS):
        current = renderer.supplied(materials) if materials else renderer
        asked = chain.from_iterable(rendering.needs for rendering in current.each())
        missing = {need.key: need for need in asked if need.key not in materials}
        if not missing:
            return current
        materials.update(answers(tuple(missing.values())))
    raise RuntimeError(f"a type still asks after {_MAX_ROUNDS} rounds: {next(iter(missing.values()))}")
