"""A group of commands that imports a command's module when the command is used: `--help` of all costs none of them."""

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Entry(NamedTuple):
    """`module` holds the Typer named `app` with the command; `section` is its heading in the help."""

    module: str
    summary: str
    section: str
    extra: str = "cli"


class LazyGroup(TyperGroup):
    """`entries` is the table of commands; a subclass sets it."""

    entries: ClassVar[dict[str, Entry]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Stand-ins: enough for the list of commands and for 'did you mean'.
        self.commands = {name: TyperCommand(name, help=entry.summary) for name, entry in self.entries.items()}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - of the base class
        """The command itself, imported now."""
        if cmd_name not in self.entries:
            return None
        command = typer.main.get_command(_load(self.entries[cmd_name]))
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - of the base class
        """The list of commands from the table, by section."""
        for section in dict.fromkeys(entry.section for entry in self.entries.values()):
            rows = [(name, entry.summary) for name, entry in self.entries.items() if entry.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)

    def invoke(self, ctx: Any) -> Any:
        """Runs the command; an error that Pinnace raised on purpose becomes its message and its exit code."""
        from pinnace_schemas.errors import PinnaceError

        try:
            result = _flushed(lambda: super(LazyGroup, self).invoke(ctx))
        except PinnaceError as exc:
            from pinnace_cloud.cli.output import failures

            raise typer.Exit(failures.show(exc)) from exc
        except typer.BadParameter as exc:
            exc.message = _worded(exc)
            raise
        except BrokenPipeError as exc:
            from pinnace_cloud.cli.exits import Exit

            # What is still buffered must not fail once more when the interpreter closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Exit.PIPE_CLOSED) from exc
        except OSError as exc:
            from pinnace_cloud.cli.output import failures

            raise typer.Exit(failures.show_os_error(exc)) from exc
        return result


def _worded(error: typer.BadParameter) -> str:
    """Typer has values checked by pydantic, and passes its words on."""
    from pydantic import ValidationError

    from pinnace_schemas import wording

    cause = error.__cause__
    return wording.of(cause.errors(include_url=False)[0]) if isinstance(cause, ValidationError) else error.message


def _flushed(run: Callable[[], Any]) -> Any:
    """Also where the command ends with a code of its own: a reader that went away is noticed here, not at the exit."""
    try:
        result = run()
    except typer.Exit:
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return result


def _load(entry: Entry) -> typer.Typer:
    try:
        app: typer.Typer = importlib.import_module(entry.module).app
    except ModuleNotFoundError as exc:
        if (exc.name or "").startswith("pinnace"):
            raise
        sys.stderr.write(f"error: this command needs '{exc.name}': pip install 'pinnace[{entry.extra}]'\n")
        raise typer.Exit(2) from exc
    return app
