"""Whatever goes wrong: a message that says what, where and what to do, the documented exit code, and no stack trace."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cloud import controllers
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli import app
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import api
from pinnace_schemas.errors import Misconfigured, PinnaceError, Rejected, Unavailable
from pinnace_schemas.reasons import REASONS, Reason


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (Rejected(Reason.NOT_FOUND, "no such thing", "node x"), Exit.NOT_FOUND, "error: node x: no such thing"),
        (Rejected(Reason.IN_USE, "needed", "group g"), Exit.REFUSED, "error: group g: needed"),
        (Rejected(Reason.TWO_GROUPS, "by a and b", "node n"), Exit.REFUSED, REASONS[Reason.TWO_GROUPS].action),
        (Unavailable("the store is locked"), Exit.UNREACHABLE, "the store is locked"),
        (RuntimeError("inside"), Exit.BUG, "request id"),
    ],
)
def test_a_refusal_of_the_controller_becomes_message_and_code(
    shell: Shell, failure: Exception, code: Exit, said: str
) -> None:
    shell.controller.failure = failure
    ended = shell.run("get", "nodes")
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert "inside" not in ended.err


def test_all_diagnostics_of_the_controller_are_shown(shell: Shell) -> None:
    found = [
        api.DiagnosticBody(severity=severity, reason=Reason.INVALID, message=text, source="a.yaml", line=2, column=5)
        for severity, text in (("error", "one"), ("warning", "two"), ("error", "three"))
    ]
    shell.controller.failure = InvalidSources(found)
    ended = shell.run("get", "nodes")
    assert ended.code == Exit.REFUSED
    assert ended.err.splitlines() == [
        "a.yaml:2:5: error: one",
        "a.yaml:2:5: warning: two",
        "a.yaml:2:5: error: three",
        "error: 2 errors; nothing was done",
    ]


def test_a_wrong_token_is_denied(shell: Shell) -> None:
    ended = shell.run("get", "nodes", PINNACE_TOKEN="wrong-token")
    assert ended.code == Exit.DENIED
    assert "PINNACE_TOKEN" in ended.err
    assert "wrong-token" not in ended.err


@pytest.mark.parametrize("token", ["two words", "umläut", "line\nbreak"])
def test_a_token_that_no_header_can_carry_is_denied(shell: Shell, token: str) -> None:
    assert shell.run("get", "nodes", PINNACE_TOKEN=token).code == Exit.DENIED


def test_a_missing_token_is_denied_with_where_to_put_it(shell: Shell) -> None:
    ended = shell.run("get", "nodes", PINNACE_TOKEN=None)
    assert ended.code == Exit.DENIED
    assert "--token-file" in ended.err


def test_a_token_is_read_from_a_file_which_wins_over_the_environment(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(controllers.TOKEN + "\n")
    shell.controller.held_nodes["s1"] = controllers.node()
    given = ("--token-file", str(tmp_path / "token"))
    assert shell.run("get", "nodes", *given, PINNACE_TOKEN="wrong").code == Exit.OK
    named = shell.run("get", "nodes", PINNACE_TOKEN=None, PINNACE_TOKEN_FILE=str(tmp_path / "token"))
    assert named.code == Exit.OK


@pytest.mark.parametrize(("content", "code"), [(None, Exit.USAGE), ("\n", Exit.DENIED)])
def test_a_token_file_that_holds_none_is_named(shell: Shell, tmp_path: Path, content: str | None, code: Exit) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    ended = shell.run("get", "nodes", "--token-file", str(path))
    assert ended.code == code
    assert str(path) in ended.err


def test_the_configuration_file_says_where_the_controller_is(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(controllers.TOKEN)
    (shell.home / "pinnace").mkdir(parents=True)
    kept = f'server = "{shell.server.url}"\ntoken_file = "{tmp_path}/token"\n'
    (shell.home / "pinnace" / "config.toml").write_text(kept)
    assert shell.run("get", "nodes", PINNACE_SERVER=None, PINNACE_TOKEN=None).code == Exit.OK


@pytest.mark.parametrize(
    ("text", "said"),
    [("server = [", "not valid TOML"), ('sever = "x"', "unknown key 'sever'"), ("server = 7", "must be a text")],
)
def test_a_wrong_configuration_file_is_named(shell: Shell, text: str, said: str) -> None:
    (shell.home / "pinnace").mkdir(parents=True)
    (shell.home / "pinnace" / "config.toml").write_text(text)
    ended = shell.run("get", "nodes")
    assert ended.code == Exit.USAGE
    assert "config.toml" in ended.err
    assert said in ended.err


def test_no_controller_at_the_address_is_unreachable(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    ended = shell.run("get", "nodes", "--server", f"http://127.0.0.1:{free}")
    assert ended.code == Exit.UNREACHABLE
    assert f"no answer from http://127.0.0.1:{free}" in ended.err
    assert "--server" in ended.err


@pytest.mark.parametrize(
    "address",
    ["ftp://x", "localhost:8462", "http://", "http://[::1", "nonsense", "http://a b", "http://x:99999", "http://x?a=b"],
)
def test_what_is_no_address_is_a_wrong_command_line(shell: Shell, address: str) -> None:
    ended = shell.run("get", "nodes", "--server", address)
    assert ended.code == Exit.USAGE
    assert "Traceback" not in ended.err
    assert "hint" not in ended.err


def test_a_password_in_an_address_is_refused_and_not_repeated(shell: Shell) -> None:
    ended = shell.run("get", "nodes", "--server", "http://me:hidden@localhost:8462")
    assert ended.code == Exit.USAGE
    assert "--token-file" in ended.err
    assert "hidden" not in ended.err


def test_an_address_of_no_tls_is_told_apart_from_silence(shell: Shell) -> None:
    ended = shell.run("get", "nodes", "--server", shell.server.url.replace("http:", "https:"))
    assert ended.code == Exit.UNREACHABLE
    assert "does it speak TLS?" in ended.err
    assert "_ssl.c" not in ended.err


def test_a_path_that_is_no_controllers_is_unreachable(shell: Shell) -> None:
    ended = shell.run("get", "nodes", "--server", f"{shell.server.url}/elsewhere")
    assert ended.code == Exit.UNREACHABLE
    assert "check --server" in ended.err
    assert "namespace" not in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "Shop"),
        ("get", "node", "a_b"),
        ("describe", "ng", "X"),
        ("journal", "s1/../s2"),
        ("get", "apps", "-n", "A B"),
        ("get", "trait", "X_Y"),
        ("rollback", "shop\x00"),
    ],
)
def test_what_can_be_no_name_is_a_wrong_command_line(shell: Shell, arguments: tuple[str, ...]) -> None:
    ended = shell.run(*arguments)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert shell.controller.calls == []


def test_a_ca_file_that_is_none_is_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    for named in (path, tmp_path / "missing", tmp_path):
        ended = shell.run("get", "nodes", "--server", "https://127.0.0.1:1", "--ca-file", str(named))
        assert ended.code == Exit.USAGE
        assert f"error: {named}: cannot be used as a CA file: " in ended.err
        assert not re.search(r"_ssl\.c|\[\w", ended.err)


def answers(status: int, body: bytes) -> Callable[..., Awaitable[None]]:
    """Something else than a controller, at its address."""

    async def other(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": body})

    return other


@pytest.mark.parametrize("status", [302, 404, 502])
def test_an_answer_of_something_else_is_unreachable(shell: Shell, status: int) -> None:
    shell.server.app = answers(status, b"<html>")
    ended = shell.run("get", "nodes")
    assert ended.code == Exit.UNREACHABLE
    assert str(status) in ended.err


def test_an_answer_of_another_version_says_so(shell: Shell) -> None:
    shell.server.app = answers(200, b'[{"name": "s1", "newer": 1}]')
    ended = shell.run("get", "nodes")
    assert ended.code == Exit.UNREACHABLE
    assert "use the version of the controller" in ended.err
    assert "hint" not in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("frob",),
        ("get",),
        ("get", "frobs"),
        ("get", "nodes", "-o", "xml"),
        ("get", "verdicts", "x"),
        ("apply",),
        ("status", "a/b/"),
        ("status", "/b"),
        ("status", "a/b", "-n", "c"),
        ("status", "shop", "--watch", "--wait"),
        ("status", "shop", "--wait", "--timeout", "soon"),
        ("rollback", "shop", "--to", "0"),
        ("journal", "s1", "-o", "yaml"),
        ("describe", "a", "b", "c"),
        ("describe", "verdict/x"),
        ("token",),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(shell: Shell, arguments: tuple[str, ...]) -> None:
    ended = shell.run(*arguments)
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert "Usage: pinnace" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rollback", "shop", "--to", "0"), "must be 1 or more"),
        (("rollback", "shop", "--to", "x"), "must be a whole number"),
        (("get", "nodes", "-o", "xml"), "'xml' is not one of 'table', 'wide', 'json', 'yaml'"),
    ],
)
def test_a_wrong_value_of_an_option_is_told_in_our_words(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    error = shell.run(*arguments).err.splitlines()[-1]
    assert said in error
    assert not re.search("Input should|Value error", error)


def test_a_misspelt_command_is_answered_with_the_nearest(shell: Shell) -> None:
    assert "Did you mean 'status'" in shell.run("statsu").err


def test_a_bug_is_owned_up_to_without_a_stack_trace(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PINNACE_DEBUG", raising=False)
    monkeypatch.setattr("pinnace_cloud.cli.app.app", raises(ZeroDivisionError("oh")))
    assert app.run(["get", "nodes"]) == Exit.BUG
    said = capsys.readouterr().err
    assert "this is a bug in pinnace: ZeroDivisionError: oh" in said
    assert "Traceback" not in said
    monkeypatch.setenv("PINNACE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        app.run(["get", "nodes"])


def raises(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_every_error_on_purpose_has_a_code() -> None:
    from pinnace_cloud.cli import exits

    assert {exits.of(Rejected(reason, "")) for reason in Reason} == {
        Exit.REFUSED,
        Exit.UNREACHABLE,
        Exit.NOT_FOUND,
        Exit.DENIED,
        Exit.BUG,
    }
    assert {exits.of(Misconfigured(reason, "")) for reason in Reason} == {Exit.USAGE}
    assert exits.of(PinnaceError()) is Exit.UNREACHABLE


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error(shell: Shell) -> None:
    shell.controller.held_nodes["s1"] = controllers.node()
    shell.controller.rows = [controllers.row(number) for number in range(1, 5000)]
    environment = {**os.environ, "PINNACE_SERVER": shell.server.url, "PINNACE_TOKEN": controllers.TOKEN}
    command = [sys.executable, "-m", "pinnace_cloud", "journal", "s1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (Exit.PIPE_CLOSED, b"")
