"""What an override policy may say, and which names its patterns mean.

A name is a regular expression that need not match the whole name of a component; `*` stands for `.*`, as in KubeVela.
Refuses patterns that could take long to match, since KubeVela's matcher knows none and Python's does; and those that
mean something else to each of the two.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from pinnace_schemas.application import Text
from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Written

# Each of these lets a backtracking matcher try once more at every character of a name. A few cost milliseconds at most;
# many of them, or a group that repeats, would keep the controller busy for ever.
_CHOICES, _MAX_CHOICES = "*+?{(", 3
_REPEATED_GROUP = re.compile(r"\)[+?{]")
# So would a few of them in a long name. One that is longer than the value of a label is refused, but only afterwards.
_MAX_NAME = 63
# Room for a choice of a dozen names.
_MAX_PATTERN = 1024
# `[[:alpha:]]` names a class in Go; Python reads another set, and keeps such signs for operations with sets.
_NESTED_SET = re.compile(r"\[\^?]?[^]]*?(\[|--|&&|~~|\|\|)")
_SPECIAL = frozenset("\\.+*?()|[]{}^$")


def _pattern(text: str) -> str:
    if len(text) > _MAX_PATTERN:
        raise PydanticCustomError("pattern", "a name here is at most {most} characters long", {"most": _MAX_PATTERN})
    if sum(text.count(sign) for sign in _CHOICES) > _MAX_CHOICES or _REPEATED_GROUP.search(text):
        message = "'{text}' is too intricate: a name holds at most {most} of {signs} and repeats no group"
        known = {"text": text, "most": _MAX_CHOICES, "signs": " ".join(_CHOICES)}
        raise PydanticCustomError("pattern", message, known)
    if _NESTED_SET.search(text):
        raise PydanticCustomError("pattern", "'{text}': write the characters of a set one by one", {"text": text})
    return _compiled(text)


def _compiled(text: str) -> str:
    try:
        matcher(text)
    except (re.error, OverflowError) as exc:
        message = "'{text}' is no regular expression: {cause}"
        raise PydanticCustomError("pattern", message, {"text": text, "cause": str(exc)}) from exc
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class TraitPatch(Written):
    """`name` tells two traits of one type apart, as in a component; KubeVela does not have it."""

    closed: ClassVar[bool] = True

    type: Text
    """Type of the trait."""
    name: str | None = None
    """Its name, where a component has two of the type."""
    properties: dict[str, Any] = Field(default_factory=dict)
    """Merged over those of the trait."""
    disable: bool = False
    """Takes the trait away."""


class ComponentPatch(Written):
    """`type` chooses components where there is no name, and else says what a component is to become."""

    closed: ClassVar[bool] = True

    name: Pattern = ""
    """A regular expression that part of a component's name matches; `*` means `.*`. Empty: all of the type."""
    type: str = ""
    """Type of the components that are meant or, with a name, what they are to become."""
    properties: dict[str, Any] = Field(default_factory=dict)
    """Merged over those of the component."""
    traits: Many[TraitPatch] = ()
    """Traits to change, add or take away."""
    external_revision: str = ""
    """Of no meaning here."""


class OverrideParameters(Written):
    closed: ClassVar[bool] = True

    components: Many[ComponentPatch] = ()
    """What is different; where several mean one component, the later wins."""
    selector: Many[str] | None = None
    """Names of the components to keep; all others are left out."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("override", "needs 'components' or 'selector'")
        return self


@lru_cache(maxsize=1024)
def matcher(name: str) -> Callable[[str], object]:
    """Says whether the name of a component is meant. Most are plain words, for which nothing need be compiled."""
    if _SPECIAL.isdisjoint(name):
        return lambda text: name in text
    search = re.compile(name.replace("*", ".*")).search
    return lambda text: len(text) <= _MAX_NAME and search(text)
