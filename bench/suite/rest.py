"""The daemon at rest with 500 objects of five applications: memory, processor time, and how soon it is ready.

Everything is real and separate: controller, mosquitto with TLS, a control plane with its controllers, the daemon with
default settings. What is measured is the daemon after a reboot, with its state stored; memory also before that, in the
process that has fetched and applied all of it.
"""

import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from bench import objects, one_site, proc
from bench.one_site import Site
from bench.row import Limit, Row
from pinnace_sim.provision.running import wait_until

APPLICATIONS, OBJECTS_EACH = 5, 100
STARTS = 5
# Two intervals of healing and more: each application is looked at twice.
REST_S = 130.0
READY_DEADLINE_S = 60.0
STIRS = 10
_READY = re.compile(r"^(\S+) .*: ready: looked at (\d+) applications", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from the start of the process until it was ready, and of processor time."""

    ready_s: float
    cpu_s: float


def measure() -> Iterator[Row]:
    """Seven rows."""
    with tempfile.TemporaryDirectory() as folder, one_site.started(Path(folder), use_tls=True, workloads=True) as site:
        names = [f"app-{number}" for number in range(APPLICATIONS)]
        for name in names:
            site.deliver(name, objects.mixed(OBJECTS_EACH, name))
        site.await_converged(*names)
        delivered = proc.memory(site.edge.program.pid)
        starts = [_restart(site) for _ in range(STARTS)]
        site.await_converged(*names)
        spent = _rest(site.edge.program.pid)
        rested = proc.memory(site.edge.program.pid)
        growth = _growth(site, names)
    yield from _rows(delivered, rested, spent, starts)
    stirred = f"VmRSS after {2 * STIRS} waves of watch events on {2 * OBJECTS_EACH} objects less that after {STIRS}"
    yield Row("rest.memory.growth", growth / proc.MIB, "MiB", stirred, goal=Limit(most=1))


def _rows(delivered: proc.Memory, rested: proc.Memory, share: float, starts: Sequence[Start]) -> Iterator[Row]:
    about = f"{APPLICATIONS * OBJECTS_EACH} objects, broker with TLS, watches, after a reboot"
    yield Row("rest.memory", rested.resident / proc.MIB, "MiB", f"VmRSS; {about}", goal=Limit(most=72))
    yield Row("rest.memory.pss", rested.proportional / proc.MIB, "MiB", f"Pss; {about}")
    applied = "VmRSS of the process that has fetched and applied all of it"
    yield Row("rest.memory.delivered", delivered.resident / proc.MIB, "MiB", applied, goal=Limit(most=72))
    yield Row("rest.cpu", 100 * share, "% of core", f"over {REST_S:g} s; {about}", goal=Limit(most=1))
    ready = f"process start until all was compared with its bundle and is watched; median of {STARTS}"
    yield Row("rest.ready", median(each.ready_s for each in starts), "s", ready, goal=Limit(most=2))
    busy = "processor time of the daemon until then: what is left of it on an idle machine"
    yield Row("rest.ready.cpu", median(each.cpu_s for each in starts), "s", busy)


def _restart(site: Site) -> Start:
    """Waits for the daemon's word that it is ready; the moment is the one in its log."""
    site.edge.stop()
    before = site.edge.program.log.stat().st_size
    began = time.time()
    site.edge.start()
    wait_until(lambda: _ready_at(site, before) is not None, "the daemon to be ready", READY_DEADLINE_S)
    return Start((_ready_at(site, before) or began) - began, proc.cpu_s(site.edge.program.pid))


def _growth(site: Site, applications: Sequence[str]) -> int:
    """Bytes by which the daemon grows while others change its objects again and again, once it has met that."""
    _stir(site, applications, 0)
    before = proc.memory(site.edge.program.pid).resident
    _stir(site, applications, STIRS)
    return proc.memory(site.edge.program.pid).resident - before


def _stir(site: Site, applications: Sequence[str], first: int) -> None:
    """Somebody writes an annotation to all ConfigMaps and Services; each application is looked at for each wave."""
    for wave in range(first, first + STIRS):
        for name in applications:
            what = ("configmaps,services", "--all", f"--namespace={name}", f"touched={wave}", "--overwrite")
            site.plane.kubectl("annotate", *what)


def _ready_at(site: Site, offset: int) -> float | None:
    """When the log says so after `offset` bytes, in seconds since the epoch."""
    text = site.edge.program.log.read_bytes()[offset:].decode()
    found = _READY.search(text)
    if found is None:
        return None
    if int(found[2]) != APPLICATIONS:
        raise RuntimeError(f"ready with {found[2]} applications instead of {APPLICATIONS}")
    return datetime.fromisoformat(found[1]).timestamp()


def _rest(pid: int) -> float:
    """The share of one core that is used while nothing happens."""
    began, spent = time.monotonic(), proc.cpu_s(pid)
    time.sleep(REST_S)
    return (proc.cpu_s(pid) - spent) / (time.monotonic() - began)
