"""Owns where libfaketime comes from, which gives a program under test another clock: the machine's own one, else its
Debian package unpacked into the cache.

Only the wall clock is moved. Monotonic time goes on, as it does when the clock of a real machine is set. Waiting for
locks, queues and sockets works; `time.sleep` does not (EINVAL with 0.9.10, which takes monotonic ends for wall time).
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from pinnace_sim.provision import cache, debian
from pinnace_sim.provision.debian import Packages
from pinnace_sim.provision.errors import PartMissing

# The build for programs with threads; Debian has it below the folder of the architecture.
LIBRARY = "faketime/libfaketimeMT.so.1"
SYSTEM = (Path("/usr/lib"), Path("/usr/local/lib"))
REMEDY = "Run `python -m pinnace_sim.provision faketime`, or install libfaketime with the system's package manager."


def locate() -> Path:
    """The machine's own library, else the newest one in the cache. Raises `PartMissing`."""
    home = cache.root() / "faketime"
    for folder in SYSTEM:
        for found in (folder / LIBRARY, *sorted(folder.glob(f"*-linux-gnu*/{LIBRARY}"))):
            if found.exists():
                return found
    for unpacked in sorted(home.glob(f"*/usr/lib/*/{LIBRARY}"), reverse=True):
        return unpacked
    raise PartMissing("libfaketime", f"{', '.join(map(str, SYSTEM))} and {home}", REMEDY)


def ensure() -> Path:
    """The library, unpacked into the cache if the machine has none."""
    home = cache.root() / "faketime"
    with cache.exclusive(home):
        try:
            return locate()
        except PartMissing:
            _unpack(home)
    return locate()


class FakeClock:
    """A wall clock that can be moved while a program runs by it, through a file that the library reads each time."""

    def __init__(self, file: Path, library: Path | None = None) -> None:
        """`file` is created; until it is moved, the clock is the machine's."""
        self._file = file
        self._library = library or locate()
        self.move(timedelta())

    @property
    def wrapper(self) -> tuple[str, ...]:
        """What stands before the command line of a program that is to run by this clock."""
        variables = {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            # Its name in 0.9.10 and before, and since.
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        return ("env", *(f"{name}={value}" for name, value in variables.items()))

    def move(self, offset: timedelta) -> None:
        """From now on the clock is the machine's and `offset`."""
        made = self._file.with_name(self._file.name + ".new")
        made.write_text(f"{round(offset.total_seconds()):+d}\n")
        os.replace(made, self._file)

    def set(self, moment: datetime) -> None:
        """From now on the clock goes on from `moment`."""
        self.move(moment - datetime.now(moment.tzinfo))


def _unpack(home: Path) -> None:
    debian.require_tools("libfaketime")
    cache.say(f"no libfaketime on this machine: unpacking its Debian package into {home}")
    with cache.workspace(home) as work:
        version = Packages(work).unpack("libfaketime", work / "made")
        cache.publish(work / "made", home / version)
    cache.say(f"libfaketime {version} is in {home / version}")
