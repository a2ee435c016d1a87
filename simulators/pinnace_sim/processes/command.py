"""Runs one command of ours to its end, with nothing of this process' own environment but what every program needs."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

COMMAND_DEADLINE_S = 120.0
# Where the program and its libraries are, and nothing that could set one of ours.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")


class CommandFailed(Exception):  # noqa: N818 - named as what happened
    """A command ended with another exit code than 0; `code`, `stderr` and `stdout` are what it said."""

    def __init__(self, command: Sequence[str], code: int, stderr: str, stdout: str = "") -> None:
        super().__init__(f"{' '.join(command)} ended with {code}:\n{stderr}")
        self.code = code
        self.stderr = stderr
        self.stdout = stdout


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a program."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ} | dict(extra)


def module(name: str, *arguments: str) -> list[str]:
    """The command line of one of our programs, by this interpreter."""
    return [sys.executable, "-m", name, *arguments]


def run(command: Sequence[str], extra: Mapping[str, str], folder: Path, stdin: str | None = None) -> str:
    """Standard output. Raises CommandFailed."""
    done = subprocess.run(
        command,
        env=environment(extra),
        cwd=folder,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        timeout=COMMAND_DEADLINE_S,
        check=False,
    )
    if done.returncode:
        raise CommandFailed(command, done.returncode, done.stderr, done.stdout)
    return done.stdout
