"""Finds the program `cue`, of the version whose language KubeVela v1.11 speaks. Builds and fetches nothing."""

import os
import shutil
import stat
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from pinnace_cloud.errors import PartMissing, UnfitPart

VERSION: Final = "v0.14.1"
# Releases of one minor version speak one language.
_LANGUAGE: Final = "v0.14."
_SAYS: Final = "cue version "
# How a person names a program: in the file of the controller, and for the command line.
SETTING: Final = "cue_program (PINNACE_CUE)"
_SHOWN: Final = 100  # characters of what another program says
_REMEDY: Final = (
    f"Install it with 'go install cuelang.org/go/cmd/cue@{VERSION}' and put it on PATH, or name it with the setting"
    " cue_program (PINNACE_CUE for the command line)."
)
_VERSION_TIMEOUT_S: Final = 10.0


def locate(named: Path | None, environment: Mapping[str, str]) -> Path:
    """The named program, else the one in the cache folder of Pinnace, else one on PATH; of the right version.

    Raises PartMissing: with the place, what is there instead, and what to install.
    """
    if named is not None:
        named = named.absolute()  # it runs in a folder of its own
        if wrong := _what_is_wrong(named):
            raise UnfitPart(f"the program cue {VERSION}", SETTING, str(named), wrong, _REMEDY)
        return named
    cached = _cache(environment) / "cue" / VERSION / "cue"
    if os.access(cached, os.X_OK):
        return cached
    on_path = shutil.which("cue", path=environment.get("PATH", ""))
    if on_path is None:
        raise PartMissing(f"the program cue {VERSION}", f"{cached.parent} and PATH", _REMEDY)
    if wrong := _what_is_wrong(Path(on_path)):
        raise PartMissing(f"the program cue {VERSION}", f"PATH, where {on_path} {wrong}", _REMEDY)
    return Path(on_path).absolute()


def _cache(environment: Mapping[str, str]) -> Path:
    """PINNACE_CACHE, else `pinnace` in XDG_CACHE_HOME, else in ~/.cache."""
    if own := environment.get("PINNACE_CACHE"):
        return Path(own).expanduser()
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path(environment.get("HOME") or Path.home()) / ".cache") / "pinnace"


def _what_is_wrong(program: Path) -> str:
    """Why this is no `cue` that will do; '' for one that will. Asked again only once the file is another one."""
    try:
        found = program.stat()
    except OSError as exc:
        return f"cannot be read: {exc.strerror}"
    if not stat.S_ISREG(found.st_mode):
        return "is no file"
    return _fault(program, (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=16)
def _fault(program: Path, _identity: tuple[int, ...]) -> str:
    command = [str(program), "version"]
    try:
        answer = subprocess.run(command, capture_output=True, check=False, timeout=_VERSION_TIMEOUT_S)
    except OSError as exc:
        return f"cannot be started: {exc.strerror}"
    except subprocess.TimeoutExpired:
        return f"does not say its version within {_VERSION_TIMEOUT_S:g} s"
    first = (answer.stdout.strip() or answer.stderr.strip()).decode(errors="replace").partition("\n")[0]
    if first.startswith(f"{_SAYS}{_LANGUAGE}"):
        return ""
    said = "".join(each for each in first if each.isprintable())[:_SHOWN]
    return f"says '{said}' of its version" if said else "says nothing of its version"
