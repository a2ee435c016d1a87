"""The commands that say which types there are, and what their properties mean."""

import json

from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.render import installed


def test_types_lists_every_type_with_the_package_that_brings_it(shell: Shell) -> None:
    header, *rows = shell.run("types", PINNACE_SERVER="http://127.0.0.1:1").table
    assert header == ["SORT", "NAME", "FROM", "DEPRECATED", "WHAT"]
    assert [row[:3] for row in rows] == [[item.sort, item.name, item.distribution] for item in installed.types()]
    assert all(row[4] not in ("", "-") for row in rows)


def test_types_of_one_sort_can_be_read_by_programs(shell: Shell) -> None:
    found = json.loads(shell.run("types", "trait", "-o", "json").out)
    assert {item["sort"] for item in found} == {"trait"}
    assert [item["name"] for item in found] == [item.name for item in installed.types() if item.sort == "trait"]


def test_types_name_what_replaces_a_deprecated_one(shell: Shell) -> None:
    (row,) = [row for row in shell.run("types").table if row[1] == "raw"]
    assert row[3] == "use k8s-objects"


def test_explain_shows_a_type_and_a_field_of_it(shell: Shell) -> None:
    assert shell.run("explain", "scaler").out.splitlines()[0] == "TRAIT  scaler (pinnace)"
    lines = shell.run("explain", "webservice.ports.protocol").out.splitlines()
    assert lines[1] == "FIELD  ports.protocol <one of TCP, UDP, SCTP>"
    found = json.loads(shell.run("explain", "webservice.ports", "-o", "json").out)
    assert (found["path"], found["fields"][0]["name"]) == ("ports", "port")


def test_explain_refuses_what_is_not_there(shell: Shell) -> None:
    ended = shell.run("explain", "webservise")
    assert (ended.code, ended.err) == (
        Exit.NOT_FOUND,
        "error: webservise: no known type is called so; did you mean 'webservice'?\n",
    )


def test_the_shell_completes_types(shell: Shell) -> None:
    for command in ("explain", "schema"):
        words = {"_PINNACE_COMPLETE": "complete_bash", "COMP_WORDS": f"pinnace {command} webs", "COMP_CWORD": "2"}
        assert shell.run(**words).out.split() == ["webservice"]


def test_schema_of_a_type_and_of_an_application(shell: Shell) -> None:
    assert "replicas" in json.loads(shell.run("schema", "scaler").out)["$defs"]["ScalerParameters"]["properties"]
    whole = json.loads(shell.run("schema").out)
    assert whole["required"] == ["apiVersion", "kind", "metadata", "spec"]
    assert "trait.ScalerParameters" in whole["$defs"]


def test_schema_of_a_field_is_refused(shell: Shell) -> None:
    ended = shell.run("schema", "webservice.ports")
    assert ended.code == Exit.USAGE
    assert "say 'webservice'" in ended.err
