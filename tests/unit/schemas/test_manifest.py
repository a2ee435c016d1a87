"""Manifests are read as Kubernetes tools read them, with every error and its place, and hostile ones are refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinnace_schemas import diagnostics, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic, InText, Severity
from pinnace_schemas.limits import Limits
from pinnace_schemas.manifest import Document, Manifests
from pinnace_schemas.reasons import Reason

SHOP = """\
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
spec:
  components:
    - name: web
      type: webservice
      properties:
        image: nginx:1.27
"""


def only(manifests: Manifests) -> Diagnostic:
    (found,) = manifests.diagnostics
    return found


def document(text: str) -> Document:
    manifests = manifest.read(text)
    assert manifests.diagnostics == ()
    (found,) = manifests.documents
    return found


def properties(value: str) -> Any:
    """What one unquoted value is read as."""
    found = document(SHOP + f"        value: {value}\n").resource
    assert isinstance(found, Application)
    return found.spec.components[0].properties["value"]


def test_documents_of_all_kinds_are_read_in_order() -> None:
    group = "apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {name: north}\n"
    node = "apiVersion: pinnace.dev/v1alpha1\nkind: Node\nmetadata: {name: shop-1}\n"
    manifests = manifest.read(f"{SHOP}---\n{group}---\n---\n{node}")
    assert [item.resource.name for item in manifests.documents] == ["shop", "north", "shop-1"]


def test_json_is_read_and_located() -> None:
    text = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\U0001f600"}}, indent=1)
    found = only(manifest.read(text, "pod.json"))
    assert (found.source, found.line, found.column, found.path) == ("pod.json", 2, 2, "apiVersion") or found.line == 3
    assert found.reason is Reason.UNKNOWN_KIND


def test_malformed_yaml_names_line_and_column() -> None:
    found = only(manifest.read(SHOP + "   bad: [\n", "shop.yaml"))
    assert found.reason is Reason.MALFORMED
    assert found.source == "shop.yaml"
    assert found.line is not None
    assert found.line > 10


def test_documents_before_a_malformed_one_are_kept() -> None:
    manifests = manifest.read(SHOP + "---\n}")
    assert len(manifests.documents) == 1
    assert [item.reason for item in manifests.errors] == [Reason.MALFORMED]


def test_unknown_kind_is_refused_naming_the_known_ones() -> None:
    found = only(manifest.read("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"))
    assert (found.reason, found.line, found.path) == (Reason.UNKNOWN_KIND, 2, "kind")
    assert "NodeGroup (pinnace.dev/v1alpha1)" in found.hint


def test_objects_of_other_kinds_are_given_where_they_are_asked_for() -> None:
    text = """
