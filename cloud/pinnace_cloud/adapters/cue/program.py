"""Finds the program `cue`, of the version whose language KubeVela v1.11 speaks. Builds and fetches nothing."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pinnace_cloud.errors import PartMissing

VERSION: Final = "v0.14.1"
# Releases of one minor version speak one language.
_LANGUAGE: Final = "v0.14."
_REMEDY: Final = (
    f"Install it with 'go install cuelang.org/go/cmd/cue@{VERSION}' and put it on PATH, or name it with the setting"
    " cue_program (PINNACE_CUE for the command line)."
)
_VERSION_TIMEOUT_S: Final = 10.0


def locate(named: Path | None, environment: Mapping[str, str]) -> Path:
    """The named program, else the one in the cache folder of Pinnace, else one on PATH if its version fits.

    Raises PartMissing, naming what to install.
    """
    if named is not None:
        if os.access(named, os.X_OK):
            return named
        raise PartMissing("the program cue", str(named), _REMEDY)
    cached = _cache(environment) / "cue" / VERSION / "cue"
    if os.access(cached, os.X_OK):
        return cached
    on_path = shutil.which("cue", path=environment.get("PATH", ""))
    if on_path is None:
        raise PartMissing(f"the program cue {VERSION}", f"{cached.parent} and PATH", _REMEDY)
    found = _version(on_path)
    if not found.startswith(_LANGUAGE):
        raise PartMissing(f"the program cue {VERSION}", f"PATH, where {on_path} is {found or 'no cue'}", _REMEDY)
    return Path(on_path)


def _cache(environment: Mapping[str, str]) -> Path:
    """PINNACE_CACHE, else `pinnace` in XDG_CACHE_HOME, else in ~/.cache."""
    if own := environment.get("PINNACE_CACHE"):
        return Path(own).expanduser()
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path(environment.get("HOME") or Path.home()) / ".cache") / "pinnace"


def _version(program: str) -> str:
    """What follows `cue version` on its first line; '' where it says something else."""
    try:
        answer = subprocess.run(
            [program, "version"], capture_output=True, text=True, check=False, timeout=_VERSION_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    first, _, _ = answer.stdout.partition("\n")
    return first.removeprefix("cue version ").strip() if first.startswith("cue version ") else ""
