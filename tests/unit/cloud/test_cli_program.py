"""The program as a whole: its version, its help, what it imports, and that its documentation is true."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli import exits
from pinnace_cloud.cli.app import Commands

DOCS = Path(__file__).parents[3] / "docs" / "cli.md"
NOUNS = {"token": ("create",), "keys": ("init",), "api-token": ("create", "list", "revoke")}
# What the extra `cloud` brings, and what makes the start slow and neither version nor help needs.
OF_CLOUD = {"fastapi", "uvicorn", "sqlite_utils", "paho", "tuf", "cryptography", "apscheduler", "prometheus_client"}
HEAVY = {"pydantic", "httpx", "rich.table", "yaml"} | OF_CLOUD


def test_the_version_is_that_of_the_distribution(shell: Shell) -> None:
    from importlib import metadata

    assert shell.run("--version").out == f"pinnace {metadata.version('pinnace')}\n"


@pytest.mark.parametrize("command", Commands.entries)
def test_every_command_has_help(shell: Shell, command: str) -> None:
    assert command in shell.run("-h").out
    ended = shell.run(command, "-h")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: pinnace {command} ")
    for verb in NOUNS.get(command, ()):
        assert shell.run(command, verb, "-h").out.startswith(f"Usage: pinnace {command} {verb} ")


def program(*arguments: str, without: str = "") -> subprocess.CompletedProcess[str]:
    """In a process of its own, which prints the modules it has imported; `without` one that is not installed."""
    code = f"""\
import sys
if {without!r}:
    sys.modules[{without!r}] = None
sys.argv = ["pinnace", *{list(arguments)!r}]
from pinnace_cloud import __main__
try:
    __main__.main()
finally:
    if not {without!r}:
        print(*sys.modules, file=sys.stderr)
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(argument: str) -> None:
    done = program(argument)
    assert (done.returncode, HEAVY & set(done.stderr.split())) == (0, set())


@pytest.mark.slow
@pytest.mark.parametrize("command", ["apply", "status", "render", "delete"])
def test_commands_of_operators_import_nothing_of_the_controller(command: str) -> None:
    done = program(command, "--help")
    assert (done.returncode, OF_CLOUD & set(done.stderr.split())) == (0, set())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("uvicorn", "error: this command needs 'uvicorn': pip install 'pinnace[cloud]'\n"),
        ("typer", "error: the command line needs 'typer': pip install 'pinnace[cli]'\n"),
    ],
)
def test_a_missing_extra_is_named(missing: str, said: str) -> None:
    done = program("serve", without=missing)
    assert (done.returncode, done.stderr) == (2, said)


def test_completion_names_commands(shell: Shell) -> None:
    ended = shell.run(_PINNACE_COMPLETE="complete_bash", COMP_WORDS="pinnace st", COMP_CWORD="1")
    assert "status" in ended.out.split()


def test_the_documentation_has_every_exit_code() -> None:
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith("| ")]
    for code, meaning in exits.MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in rows
    assert set(exits.MEANINGS) == set(exits.Exit)


def test_the_documentation_has_every_command() -> None:
    text = DOCS.read_text()
    for command in Commands.entries:
        assert f"| `pinnace {command} " in text or f"| `pinnace {command}`" in text


def test_an_exit_code_of_the_parser_is_ours() -> None:
    assert typer.BadParameter("").exit_code == exits.Exit.USAGE
