"""A world in memory around a real daemon: manual clock, broker, cluster, and a cloud that really signs."""

import queue
import random
from datetime import timedelta
from pathlib import Path

from tests.unit.edge.clocks import NOW, ManualClock
from tests.unit.edge.memory_broker import MemoryBroker
from tests.unit.edge.memory_cloud import NODE, TENANT, App, Cloud, changed
from tests.unit.edge.memory_cluster import MemoryCluster

from pinnace_cloud.signing import keys
from pinnace_cloud.signing.signer import Signer
from pinnace_edge import app
from pinnace_edge.adapters import identity
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.adapters.verifier import TufVerifier, first_trust
from pinnace_edge.daemon import Daemon
from pinnace_edge.model import (
    AppKey,
    Deployment,
)
from pinnace_edge.ports import Cluster, Happening, Store
from pinnace_edge.settings import Settings
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.limits import DEFAULT_LIMITS

# What tests speak of together.
__all__ = ["App", "Site", "changed", "deliver"]


class Site:
    """One site; `restart` makes a new daemon on the same files, as after a kill.

    `served`: a cluster of its own instead of the one in memory.
    """

    def __init__(self, folder: Path, served: Cluster | None = None) -> None:
        self.folder = folder
        self.served = served
        self.clock = ManualClock()
        self.events: queue.Queue[Happening] = queue.Queue()
        self.broker = MemoryBroker(self.events.put)
        self.cluster = MemoryCluster()
        keyset = keys.init(folder / "keys", TENANT, NOW - timedelta(days=1))
        signer = Signer(keyset, TENANT)
        self.key = identity.create(folder / "node.key")
        self.cloud = Cloud(signer, self.broker, self.clock, self.key.public_key)
        self.settings = Settings(node=NODE, broker="mqtt://localhost", data_dir=folder)
        self.store: Store = opening.open_store(folder / opening.FILE_NAME).store
        self.store.save_trust(first_trust(signer.root_text, signer.root_digest, TENANT))
        self.daemon = self._start()

    def restart(self, damage: str = "") -> None:
        """The old daemon is gone without a word."""
        self.store.close()
        self.store = opening.open_store(self.folder / opening.FILE_NAME).store
        while not self.events.empty():
            self.events.get()
        self.broker.is_up = False
        self.broker.topics.clear()
        self.daemon = self._start(damage)

    def settle(self, rounds: int = 12) -> None:
        """Handles what is there, and lets a little time pass, until things have calmed down."""
        for _ in range(rounds):
            self.round(0.3)

    def round(self, seconds: float = 0.01) -> None:
        """One round of the daemon's loop, after which so much time passes."""
        while not self.events.empty():
            self.daemon.handle(self.events.get())
        self.daemon.step()
        self.clock.advance(seconds)

    def online(self) -> None:
        """The link is there, and the cloud acknowledges."""
        self.broker.connect()
        self.settle()
        self.cloud.acknowledge()
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.settle()

    def deployment(self, name: str = "shop") -> Deployment:
        return next(item for item in self.store.deployments() if item.key == AppKey("default", name))

    def journal(self) -> list[Entry]:
        return list(self.store.entries(0, 10**9))

    def events_of(self, event: Event) -> list[Entry]:
        return [entry for entry in [*self.cloud.stored, *self.journal()] if entry.event is event]

    def _start(self, damage: str = "") -> Daemon:
        verifier = TufVerifier(TENANT, DEFAULT_LIMITS)
        rng = random.Random(7)
        cluster = self.served or self.cluster
        rim = app.Rim(self.store, cluster, self.broker, self.key, verifier, self.clock, rng, self.events)
        daemon = app.assemble(self.settings, rim, damage)
        daemon.start()
        return daemon


def deliver(site: Site, *apps: App) -> None:
    """These are all that the group `stores` wants."""
    site.cloud.head("stores", *apps)
    if site.broker.is_up:
        site.settle()
    else:
        site.online()
