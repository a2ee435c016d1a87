"""What types say of themselves: words for people, schemas for editors, and how a type is found by what is typed."""

from typing import Any, ClassVar, Literal

import pytest
from pydantic import BaseModel, Field, RootModel

from pinnace_cloud.cli.output import explained
from pinnace_cloud.explaining import document, explanation, fields, lookup, schema
from pinnace_cloud.explaining.explanation import Explanation
from pinnace_cloud.render.registry import Known, Sort
from pinnace_schemas.errors import Rejected
from pinnace_schemas.fields import Given, Many, Strictly


class Bulb(Strictly):
    """What shines."""

    closed: ClassVar[bool] = True

    watts: int
    """Power in watts."""
    colour: Literal["white", "red"] = "white"
    """What one sees.

    This is of no interest to users.
    """


class LampParameters(Strictly):
    bulbs: Many[Bulb]
    """What it holds."""
    names: Given[dict[str, str]] = None
    spare: Given[Bulb] = Field(None, description="In the drawer.")
    dim: bool = False
    holder: Given["LampParameters"] = None
    """The lamp that it hangs from."""


class BigLampParameters(LampParameters):
    dim: bool = True
    """Whether it shines less."""


class Words(RootModel[dict[str, str]]):
    """Any words."""


class Lamp:
    """Lights a room.

    Further paragraphs are for those who read the code.
    """

    def __init__(self, name: str = "lamp", parameters: Any = LampParameters, replacement: str = "") -> None:
        self.name = name
        self.parameters = parameters
        self.replacement = replacement


def known(sort: Sort = Sort.COMPONENT, *arguments: Any) -> Known:
    return Known(sort, Lamp(*arguments), "lamps")


def explain(*path: str, of: Known | None = None) -> Explanation:
    return explanation.explain(of or known(), path)


def test_a_type_is_explained_by_its_docstring_and_its_fields() -> None:
    found = explain()
    assert (found.description, found.distribution, found.type) == ("Lights a room.", "lamps", "map")
    assert [(item.name, item.type, item.required) for item in found.fields] == [
        ("bulbs", "list of maps", True),
        ("names", "map of texts", False),
        ("spare", "map", False),
        ("dim", "true or false", False),
        ("holder", "map", False),
    ]


def test_a_path_leads_into_lists_and_maps() -> None:
    found = explain("bulbs")
    assert (found.path, found.type, found.description) == ("bulbs", "list of maps", "What it holds.")
    assert [(item.name, item.type, item.default) for item in found.fields] == [
        ("watts", "whole number", None),
        ("colour", "one of white, red", "white"),
    ]
    assert explain("bulbs", "colour").description == "What one sees."
    assert explain("spare").description == "In the drawer."


def test_a_model_that_holds_itself_is_explained_once() -> None:
    assert [item.name for item in explain("holder").fields] == []


def test_a_field_has_the_text_of_the_class_that_says_most() -> None:
    found = explain("dim", of=known(Sort.COMPONENT, "big", BigLampParameters))
    assert found.description == "Whether it shines less."
    assert explain("bulbs", of=known(Sort.COMPONENT, "big", BigLampParameters)).description == "What it holds."


def test_a_field_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(Rejected, match=r"lamp\.bulbs: no field 'color' here; did you mean 'colour'\?"):
        explain("bulbs", "color")
    with pytest.raises(Rejected, match=r"lamp\.dim: no field 'x' here; it has none"):
        explain("dim", "x")


def test_text_shows_defaults_and_what_is_required() -> None:
    assert list(explained.lines(explain("bulbs"), is_deep=False)) == [
        "COMPONENT  lamp (lamps)",
        "FIELD  bulbs <list of maps>",
        "",
        "What it holds.",
        "",
        "FIELDS",
        "  watts <whole number>, required",
        "      Power in watts.",
        '  colour <one of white, red>, default "white"',
        "      What one sees.",
    ]


def test_text_goes_deep_only_when_asked() -> None:
    shallow, deep = (list(explained.lines(explain(), is_deep=is_deep)) for is_deep in (False, True))
    assert "    watts <whole number>, required" in deep
    assert not [line for line in shallow if "watts" in line]


def test_text_names_what_replaces_a_deprecated_type() -> None:
    old = known(Sort.TRAIT, "old", Words, "lamp")
    assert list(explained.lines(explain(of=old), is_deep=False)) == [
        "TRAIT  old (lamps)",
        "DEPRECATED  use lamp",
        "",
        "Lights a room. Any words.",
        "",
        "PROPERTIES  <map of texts>",
    ]


