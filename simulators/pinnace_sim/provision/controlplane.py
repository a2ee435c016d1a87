"""Owns the programs of the real control plane: where they are, and how they are built from Go modules.

`locate` only looks and is quick; `ensure` builds what is missing, each program appearing complete in the cache, so
that an interrupted build goes on where it stopped. Programs in `KUBEBUILDER_ASSETS` are taken before those of the
cache. Refuses to download a prebuilt program.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.provision import cache, golang
from pinnace_sim.provision.errors import PartMissing

SOURCES = Path(__file__).resolve().parents[2] / "controlplane"
REMEDY = "Run `make controlplane` (about 10 minutes on 2 cores), or point KUBEBUILDER_ASSETS at a folder that has it."
KUBERNETES = "k8s.io/kubernetes"
KWOK = "sigs.k8s.io/kwok"
KINE = "github.com/k3s-io/kine"
# Program -> (folder of its Go module in SOURCES, package).
PACKAGES = {
    "kube-apiserver": (".", f"{KUBERNETES}/cmd/kube-apiserver"),
    "kubectl": (".", f"{KUBERNETES}/cmd/kubectl"),
    "kine": ("kine", KINE),
    "kube-controller-manager": (".", f"{KUBERNETES}/cmd/kube-controller-manager"),
    "kube-scheduler": (".", f"{KUBERNETES}/cmd/kube-scheduler"),
    "kwok": (".", f"{KWOK}/cmd/kwok"),
}
# kwok plays nodes and pods by Stage files; the ones its own releases use, and no delays.
STAGES = (
    "node/fast/node-initialize.yaml",
    "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "pod/fast/pod-ready.yaml",
    "pod/fast/pod-complete.yaml",
    "pod/fast/pod-delete.yaml",
)


@dataclass(frozen=True)
class Parts:
    """Every file that a running control plane needs: its programs by name, and the Stage files of kwok."""

    programs: Mapping[str, Path]
    stages: tuple[Path, ...]


def required_version(go_mod: str, module: str) -> str:
    """The version of `module` that the text of a go.mod requires, such as `v1.36.3`."""
    found = re.search(rf"^\s*(?:require\s+)?{re.escape(module)}\s+(v\S+)", go_mod, re.MULTILINE)
    if found is None:
        raise ValueError(f"go.mod requires no {module}")
    return found[1]


def cache_key(files: Mapping[str, bytes], machine: str) -> str:
    """The name of the cache folder for these go.mod and go.sum: readable versions first, then what makes it exact."""
    main, kine = files["go.mod"].decode(), files["kine/go.mod"].decode()
    exact = hashlib.sha256(b"".join(name.encode() + b"\0" + text + b"\0" for name, text in sorted(files.items())))
    versions = (required_version(main, KUBERNETES), required_version(kine, KINE), required_version(main, KWOK))
    return "kubernetes-{}_kine-{}_kwok-{}_{}_{}".format(*versions, machine, exact.hexdigest()[:12])


def version_flags(version: str) -> list[str]:
    """Linker flags by which programs and clients state the release they are, as Kubernetes' own build sets them."""
    major, minor, _ = version.removeprefix("v").split(".", 2)
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return [f"-X {package}.{name}={value}" for package in packages for name, value in values.items()]


def folder() -> Path:
    """The cache folder of exactly these versions. It may not exist yet."""
    names = ("go.mod", "go.sum", "kine/go.mod", "kine/go.sum")
    if not SOURCES.is_dir():
        raise PartMissing("the Go module of the control plane", str(SOURCES), "Use a source checkout of Pinnace.")
    machine = f"{sys.platform}-{platform.machine()}"
    return cache.root() / "controlplane" / cache_key({name: (SOURCES / name).read_bytes() for name in names}, machine)


def locate() -> Parts:
    """The control plane as it is on this machine. Raises `PartMissing` naming the first program that is not there."""
    programs = {name: locate_program(name) for name in PACKAGES}
    home = folder()
    stages = tuple(home / "stages" / Path(stage).name for stage in STAGES)
    if not all(stage.is_file() for stage in stages):
        raise PartMissing("the Stage files of kwok", str(home / "stages"), REMEDY)
    return Parts(programs, stages)


def locate_program(name: str) -> Path:
    """One of the programs in `PACKAGES`. Raises `PartMissing`."""
    home = folder()
    found = _find(name, home)
    if found is None:
        raise PartMissing(name, f"KUBEBUILDER_ASSETS and {home / 'bin'}", REMEDY)
    return found


def ensure() -> Parts:
    """The control plane, built if need be. At once when nothing is missing; a second builder waits for the first."""
    try:
        return locate()
    except PartMissing:
        home = folder()
    with cache.exclusive(home):
        _build(home)
    return locate()


def _find(name: str, home: Path) -> Path | None:
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    folders = ([Path(assets)] if assets else []) + [home / "bin"]
    return next((each / name for each in folders if os.access(each / name, os.X_OK)), None)


def _build(home: Path) -> None:
    go = golang.toolchain()
    missing = [name for name in PACKAGES if _find(name, home) is None]
    cache.say(f"building the control plane with {go} into {home}: {', '.join(missing) or 'Stage files'}")
    with cache.workspace(home) as work:
        for number, name in enumerate(missing, start=1):
            cache.say(f"{number} of {len(missing)}: {name}")
            _compile(name, go, work / name)
            cache.publish(work / name, home / "bin" / name)
        _copy_stages(golang.Module(SOURCES, go), work / "stages")
        if not (home / "stages").exists():
            cache.publish(work / "stages", home / "stages")
    cache.say(f"the control plane is complete in {home}")


def _compile(name: str, go: Path, output: Path) -> None:
    module, package = PACKAGES[name]
    flags = ["-s", "-w"]
    if package.startswith(KUBERNETES):
        flags += version_flags(required_version((SOURCES / "go.mod").read_text(), KUBERNETES))
    golang.Module(SOURCES / module, go).build(package, output, flags)


def _copy_stages(module: golang.Module, target: Path) -> None:
    source = module.folder_of(KWOK) / "kustomize" / "stage"
    target.mkdir()
    for stage in STAGES:
        shutil.copyfile(source / stage, target / Path(stage).name)
