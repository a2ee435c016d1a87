"""What the kernel says of one process: memory and processor time (proc(5))."""

import os
from dataclasses import dataclass
from pathlib import Path

KIB = 1024
MIB = 1024 * 1024
# Fields of /proc/PID/stat after the name in brackets, counted from 0.
_UTIME, _STIME = 11, 12


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `resident` is VmRSS; `proportional` is Pss, where a page shared by n processes counts as an nth."""

    resident: int
    proportional: int


def memory(pid: int) -> Memory:
    resident = _kib(Path(f"/proc/{pid}/status"), "VmRSS:")
    return Memory(resident * KIB, _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") * KIB)


def cpu_s(pid: int) -> float:
    """Seconds of processor time since it started, in steps of a clock tick (10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_UTIME]) + int(fields[_STIME])) / os.sysconf("SC_CLK_TCK")


def _kib(path: Path, name: str) -> int:
    line = next(each for each in path.read_text().splitlines() if each.startswith(name))
    return int(line.split()[1])
