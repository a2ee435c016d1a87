"""Commands that ask: what they show, in which form, and how they end."""

import json

import pytest
import yaml
from tests.unit.cloud import controllers
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit
from pinnace_schemas import api, journal
from pinnace_schemas.api import Verdict
from pinnace_schemas.reasons import REASONS, Reason

OFFLINE = controllers.verdict(
    "s2", Verdict.OFFLINE, reason=Reason.OFFLINE, message="not heard of", last_seen=None, wanted_revision=2
)


@pytest.fixture
def filled(shell: Shell) -> Shell:
    shell.controller.hold(
        controllers.application(controllers.verdict(), OFFLINE),
        controllers.application(name="till", namespace="retail"),
    )
    shell.controller.held_nodes["s1"] = controllers.node("s1", controllers.verdict())
    shell.controller.held_nodes["s2"] = controllers.node(
        "s2", OFFLINE, verdict=Verdict.OFFLINE, reason=Reason.OFFLINE, last_seen=None, online=None
    )
    shell.controller.held_groups["shops"] = controllers.group()
    shell.controller.held_groups["plants"] = controllers.group("plants", ("p1",), converged=0)
    return shell


@pytest.mark.parametrize("word", ["applications", "application", "apps", "app", "APPS"])
def test_applications_are_listed_with_how_many_nodes_converged(filled: Shell, word: str) -> None:
    ended = filled.run("get", word)
    assert ended.code == Exit.OK
    assert ended.table[0] == ["NAMESPACE", "NAME", "REVISION", "NODES", "CHANGED", "VERDICT", "REASON"]
    assert [row[:4] for row in ended.table[1:]] == [["default", "shop", "2", "1/2"], ["retail", "till", "2", "0/0"]]


def test_columns_are_aligned_and_no_cell_is_empty(filled: Shell) -> None:
    lines = filled.run("get", "nodes", "-o", "wide").out.splitlines()
    start = lines[0].index("REASON")
    assert [line[start - 2 : start] for line in lines] == ["  "] * 3
    assert [line[start:] for line in lines[1:]] == ["-", "Offline"]


@pytest.mark.parametrize("word", ["nodes", "node"])
def test_nodes_are_listed_with_when_they_were_last_seen(filled: Shell, word: str) -> None:
    rows = filled.run("get", word).out.splitlines()[1:]
    assert "ago" in rows[0]
    assert "never" in rows[1]


@pytest.mark.parametrize("word", ["groups", "group", "ng", "nodegroups"])
def test_groups_are_listed_with_members_and_applications(filled: Shell, word: str) -> None:
    assert filled.run("get", word).table[1] == ["shops", "2", "2/2", "default/shop"]


def test_wide_adds_columns_before_the_last_ones(filled: Shell) -> None:
    header = filled.run("get", "nodes", "-o", "wide").out.splitlines()[0].split()
    assert header[-2:] == ["VERDICT", "REASON"]
    assert {"DAEMON", "KUBERNETES", "LABELS", "PROBLEMS"} <= set(header)


def test_verdicts_are_every_application_on_every_node(filled: Shell) -> None:
    rows = [line.split() for line in filled.run("get", "verdicts").out.splitlines()[1:]]
    assert [row[:2] for row in rows] == [["default/shop", "s1"], ["default/shop", "s2"]]
    assert rows[1][3] == "1->2"


@pytest.mark.parametrize(
    ("kind", "names"),
    [("apps", ["default", "retail"]), ("nodes", ["s2"]), ("groups", ["plants"]), ("verdicts", ["default/shop"])],
)
def test_not_converged_leaves_only_what_is_not_as_wanted(filled: Shell, kind: str, names: list[str]) -> None:
    rows = [line.split() for line in filled.run("get", kind, "--not-converged").out.splitlines()[1:]]
    assert [row[0] for row in rows] == names


def test_a_namespace_limits_the_list(filled: Shell) -> None:
    assert "shop" not in filled.run("get", "apps", "-n", "retail").out
    assert filled.run("get", "verdicts", "-n", "retail").out == ""


