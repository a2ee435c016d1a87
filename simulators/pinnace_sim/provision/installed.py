"""Owns the programs that `go install` builds from a module of its own: where they are, and how they get there.

`locate` only looks; `ensure` builds what is missing. The versions are those that the controller asks for; the registry,
which holds charts for tests, is none of its programs.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.provision import cache, golang
from pinnace_sim.provision.errors import BuildFailed, PartMissing


@dataclass(frozen=True)
class Installable:
    """A Go command; `duration` is how long it takes to build on 2 cores, for people."""

    name: str
    package: str
    version: str
    duration: str

    @property
    def folder(self) -> Path:
        """In the cache; the controller looks for `cue` there too."""
        return cache.root() / self.name / self.version


PROGRAMS: Mapping[str, Installable] = {
    item.name: item
    for item in (
        Installable("cue", "cuelang.org/go/cmd/cue", "v0.14.1", "2 minutes"),
        Installable("helm", "helm.sh/helm/v3/cmd/helm", "v3.22.0", "4 minutes"),
        Installable("registry", "github.com/distribution/distribution/v3/cmd/registry", "v3.0.0", "3 minutes"),
        Installable("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", "v5.8.2", "1 minute"),
    )
}


def locate(name: str) -> Path:
    """Raises `PartMissing`."""
    wanted = PROGRAMS[name]
    program = wanted.folder / name
    if os.access(program, os.X_OK):
        return program
    remedy = f"Run `python -m pinnace_sim.provision programs` (about {wanted.duration})."
    raise PartMissing(f"{name} {wanted.version}", str(wanted.folder), remedy)


def ensure(name: str) -> Path:
    """The program, built if need be. A second builder waits for the first."""
    try:
        return locate(name)
    except PartMissing:
        wanted = PROGRAMS[name]
    with cache.exclusive(wanted.folder):
        if not (wanted.folder / name).exists():
            _build(wanted)
    return locate(name)


def _build(wanted: Installable) -> None:
    module = f"{wanted.package}@{wanted.version}"
    go = golang.toolchain()
    cache.say(f"building {module} with {go} into {wanted.folder} (about {wanted.duration})")
    with cache.workspace(wanted.folder) as work:
        answer = subprocess.run(
            [go, "install", "-trimpath", module],
            env={**golang.environment(), "GOBIN": str(work)},
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode != 0:
            raise BuildFailed(f"go install {module} ended with {answer.returncode}:\n{answer.stderr.strip()[-2000:]}")
        cache.publish(work / wanted.name, wanted.folder / wanted.name)
