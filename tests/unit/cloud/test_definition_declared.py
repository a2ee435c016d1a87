"""What a template declares of its parameters, as `cue def` prints it, and the models that are made of it."""

from typing import Any

import pytest

from pinnace_cloud.definitions import declared, models
from pinnace_cloud.definitions.properties import Declared
from pinnace_cloud.explaining import schema
from pinnace_cloud.render.registry import Known, Sort
from pinnace_schemas import fields
from pinnace_schemas.diagnostics import Severity

DECLARED = """\
import "strings"

// +usage=The image
image: string
// +usage=How many
// +short=n
count: *1 | int
ports?: [...{
	// +usage=Its number
	number: int
	name?:  strings.MaxRunes(5)
	if number > 5 {
		large: bool
	}
}]
labels?: [string]: string
deep: {
	size:  "a" | "b"
	free?: {...}
}
either: {
	a: int
} | {
	b: int
}

//cue:path: #X
let X = {
	#x: {
		hidden: string
	}
}
"""


def test_declared_properties_are_read_with_what_is_said_of_them() -> None:
    found = declared.read(DECLARED)
    assert found is not None
    assert [(item.name, item.is_needed, item.description) for item in found] == [
        ("image", True, "The image"),
        ("count", False, "How many"),
        ("ports", False, ""),
        ("labels", False, ""),
        ("deep", False, ""),
        ("either", False, ""),
    ]
    assert [[inner.name for inner in item.fields or ()] for item in found[2:]] == [
        ["number", "name", "large"],
        [],
        ["size", "free"],
        [],
    ]


@pytest.mark.parametrize("text", ["_\n", "...\n", "[string]: string\n", "FORM.#x\n", "a: int\n...\n", ""])
def test_what_may_have_any_property_is_open_but_nothing_is_not(text: str) -> None:
    assert declared.read(text) == (() if text == "" else None)


def test_properties_are_checked_by_the_model_as_those_of_other_types() -> None:
    model = models.of("kiosk", declared.read(DECLARED))
    value = {"image": 1, "count": "2", "ports": [{"number": 1, "nane": "x"}], "labels": {"any": 1}, "tpyo": 1}
    _, problems = fields.check(model, value, Severity.WARNING, ("properties",))
    assert [(str(item.severity), item.path, item.hint) for item in problems] == [
        ("warning", "properties.ports[0].nane", "did you mean 'name'?"),
        ("warning", "properties.tpyo", ""),
        ("error", "properties.image", "put it in quotes"),
        ("error", "properties.count", ""),
    ]


def test_what_is_right_passes_as_it_was_written() -> None:
    model = models.of("kiosk", declared.read(DECLARED))
    value = {"image": "i", "ports": [{"number": 1}], "either": {"b": [1.5, None]}, "deep": {"free": {"x": 1}}}
    checked, problems = fields.check(model, value, Severity.ERROR)
    assert problems == ()
    assert checked is not None
    assert checked.model_dump(mode="json", by_alias=True, exclude_unset=True) == value


# --- what others of the template's definitions say

REFERRING = """\
import "strings"

// +usage=Where it listens
ports: [...PORT.#x]
level: LEVEL.#x
more: {
	PORT.#x
	extra: strings.MaxRunes(5)
}
either: PORT.#x | LEVEL.#x
labels?: [string]: LEVEL.#x
kids?: TREE.#x
local: {
	#Size: "s" | "m"
	size?: #Size
}

//cue:path: #Port
let PORT = {
	#x: {
		// +usage=Its number
		port: int
		protocol: *"TCP" | "UDP", level?: LEVEL.#x
	}
}

//cue:path: #Level
let LEVEL = {
	#x: "debug" | *"info"
}

//cue:path: #Tree
let TREE = {
	#x: {
		v: int, kids?: [...#Tree]
	}
}
"""


def one(text: str) -> Declared:
    (found,) = declared.read(f"it: {text}") or ()
    return found


