"""Fetches Debian packages and unpacks them anywhere, as any user. Installs nothing and starts nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from pinnace_sim.provision.errors import BuildFailed, PartMissing

REMEDY = "Install it with the system's package manager, or see to its package sources, and run this again."
_TAIL = 800  # characters of what a tool said


def require_tools(part: str, *others: str) -> None:
    """Raises PartMissing when a tool that unpacks `part` is not on this machine."""
    for tool in ("apt-get", "dpkg-deb", *others):
        if shutil.which(tool) is None:
            raise PartMissing(part, "PATH and /usr/sbin", f"Install it; unpacking it takes {tool}.")


class Packages:
    """Has package lists of its own, since the system's may be absent, old or locked. Raises BuildFailed."""

    def __init__(self, work: Path) -> None:
        """Fetches the lists into `work`, an empty folder."""
        self._archives = work / "archives"
        (work / "lists" / "partial").mkdir(parents=True)
        (work / "cache" / "archives" / "partial").mkdir(parents=True)
        self._archives.mkdir()
        # Root would otherwise download as another user, who may not write here.
        sandbox = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
        folders = ["-o", f"Dir::State::Lists={work / 'lists'}", "-o", f"Dir::Cache={work / 'cache'}"]
        self._options = ["-q", *folders, *sandbox]
        self._get("update")

    def unpack(self, package: str, target: Path) -> str:
        """Unpack one package into `target` and return its version."""
        self._get("download", package)
        archive = next(self._archives.glob(f"{package}_*.deb"))
        _checked(["dpkg-deb", "-x", str(archive), str(target)])
        return _checked(["dpkg-deb", "-f", str(archive), "Version"]).strip().replace(":", "-")

    def _get(self, *arguments: str) -> None:
        _checked(["apt-get", *self._options, *arguments], self._archives)


def _checked(command: list[str], folder: Path | None = None) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if answer.returncode != 0:
        said = (answer.stderr or answer.stdout).strip()[-_TAIL:]
        raise BuildFailed(f"{' '.join(command)} ended with {answer.returncode}: {said}. {REMEDY}")
    return answer.stdout
