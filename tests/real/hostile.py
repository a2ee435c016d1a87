"""What an attacker can do who reaches the broker, or who has stolen keys: publish anything, sign for anyone.

Also the honest counterparts: what is retained, a node that signs its own reports, what the controller has counted.
"""

import dataclasses
import json
import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from pinnace_cloud.signing import keys
from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.signing.signer import Signer
from pinnace_edge.adapters.identity import NodeKey
from pinnace_schemas import compression, control, envelope, head, times
from pinnace_schemas import topics as names
from pinnace_schemas.compression import Encoding
from pinnace_schemas.head import HeadEntry
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import Addressed, Report
from pinnace_schemas.topics import Kind
from pinnace_sim.processes import Controller

TENANT = "default"
PATIENCE_S = 20.0
GARBAGE = b"\x00\xffthis is neither zlib nor JSON\x00"
# 48 KiB that unpack to 48 MiB.
BOMB = compression.deflate(b"\0" * (48 * 1024 * 1024))
ZSTD_BOMB = compression.compress(b"\0" * (48 * 1024 * 1024), Encoding.ZSTD)
OVERSIZED = b"x" * (DEFAULT_LIMITS.max_message_bytes + 1)


def topic(kind: Kind, name: str) -> str:
    return names.build(TENANT, kind, name)


class Line:
    """One connection to the broker. A publish returns when the broker has it."""

    def __init__(self, port: int) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._subscribed = threading.Event()
        self.arrived: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def publish(self, to: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(to, payload, 1, retain=retain).wait_for_publish(PATIENCE_S)

    def listen(self, to: str) -> None:
        """What comes from now on, and what is retained, goes to `arrived`."""
        self._subscribed.clear()
        self._client.subscribe(to, 1)
        assert self._subscribed.wait(PATIENCE_S)

    def next(self) -> tuple[str, bytes]:
        """The next topic and payload. Raises queue.Empty after a long while."""
        return self.arrived.get(timeout=PATIENCE_S)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.arrived.put((message.topic, bytes(message.payload)))


@contextmanager
def line(port: int) -> Iterator[Line]:
    opened = Line(port)
    try:
        yield opened
    finally:
        opened.stop()


def retained(port: int, on: str) -> bytes:
    """What the broker keeps on a topic, which must be something."""
    with line(port) as asking:
        asking.listen(on)
        return asking.next()[1]


class Forger:
    """Signs with a set of keys: the controller's own, when they were stolen, or others."""

    def __init__(self, keyset: KeySet, tenant: str = TENANT) -> None:
        self._signer = Signer(dataclasses.replace(keyset, tenant=tenant), tenant)

    def head(self, group: str, bundles: Iterable[ReleasedBundle], version: int) -> bytes:
        signed = self._signer.head(group, tuple(bundles), version=version, now=datetime.now(UTC))
        return head.encode(signed, DEFAULT_LIMITS, "forged")

    def control(self, message: Addressed, *, with_targets: bool = False) -> bytes:
        signed = self._signer.control(message, with_targets=with_targets)
        return control.encode(signed, DEFAULT_LIMITS, "forged")


def stolen_keys(controller: Controller) -> KeySet:
    return keys.load(controller.data / "keys")


def other_keys(folder: Path) -> KeySet:
    """A key set of the same tenant that nobody trusts."""
    return keys.init(folder, TENANT, datetime.now(UTC))


def bundles_of(message: bytes) -> tuple[list[ReleasedBundle], int]:
    """What a head names, and its version."""
    found = head.decode(message, DEFAULT_LIMITS, "head")
    targets = json.loads(found.group)["signed"]["targets"]
    version = json.loads(found.timestamp)["signed"]["version"]
    return [_released(target) for target in targets.values()], version


def _released(target: dict[str, Any]) -> ReleasedBundle:
    entry = HeadEntry.model_validate_json(json.dumps(target["custom"]))
    return ReleasedBundle(entry, target["hashes"]["sha256"], target["length"])


def report(node: str, journal: str, number: int, key: NodeKey, **changes: Any) -> bytes:
    """A report as this node's daemon would send it, signed by any key."""
    now = times.format_time(datetime.now(UTC))
    said: dict[str, Any] = {"tenant": TENANT, "node": node, "journal": journal, "number": number, **changes}
    written = Report(sent_at=now, started_at=now, daemon="test", **said)
    return envelope.encode(key.sign(written), DEFAULT_LIMITS, "report")


def opened_control(payload: bytes) -> dict[str, Any]:
    """What a control message says, unverified."""
    message = control.decode(payload, DEFAULT_LIMITS, "control")
    signed: dict[str, Any] = json.loads(message.envelope)["signed"]
    return signed


def counted(controller: Controller, name: str, **labels: str) -> float:
    """A number of /metrics; 0 for one that was never counted."""
    shown = ",".join(f'{label}="{value}"' for label, value in labels.items())
    wanted = f"{name}{{{shown}}}" if shown else name
    for text in controller.metrics().splitlines():
        found, _, number = text.rpartition(" ")
        if found == wanted:
            return float(number)
    return 0.0