apiVersion: v1
kind: List
items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}]
---
{apiVersion: v1, kind: Secret, metadata: {name: c}}
"""
    read = manifest.read(text, "file.yaml", takes_foreign=True)
    assert read.errors == ()
    assert [(item.object["metadata"]["name"], item.problem.line) for item in read.foreign] == [
        ("a", 3),
        ("b", 3),
        ("c", 6),
    ]
    assert len(manifest.read(text).errors) == 2


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: v1, kind: Pod}",
        "{apiVersion: v1, kind: Pod, metadata: {name: 1}}",
        "{apiVersion: core.oam.dev/v1beta1, kind: Policy, metadata: {name: a}}",
        "{apiVersion: v1, kind: List, items: [{apiVersion: pinnace.dev/v1alpha1, kind: Node, metadata: {name: a}}]}",
        "{apiVersion: v1, kind: List, items: []}",
        "{kind: Pod, metadata: {name: a}}",
    ],
)
def test_what_is_no_foreign_object_stays_an_error(text: str) -> None:
    read = manifest.read(text, takes_foreign=True)
    assert read.foreign == ()
    assert len(read.errors) >= 1


def test_a_document_that_is_no_map_is_refused() -> None:
    assert only(manifest.read("- a\n")).message == "a document must be a map, got a list"


def test_all_errors_are_collected_with_their_places() -> None:
    text = SHOP.replace("name: shop", "name: 5").replace("type: webservice", "types: webservice")
    found = [(item.path, item.line, item.reason) for item in manifest.read(text).errors]
    assert ("metadata.name", 4, Reason.INVALID) in found
    assert ("spec.components[0].types", 8, Reason.UNKNOWN_FIELD) in found
    assert ("spec.components[0].type", 7, Reason.INVALID) in found


def test_an_unknown_field_is_an_error_or_a_warning_as_the_caller_says() -> None:
    text = SHOP.replace("properties:", "propertys:")
    refused = manifest.read(text)
    assert refused.documents == ()
    assert only(refused).hint == "did you mean 'properties'?"
    warned = manifest.read(text, unknown_fields=Severity.WARNING)
    assert len(warned.documents) == 1
    assert only(warned).severity is Severity.WARNING


def test_wrong_types_are_named_with_what_was_written() -> None:
    found = only(manifest.read(SHOP.replace("name: web", "name: 80")))
    assert str(found) == ("-:7:7: error: spec.components[0].name: must be a text, got the number 80 (put it in quotes)")


def test_a_name_that_is_no_dns_label_is_refused() -> None:
    found = only(manifest.read(SHOP.replace("name: shop", "name: My_Shop")))
    assert (found.path, found.line, found.severity) == ("metadata.name", 4, Severity.ERROR)


def test_duplicate_components_are_refused_even_where_names_are_only_warned_of() -> None:
    text = SHOP + "    - {name: web, type: worker}\n"
    found = only(manifest.read(text, unknown_fields=Severity.WARNING))
    assert (found.severity, found.path, found.line) == (Severity.ERROR, "spec.components[1].name", 11)


def test_the_same_key_twice_is_refused() -> None:
    found = only(manifest.read(SHOP + "        image: other\n"))
    assert (found.line, found.column) == (11, 9)
    assert "line 10" in found.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", 1000),
        ("0777", 511),
        ("0o17", 15),
        ("0x1F", 31),
        ("08", 8),
        ("1_000", 1000),
        ("1.5", 1.5),
        (".5", 0.5),
        ("on", True),
        ("y", True),
        ("No", False),
        ("~", None),
        ("2026-01-01", "2026-01-01"),
        ("1:30", "1:30"),
        ("0.5.1", "0.5.1"),
        ("'007'", "007"),
        ("!!str 5", "5"),
    ],
)
def test_scalars_are_read_as_kubernetes_tools_read_them(text: str, value: object) -> None:
    found = properties(text)
    assert found == value
    assert type(found) is type(value)


def test_numbers_that_json_does_not_have_are_refused() -> None:
    assert only(manifest.read(SHOP + "        value: .inf\n")).line == 11


def test_aliases_and_merge_keys_are_followed() -> None:
    text = SHOP + "        one: &one {a: 1, b: 2}\n        two: {<<: *one, b: 3}\n"
    found = document(text).resource
    assert isinstance(found, Application)
    assert found.spec.components[0].properties["two"] == {"a": 1, "b": 3}


@pytest.mark.slow
def test_aliases_that_grow_without_end_are_refused() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert only(manifest.read("\n".join(lines))).reason is Reason.TOO_LARGE


def test_an_alias_inside_its_own_value_is_refused() -> None:
    assert only(manifest.read("a: &a [*a]\n")).reason is Reason.MALFORMED


def test_deep_nesting_and_large_texts_are_refused_before_anything_is_built() -> None:
    assert only(manifest.read("[" * 100_000)).reason in (Reason.TOO_LARGE, Reason.MALFORMED)
    assert only(manifest.read("[" * 70 + "]" * 70)).reason is Reason.TOO_LARGE
    assert only(manifest.read(SHOP, limits=Limits(max_bundle_bytes=10))).reason is Reason.TOO_LARGE


def test_unknown_tags_are_refused() -> None:
    assert only(manifest.read("a: !!python/object:os.system x\n")).reason is Reason.MALFORMED


def test_keys_that_are_no_texts_become_texts_as_in_json() -> None:
    found = document(SHOP + "        ports: {80: http, true: x}\n").resource
    assert isinstance(found, Application)
    assert found.spec.components[0].properties["ports"] == {"80": "http", "true": "x"}


def test_a_document_locates_what_rules_say_later() -> None:
    said = Diagnostic(Severity.ERROR, Reason.INVALID, "is required", path="spec.components[0].properties.ports[2].name")
    found = document(SHOP).locate(said)
    assert (found.line, found.column) == (9, 7)


def test_a_diagnostic_survives_the_api() -> None:
    found = only(manifest.read(SHOP.replace("name: shop", "name: My_Shop"), "shop.yaml"))
    assert Diagnostic.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_output_of_kubectl_can_be_applied_again() -> None:
    text = SHOP.replace("  name: shop", "  name: shop\n  uid: u\n  creationTimestamp: null\n  managedFields: []")
    assert document(text + "status: {}\n").resource.name == "shop"


@given(st.lists(st.text(min_size=1) | st.integers(0, 99)))
def test_a_path_is_split_into_what_it_was_joined_of(parts: list[str | int]) -> None:
    assert diagnostics.split_path(diagnostics.join_path(parts)) == tuple(parts)


@given(st.text(alphabet="[]{}:-&*!|>?'\"<#%@,~ \n\tab1.\\u"))
def test_any_text_is_read_or_refused(text: str) -> None:
    manifests = manifest.read(text)
    assert manifests.documents == ()
    assert all(item.line is not None for item in manifests.diagnostics)


def test_text_that_is_no_unicode_is_refused() -> None:
    assert only(manifest.read("a: \ud800")).reason is Reason.MALFORMED


FRONT = (
    "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: front}\nspec:\n  schematic:\n    cue:\n"
)
# Each line of the file is the line of the text that its number says, at column 9.
BLOCK = "\n        one: 1\n        two: {\n\n          four: 4\n        }\n"


def placed(template: str, line: int) -> tuple[int | None, int | None, str]:
    """Where something about column 3 of a line of the template is shown, and in which words."""
    (document,) = manifest.read(f"{FRONT}      template: {template}").documents
    path = "spec.schematic.cue.template"
    found = document.locate(
        InText(Severity.ERROR, Reason.INVALID, "with its place", path=path, at=(line, 3), plain="without")
    )
    return found.line, found.column, found.message


@pytest.mark.parametrize("style", ["|", "|-", "|+", "|2", "&it |", "| # of the front"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_wrong_within_a_literal_block_is_shown_at_its_own_line(style: str, end: str) -> None:
    block = f"{style}{BLOCK}".replace("\n", end)
    assert placed(block, 1) == (8, 11, "without")
    assert placed(block, 4) == (11, 11, "without")


@pytest.mark.parametrize(
    "template", [f">{BLOCK}", f">-{BLOCK}", '"one: 1\\ntwo: 2"', "'one\n\n        two'", "one\n        two"]
)
def test_what_is_wrong_within_another_text_is_shown_where_the_text_begins(template: str) -> None:
    assert placed(template, 2) == (7, 7, "with its place")


def test_the_end_of_a_literal_block_is_that_of_its_last_line() -> None:
    assert placed(f"|{BLOCK}", 6) == (12, 10, "without")


def test_a_line_that_a_literal_block_does_not_have_is_shown_where_the_block_begins() -> None:
    assert placed(f"|-{BLOCK}", 6) == (7, 7, "with its place")


def test_where_yaml_counts_more_lines_than_the_text_has_no_wrong_line_is_shown() -> None:
    assert placed(f"|{BLOCK}".replace("1\n", "1\u2028        1\n"), 4) == (7, 7, "with its place")
