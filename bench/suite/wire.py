"""What an update of one image, and a report, cost on the link of one node, counted in bytes of MQTT packets.

The controller's own release and delivery publish to a stand-in broker that keeps what is retained. Counted are the
PUBLISH packets that a node of the group receives: the head, and the chunks of the way to the new bundle that the
daemon's own rule chooses. The bundle has 100 mixed objects; the update changes the image of one. TCP and TLS are left
out: they depend on the link.
"""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import fleet, objects
from bench.row import Limit, Row
from pinnace_cloud.adapters.sqlite.store import SqliteStore
from pinnace_cloud.clock import SystemClock
from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Message
from pinnace_cloud.services.delivery import Delivery
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.services.workers import Workers
from pinnace_cloud.signing import keys
from pinnace_cloud.signing.signer import Signer
from pinnace_edge.rules import variants
from pinnace_schemas import api, head, topics
from pinnace_schemas.head import HeadEntry
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_schemas.topics import Kind

OBJECTS = 100
GROUP = fleet.group_name(0)
NAMESPACE = "shop"
MOST_BYTES = 1500
_CHANGED = "shop-0"


def measure() -> Iterator[Row]:
    alone = asyncio.run(_update(applications=1))
    about = f"one image of {OBJECTS} objects; head {alone.head}, chunks {alone.chunks}. Reference: the whole bundle"
    yield Row("update, 1 application", alone.update, "bytes", about, alone.whole, Limit(most=MOST_BYTES), True)
    asking = f"the same with what the node sends to get the chunks: subscribe, acknowledge, unsubscribe. {about}"
    yield Row("update, both directions", alone.update + alone.asking, "bytes", asking, alone.whole)
    among = asyncio.run(_update(applications=10))
    about = f"as above, in a group of 10 applications: head {among.head}, chunks {among.chunks}"
    yield Row("update, 1 application of 10", among.update, "bytes", about, among.whole)
    for applications in (1, 10):
        about = f"{applications} applications, one of which waits for another object now; no journal entries"
        yield Row(f"report that something else blocks, of {applications}", _report(applications), "bytes", about)


@dataclass(frozen=True, slots=True)
class _Cost:
    """Bytes of packets. `whole` is a node's that has nothing of the application yet, the head included."""

    head: int
    chunks: int
    asking: int
    whole: int

    @property
    def update(self) -> int:
        return self.head + self.chunks


async def _update(applications: int) -> _Cost:
    with tempfile.TemporaryDirectory() as folder:
        office = _Office.opened(Path(folder))
        try:
            sources = [_source(f"shop-{number}", "1.0.0") for number in range(applications)]
            await office.release(next(iter(fleet.group_documents(1, nodes_each=1))), *sources)
            before = office.digest()
            await office.release(_source(_CHANGED, "1.0.1"))
            return office.cost(before)
        finally:
            office.store.close()


def _source(name: str, tag: str) -> api.Source:
    items = [_named(item, name) for item in objects.mixed(OBJECTS, NAMESPACE)]
    container = items[0]["spec"]["template"]["spec"]["containers"][0]
    container["image"] = container["image"].rpartition(":")[0] + f":{tag}"
    component = {"name": "objects", "type": "k8s-objects", "properties": {"objects": items}}
    topology = {"name": "all", "type": "topology", "properties": {"clusters": [GROUP]}}
    document = {
        "apiVersion": "core.oam.dev/v1beta1",
        "kind": "Application",
        "metadata": {"name": name},
        "spec": {"components": [component], "policies": [topology]},
    }
    return api.Source(name=f"{name}.yaml", text=json.dumps(document))


