"""The edge's MQTT adapter against brokers that misbehave: it lives, tells, and tries again."""

import queue
import random
from collections.abc import Callable, Iterator

import pytest
from tests.unit.edge import hostile_broker
from tests.unit.edge.hostile_broker import HostileBroker

from pinnace_edge.adapters.mqtt import MqttBroker
from pinnace_edge.ports import Arrived, Connected, Disconnected
from pinnace_schemas import broker_checks, broker_url
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion

PATIENCE_S = 10.0
Events = queue.Queue[object]


@pytest.fixture
def connect() -> Iterator[Callable[..., Events]]:
    brokers: list[MqttBroker] = []

    def make(port: int, version: MqttVersion = MqttVersion.V311) -> Events:
        address = broker_url.parse(f"mqtt://127.0.0.1:{port}")
        settings = BrokerSettings(address, "a", mqtt_version=version, first_retry_s=0.01, last_retry_s=0.05)
        events: Events = queue.Queue()
        brokers.append(MqttBroker(settings, None, events.put))
        brokers[-1].start()
        return events

    yield make
    for broker in brokers:
        broker.stop()


def _reason(events: Events) -> str:
    event = events.get(timeout=PATIENCE_S)
    assert isinstance(event, Disconnected), event
    return event.reason


def test_a_flood_is_not_read_into_memory(connect: Callable[..., Events]) -> None:
    size = broker_checks.MAX_INCOMING_BYTES + 1
    flood = bytes([0x30]) + hostile_broker.length(size) + bytes(1000)
    with HostileBroker([flood]) as broker:
        events = connect(broker.port)
        assert events.get(timeout=PATIENCE_S) == Connected()
        assert f"began to send {size} bytes in one message" in _reason(events)


def test_a_topic_that_is_no_text_is_dropped_and_the_next_message_arrives(connect: Callable[..., Events]) -> None:
    script = hostile_broker.publish(b"\xff\xfe", b"x") + hostile_broker.publish(b"t/a", b"y")
    with HostileBroker([script]) as broker:
        events = connect(broker.port)
        assert events.get(timeout=PATIENCE_S) == Connected()
        assert events.get(timeout=PATIENCE_S) == Arrived("t/a", b"y")


@pytest.mark.slow
@pytest.mark.parametrize("version", [MqttVersion.V311, MqttVersion.V5])
def test_garbage_breaks_connections_and_never_the_client(connect: Callable[..., Events], version: MqttVersion) -> None:
    source = random.Random(7)
    scripts = [bytes([source.randint(1, 15) << 4]) + source.randbytes(source.randint(1, 60)) for _ in range(80)]
    with HostileBroker([*scripts, b""], hangs_up=True) as broker:
        events = connect(broker.port, version)
        while len(broker.connects) < 81:
            events.get(timeout=PATIENCE_S)


def test_a_broker_that_hangs_up_on_mqtt_5_is_tried_with_3_1_1(connect: Callable[..., Events]) -> None:
    with HostileBroker([None, b""]) as broker:
        events = connect(broker.port, MqttVersion.AUTO)
        assert "did not answer" in _reason(events)
        assert events.get(timeout=PATIENCE_S) == Connected()
        assert [connect[connect.index(b"MQTT") + 4] for connect in broker.connects] == [5, 4]


def test_the_same_cause_is_told_once(connect: Callable[..., Events]) -> None:
    with HostileBroker([None, None, None, None, b""]) as broker:
        events = connect(broker.port)
        assert "did not answer" in _reason(events)
        assert events.get(timeout=PATIENCE_S) == Connected()
        assert len(broker.connects) == 5


def test_what_cannot_be_a_topic_is_refused_even_without_a_link() -> None:
    broker = MqttBroker(BrokerSettings(broker_url.parse("mqtt://127.0.0.1"), "a"), None, lambda _event: None)
    with pytest.raises(ValueError, match="wildcard"):
        broker.publish("a/+", b"")
    with pytest.raises(ValueError, match="space"):
        broker.subscribe("a b")
    broker.unsubscribe("a")
    broker.stop()


def test_a_host_name_that_does_not_exist_is_told() -> None:
    events: Events = queue.Queue()
    settings = BrokerSettings(broker_url.parse("mqtt://no-such-host.invalid"), "a")
    broker = MqttBroker(settings, None, events.put)
    broker.start()
    assert "the name 'no-such-host.invalid' cannot be resolved" in _reason(events)
    broker.stop()