def test_text_tells_a_type_that_takes_anything_from_one_that_takes_nothing() -> None:
    def last(parameters: type[BaseModel]) -> str:
        return list(explained.lines(explain(of=known(Sort.TRAIT, "lamp", parameters)), is_deep=False))[-1]

    assert last(RootModel[dict[str, Any]]) == "PROPERTIES  <map of anything>"
    assert last(Strictly) == "It takes no properties."


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({}, "anything"),
        ({"type": "array", "items": {}}, "list"),
        (
            {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
            "list, each list of whole numbers",
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "whole number or text"),
        ({"enum": ["", "Memory"]}, 'one of "", Memory'),
        ({"const": "v1"}, "v1"),
        ({"type": "array", "items": {"type": "object", "additionalProperties": True}}, "list of maps"),
        ({"type": "number"}, "number"),
    ],
)
def test_kinds_of_values_have_words(item: dict[str, Any], words: str) -> None:
    assert fields.read(item).type == words


def test_an_undeclared_property_is_wrong_by_a_schema_where_it_is_an_error() -> None:
    def is_closed(of: Known, *, strict: bool) -> dict[str, bool]:
        found = schema.of_type(of, strict=strict)["$defs"]
        return {name: item.get("additionalProperties") is False for name, item in found.items()}

    assert is_closed(known(), strict=False) == {"LampParameters": False, "Bulb": True}
    assert is_closed(known(), strict=True) == {"LampParameters": True, "Bulb": True}
    assert is_closed(known(Sort.POLICY), strict=False) == {"LampParameters": True, "Bulb": True}


def test_a_schema_says_null_of_no_optional_property() -> None:
    found = schema.of_type(known())["$defs"]["LampParameters"]["properties"]
    assert found["spare"] == {"$ref": "#/$defs/Bulb", "description": "In the drawer."}
    assert found["names"] == {"type": "object", "additionalProperties": {"type": "string"}}


def test_the_schema_of_an_application_offers_the_types_with_what_they_are() -> None:
    found = document.application([known(), known(Sort.COMPONENT, "old", Words, "lamp")])["$defs"]["Component"]
    assert found["properties"]["type"]["enum"] == ["lamp", "old"]
    assert found["properties"]["type"]["enumDescriptions"] == ["Lights a room.", "Deprecated, use lamp."]
    first, second = (item["then"] for item in found["allOf"])
    assert first == {
        "properties": {"properties": {"$ref": "#/$defs/component.LampParameters"}},
        "required": ["properties"],
    }
    assert second == {"properties": {"properties": {"$ref": "#/$defs/component.Words"}}}


def test_models_of_one_name_are_kept_apart() -> None:
    class Bulb(Strictly):
        volts: int

    namesake = known(Sort.TRAIT, "namesake", Bulb)
    found = document.application([known(), namesake])["$defs"]
    assert set(found["component.Bulb"]["properties"]) == {"watts", "colour"}
    assert set(found["trait.Bulb"]["properties"]) == {"volts"}


def test_a_type_is_found_by_its_name_and_a_path() -> None:
    lamp, dotted = known(), known(Sort.COMPONENT, "lamp.example")
    assert lookup.find([lamp, dotted], "lamp") == (lamp, ())
    assert lookup.find([lamp, dotted], "lamp.bulbs.watts") == (lamp, ("bulbs", "watts"))
    assert lookup.find([lamp, dotted], "lamp.example.bulbs") == (dotted, ("bulbs",))


def test_a_name_that_two_sorts_use_takes_the_sort() -> None:
    component, trait = known(), known(Sort.TRAIT)
    with pytest.raises(Rejected, match=r"lamp: is the name of several types; say component/lamp or trait/lamp"):
        lookup.find([component, trait], "lamp.bulbs")
    assert lookup.find([component, trait], "trait/lamp.bulbs") == (trait, ("bulbs",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lmap", r"lmap: no known type is called so; did you mean 'lamp'\?"),
        ("zzz", r"zzz: no known type is called so; 'pinnace types' lists them"),
        ("trait/lamp", r"lamp: no trait type is called so; 'pinnace types' lists them"),
        ("house/lamp", r"house: is no sort of types; say component, trait, policy, step"),
    ],
)
def test_a_type_that_is_not_there_is_refused(text: str, said: str) -> None:
    with pytest.raises(Rejected, match=said):
        lookup.find([known()], text)