def _named(item: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Two applications have no object in common."""
    return {**item, "metadata": {**item["metadata"], "name": f"{prefix}-{item['metadata']['name']}"}}


def _report(applications: int) -> int:
    """The report's packet: what a node sends when only the words of one application have changed."""
    speaker = fleet.Speaker(fleet.node_name(0), GROUP, [f"shop-{number}" for number in range(applications)])
    report = speaker.report(assignment=1, head=1, entries=0)
    blocked = report.states[0].model_copy(
        update={
            "phase": Phase.PROGRESSING,
            "reason": Reason.PROGRESSING,
            "ready": 19,
            "message": "apps/v1 Deployment shop/web-7: 1 of 3 replicas are available",
        }
    )
    sent = speaker.message(report.model_copy(update={"states": (blocked, *report.states[1:])}))
    return _publish(sent.topic, {sent.topic: sent.payload})


@dataclass
class _Broker:
    """Keeps what is retained, and acknowledges at once."""

    is_connected: bool = True
    retained: dict[str, bytes] = field(default_factory=dict)

    async def start(
        self,
        on_message: Callable[[Message], None],
        on_connect: Callable[[], None],
        on_disconnect: Callable[[str], None],
    ) -> None:
        """Nothing comes from nodes."""

    async def stop(self) -> None:
        """As `start`."""

    def subscribe(self, topic: str) -> None:
        """As `start`."""

    def unsubscribe(self, topic: str) -> None:
        """As `start`."""

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if retain:
            self.retained[topic] = payload


@dataclass(frozen=True, slots=True)
class _Office:
    """A controller without its event loop's other work."""

    store: SqliteStore
    releases: Releases
    broker: _Broker

    @classmethod
    def opened(cls, folder: Path) -> "_Office":
        store, clock = SqliteStore(folder / "controller.db"), SystemClock()
        signer = Signer(keys.init(folder / "keys", fleet.TENANT, clock.now()), fleet.TENANT)
        post = Post(fleet.TENANT, signer, DEFAULT_LIMITS)
        return cls(store, Releases(store, post, clock, lambda: None), _Broker())

    async def release(self, *sources: api.Source) -> None:
        """Applied and delivered."""
        self.releases.apply(api.ApplyRequest(sources=sources), "bench")
        workers = Workers()
        delivering = asyncio.create_task(Delivery(self.store, self.broker, workers, Metrics()).run())
        while self._waiting():
            await asyncio.sleep(0.01)
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)
        workers.close()

    def _waiting(self) -> int:
        with self.store.reading() as tx:
            return tx.outbox.count()

    def digest(self) -> str:
        """Of the bundle that changes."""
        digest: str = self._target()["hashes"]["sha256"]
        return digest

    def cost(self, before: str) -> _Cost:
        """For a node that has the bundle `before`, and for one that has none."""
        entry = HeadEntry.model_validate_json(json.dumps(self._target()["custom"]))
        message = _publish(_topic(Kind.HEAD, GROUP), self.broker.retained)
        update, whole = (_chunks(entry, known) for known in (before, ""))
        fetched = [_topic(Kind.CHUNK, digest) for digest in update]
        chunks = sum(_publish(topic, self.broker.retained) for topic in fetched)
        fresh = sum(_publish(_topic(Kind.CHUNK, digest), self.broker.retained) for digest in whole)
        asking = sum(_asking(topic) for topic in fetched) + _PUBACK
        return _Cost(message, chunks, asking, message + fresh)

    def _target(self) -> Any:
        message = self.broker.retained[_topic(Kind.HEAD, GROUP)]
        signed = json.loads(head.decode(message, DEFAULT_LIMITS, "head").group)["signed"]
        return signed["targets"][head.target_path(GROUP, "default", _CHANGED)]


def _chunks(entry: HeadEntry, known: str) -> tuple[str, ...]:
    chosen = variants.choose(entry.variants, lambda digest: digest == known, has_zstd=True, spoilt=frozenset())
    assert chosen is not None
    return chosen.chunks


def _topic(kind: Kind, name: str) -> str:
    return topics.build(fleet.TENANT, kind, name)


# Packets of MQTT 5, sections 3.3 to 3.11: fixed header, packet identifier, an empty list of properties.
_PUBACK, _SUBACK, _UNSUBACK = 4, 6, 6


def _publish(topic: str, retained: dict[str, bytes]) -> int:
    """QoS 1: topic with its length, identifier, properties, payload."""
    return _packet(2 + len(topic) + 2 + 1 + len(retained[topic]))


def _asking(topic: str) -> int:
    """Subscribe, acknowledge the chunk, unsubscribe; with the broker's answers."""
    subscribe, unsubscribe = _packet(2 + 1 + 2 + len(topic) + 1), _packet(2 + 1 + 2 + len(topic))
    return subscribe + _SUBACK + _PUBACK + unsubscribe + _UNSUBACK


def _packet(remaining: int) -> int:
    """With the fixed header: a byte, and the remaining length in groups of seven bits."""
    return 1 + max(1, -(-remaining.bit_length() // 7)) + remaining
