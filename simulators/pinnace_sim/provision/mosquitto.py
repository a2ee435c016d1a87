"""Owns where mosquitto comes from: the machine's own one, else its Debian packages unpacked into the cache.

Unpacked rather than installed, for root too: no system service is started and the machine stays as it was. Only shared
libraries that the machine lacks are unpacked beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.provision import cache, debian
from pinnace_sim.provision.debian import Packages
from pinnace_sim.provision.errors import BuildFailed, PartMissing

REMEDY = "Run `python -m pinnace_sim.provision brokers`, or install mosquitto with the system's package manager."
MAX_ROUNDS = 5  # a library may need a further one; mosquitto's need none today


@dataclass(frozen=True)
class Program:
    """A mosquitto that can be started: its path and the variables it needs."""

    path: Path
    environment: Mapping[str, str]


def library_package(soname: str, suffix: str = "") -> str:
    """Debian's package name for a shared library: `libcjson.so.1` is in `libcjson1`, `libfoo2.so.3` in `libfoo2-3`."""
    stem, _, version = soname.partition(".so.")
    separator = "-" if stem[-1:].isdigit() and version else ""
    return f"{stem}{separator}{version}{suffix}".lower().replace("_", "-")


def missing_libraries(ldd_output: str) -> tuple[str, ...]:
    """The sonames that `ldd` could not find."""
    return tuple(re.findall(r"^\s*(\S+) => not found", ldd_output, re.MULTILINE))


def locate() -> Program:
    """The machine's own mosquitto, else the newest one in the cache. Raises `PartMissing`."""
    if own := shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin"):
        return Program(Path(own), {})
    home = cache.root() / "mosquitto"
    for unpacked in sorted(home.glob("*/usr/sbin/mosquitto"), reverse=True):
        return Program(unpacked, {"LD_LIBRARY_PATH": _library_path(unpacked.parents[2])})
    raise PartMissing("mosquitto", f"PATH, /usr/sbin and {home}", REMEDY)


def ensure() -> Program:
    """mosquitto, unpacked into the cache if the machine has none."""
    home = cache.root() / "mosquitto"
    with cache.exclusive(home):
        try:
            return locate()
        except PartMissing:
            _unpack(home)
    return locate()


def _unpack(home: Path) -> None:
    debian.require_tools("mosquitto", "ldd")
    cache.say(f"no mosquitto on this machine: unpacking its Debian packages into {home}")
    with cache.workspace(home) as work:
        packages = Packages(work)
        version = packages.unpack("mosquitto", work / "made")
        _complete(packages, work / "made")
        cache.publish(work / "made", home / version)
    cache.say(f"mosquitto {version} is in {home / version}")


def _complete(packages: Packages, made: Path) -> None:
    for _ in range(MAX_ROUNDS):
        environment = {**os.environ, "LD_LIBRARY_PATH": _library_path(made)}
        answer = _run(["ldd", str(made / "usr/sbin/mosquitto")], environment)
        missing = missing_libraries(answer.stdout)
        if not missing:
            return
        for soname in missing:
            _unpack_library(packages, soname, made)
    raise BuildFailed(f"mosquitto still lacks {', '.join(missing)} after {MAX_ROUNDS} rounds of unpacking")


def _library_path(root: Path) -> str:
    folders = sorted({str(each.parent) for each in root.rglob("*.so*")})
    return ":".join(folders)


def _unpack_library(packages: Packages, soname: str, target: Path) -> None:
    """Unpack the package of a shared library; newer releases mark those with a 64-bit clock by `t64`."""
    try:
        packages.unpack(library_package(soname), target)
    except BuildFailed:
        packages.unpack(library_package(soname, "t64"), target)


def _run(command: list[str], environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
