"""From publishing a change to its being applied and reported, on one site of real, separate processes.

An update changes one ConfigMap of an application of twenty mixed objects. Times are taken outside of both programs: the
head when it reaches another subscriber, the change when the KubeAPI's watch shows it, the report when the controller's
acknowledgement of it reaches that subscriber, after it was stored. The reference is the sum of what nobody can do
without, measured in the same round: the head, the chunk that the node subscribes to, one server-side apply, the report
and its acknowledgement, each with the size that it has here.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from bench import bare, objects, one_site
from bench.listening import Heard, Listener
from bench.one_site import GROUP, NODE, Site
from bench.row import Row
from bench.watching import Watch
from pinnace_schemas import envelope, topics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import Report
from pinnace_schemas.phases import Phase
from pinnace_schemas.topics import Kind

UPDATES = 40
OBJECTS = 20
APPLICATION, TENANT = "till", "default"
CHANGED = 1  # the first ConfigMap among the objects
KEY = "SETTING_0"
# Drawn anew each time, so that updates meet the daemon's timers in no fixed step.
PAUSE_S = (1.0, 2.5)
HEAD = topics.build(TENANT, Kind.HEAD, GROUP)
REPORT = topics.build(TENANT, Kind.REPORT, NODE)
INBOX = topics.build(TENANT, Kind.INBOX, NODE)


@dataclass(slots=True)
class Times:
    """Seconds, one of each update; `applied` and `reported` count from the head's arrival at a subscriber."""

    published: list[float] = field(default_factory=list)
    applied: list[float] = field(default_factory=list)
    reported: list[float] = field(default_factory=list)
    bare_applied: list[float] = field(default_factory=list)
    bare_reported: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the messages of one update."""

    head: int
    report: int
    acknowledgement: int


def measure() -> Iterator[Row]:
    """Five rows."""
    times = Times()
    with tempfile.TemporaryDirectory() as folder, one_site.started(Path(folder), use_tls=False, workloads=True) as site:
        site.deliver(APPLICATION, _items(0))
        site.await_converged(APPLICATION)
        with (
            Listener(site.broker.url, HEAD, REPORT, INBOX) as listener,
            bare.Connections(site.plane.admin_kubeconfig) as wires,
            Watch(site.plane.admin_kubeconfig, "configmaps", APPLICATION, _name()) as watch,
        ):
            listener.next(HEAD)  # the retained one
            for number in range(1, UPDATES + 1):
                time.sleep(random.uniform(*PAUSE_S))
                sizes = _update(site, number, listener, watch, times)
                _take_parts(listener, wires, number, sizes, times)
    yield from _rows(times)


def _rows(times: Times) -> Iterator[Row]:
    published = "from the operator's request to the head at a subscriber"
    yield Row("latency.published", median(times.published), "s", published)
    about = f"head at a subscriber until the KubeAPI shows the change; {UPDATES} updates"
    parts = "reference: fetch of a chunk and one server-side apply"
    yield Row("latency.applied", median(times.applied), "s", f"median; {about}; {parts}", median(times.bare_applied))
    yield Row("latency.applied.p95", _p95(times.applied), "s", about, _p95(times.bare_applied))
    about = "head at a subscriber until the controller has acknowledged the report of it"
    parts = "reference: the same and two messages more"
    yield Row("latency.reported", median(times.reported), "s", f"median; {about}; {parts}", median(times.bare_reported))
    yield Row("latency.reported.p95", _p95(times.reported), "s", about, _p95(times.bare_reported))


def _update(site: Site, number: int, listener: Listener, watch: Watch, times: Times) -> Sizes:
    began = time.perf_counter()
    revision = site.deliver(APPLICATION, _items(number))
    head = listener.next(HEAD)
    report = _report_of(listener, revision)
    acknowledgement = listener.next(INBOX)
    applied = watch.seen(KEY, str(number))
    times.published.append(head.at - began)
    times.applied.append(applied - head.at)
    times.reported.append(acknowledgement.at - head.at)
    return Sizes(len(head.payload), len(report.payload), len(acknowledgement.payload))


def _report_of(listener: Listener, revision: int) -> Heard:
    """The first report that says that this revision has converged."""
    while True:
        heard = listener.next(REPORT)
        report = envelope.read(Report, envelope.decode(heard.payload, DEFAULT_LIMITS, REPORT), DEFAULT_LIMITS, REPORT)
        if any(state.revision == revision and state.phase is Phase.CONVERGED for state in report.states):
            return heard


def _take_parts(listener: Listener, wires: bare.Connections, number: int, sizes: Sizes, times: Times) -> None:
    """What each part of an update takes alone. The head itself counts from its arrival, and so is not among them."""
    item = {**_items(-number)[CHANGED], "metadata": {"name": "bare", "namespace": APPLICATION}}
    request = bare.request(item, "configmaps")
    began = time.perf_counter()
    wires.send([request])
    applied = time.perf_counter() - began + listener.fetch_s(sizes.head)
    told = listener.one_way_s(sizes.report) + listener.one_way_s(sizes.acknowledgement)
    times.bare_applied.append(applied)
    times.bare_reported.append(applied + told)


def _items(number: int) -> Sequence[KubeObject]:
    items = objects.mixed(OBJECTS, APPLICATION)
    items[CHANGED]["data"][KEY] = str(number)
    return items


def _name() -> str:
    return str(_items(0)[CHANGED]["metadata"]["name"])


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]
