"""The program `pinnace-edge`: run, join, status. Errors go to stderr with what, where and what to do."""

import argparse
import math
import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from pinnace_edge.version import __version__
from pinnace_schemas.errors import Misconfigured, Rejected, Unavailable
from pinnace_schemas.reasons import REASONS


class Exit(IntEnum):
    """Exit codes, also for supervisors. argparse itself ends with USAGE; 141 is the shell's number for SIGPIPE."""

    OK = 0
    USAGE = 2
    REFUSED = 3
    UNAVAILABLE = 4
    PIPE_CLOSED = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code; an unexpected error surfaces with its trace, for the supervisor's log."""
    # What else is installed must not change how messages are checked; nor is it worth reading all packages to ask.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    options = parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except Rejected as exc:
        _complain(str(exc), "" if isinstance(exc, Misconfigured) else REASONS[exc.reason].action)
        return Exit.REFUSED
    except Unavailable as exc:
        _complain(str(exc), "try again")
        return Exit.UNAVAILABLE
    except ModuleNotFoundError as exc:
        _complain(f"the module {exc.name} is missing", "install the extra: pip install 'pinnace[edge]'")
        return Exit.UNAVAILABLE


def parser() -> argparse.ArgumentParser:
    """The command line: what may be typed, and which function does it."""
    program = argparse.ArgumentParser(prog="pinnace-edge", description="The Pinnace daemon of one k3s site.")
    program.add_argument("--version", action="version", version=f"pinnace-edge {__version__}")
    program.add_argument("--config", type=Path, metavar="FILE", help="settings (default: /etc/pinnace/edge.toml)")
    commands = program.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run the daemon until SIGTERM")
    run.set_defaults(command=_run)
    join = commands.add_parser("join", help="join this node with a token of 'pinnace token create'")
    join.add_argument("token", metavar="TOKEN", help="the token, or - to read it from standard input")
    join.add_argument(
        "--timeout", type=_seconds, default=60.0, metavar="SECONDS", help="how long to wait (default: 60)"
    )
    join.set_defaults(command=_join)
    status = commands.add_parser("status", help="what runs here, what waits, and why; works without network")
    status.add_argument("-o", "--output", choices=("text", "json"), default="text")
    status.set_defaults(command=_status)
    return program


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no time to wait: say seconds above 0")
    return seconds


def _run(options: argparse.Namespace) -> int:
    from pinnace_edge import app, log, sources

    settings = sources.load(os.environ, options.config)
    log.configure(settings.log_format, settings.log_level, sys.stderr)
    app.run(settings)
    return Exit.OK


def _join(options: argparse.Namespace) -> int:
    from pinnace_edge import app, log, sources

    settings = sources.load(os.environ, options.config)
    log.configure(settings.log_format, settings.log_level, sys.stderr)
    token = sys.stdin.readline() if options.token == "-" else options.token
    node = app.join(settings, token, options.timeout)
    print(f"node {node} has joined; start the daemon: pinnace-edge run")  # noqa: T201 - the command's output
    return Exit.OK


def _status(options: argparse.Namespace) -> int:
    from pinnace_edge import app, sources

    text = app.status(sources.load(os.environ, options.config), options.output)
    try:
        print(text, flush=True)  # noqa: T201
    except BrokenPipeError:
        # What is still buffered must not fail once more when the interpreter closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    return Exit.OK


def _complain(message: str, action: str) -> None:
    print(f"pinnace-edge: {message}" + (f"\n  {action}" if action else ""), file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
