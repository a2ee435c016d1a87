"""Where libfaketime is looked for, and what it does to the clock of a program. The library itself is a real part."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pinnace_sim.provision import Part, PartMissing, faketime, require
from pinnace_sim.provision.faketime import FakeClock

LIBRARY = Path("/lib/any.so")
# Prints the wall clock's year for each line that it reads, and how long a wait of 0.2 s took.
PROGRAM = """
import datetime, queue, sys, time
for line in sys.stdin:
    begun = time.monotonic()
    try:
        queue.SimpleQueue().get(timeout=0.2)
    except queue.Empty:
        print(datetime.datetime.now(datetime.UTC).year, 0.1 < time.monotonic() - begun < 10, flush=True)
"""


def test_unpacked_library_is_found_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINNACE_CACHE", str(tmp_path))
    monkeypatch.setattr(faketime, "SYSTEM", (tmp_path / "system",))
    with pytest.raises(PartMissing, match=r"libfaketime is missing.*provision faketime"):
        faketime.locate()
    unpacked = tmp_path / "faketime" / "0.9.10-2.1" / "usr/lib/x86_64-linux-gnu" / faketime.LIBRARY
    unpacked.parent.mkdir(parents=True)
    unpacked.touch()
    assert faketime.locate() == unpacked


def test_library_of_the_machine_comes_before_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "system" / "aarch64-linux-gnu" / faketime.LIBRARY
    own.parent.mkdir(parents=True)
    own.touch()
    monkeypatch.setattr(faketime, "SYSTEM", (tmp_path / "system",))
    assert faketime.locate() == own


def test_moves_are_written_in_seconds(tmp_path: Path) -> None:
    clock = FakeClock(tmp_path / "clock", LIBRARY)
    assert (tmp_path / "clock").read_text() == "+0\n"
    clock.move(timedelta(days=-1))
    assert (tmp_path / "clock").read_text() == "-86400\n"
    assert f"LD_PRELOAD={LIBRARY}" in clock.wrapper


@pytest.mark.real
def test_clock_of_a_running_program_moves_and_its_waits_do_not(tmp_path: Path) -> None:
    require(Part.FAKETIME)
    clock = FakeClock(tmp_path / "clock")
    pipe = subprocess.PIPE
    command = [*clock.wrapper, sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for year in (1970, 2100, 1971):
            clock.set(datetime(year, 6, 1, tzinfo=UTC))
            program.stdin.write("now\n")
            program.stdin.flush()
            assert program.stdout.readline() == f"{year} True\n"
        program.stdin.close()
