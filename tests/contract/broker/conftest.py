"""Real brokers for the cases, each case with one of its own, and clients that are stopped afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest
from tests.contract.broker.clients import Client, CloudClient, EdgeClient

from pinnace_edge.adapters.mqtt_client import Presence
from pinnace_schemas import broker_url
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion
from pinnace_sim.brokers import Broker, Mosquitto, MosquittoOptions, Nats, NatsOptions, User
from pinnace_sim.link import Link
from pinnace_sim.provision import Part, require

AnyClient = TypeVar("AnyClient", EdgeClient, CloudClient)


@dataclass(frozen=True)
class Kind:
    """A broker, the version that is asked of it, and the QoS of our subscriptions."""

    part: Part
    version: MqttVersion
    qos: Literal[0, 1]

    @property
    def is_nats(self) -> bool:
        return self.part is Part.NATS


KINDS = {
    "mosquitto-5": Kind(Part.MOSQUITTO, MqttVersion.V5, 1),
    "mosquitto-3.1.1": Kind(Part.MOSQUITTO, MqttVersion.V311, 1),
    # Asked for 5 first, as in the field: NATS refuses, and both adapters go on with 3.1.1.
    "nats-qos1": Kind(Part.NATS, MqttVersion.AUTO, 1),
    "nats-qos0": Kind(Part.NATS, MqttVersion.AUTO, 0),
}


class World:
    """One broker of the case's kind, started by the case, and everything that connects to it."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.broker: Broker | None = None
        self._clients: list[Client] = []
        self._links: list[Link] = []

    def start(self, *, port: int | None = None, users: tuple[User, ...] = (), **options: Any) -> Broker:
        if self.kind.is_nats:
            self.broker = Nats.start(NatsOptions(users=users, **options), port=port)
        else:
            self.broker = Mosquitto.start(MosquittoOptions(users=users, **options), port=port)
        return self.broker

    def link(self) -> Link:
        assert self.broker is not None
        link = Link.start("127.0.0.1", self.broker.port)
        self._links.append(link)
        return link

    def settings(self, name: str, port: int | None = None, **changes: Any) -> BrokerSettings:
        """Retries and deadlines are short; the rest is as in the field."""
        use_tls = self.broker is not None and self.broker.ca is not None
        ca: Path | None = self.broker.ca if self.broker else None
        address = broker_url.parse(f"{'mqtts' if use_tls else 'mqtt'}://127.0.0.1:{port or self._port()}")
        settings = BrokerSettings(
            replace(address, user=changes.pop("user", "")),
            f"{name}-{len(self._clients)}",
            ca_file=ca,
            mqtt_version=self.kind.version,
            subscribe_qos=self.kind.qos,
            connect_timeout_s=5.0,
            first_retry_s=0.05,
            last_retry_s=0.3,
        )
        return replace(settings, **changes)

    def edge(self, *, presence: Presence | None = None, **changes: Any) -> EdgeClient:
        return self._keep(EdgeClient(self.settings("edge", **changes), presence))

    def cloud(self, *, publish_timeout_s: float = 20.0, **changes: Any) -> CloudClient:
        return self._keep(CloudClient(self.settings("cloud", **changes), publish_timeout_s))

    def close(self) -> None:
        for client in self._clients:
            client.stop()
        for link in self._links:
            link.stop()
        if self.broker is not None:
            self.broker.stop()

    def _port(self) -> int:
        assert self.broker is not None
        return self.broker.port

    def _keep(self, client: AnyClient) -> AnyClient:
        self._clients.append(client)
        return client


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    kind = KINDS[request.param]
    require(kind.part)
    world = World(kind)
    yield world
    world.close()


Join = Callable[..., Client]


@pytest.fixture(params=["edge", "cloud"])
def join(request: pytest.FixtureRequest, world: World) -> Join:
    """Makes a client: the case holds for both adapters."""
    return world.edge if request.param == "edge" else world.cloud
