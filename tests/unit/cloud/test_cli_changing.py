"""Commands that change: what they send, what they say of it, and how they end."""

from pathlib import Path

import pytest
from tests.unit.cloud import controllers, shells
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit
from pinnace_schemas import api
from pinnace_schemas.api import Verdict
from pinnace_schemas.reasons import Reason

QUICK = ("--timeout", "100ms", "--interval", "20ms")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "site"
    (place / "more").mkdir(parents=True)
    (place / "b.yml").write_text(shells.NODE)
    (place / "a.yaml").write_text(shells.GROUP)
    (place / "notes.txt").write_text("not for pinnace")
    (place / "more" / "c.json").write_text(
        '{"apiVersion": "pinnace.dev/v1alpha1", "kind": "Node", "metadata": {"name": "s2"}}'
    )
    return place


def test_apply_sends_a_file_and_says_what_became_of_it(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(shells.APPLICATION)
    ended = shell.run("apply", "-f", str(tmp_path / "a.yaml"))
    assert ended == shells.Ended(Exit.OK, "application default/shop created, revision 1, groups: shops\n", "")
    assert shell.controller.calls == [("apply", ("shop",), False, False, controllers.ACTOR)]


def test_apply_of_a_folder_takes_its_manifests_by_name(shell: Shell, folder: Path) -> None:
    shell.run("apply", "-f", str(folder))
    shell.run("apply", "-f", str(folder), "-R")
    assert [call[1] for call in shell.controller.calls] == [("shops", "s1"), ("shops", "s1", "s2")]


def test_apply_takes_several_files_and_each_once(shell: Shell, folder: Path) -> None:
    shell.run("apply", "-f", str(folder / "b.yml"), "-f", str(folder))
    assert shell.controller.calls[0][1] == ("s1", "shops")


def test_apply_reads_standard_input(shell: Shell) -> None:
    ended = shell.run("apply", "-f", "-", stdin="\ufeff" + shells.GROUP)
    assert (ended.code, ended.out) == (Exit.OK, "nodegroup shops created\n")


def test_dry_run_and_strict_are_passed_on_and_said(shell: Shell) -> None:
    ended = shell.run("apply", "-f", "-", "--dry-run", "--strict", stdin=shells.GROUP)
    assert ended.out == "nodegroup shops created (dry run)\n"
    assert shell.controller.calls == [("apply", ("shops",), True, True, controllers.ACTOR)]


def test_warnings_go_beside_the_output(shell: Shell) -> None:
    warning = api.DiagnosticBody(
        severity="warning", reason=Reason.UNKNOWN_FIELD, message="unknown field 'foo'", source="-", line=3, column=7
    )
    shell.controller.warnings = (warning,)
    ended = shell.run("apply", "-f", "-", stdin=shells.GROUP)
    assert (ended.code, ended.err) == (Exit.OK, "-:3:7: warning: unknown field 'foo'\n")
    assert api.ApplyResponse.model_validate_json(
        shell.run("apply", "-f", "-", "-o", "json", stdin=shells.GROUP).out
    ).diagnostics == (warning,)


def test_errors_are_shown_as_editors_read_them_and_nothing_is_done(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "g.yaml"
    path.write_text("apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {name: SHOPS}\nspec: {nodez: []}\n")
    ended = shell.run("apply", "-f", str(path))
    assert (ended.code, ended.out) == (Exit.REFUSED, "")
    assert f"{path}:4:8: error: spec.nodez: unknown field 'nodez' (did you mean 'nodes'?)\n" in ended.err
    assert ended.err.endswith("error: 2 errors; nothing was done\n")
    assert shell.controller.calls == []


@pytest.mark.parametrize("malformed", ["a: [", "\t", "{", "- - -\n:"])
def test_malformed_yaml_is_refused_with_its_place(shell: Shell, malformed: str) -> None:
    ended = shell.run("apply", "-f", "-", stdin=malformed)
    assert ended.code == Exit.REFUSED
    assert ended.err.startswith("-:")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.yaml", None, "No such file"),
        ("latin.yaml", b"a: \xe4", "no UTF-8 text, at byte 3"),
        ("huge.yaml", b" " * (api.MAX_SOURCE_BYTES + 1), "a file has at most 8 MiB"),
    ],
)
def test_a_file_that_cannot_be_sent_is_named(
    shell: Shell, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ended = shell.run("apply", "-f", str(tmp_path / name))
    assert ended.code == Exit.USAGE
    assert name in ended.err
    assert said in ended.err


def test_an_empty_folder_is_refused_and_recursion_named(shell: Shell, tmp_path: Path) -> None:
    ended = shell.run("apply", "-f", str(tmp_path))
    assert ended.code == Exit.USAGE
    assert "-R" in ended.err


def test_diff_ends_with_one_where_there_is_a_difference(shell: Shell) -> None:
    shell.controller.diffs = (
        api.DiffItem(namespace="default", application="shop", group="shops", text="@@ -1 +1 @@\n-a\n+b\n"),
        api.DiffItem(namespace="default", application="shop", group="plants", text=""),
    )
    ended = shell.run("diff", "-f", "-", stdin=shells.GROUP)
    assert (ended.code, ended.out) == (Exit.DIFFERENT, "# default/shop in shops\n@@ -1 +1 @@\n-a\n+b\n")
    shell.controller.diffs = shell.controller.diffs[1:]
    assert shell.run("diff", "-f", "-", stdin=shells.GROUP) == shells.Ended(Exit.OK, "", "")


def test_diff_names_a_document_that_changes_without_any_object(shell: Shell) -> None:
    """A group that loses a node: 'apply' would call it configured."""
    shell.controller.documents = (
        api.ApplyItem(kind="NodeGroup", name="shops", change=api.Change.CONFIGURED),
        api.ApplyItem(kind="Application", namespace="default", name="shop", change=api.Change.UNCHANGED),
    )
    ended = shell.run("diff", "-f", "-", stdin=shells.GROUP)
    assert (ended.code, ended.out) == (Exit.DIFFERENT, "# NodeGroup shops would be configured\n")


def test_diff_as_json_ends_alike(shell: Shell) -> None:
    shell.controller.diffs = (api.DiffItem(namespace="a", application="b", group="c", text="+x\n"),)
    ended = shell.run("diff", "-f", "-", "-o", "json", stdin=shells.GROUP)
    assert ended.code == Exit.DIFFERENT
    assert api.DiffResponse.model_validate_json(ended.out).items == shell.controller.diffs


@pytest.mark.parametrize(("arguments", "to"), [((), None), (("--to", "1"), 1)])
def test_rollback_says_the_new_revision(shell: Shell, arguments: tuple[str, ...], to: int | None) -> None:
    shell.controller.hold(controllers.application())
    ended = shell.run("rollback", "shop", *arguments)
    assert ended.out == "application default/shop configured, revision 3, groups: shops\n"
    assert shell.controller.calls == [("rollback", "shop", to, controllers.ACTOR)]


def test_a_join_token_is_all_that_goes_to_stdout(shell: Shell) -> None:
    ended = shell.run("token", "create", "s9", "--ttl", "1h30m")
    assert (ended.code, ended.out) == (Exit.OK, "pinnace1.secret\n")
    assert "pinnace-edge join" in ended.err
    assert shell.controller.calls == [("token", "s9", 5400, False, controllers.ACTOR)]


@pytest.mark.parametrize("is_there", [False, True])
def test_a_token_that_made_a_node_says_so_beside_it(shell: Shell, is_there: bool) -> None:
    if is_there:
        shell.controller.held_nodes["s9"] = controllers.node("s9")
    ended = shell.run("token", "create", "s9", "--replace")
    assert ended.out == "pinnace1.secret\n"
    assert ("node s9 created: there was none of this name" in ended.err) is not is_there
    assert shell.controller.calls == [("token", "s9", 86400, True, controllers.ACTOR)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("S9",), "DNS label"), (("s9", "--ttl", "10s"), "1 minute"), (("s9", "--ttl", "31d"), "30 days")],
)
def test_a_join_token_that_cannot_be_is_refused(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    ended = shell.run("token", "create", *arguments)
    assert ended.code == Exit.USAGE
    assert said in ended.err


@pytest.mark.parametrize("words", [("app", "shop"), ("app/shop",), ("application", "default/shop")])
def test_delete_of_an_application_on_no_node_is_done_at_once(shell: Shell, words: tuple[str, ...]) -> None:
    shell.controller.hold(controllers.application())
    ended = shell.run("delete", *words)
    assert ended == shells.Ended(Exit.OK, "application default/shop deleted\n", "")


def test_delete_names_the_nodes_that_have_not_said_removed_in_time(shell: Shell) -> None:
    shell.controller.hold(controllers.application(controllers.verdict("s1"), controllers.verdict("s2")))
    ended = shell.run("delete", "app", "shop", *QUICK)
    assert ended.code == Exit.TIMEOUT
    assert [line.split()[1] for line in ended.out.splitlines()[2:]] == ["s1", "s2"]
    assert "waiting for 2 nodes: s1, s2" in ended.err
    assert "what was begun goes on" in ended.err


def test_delete_does_not_wait_where_it_is_told_so(shell: Shell) -> None:
    shell.controller.hold(controllers.application(controllers.verdict()))
    ended = shell.run("delete", "app", "shop", "--no-wait")
    assert ended == shells.Ended(Exit.OK, "application default/shop is being removed from 1 node\n", "")


def test_force_forgets_at_once(shell: Shell) -> None:
    shell.controller.hold(controllers.application(controllers.verdict()))
    ended = shell.run("delete", "app", "shop", "--force")
    assert (ended.code, shell.controller.held) == (Exit.OK, {})
    assert shell.controller.calls == [("delete", "shop", True, controllers.ACTOR)]


def test_delete_by_file_takes_applications_first_and_nodes_last(shell: Shell) -> None:
    shell.controller.hold(controllers.application())
    shell.controller.held_nodes["s1"] = controllers.node()
    shell.controller.held_groups["shops"] = controllers.group().model_copy(update={"applications": ()})
    stdin = f"{shells.NODE}---\n{shells.GROUP}---\n{shells.APPLICATION}"
    ended = shell.run("delete", "-f", "-", stdin=stdin)
    assert ended.code == Exit.OK
    assert [call[0] for call in shell.controller.calls] == ["delete", "delete_group", "delete_node"]


def test_what_is_not_there_or_in_use_does_not_keep_the_rest(shell: Shell) -> None:
    shell.controller.held_groups["shops"] = controllers.group()
    shell.controller.held_nodes["s1"] = controllers.node()
    ended = shell.run("delete", "ng/shops", "app/gone", "node/s1")
    assert ended.code == Exit.NOT_FOUND
    assert "default/shop goes to it" in ended.err
    assert shell.controller.calls == [("delete_node", "s1", controllers.ACTOR)]


def test_delete_refuses_a_file_with_an_error_before_it_begins(shell: Shell) -> None:
    shell.controller.held_nodes["s1"] = controllers.node()
    ended = shell.run("delete", "-f", "-", stdin=f"{shells.NODE}---\nkind: Nodez\n")
    assert (ended.code, shell.controller.calls) == (Exit.REFUSED, [])


@pytest.mark.parametrize("words", [(), ("shop",), ("verdicts", "x"), ("frob", "x"), ("app",)])
def test_delete_wants_a_kind_and_a_name(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.run("delete", *words).code == Exit.USAGE


def test_render_prints_objects_without_a_controller(shell: Shell) -> None:
    ended = shell.run("render", "-f", "-", stdin=shells.APPLICATION, PINNACE_SERVER="http://127.0.0.1:1")
    assert ended.code == Exit.OK
    assert "kind: Deployment" in ended.out
    assert '"kind": "List"' in shell.run("render", "-f", "-", "-o", "json", stdin=shells.APPLICATION).out


def test_render_warns_of_a_property_nobody_declares_and_refuses_it_when_strict(shell: Shell) -> None:
    text = shells.APPLICATION.replace("image: nginx", "image: nginx, imagePullPolici: Always")
    ended = shell.run("render", "-f", "-", stdin=text)
    assert ended.code == Exit.OK
    assert "warning: spec.components[0].properties.imagePullPolici" in ended.err
    strict = shell.run("render", "-f", "-", "--strict", stdin=text)
    assert (strict.code, strict.out) == (Exit.REFUSED, "")


def test_render_refuses_a_topology_that_is_not_there(shell: Shell) -> None:
    ended = shell.run("render", "-f", "-", "--topology", "north", stdin=shells.APPLICATION)
    assert ended.code == Exit.REFUSED
    assert "north" in ended.err


def test_removed_nodes_are_not_waited_for(shell: Shell) -> None:
    class Leaving(controllers.MemoryController):
        asked = 0

        def application(self, namespace: str, name: str) -> api.ApplicationStatus:
            status = super().application(namespace, name)
            self.asked += 1
            if self.asked == 3:
                self.held.clear()
            gone = controllers.verdict("s2", Verdict.REMOVED)
            return status.model_copy(update={"nodes": (status.nodes[0], gone)})

    shell.use(Leaving().hold(controllers.application(controllers.verdict("s1"))))
    ended = shell.run("delete", "app", "shop", "--interval", "10ms")
    assert ended.code == Exit.OK
    assert "waiting for 1 node: s1\n" in ended.err
    assert ended.out.endswith("application default/shop deleted\n")