def by_name(text: str) -> dict[str, Declared]:
    return {item.name: item for item in declared.read(text) or ()}


def test_definitions_that_parameters_name_are_followed() -> None:
    found = by_name(REFERRING)
    (port, protocol, level) = found["ports"].fields or ()
    assert (found["ports"].is_list, found["ports"].description) == (True, "Where it listens")
    assert (port.name, port.kind, port.is_needed, port.description) == ("port", "int", True, "Its number")
    assert (protocol.options, protocol.default, protocol.is_needed) == (("TCP", "UDP"), "TCP", False)
    assert level.options == found["level"].options == ("debug", "info")
    assert [item.name for item in found["more"].fields or ()] == ["port", "protocol", "level", "extra"]
    (size,) = found["local"].fields or ()
    assert size.options == ("s", "m")


def test_what_is_not_followed_is_named_as_the_template_calls_it() -> None:
    found = by_name(REFERRING)
    assert (found["either"].value, found["either"].fields) == ("#Port | #Level", None)
    assert (found["labels"].value, found["labels"].fields) == ("[string]: #Level", None)


def test_a_definition_that_holds_itself_is_not_repeated_within_itself() -> None:
    _, kids = by_name(REFERRING)["kids"].fields or ()
    assert (kids.name, kids.value, kids.fields) == ("kids", "[...#Tree]", None)


def test_the_parameters_may_be_a_definition_themselves() -> None:
    found = by_name('_#def\n_#def: {\n\tb: "p" | *"q"\n\tc:  *"x" | string\n}\n')
    assert [(item.name, item.default) for item in found.values()] == [("b", "q"), ("c", "x")]


def test_a_definition_of_the_template_takes_no_other_fields_and_a_plain_map_warns_of_them() -> None:
    model = models.of("kiosk", declared.read(REFERRING))
    port = {"port": 1, "prot": "TCP"}
    for value, path in (({"ports": [port]}, "ports[0].prot"), ({"more": {"extra": "x", **port}}, "more.prot")):
        _, problems = fields.check(model, {"ports": [], **value}, Severity.WARNING)
        assert [(str(item.severity), item.path) for item in problems] == [("error", path)]
    _, problems = fields.check(model, {"ports": [], "local": {"sise": "s"}}, Severity.WARNING)
    assert [(str(item.severity), item.path) for item in problems] == [("warning", "local.sise")]


# --- choices and defaults


@pytest.mark.parametrize(
    ("text", "kind", "options", "default", "is_needed"),
    [
        ("string", "string", (), None, True),
        ('*"x" | string', "string", (), "x", False),
        ('string | *"say \\"a | b\\" {"', "string", (), 'say "a | b" {', False),
        ("*8080 | int", "int", (), 8080, False),
        ("*false | bool", "bool", (), False, False),
        ('"a" | "b"', "string", ("a", "b"), None, False),
        ("1 | *2", "int", (1, 2), 2, False),
        ("*1 | *2 | int", "int", (), None, False),
        ("*1.5 | number", "", (), 1.5, False),
        ("*null | string", "", (), None, False),
        ("string | int", "", (), None, False),
        ("int & >0", "int", (), None, True),
        ("uint16", "int", (), None, True),
        ("NAME.#y & string", "string", (), None, False),
        ('"""\n\ta\n\tb\n\t""" | "c"', "string", ("a\nb", "c"), None, False),
    ],
)
def test_a_choice_is_told_by_kind_options_and_default(
    text: str, kind: str, options: tuple[Any, ...], default: Any, is_needed: bool
) -> None:
    found = one(text)
    assert (found.kind, found.options, found.default, found.is_needed) == (kind, options, default, is_needed)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string", ""),
        ('*"x" | string', ""),
        ("int & >0", "int & >0"),
        ("*null | string", "*null | string"),
        ("uint16", "uint16"),
        ("[...number]", "[...number]"),
        ("{\n\t...\n}", "a map"),
    ],
)
def test_what_kind_options_and_default_do_not_say_is_kept_as_text(text: str, value: str) -> None:
    assert one(text).value == value


