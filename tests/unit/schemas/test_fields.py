"""What a person wrote is checked against a model: every mistake at its place, told in the words of the document."""

from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, RootModel

from pinnace_schemas import fields
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.fields import Given, Many, Strictly


class Lamp(Strictly):
    watts: int
    light_colour: str = "white"


class Candle(Strictly):
    wax: str


class Strict(Strictly):
    closed: ClassVar[bool] = True

    watts: int


class Red(Strictly):
    kind: Literal["red"]
    shade: int = 0


class Blue(Strictly):
    kind: Literal["blue"]


class Words(RootModel[dict[str, Lamp]]):
    """Lamps by name."""


class Room(Strictly):
    """A field of every shape."""

    one: Given[Lamp] = None
    many: Many[Lamp] = ()
    named: dict[str, Lamp] = Field(default_factory=dict)
    rows: Many[Many[Lamp]] = ()
    either: Given[Lamp | Candle] = None
    eithers: Many[Lamp | Candle] = ()
    tagged: Annotated[Red | Blue, Field(discriminator="kind")] | None = None
    size: Given[int | str] = None
    words: Given[Words] = None
    strict: Given[Strict] = None


def said(value: Any, unknown: Severity = Severity.WARNING, model: type[BaseModel] = Room) -> list[str]:
    found, problems = fields.check(model, value, unknown, ("properties",))
    assert (found is None) == any(item.severity is Severity.ERROR for item in problems)
    return [str(item).removeprefix("-: ") for item in problems]


LAMP = {"watts": 5, "lightColor": "red"}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"one": LAMP}, "one"),
        ({"many": [{"watts": 5}, LAMP]}, "many[1]"),
        ({"named": {"a": LAMP}}, "named.a"),
        ({"rows": [[], [LAMP]]}, "rows[1][0]"),
        ({"either": LAMP}, "either"),
        ({"eithers": [{"wax": "bee"}, LAMP]}, "eithers[1]"),
        ({"words": {"a": LAMP}}, "words.a"),
    ],
)
def test_an_undeclared_field_is_found_wherever_it_stands(value: dict[str, Any], place: str) -> None:
    message = f"properties.{place}.lightColor: unknown field 'lightColor' (did you mean 'lightColour'?)"
    assert said(value) == [f"warning: {message}"]
    assert said(value, Severity.ERROR) == [f"error: {message}"]


def test_an_undeclared_field_hides_no_error() -> None:
    assert said({"one": {"wats": 5, "lightColour": 7}, "many": 1}) == [
        "warning: properties.one.wats: unknown field 'wats' (did you mean 'watts'?)",
        "error: properties.one.watts: is required",
        "error: properties.one.lightColour: must be a text, got the number 7 (put it in quotes)",
        "error: properties.many: must be a list, got the number 1",
    ]


def test_an_undeclared_field_is_always_an_error_in_a_closed_model() -> None:
    assert said({"strict": {"watts": 5, "x": 1}}) == ["error: properties.strict.x: unknown field 'x'"]


def test_of_a_union_the_member_speaks_that_was_most_likely_meant() -> None:
    assert said({"either": {"watts": "5"}}) == [
        "error: properties.either.watts: must be a whole number, got the text '5'"
    ]
    assert said({"either": {"wax": 1, "smell": 2}}) == [
        "warning: properties.either.smell: unknown field 'smell'",
        "error: properties.either.wax: must be a text, got the number 1 (put it in quotes)",
    ]
    assert said({"tagged": {"kind": "red", "shade": "dark"}}) == [
        "error: properties.tagged.shade: must be a whole number, got the text 'dark'"
    ]


def test_a_value_of_no_kind_of_a_union_is_told_all_of_them() -> None:
    assert said({"size": []}) == ["error: properties.size: must be a whole number or a text, got a list"]
    assert said({"either": 3}) == ["error: properties.either: must be a map, got the number 3"]


def test_a_field_is_known_by_the_name_that_stands_in_documents_only() -> None:
    assert said({"one": {"watts": 5, "light_colour": "red"}}) == [
        "warning: properties.one.light_colour: unknown field 'light_colour' (did you mean 'lightColour'?)"
    ]


def test_null_is_told_apart_from_what_is_left_out() -> None:
    assert said({"one": None}) == ["error: properties.one: must not be null; leave it out instead"]


def test_a_key_that_is_no_text_is_refused_at_its_place() -> None:
    assert said({"named": {5: {"watts": 1}}}) == [
        "error: properties.named[5]: must be a text, got the number 5 (put it in quotes)"
    ]