def test_an_empty_list_says_so_beside_the_output(shell: Shell) -> None:
    ended = shell.run("get", "nodes")
    assert (ended.code, ended.out, ended.err) == (Exit.OK, "", "no nodes\n")
    assert "not as wanted" in shell.run("get", "apps", "--not-converged").err


def test_json_is_the_body_of_the_api(filled: Shell) -> None:
    ended = filled.run("get", "nodes", "-o", "json")
    assert json.loads(ended.out) == [item.model_dump(mode="json") for item in filled.controller.nodes()]
    assert json.loads(filled.run("get", "groups", "-o", "json", "--not-converged").out)[0]["name"] == "plants"
    assert json.loads(filled.run("get", "apps", "-n", "none", "-o", "json").out) == []


def test_yaml_is_the_body_of_the_api(filled: Shell) -> None:
    ended = filled.run("get", "app", "shop", "-o", "yaml")
    assert yaml.safe_load(ended.out) == filled.controller.application("default", "shop").model_dump(mode="json")


@pytest.mark.parametrize(
    "arguments", [("app", "till", "-n", "retail"), ("app", "retail/till"), ("node", "s1"), ("ng", "shops")]
)
def test_a_name_gives_one_row(filled: Shell, arguments: tuple[str, ...]) -> None:
    assert len(filled.run("get", *arguments).out.splitlines()) == 2


def test_a_node_and_a_group_are_given_whole(filled: Shell) -> None:
    assert json.loads(filled.run("get", "node", "s1", "-o", "json").out)["stored_through"] == 3
    assert json.loads(filled.run("get", "ng", "shops", "-o", "json").out)["nodes"] == ["s1", "s2"]


def test_status_ends_with_one_and_says_why_where_a_node_is_not_converged(filled: Shell) -> None:
    ended = filled.run("status", "shop")
    assert ended.code == Exit.DIFFERENT
    assert "not heard of" in ended.out
    assert REASONS[Reason.OFFLINE].action in ended.err


def test_status_ends_with_zero_where_every_node_converged(shell: Shell) -> None:
    shell.controller.hold(controllers.application(controllers.verdict(), controllers.verdict("s2", Verdict.REMOVED)))
    ended = shell.run("status", "shop")
    assert (ended.code, ended.err) == (Exit.OK, "")


def test_status_of_an_application_on_no_node_says_so(filled: Shell) -> None:
    ended = filled.run("status", "retail/till")
    assert (ended.code, ended.out) == (Exit.DIFFERENT, "")
    assert ended.err.startswith("retail/till goes to no node\nNoNodes: ")
    assert REASONS[Reason.NO_NODES].action in ended.err


def test_status_of_all_names_the_applications_on_no_node(shell: Shell) -> None:
    shell.controller.hold(controllers.application(name="till"))
    shell.controller.held_nodes["s1"] = controllers.node()
    ended = shell.run("status")
    assert ended.code == Exit.DIFFERENT
    assert "default/till goes to no node" in ended.err
    assert [line.split()[0] for line in ended.out.splitlines()] == ["NODE", "s1"]


def test_status_as_json_is_the_body_of_the_api(filled: Shell) -> None:
    ended = filled.run("status", "shop", "-o", "json")
    assert api.ApplicationStatus.model_validate_json(ended.out) == filled.controller.application("default", "shop")
    assert ended.code == Exit.DIFFERENT


@pytest.mark.parametrize(
    "words", [("shop",), ("app/shop",), ("app", "shop"), ("default/shop",), ("application/default/shop",)]
)
def test_describe_finds_applications(filled: Shell, words: tuple[str, ...]) -> None:
    ended = filled.run("describe", *words)
    assert ended.code == Exit.OK
    assert ended.out.startswith("Application:    default/shop\n")
    assert "not heard of" in ended.out
    assert REASONS[Reason.OFFLINE].meaning in ended.err


@pytest.mark.parametrize("words", [("s1",), ("node/s1",), ("node", "s1")])
def test_describe_finds_nodes(filled: Shell, words: tuple[str, ...]) -> None:
    ended = filled.run("describe", *words)
    assert ended.out.startswith("Node:           s1\n")
    assert "stored through 3" in ended.out


