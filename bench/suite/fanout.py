"""A release of one Application of 20 objects to 1,000 groups: rendered, split into bundles, encoded and signed.

Timed is what `apply` does between the parsed Application and the transaction that stores it (`planning.plan` on a real
store in which the groups have their first heads). Once each group has an override of its own, once all are alike.
Processor time of one thread; nothing waits for a disk.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import fleet, shop
from bench.row import Limit, Row
from pinnace_cloud import garbage
from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.clock import SystemClock
from pinnace_cloud.rules import world
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.services import planning
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.planning import Plan
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.signing import keys
from pinnace_cloud.signing.signer import Signer
from pinnace_schemas import api, codec, compression
from pinnace_schemas.application import Application
from pinnace_schemas.compression import Encoding
from pinnace_schemas.limits import DEFAULT_LIMITS

Given = TypeVar("Given")

ROUNDS = 5
MOST_TIMES = 4
LEAST_BUNDLES = 500
# "A tenth of that" is a tenth of what the first row may take.
MOST_ALIKE = MOST_TIMES / 10
_SOURCES_IN_A_REQUEST = 500


def measure() -> Iterator[Row]:
    different, alike = shop.each_its_own(), shop.all_alike()
    garbage.collect_seldom()  # as `pinnace serve` does at its start; it is the same for the reference
    with tempfile.TemporaryDirectory() as folder:
        office = _Office.opened(Path(folder))
        times: list[tuple[float, float, float]] = []
        for _ in range(ROUNDS):
            bundles = [json.loads(plain) for plain in office.plan(different).desired.bundles.values()]
            mine = _seconds(office.plan, different)
            floor = _seconds(_floor, bundles)
            times.append((mine, floor, _seconds(office.plan, alike)))
        office.store.close()
    values, floors, shared = (min(column) / shop.GROUPS * 1e6 for column in zip(*times, strict=True))
    reference = (
        f"Reference: for each of {shop.GROUPS} groups one canonical dump of its bundle, one compression and one Ed25519"
        f" signature of these bytes. Best of {ROUNDS} rounds"
    )
    yield Row("release, each group another", values, "us/group", reference, floors, Limit(most=MOST_TIMES))
    about = "The same as bundles a second, signed heads included"
    yield Row("release, bundles", 1e6 / values, "bundles/s", about, goal=Limit(least=LEAST_BUNDLES))
    about = f"The same reference: a tenth of what the row above may take. {reference}"
    yield Row("release, all groups alike", shared, "us/group", about, floors, Limit(most=MOST_ALIKE))


@dataclass(frozen=True, slots=True)
class _Office:
    """A controller's store and keys."""

    store: SqliteStore
    post: Post
    clock: SystemClock

    @classmethod
    def opened(cls, folder: Path) -> "_Office":
        """With the groups, whose heads say that nothing is wanted yet."""
        store, clock = SqliteStore(folder / "controller.db"), SystemClock()
        keyset = keys.init(folder / "keys", fleet.TENANT, clock.now())
        post = Post(fleet.TENANT, Signer(keyset, fleet.TENANT), DEFAULT_LIMITS)
        releases = Releases(store, post, clock, lambda: None)
        sources = tuple(fleet.group_documents(shop.GROUPS, nodes_each=1))
        for start in range(0, shop.GROUPS, _SOURCES_IN_A_REQUEST):
            request = api.ApplyRequest(sources=sources[start : start + _SOURCES_IN_A_REQUEST])
            releases.apply(request, "bench")
        return cls(store, post, clock)

    def plan(self, application: Application) -> Plan:
        """Everything that a release stores. Raises InvalidSources."""
        with self.store.reading() as tx:
            edit = world.edit_of([application])
            made = planning.plan(tx, edit, Findings(), self.post, self.clock.now(), "bench")
        assert len(made.heads) == shop.GROUPS
        return made


def _floor(bundles: list[Any]) -> None:
    """What no implementation can leave out where each group has a bundle of its own."""
    key = Ed25519PrivateKey.generate()
    for bundle in bundles:
        plain = codec.canonical(bundle)
        compression.compress(plain, Encoding.ZSTD)
        key.sign(plain)


def _seconds(work: Callable[[Given], object], given: Given) -> float:
    begun = time.process_time()
    work(given)
    return time.process_time() - begun
