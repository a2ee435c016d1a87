"""The brokers of the tests are real ones, and do under kills, limits and refusals what the design counts on."""

from __future__ import annotations

import queue
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from pinnace_sim.brokers import Broker, Mosquitto, MosquittoOptions, Nats, NatsOptions, User
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

DEADLINE_S = 20.0
BROKERS = ("mosquitto", "nats")
CLOUD = User("cloud", "cloud-secret")
EDGE = User("edge", "edge-secret", publish=["site/report"], subscribe=["site/head"])


def _start(name: str, *, users: tuple[User, ...] = (), use_tls: bool = False, port: int | None = None) -> Broker:
    if name == "nats":
        require(Part.NATS)
        return Nats.start(NatsOptions(users=users, use_tls=use_tls), port=port)
    require(Part.MOSQUITTO)
    return Mosquitto.start(MosquittoOptions(users=users, use_tls=use_tls), port=port)


class _Client:
    """A paho client whose callbacks only put on queues."""

    def __init__(self, broker: Broker, user: User | None) -> None:
        self.messages: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.reasons: queue.Queue[str] = queue.Queue()
        self.subscribed: queue.Queue[int] = queue.Queue()
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        self.paho.on_connect = lambda _c, _u, _f, reason, _p: self.reasons.put(str(reason))
        self.paho.on_message = lambda _c, _u, message: self.messages.put((message.topic, bytes(message.payload)))
        self.paho.on_subscribe = lambda _c, _u, mid, _r, _p: self.subscribed.put(mid)
        if user is not None:
            self.paho.username_pw_set(user.name, user.password)
        if broker.ca is not None:
            self.paho.tls_set_context(ssl.create_default_context(cafile=str(broker.ca)))
        self.paho.connect("127.0.0.1", broker.port)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.paho.publish(topic, payload, qos=1, retain=retain).wait_for_publish(DEADLINE_S)

    def subscribe(self, topic: str) -> None:
        self.paho.subscribe(topic, qos=1)
        self.subscribed.get(timeout=DEADLINE_S)


@contextmanager
def _client(broker: Broker, user: User | None = None) -> Iterator[_Client]:
    client = _Client(broker, user)
    client.paho.loop_start()
    try:
        assert client.reasons.get(timeout=DEADLINE_S) == "Success"
        yield client
    finally:
        client.paho.disconnect()
        client.paho.loop_stop()


@pytest.mark.parametrize("name", BROKERS)
def test_message_reaches_its_subscriber(name: str) -> None:
    with _start(name) as broker, _client(broker) as one, _client(broker) as other:
        one.subscribe("site/head")
        other.publish("site/head", b"hello")
        assert one.messages.get(timeout=DEADLINE_S) == ("site/head", b"hello")


@pytest.mark.parametrize("name", BROKERS)
def test_retained_message_of_96_kib_is_delivered_whole(name: str) -> None:
    payload = bytes(range(256)) * 384
    with _start(name) as broker:
        with _client(broker) as client:
            client.publish("site/head", payload, retain=True)
        # NATS shows it a moment after it has acknowledged it.
        wait_until(lambda: _retained(broker, "site/head") == [payload], "the retained message", DEADLINE_S)


@pytest.mark.parametrize(("name", "remembers"), [("mosquitto", False), ("nats", True)])
def test_killed_broker_comes_back_on_its_port(name: str, remembers: bool) -> None:
    with _start(name) as broker:
        port, pid = broker.port, broker.pid
        with _client(broker) as client:
            client.publish("site/head", b"kept?", retain=True)
        broker.kill()
        assert not Path(f"/proc/{pid}").exists()
        broker.restart()
        assert (broker.port, broker.is_running) == (port, True)
        assert _retained(broker, "site/head") == ([b"kept?"] if remembers else [])


def test_mosquitto_with_persistence_remembers_what_it_saved_at_its_end() -> None:
    require(Part.MOSQUITTO)
    with Mosquitto.start(MosquittoOptions(persistence=True)) as broker:
        with _client(broker) as client:
            client.publish("site/head", b"saved", retain=True)
        broker.terminate()
        broker.restart()
        assert _retained(broker, "site/head") == [b"saved"]


@pytest.mark.parametrize("name", BROKERS)
def test_user_publishes_only_where_it_may(name: str) -> None:
    with _start(name, users=(CLOUD, EDGE)) as broker, _client(broker, CLOUD) as cloud, _client(broker, EDGE) as edge:
        cloud.subscribe("site/#")
        edge.publish("site/other", b"forbidden")
        edge.publish("site/report", b"allowed")
        assert cloud.messages.get(timeout=DEADLINE_S) == ("site/report", b"allowed")


@pytest.mark.parametrize("name", BROKERS)
def test_user_receives_only_what_it_may(name: str) -> None:
    with _start(name, users=(CLOUD, EDGE)) as broker, _client(broker, CLOUD) as cloud, _client(broker, EDGE) as edge:
        edge.subscribe("site/secret")
        edge.subscribe("site/head")
        cloud.publish("site/secret", b"forbidden")
        cloud.publish("site/head", b"allowed")
        assert edge.messages.get(timeout=DEADLINE_S) == ("site/head", b"allowed")


@pytest.mark.parametrize("name", BROKERS)
def test_wrong_password_is_refused(name: str) -> None:
    with _start(name, users=(EDGE,)) as broker:
        stranger = _Client(broker, User("edge", "guess"))
        stranger.paho.loop_start()
        assert stranger.reasons.get(timeout=DEADLINE_S) in {"Not authorized", "Bad user name or password"}
        stranger.paho.disconnect()
        stranger.paho.loop_stop()


@pytest.mark.parametrize("name", BROKERS)
def test_tls_is_spoken_with_a_certificate_of_its_authority(name: str) -> None:
    with _start(name, use_tls=True) as broker, _client(broker) as client:
        assert broker.url == f"mqtts://127.0.0.1:{broker.port}"
        client.subscribe("site/head")
        client.publish("site/head", b"secret")
        assert client.messages.get(timeout=DEADLINE_S) == ("site/head", b"secret")


def test_mosquitto_acknowledges_and_drops_what_is_over_its_message_limit() -> None:
    require(Part.MOSQUITTO)
    with Mosquitto.start(MosquittoOptions(message_size_limit=100)) as broker, _client(broker) as client:
        client.subscribe("site/head")
        client.publish("site/head", b"x" * 101)
        client.publish("site/head", b"small")
        assert client.messages.get(timeout=DEADLINE_S) == ("site/head", b"small")


def test_port_may_be_chosen() -> None:
    with _start("mosquitto") as broker:
        port = broker.port
    with _start("mosquitto", port=port) as again:
        assert again.port == port


@pytest.mark.parametrize("name", BROKERS)
def test_stop_leaves_no_process_and_no_folder(name: str) -> None:
    with _start(name) as broker:
        pid, data = broker.pid, broker.data
    assert not Path(f"/proc/{pid}").exists()
    assert not data.exists()


def _retained(broker: Broker, topic: str) -> list[bytes]:
    """The retained messages of a topic: what arrives before a message sent after subscribing."""
    with _client(broker) as client:
        client.subscribe(topic)
        client.subscribe("fence")
        client.publish("fence", b"")
        received = []
        while (message := client.messages.get(timeout=DEADLINE_S))[0] != "fence":
            received.append(message[1])
    return received
