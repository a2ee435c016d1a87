"""Handling: what the edge does otherwise than usual with single objects of a bundle, as policies ask for it.

Usual is: applied, kept as written, removed when it is no longer named; what exists already and is not ours is refused.
All fields are left out where they say what is usual, so that a bundle without such policies keeps its bytes.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pinnace_schemas import codec, field_paths
from pinnace_schemas.codec import Wire


class Prune(StrEnum):
    """When an object goes that its application no longer names. Usual is: at once, but for what may hold data."""

    NEVER = "never"
    ON_DELETE = "on-delete"  # with the application
    ON_UPDATE = "on-update"  # at once, also what may hold data


class When(StrEnum):
    """When something holds: as a new revision is applied, between revisions, or both."""

    UPDATE = "update"
    KEEP = "keep"
    ALWAYS = "always"


def _field_path(text: str) -> str:
    field_paths.parse(text)
    return text


FieldPath = Annotated[str, AfterValidator(_field_path)]


class Once(Wire):
    """What others have set since the object was made is left so, at `paths` or (None) in the whole object."""

    when: When
    paths: tuple[FieldPath, ...] | None = Field(default=None, min_length=1)

    def holds(self, moment: When) -> bool:
        """`moment` is UPDATE or KEEP."""
        return self.when in (When.ALWAYS, moment)


class Handling(Wire):
    """`objects` are the places of those that it is about, from 0, rising.

    `observe`: never written or deleted. `adopt`: taken over where it exists and belongs to no application. `shared`:
    may belong to several applications, and goes with the last. `recreate`: where one of these fields is another, the
    object is deleted and made anew. `replace`: each time that it is applied, what others have added goes.
    """

    objects: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1)
    observe: Literal[True] | None = None
    adopt: Literal[True] | None = None
    shared: Literal[True] | None = None
    prune: Prune | None = None
    once: Once | None = None
    recreate: tuple[FieldPath, ...] | None = Field(default=None, min_length=1)
    replace: Literal[True] | None = None

    @property
    def text(self) -> str:
        """What is unusual, for people: as it is written in the bundle, in one line."""
        return codec.canonical(self.model_dump(mode="json", exclude_none=True, exclude={"objects"})).decode()


USUAL = Handling(objects=(0,))


def by_object(handling: Iterable[Handling]) -> Mapping[int, Handling]:
    """Of each object that is not handled as usual, by its place. Raises ValueError if one is named twice."""
    found: dict[int, Handling] = {}
    for item in handling:
        for index in item.objects:
            if found.setdefault(index, item) is not item:
                raise ValueError(f"object {index} has two handlings")
    return found
