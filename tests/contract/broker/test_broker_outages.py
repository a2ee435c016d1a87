"""Contract of both MQTT adapters on real brokers: what they tell and do when the link or the broker goes."""

import concurrent.futures

import pytest
from tests.contract.broker import clients
from tests.contract.broker.conftest import Join, World

from pinnace_cloud.ports import Message
from pinnace_edge.adapters.mqtt_client import Presence
from pinnace_schemas.errors import Unavailable
from pinnace_sim.provision import ports

pytestmark = pytest.mark.real

PRESENCE = Presence("t/nodes/a/presence", b"online", b"offline")
KEEPALIVE_S = 1


def test_a_killed_broker_is_told_once_and_found_again_with_all_subscriptions(world: World, join: Join) -> None:
    """kill -9 closes every connection; clean sessions forget the subscriptions."""
    broker = world.start()
    client = join()
    client.subscribe("t/a")
    clients.ready(client)
    broker.kill()
    assert "broke" in client.told.disconnected()
    broker.restart()
    assert all("nothing listens" in reason for reason in client.told.up_again())
    clients.settle(client)
    client.publish("t/a", b"after")
    assert client.told.message() == Message("t/a", b"after")


def test_retained_messages_may_be_lost_in_a_kill_and_are_good_again_when_published_again(world: World) -> None:
    """mosquitto without persistence forgets what it has acknowledged; NATS keeps it. Publishing again is safe."""
    broker = world.start()
    cloud = world.cloud()
    clients.ready(cloud)
    cloud.publish("t/head", b"7", retain=True)
    broker.kill()
    broker.restart()
    cloud.told.up_again()
    if world.kind.is_nats:
        clients.kept(cloud, "t/head", b"7")
    else:
        cloud.subscribe("t/head")
        assert clients.until_settled(cloud) == []
    cloud.publish("t/head", b"7", retain=True)
    edge = world.edge()
    edge.told.connected()
    clients.kept(edge, "t/head", b"7")


def test_nothing_is_kept_for_an_absent_client(world: World) -> None:
    """A clean session has no offline queue: what is published meanwhile is gone, unless it is retained."""
    broker = world.start()
    link = world.link()
    edge, cloud = world.edge(port=link.port), world.cloud()
    edge.subscribe("t/live")
    edge.subscribe("t/kept")
    clients.ready(edge, cloud)
    link.cut()
    edge.told.disconnected()
    cloud.publish("t/live", b"missed")
    cloud.publish("t/kept", b"kept", retain=True)
    link.restore()
    edge.told.up_again()
    assert Message("t/live", b"missed") not in clients.kept(edge, "t/kept", b"kept")
    assert broker.is_running


def test_without_a_link_nothing_is_queued(world: World) -> None:
    """The outbox is the memory, never the client library."""
    world.start()
    link = world.link()
    edge, cloud = world.edge(port=link.port), world.cloud(port=link.port)
    clients.ready(edge, cloud)
    link.cut()
    edge.told.disconnected()
    reason = cloud.told.disconnected()
    assert edge.broker.publish("t/a", b"x") is False
    with pytest.raises(Unavailable, match=r"broke|nothing listens"):
        cloud.publish("t/a", b"x")
    assert "broke" in reason


def test_a_broker_that_comes_later_is_found(world: World, join: Join) -> None:
    """Nothing listens: the connection is refused at once."""
    port = ports.free_port()
    client = join(port=port)
    client.subscribe("t/a")
    assert client.told.disconnected().startswith(f"nothing listens at mqtt://127.0.0.1:{port}")
    world.start(port=port)
    client.told.up_again()
    clients.settle(client)
    client.publish("t/a", b"x")
    assert client.told.message().payload == b"x"


def test_a_dead_link_is_noticed_by_keepalive(world: World, join: Join) -> None:
    """Nothing arrives any more and no connection closes: only the missing answer to a ping tells."""
    world.start()
    link = world.link()
    client = join(port=link.port, keepalive_s=KEEPALIVE_S)
    clients.ready(client)
    link.black_hole()
    assert "no longer answers" in client.told.disconnected()
    link.restore()
    client.told.up_again()


def test_a_broker_that_accepts_and_never_answers_is_given_up(world: World, join: Join) -> None:
    """A stopped process still accepts connections: the kernel does it."""
    broker = world.start()
    link = world.link()
    link.black_hole()
    client = join(port=link.port, connect_timeout_s=0.3)
    assert "did not answer: is it an MQTT broker" in client.told.disconnected()
    link.restore()
    client.told.up_again()
    assert broker.is_running


def test_publishes_end_as_unavailable_when_the_broker_dies_before_it_acknowledges(world: World) -> None:
    """Whether the broker stored it nobody knows: the outbox publishes again."""
    broker = world.start()
    link = world.link()
    cloud = world.cloud(port=link.port)
    clients.ready(cloud)
    link.black_hole()
    with concurrent.futures.ThreadPoolExecutor(30) as pool:  # more than the broker takes at once
        results = [pool.submit(cloud.publish, "t/a", b"x") for _ in range(30)]
        broker.kill()
        link.cut()
        errors = [result.exception(clients.PATIENCE_S) for result in results]
    assert {type(error) for error in errors} == {Unavailable}


def test_a_publish_without_acknowledgement_ends_at_its_deadline(world: World) -> None:
    """A stopped broker keeps the connection and says nothing."""
    broker = world.start()
    cloud = world.cloud(publish_timeout_s=0.2)
    clients.ready(cloud)
    broker.pause()
    with pytest.raises(Unavailable, match=r"did not acknowledge within 0.2 s"):
        cloud.publish("t/a", b"x")
    broker.resume()
    clients.settle(cloud)


def test_presence_is_online_offline_and_the_will(world: World) -> None:
    """A broker publishes the will when a connection breaks, and drops it after a DISCONNECT."""
    world.start()
    cloud = world.cloud()
    cloud.subscribe("t/nodes/+/presence")
    clients.ready(cloud)
    link = world.link()
    edge = world.edge(presence=PRESENCE, port=link.port)
    edge.told.connected()
    assert cloud.told.message().payload == PRESENCE.online
    link.reset()
    assert [cloud.told.message().payload for _ in range(2)] == [PRESENCE.offline, PRESENCE.online]
    edge.told.disconnected()
    edge.told.connected()
    edge.stop()
    assert cloud.told.message().payload == PRESENCE.offline
    assert "ended from here" in edge.told.disconnected()


def test_stopping_is_quick_final_and_repeatable(world: World, join: Join) -> None:
    """With a broker that hangs there is no good-bye, and no waiting for one beyond its deadline."""
    broker = world.start()
    client = join()
    clients.ready(client)
    broker.pause()
    client.stop()
    client.stop()
    broker.resume()
    assert "ended from here" in client.told.disconnected()
    assert client.told.is_empty()
