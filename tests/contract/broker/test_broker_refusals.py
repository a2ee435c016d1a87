"""Contract of both MQTT adapters on real brokers: what a broker refuses, and what we refuse before it can."""

from pathlib import Path

import pytest
from tests.contract.broker import clients
from tests.contract.broker.conftest import Join, World
from tests.contract.broker.plain import HUNG_UP, Plain

from pinnace_schemas.broker_settings import MqttVersion
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason
from pinnace_sim.brokers import User
from pinnace_sim.provision.certificates import Authority

pytestmark = pytest.mark.real

LIMIT = 10_000
GUEST = User("guest", "of-the-house", publish=["open/#", "settle/#"], subscribe=["open/#", "settle/#"])


def _spoken(world: World) -> MqttVersion:
    return MqttVersion.V5 if world.kind.version is MqttVersion.V5 else MqttVersion.V311


def test_an_oversize_message_is_refused_here_and_others_pass(world: World, join: Join) -> None:
    """Brokers hang up on a message above their limit, or drop it and acknowledge it all the same."""
    broker = world.start(message_size_limit=LIMIT)
    plain = Plain(broker.port, _spoken(world))
    assert plain.connected() == "Success"
    is_silent = _spoken(world) is MqttVersion.V311 and not world.kind.is_nats
    assert plain.publish("t/large", bytes(LIMIT + 1)) == ("Success" if is_silent else HUNG_UP)
    client = join(max_message_bytes=LIMIT)
    clients.ready(client)
    with pytest.raises(Rejected) as caught:
        client.publish("t/large", bytes(LIMIT + 1))
    assert (caught.value.reason, caught.value.where) == (Reason.TOO_LARGE, "t/large")
    assert f"{LIMIT + 1} bytes" in caught.value.message
    clients.settle(client)
    assert client.told.is_empty()


@pytest.mark.parametrize("world", ["mosquitto-5"], indirect=True)
def test_the_limit_that_a_broker_announces_is_kept(world: World, join: Join) -> None:
    """MQTT 5 brokers announce the largest packet that they take; 3.1.1 cannot."""
    world.start(max_packet_size=LIMIT)
    client = join()
    clients.ready(client)
    with pytest.raises(Rejected, match=rf"packets of .*\({LIMIT} bytes\)"):
        client.publish("t/large", bytes(LIMIT))
    clients.settle(client)


def test_a_wrong_password_is_told_once_and_tried_on(world: World, join: Join) -> None:
    """Brokers answer CONNECT with "not authorized" and close."""
    broker = world.start(users=(GUEST,))
    plain = Plain(broker.port, _spoken(world), User(GUEST.name, "guessed"))
    assert plain.connected() == "Not authorized"
    link = world.link()
    client = join(port=link.port, user=GUEST.name, password="guessed")
    reason = client.told.disconnected()
    assert "refused the connection (Not authorized): check user 'guest' and its password" in reason
    clients.wait_until(lambda: link.counts.accepted >= 3, "more attempts")
    assert client.told.is_empty()


def test_what_is_not_permitted_ends_nothing(world: World) -> None:
    """A denied publish is acknowledged on 3.1.1, a denied subscription granted by mosquitto: neither is a proof."""
    broker = world.start(users=(GUEST,))
    plain = Plain(broker.port, _spoken(world), GUEST)
    assert plain.connected() == "Success"
    assert plain.subscribe("closed/a") == ("Unspecified error" if world.kind.is_nats else "Granted QoS 1")
    assert plain.publish("closed/a", b"x") == ("Not authorized" if _spoken(world) is MqttVersion.V5 else "Success")
    edge = world.edge(user=GUEST.name, password=GUEST.password)
    edge.subscribe("closed/a")
    edge.subscribe("open/a")
    clients.ready(edge)
    edge.publish("closed/a", b"x")
    edge.publish("open/a", b"y")
    assert edge.told.message().payload == b"y"
    clients.settle(edge)


def test_a_denied_publish_of_the_cloud_is_an_error_where_the_broker_says_so(world: World) -> None:
    """MQTT 5 says it in the acknowledgement, 3.1.1 cannot."""
    world.start(users=(GUEST,))
    cloud = world.cloud(user=GUEST.name, password=GUEST.password)
    clients.ready(cloud)
    if _spoken(world) is MqttVersion.V5:
        with pytest.raises(Unavailable, match=r"refused a message of guest \(Not authorized\)"):
            cloud.publish("closed/a", b"x")
    else:
        cloud.publish("closed/a", b"x")
    clients.settle(cloud)


@pytest.mark.parametrize("world", ["nats-qos1"], indirect=True)
def test_a_version_that_the_broker_does_not_speak_is_named(world: World, join: Join) -> None:
    """NATS answers CONNECT of MQTT 5 with "unsupported protocol version"."""
    broker = world.start()
    assert Plain(broker.port, MqttVersion.V5).connected() == "Unsupported protocol version"
    client = join(mqtt_version=MqttVersion.V5)
    assert "it does not speak MQTT 5; set mqtt_version to auto" in client.told.disconnected()


def test_tls_with_the_right_authority_connects(world: World, join: Join) -> None:
    """The broker shows a certificate for 127.0.0.1 of its own authority."""
    world.start(use_tls=True)
    client = join()
    clients.ready(client)
    client.publish("t/a", bytes(50_000), retain=True)
    clients.kept(client, "t/a", bytes(50_000))


def test_tls_with_another_authority_is_refused_and_says_what_to_do(world: World, join: Join, tmp_path: Path) -> None:
    """The broker's certificate cannot be traced to an authority that we were given."""
    world.start(use_tls=True)
    other = Authority(tmp_path, "another authority").certificate
    client = join(ca_file=other)
    reason = client.told.disconnected()
    assert f"it is not signed by {other}; set the CA file of the broker" in reason


def test_a_ca_file_that_cannot_be_read_is_named(world: World, join: Join, tmp_path: Path) -> None:
    """Nothing reaches the broker."""
    world.start(use_tls=True)
    client = join(ca_file=tmp_path / "absent.crt")
    assert f"cannot read {tmp_path / 'absent.crt'} (No such file or directory)" in client.told.disconnected()
