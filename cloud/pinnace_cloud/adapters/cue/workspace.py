"""Packages in a folder of their own, and `cue` run on them."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pinnace_cloud.adapters import sandbox
from pinnace_cloud.adapters.sandbox import Bounds, Finished

# Nobody can import a package of a module whose name nobody can guess.
_MODULE: Final = 'module: "{secret}.invalid/x@v0"\nlanguage: version: "v0.14.0"\n'
# Go's collector begins to work hard here, long before the kernel says no.
_SOFT_MEMORY: Final = "512MiB"
# Until then it may rest: a process lives for seconds. A fifth less processor time than with the default of 100.
_COLLECT_AT_PERCENT: Final = "400"


def run(
    program: Path, packages: Sequence[str], arguments: Sequence[str], form: Sequence[str], bounds: Bounds
) -> Finished:
    """`cue ARGUMENTS PACKAGES FORM`, with all errors. Raises Unavailable where this machine cannot run it now.

    Args:
        packages: the text of each.
        arguments: the command.
        form: which expression, and how to print it.
    """
    with sandbox.folder() as home:
        work = home / "work"
        _write(work / "cue.mod" / "module.cue", _MODULE.format(secret=secrets.token_hex(16)))
        for number, text in enumerate(packages):
            _write(work / f"p{number}" / "template.cue", text)
        places = [f"./p{number}" for number in range(len(packages))]
        command = [str(program), *arguments, *places, "--all-errors", *form]
        return sandbox.run(command, home, _environment(home), bounds)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _environment(home: Path) -> Mapping[str, str]:
    """`cue` asks for a cache folder and then never uses it; one core, so that no request takes all of a machine."""
    go = {"GOMEMLIMIT": _SOFT_MEMORY, "GOGC": _COLLECT_AT_PERCENT, "GOMAXPROCS": "1"}
    return {"HOME": str(home), "CUE_REGISTRY": "none", **go}