@pytest.mark.parametrize(("text", "default"), [("[...string]", None), ('*["a", "b"] | [...string]', ["a", "b"])])
def test_a_list_of_plain_values_has_their_kind(text: str, default: Any) -> None:
    found = one(text)
    assert (found.is_list, found.kind, found.default, found.is_needed) == (True, "string", default, False)


def test_what_branches_say_differently_may_be_anything() -> None:
    text = 'a: bool\nif a {\n\tsize: "s" | "m"\n\tsame: int\n}\nif !a {\n\tsize: "l"\n\tsame: int\n}\n'
    found = by_name(text)
    assert (found["size"].kind, found["size"].options) == ("", ())
    assert (found["same"].kind, found["same"].is_needed) == ("int", False)


def test_several_maps_at_once_have_the_fields_of_all_and_what_one_gives_is_not_needed() -> None:
    found = by_name("it: {\n\ta: {\n\t\tb: int\n\t\tc: string\n\t}\n} & {\n\ta: b: 5\n}\n")
    (a,) = found["it"].fields or ()
    assert [(item.name, item.is_needed) for item in a.fields or ()] == [("b", False), ("c", True)]


@pytest.mark.parametrize(
    "text", ['"\\(name)": int', "(name): int", "a: {", "a: ]", "{\n\t...\n}", "#X", "[...{a: int}]"]
)
def test_what_cannot_be_told_lets_anything_pass(text: str) -> None:
    assert declared.read(text) is None


def test_the_schema_of_the_properties_has_choices_and_defaults() -> None:
    model = models.of("kiosk", declared.read('level: "debug" | *"info"\nargs: *["-v"] | [...string]\nid?: int\n'))
    found = schema.of_type(Known(Sort.COMPONENT, type("Kiosk", (), {"name": "kiosk", "parameters": model}), "here"))
    level, args, number = found["$defs"]["kiosk"]["properties"].values()
    assert (level["enum"], level["default"]) == (["debug", "info"], "info")
    assert (args["items"], args["default"]) == ({"type": "string"}, ["-v"])
    assert number["type"] == "integer"


def test_a_default_is_not_written_into_the_properties() -> None:
    model = models.of("kiosk", declared.read('level: "debug" | *"info"\n'))
    checked, problems = fields.check(model, {}, Severity.ERROR)
    assert (problems, checked and checked.model_dump(mode="json", exclude_unset=True)) == ((), {})
    _, (problem,) = fields.check(model, {"level": "loud"}, Severity.ERROR)
    assert (problem.path, "debug" in problem.message) == ("level", True)


# --- texts that are made to be hard


def test_declarations_that_nest_without_end_may_be_anything() -> None:
    text = "".join("\t" * depth + "a: {\n" for depth in range(1_100)) + "}\n" * 1_100
    found = declared.read(text)
    for _ in range(16):
        assert found is not None
        found = found[0].fields
    assert found is not None
    assert found[0].fields is None


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "{" * 30_000 + "}" * 30_000,
        "[" * 30_000,
        'a: "' * 20_000,
        "a: b: " * 3_000 + "1",
        "a: " + "x | " * 20_000 + "x",
        "a: " + '"x" & ' * 15_000 + '"x"',
        "".join(f"let L{n} = {{\n\t#x: {{a: L{n + 1}.#x, b: L{n + 1}.#x, c: L{n + 1}.#x}}\n}}\n" for n in range(200))
        + "a: L0.#x\n",
        "".join(f"let L{n} = {{\n\t#x: L{n + 1}.#x | L{n + 1}.#x\n}}\n" for n in range(200)) + "a: L0.#x\n",
        "".join(f"let L{n} = {{\n\t#x: L{n + 1}.#x & L{n + 1}.#x\n}}\n" for n in range(200)) + "a: L0.#x\n",
    ],
)
def test_a_text_that_is_made_to_be_hard_is_read_at_once(text: str) -> None:
    declared.read(text)
