"""Options that several commands share, and the Typer that every command is made with."""

from pathlib import Path
from typing import Annotated

import typer

from pinnace_cloud.cli import durations

ApplicationName = Annotated[str, typer.Argument(metavar="APP", help="NAME or NAMESPACE/NAME.")]
Namespace = Annotated[str | None, typer.Option("--namespace", "-n", help="Namespace of the application.")]
Interval = Annotated[float, typer.Option(parser=durations.parse, metavar="DURATION", help="How often to ask.")]
Timeout = Annotated[float, typer.Option(parser=durations.parse, metavar="DURATION", help="How long to wait.")]
Config = Annotated[Path | None, typer.Option("--config", "-c", metavar="FILE", help="Settings of the controller.")]
Strict = Annotated[bool, typer.Option("--strict", help="A property that its type does not declare is an error.")]
Topology = Annotated[str | None, typer.Option("--topology", metavar="NAME", help="A topology, or POLICY/ENVIRONMENT.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Look up charts and archives again.")]


def type_names(incomplete: str) -> list[str]:
    """What the shell offers where a type is typed."""
    from pinnace_cloud.render import installed

    names = dict.fromkeys(item.name for item in installed.types())
    return [name for name in names if name.startswith(incomplete)]


# Often enough for a person who looks, seldom enough for a controller with many of them.
ASK_EVERY = "2s"


def command() -> typer.Typer:
    """A Typer for one command, or for a noun with several."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