@pytest.mark.parametrize("words", [("ng/shops",), ("group", "shops")])
def test_describe_finds_groups_by_kind(filled: Shell, words: tuple[str, ...]) -> None:
    assert filled.run("describe", *words).out.startswith("Group:          shops\n")


def test_an_application_goes_before_a_node_of_the_same_name(filled: Shell) -> None:
    filled.controller.held_nodes["shop"] = controllers.node("shop")
    assert filled.run("describe", "shop").out.startswith("Application:")
    assert filled.run("describe", "node/shop").out.startswith("Node:")


@pytest.mark.parametrize("words", [("nope",), ("app/s1",), ("node/shop",), ("other/shop",)])
def test_describe_of_nothing_ends_with_not_found(filled: Shell, words: tuple[str, ...]) -> None:
    ended = filled.run("describe", *words)
    assert (ended.code, ended.out) == (Exit.NOT_FOUND, "")
    assert "Traceback" not in ended.err


def test_describe_shows_problems_of_a_node(filled: Shell) -> None:
    problem = {"reason": Reason.DISK_FULL, "message": "3 MiB free", "since": controllers.SEEN}
    filled.controller.held_nodes["s3"] = controllers.node("s3", problems=(problem,))
    assert "DiskFull since 2026-11-23T10:00:00Z: 3 MiB free" in filled.run("describe", "s3").out
    assert json.loads(filled.run("describe", "s3", "-o", "json").out)["summary"]["problems"]


def test_history_marks_the_current_revision(filled: Shell) -> None:
    filled.controller.revisions = tuple(
        api.RevisionInfo(
            revision=number, changed_at=controllers.SEEN, changed_by="ops", current=number == 2, groups={"shops": "a"}
        )
        for number in (1, 2)
    )
    rows = [line.split() for line in filled.run("history", "shop").out.splitlines()]
    assert [row[:2] for row in rows[1:]] == [["1", "-"], ["2", "*"]]
    assert json.loads(filled.run("history", "shop", "-o", "json").out)[0]["groups"] == {"shops": "a"}


def test_a_journal_is_read_to_its_end_over_all_pages(filled: Shell) -> None:
    filled.controller.rows = [controllers.row(number) for number in range(1, 1203)]
    lines = filled.run("journal", "s1").out.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(1, 1203))


def test_tail_gives_the_last_entries(filled: Shell) -> None:
    filled.controller.rows = [controllers.row(number) for number in range(1, 700)]
    lines = filled.run("journal", "s1", "--tail", "2").out.splitlines()
    assert [line.split()[0] for line in lines] == ["698", "699"]


def test_a_journal_as_json_has_one_row_on_each_line(filled: Shell) -> None:
    filled.controller.rows = [controllers.row(1), controllers.row(2)]
    lines = filled.run("journal", "s1", "-o", "json").out.splitlines()
    assert [api.JournalRow.model_validate_json(line) for line in lines] == filled.controller.rows


def test_a_journal_line_says_what_the_entry_knows(filled: Shell) -> None:
    row = controllers.row(7, journal.Event.DRIFT_HEALED, "spec.replicas by kubectl")
    entry = row.entry.model_copy(update={"object": "apps/v1 Deployment default/web", "count": 3})
    filled.controller.rows = [row.model_copy(update={"entry": entry})]
    line = filled.run("journal", "s1").out
    assert "DriftHealed" in line
    assert line.endswith("default/shop  apps/v1 Deployment default/web  x3  spec.replicas by kubectl\n")


def test_text_from_a_site_cannot_command_the_terminal(filled: Shell) -> None:
    filled.controller.rows = [controllers.row(1, message="\x1b[2Jgone\nover\x07")]
    evil = controllers.verdict("s1", Verdict.FAILED, message="\x1b]0;title\x07")
    filled.controller.hold(controllers.application(evil))
    assert "\\x1b[2Jgone over\\x07" in filled.run("journal", "s1").out
    assert "\x1b" not in filled.run("status", "shop").out + filled.run("describe", "shop").out
