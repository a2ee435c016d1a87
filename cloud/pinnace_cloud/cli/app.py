"""The program `pinnace`: its commands, its version, and what happens when it meets a bug of its own."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, ClassVar

import typer

from pinnace_cloud.cli.lazy import Entry, LazyGroup

_COMMANDS = "pinnace_cloud.cli.commands"
_ASK, _WRITE = "Where does what run", "Write applications, without a controller"
_CHANGE, _RUN = "Change what runs", "Run the controller"


class Commands(LazyGroup):
    """One module for each command."""

    entries: ClassVar[dict[str, Entry]] = {
        "get": Entry(f"{_COMMANDS}.get", "List applications, groups, nodes or verdicts.", _ASK),
        "status": Entry(f"{_COMMANDS}.status", "Show where an application runs as wanted, where not, and why.", _ASK),
        "describe": Entry(f"{_COMMANDS}.describe", "Show everything about an application, a node or a group.", _ASK),
        "history": Entry(f"{_COMMANDS}.history", "List the revisions of an application.", _ASK),
        "journal": Entry(f"{_COMMANDS}.journal", "Show what happened on a node.", _ASK),
        "diff": Entry(f"{_COMMANDS}.diff", "Show what 'apply' would change.", _ASK),
        "health": Entry(f"{_COMMANDS}.health", "Judge objects of a cluster by KubeVela's rules.", _ASK),
        "render": Entry(f"{_COMMANDS}.render", "Print the objects of an application.", _WRITE),
        "types": Entry(f"{_COMMANDS}.types", "List the types of components, traits, policies and steps.", _WRITE),
        "explain": Entry(f"{_COMMANDS}.explain", "Say what a type is, and what its properties mean.", _WRITE),
        "schema": Entry(f"{_COMMANDS}.schema", "Print a JSON Schema, with which editors complete and check.", _WRITE),
        "apply": Entry(f"{_COMMANDS}.apply", "Create or change applications, groups and nodes.", _CHANGE),
        "rollback": Entry(f"{_COMMANDS}.rollback", "Bring back an earlier revision as a new one.", _CHANGE),
        "delete": Entry(f"{_COMMANDS}.delete", "Remove applications, groups and nodes.", _CHANGE),
        "token": Entry(f"{_COMMANDS}.token", "Make a token that lets a node join.", _CHANGE),
        "serve": Entry(f"{_COMMANDS}.serve", "Run the controller.", _RUN, "cloud"),
        "keys": Entry(f"{_COMMANDS}.keys", "Make the signing keys of a controller.", _RUN, "cloud"),
        "api-token": Entry(f"{_COMMANDS}.api_token", "Make, list and revoke tokens of the HTTP API.", _RUN, "cloud"),
        "backup": Entry(f"{_COMMANDS}.backup", "Copy the store of a running controller.", _RUN, "cloud"),
    }


app = typer.Typer(
    name="pinnace",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from importlib import metadata

        sys.stdout.write(f"pinnace {metadata.version('pinnace')}\n")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)]


@app.callback()
def pinnace(version: Version = False) -> None:
    """Deliver signed applications to thousands of small k3s sites.

    The controller is found by --server, PINNACE_SERVER or ~/.config/pinnace/config.toml; the API token by
    --token-file, PINNACE_TOKEN, PINNACE_TOKEN_FILE or the same file.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code; PINNACE_DEBUG=1 shows where a bug is."""
    try:
        app(arguments, prog_name="pinnace")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as exc:
        if os.environ.get("PINNACE_DEBUG"):
            raise
        from pinnace_cloud.cli.output import failures

        return failures.show_bug(exc)
    return 0
