"""The command line where something is missing: no document, no reader, no number that a store can hold."""

import subprocess
import sys

import pytest
from tests.unit.cloud import controllers
from tests.unit.cloud.controllers import MemoryController
from tests.unit.cloud.serving import Server
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit
from pinnace_schemas.api import Verdict


def piped(server: Server, *arguments: str) -> tuple[int, str]:
    """Exit code and stderr of a command whose reader is gone before it writes."""
    environment = {"PINNACE_SERVER": server.url, "PINNACE_TOKEN": controllers.TOKEN, "HOME": "/nonexistent"}
    line = [sys.executable, "-m", "pinnace_cloud", *arguments]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        program.stdout.close()
        program.stdout = None
        _, said = program.communicate(timeout=60)
        return program.returncode, said


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("get", "apps"), ("status", "shop")])
def test_a_reader_that_went_away_is_no_stack_trace(shell: Shell, arguments: tuple[str, ...]) -> None:
    late = controllers.verdict("s1", Verdict.PENDING)
    shell.use(MemoryController().hold(controllers.application(late)))

    code, said = piped(shell.server, *arguments)

    assert code == Exit.PIPE_CLOSED
    assert "Exception" not in said


def test_files_that_name_nothing_delete_nothing_and_say_so(shell: Shell) -> None:
    ended = shell.run("delete", "-f", "-", stdin="# nothing\n")

    assert ended.code == Exit.USAGE
    assert "there is no document in -" in ended.err


def test_a_cursor_that_no_store_can_hold_is_refused_and_not_a_bug(shell: Shell) -> None:
    with shell.server.client() as client:
        answer = client.get(f"/api/v1/nodes/s1/journal?cursor={10**24}")

    assert answer.status_code == 422
