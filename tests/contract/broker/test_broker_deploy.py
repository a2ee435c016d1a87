"""The broker configuration that we ship, on a real mosquitto: it starts, and a node reaches its own topics only."""

from pathlib import Path

import pytest
from tests.contract.broker import clients
from tests.contract.broker.clients import CloudClient
from tests.contract.broker.conftest import World

from pinnace_schemas import topics
from pinnace_schemas.topics import Kind
from pinnace_sim.brokers import User, access

pytestmark = [
    pytest.mark.real,
    pytest.mark.parametrize("world", ["mosquitto-5", "mosquitto-3.1.1"], indirect=True),
]

DEPLOY = Path(__file__).parents[3] / "deploy"
USERS = (User("controller", "c"), User("shop-1", "s"))
# What the test sets itself: where files lie, and that loopback needs no TLS.
REPLACED = ("listener", "certfile", "keyfile", "password_file", "acl_file", "persistence_location", "log_dest")


@pytest.fixture
def shop(world: World, tmp_path: Path) -> World:
    passwords = tmp_path / "passwords"
    passwords.write_text(access.mosquitto_passwords(USERS))
    passwords.chmod(0o600)
    shipped = (DEPLOY / "mosquitto.conf").read_text().splitlines()
    lines = [line for line in shipped if line.split(" ")[0] not in REPLACED]
    own = [f"password_file {passwords}", f"acl_file {DEPLOY / 'mosquitto.acl'}", f"persistence_location {tmp_path}/"]
    world.start(lines=[*lines, *own])
    return world


def test_a_node_reports_to_the_controller_and_hears_from_it(shop: World) -> None:
    """The access list allows exactly the topics of the protocol."""
    cloud, edge = shop.cloud(user="controller", password="c"), shop.edge(user="shop-1", password="s")
    assignment, report = _topic(Kind.ASSIGNMENT, "shop-1"), _topic(Kind.REPORT, "shop-1")
    edge.subscribe(assignment)
    _hears_reports(cloud)
    edge.told.connected()
    edge.publish(report, b"mine")
    assert cloud.told.message().payload == b"mine"
    cloud.publish(assignment, b"yours", retain=True)
    assert edge.told.message().payload == b"yours"


def test_a_node_can_neither_speak_nor_listen_for_another(shop: World) -> None:
    """The broker grants the subscription and acknowledges the publish all the same, and delivers nothing."""
    cloud, edge = shop.cloud(user="controller", password="c"), shop.edge(user="shop-1", password="s")
    edge.subscribe(_topic(Kind.ASSIGNMENT, "shop-2"))
    edge.subscribe(_topic(Kind.INBOX, "shop-1"))
    _hears_reports(cloud)
    edge.told.connected()
    edge.publish(_topic(Kind.REPORT, "shop-2"), b"forged")
    edge.publish(_topic(Kind.HEAD, "shops"), b"forged", retain=True)
    edge.publish(_topic(Kind.REPORT, "shop-1"), b"mine")
    assert cloud.told.message().payload == b"mine"
    cloud.publish(_topic(Kind.ASSIGNMENT, "shop-2"), b"not yours")
    cloud.publish(_topic(Kind.INBOX, "shop-1"), b"yours")
    assert edge.told.message().payload == b"yours"
    cloud.subscribe(_topic(Kind.HEAD, "shops"))
    cloud.publish(_topic(Kind.REPORT, "shop-1"), b"last")
    assert cloud.told.message().payload == b"last"


def test_a_kill_loses_no_retained_message_that_was_saved(shop: World, tmp_path: Path) -> None:
    """mosquitto's defaults save every 30 minutes; ours within a tenth of a second, yet after the acknowledgement."""
    cloud = shop.cloud(user="controller", password="c")
    cloud.told.connected()
    cloud.publish(_topic(Kind.HEAD, "shops"), b"7", retain=True)
    assert shop.broker is not None
    clients.wait_until(lambda: b"groups/shops/head" in _saved(tmp_path), "the message in the broker's file")
    shop.broker.kill()
    shop.broker.restart()
    cloud.told.up_again()
    cloud.subscribe(_topic(Kind.HEAD, "shops"))
    assert cloud.told.message().payload == b"7"


def _hears_reports(cloud: CloudClient) -> None:
    cloud.told.connected()
    cloud.subscribe(topics.wildcard("default", Kind.REPORT))
    cloud.publish(_topic(Kind.REPORT, "nobody"), b"heard")
    assert cloud.told.message().payload == b"heard"


def _saved(folder: Path) -> bytes:
    file = folder / "mosquitto.db"
    return file.read_bytes() if file.exists() else b""


def _topic(kind: Kind, name: str) -> str:
    return topics.build("default", kind, name)
