"""Health rules: how definitions judge, at the sites, what was made of them, in the bundle beside the objects.

A rule is CUE text of a `ComponentDefinition` or `TraitDefinition`. Texts stand once, however many they judge. A bundle
without rules says nothing of them, and keeps its bytes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from pinnace_schemas import codec
from pinnace_schemas.codec import Wire

# Characters: as many as the evaluator reads. KubeVela's own have up to 3,000.
MAX_TEXT = 64 * 1024
# What a text may speak of besides what it says itself.
GIVEN = frozenset({"context", "parameter"})

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Place = Annotated[int, Field(ge=0)]


class Texts(Wire):
    """`policy` gives `isHealth`, `message` gives `message`: `healthPolicy` and `customStatus` of a definition."""

    policy: Text | None = None
    message: Text | None = None

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """Each text with its name in a definition."""
        both = (("healthPolicy", self.policy), ("customStatus", self.message))
        return tuple((name, text) for name, text in both if text is not None)

    @property
    def names(self) -> str:
        """What it has, for people."""
        return " and ".join(name for name, _ in self.named)

    @model_validator(mode="after")
    def _says_something(self) -> "Texts":
        if self.policy is None and self.message is None:
            raise ValueError("needs a policy or a message")
        return self


class Ruled(Wire):
    """One component, or one trait of it, that `texts` (a place among those of the bundle) judge.

    `name` is for people. `output` is the place of its workload among the objects, `outputs` are the places of further
    ones by their name. `parameter` and `context` are what the texts speak of, the former as written.
    """

    name: str = Field(min_length=1, max_length=600)
    texts: Place
    context: dict[str, Any] | None = None
    parameter: dict[str, Any] | None = None
    output: Place | None = None
    outputs: dict[str, Place] | None = Field(default=None, min_length=1)

    @property
    def places(self) -> tuple[int, ...]:
        """Of all objects that it is about."""
        output = () if self.output is None else (self.output,)
        return (*output, *(self.outputs or {}).values())

    @property
    def given(self) -> str:
        """What the texts are given besides objects, for people: in one line."""
        return codec.canonical({"context": self.context or {}, "parameter": self.parameter or {}}).decode()


class HealthRules(Wire):
    """`ruled` in the order of the components, each before its traits."""

    texts: tuple[Texts, ...] = Field(min_length=1)
    ruled: tuple[Ruled, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_all_texts(self) -> "HealthRules":
        for item in self.ruled:
            if item.texts >= len(self.texts):
                raise ValueError(f"{item.name}: there are no texts {item.texts}")
        return self

    def of(self, item: Ruled) -> Texts:
        """The texts that judge it."""
        return self.texts[item.texts]

    @property
    def places(self) -> frozenset[int]:
        """Of all objects that are judged. Raises ValueError for one that is judged twice."""
        found = [place for item in self.ruled for place in item.places]
        for place, count in Counter(found).items():
            if count > 1:
                raise ValueError(f"object {place} is judged twice")
        return frozenset(found)

    @property
    def by_object(self) -> Mapping[int, str]:
        """What judges each object, for people, by its place: such as 'healthPolicy of screen'."""
        return {place: f"{self.of(item).names} of {item.name}" for item in self.ruled for place in item.places}

    def lines(self) -> Iterator[str]:
        """For people: what judges each component and trait, and what it is given."""
        for item in self.ruled:
            yield f"health of {item.name}, given {item.given}"
            for name, text in self.of(item).named:
                yield from (f"  {name}: {line}" for line in text.splitlines())
