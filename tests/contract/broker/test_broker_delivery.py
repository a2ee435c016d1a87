"""Contract of both MQTT adapters on real brokers: what is published arrives."""

import pytest
from tests.contract.broker import clients
from tests.contract.broker.conftest import Join, World

from pinnace_cloud.ports import Message

pytestmark = pytest.mark.real

LARGEST = 96 * 1024
MANY = 2_000


def test_messages_pass_in_both_directions(world: World) -> None:
    """Every broker hands a message to whoever has subscribed to its topic."""
    world.start()
    edge, cloud = world.edge(), world.cloud()
    edge.subscribe("t/down")
    cloud.subscribe("t/up")
    clients.ready(edge, cloud)
    cloud.publish("t/down", b"to the edge")
    assert edge.told.message() == Message("t/down", b"to the edge")
    edge.publish("t/up", b"to the cloud")
    assert cloud.told.message() == Message("t/up", b"to the cloud")


def test_retained_is_delivered_on_subscribe_replaced_and_cleared(world: World, join: Join) -> None:
    """A broker keeps the last retained message of a topic, and forgets it when an empty one comes."""
    world.start()
    cloud = world.cloud()
    cloud.told.connected()
    cloud.publish("t/kept", b"old", retain=True)
    cloud.publish("t/kept", b"new", retain=True)
    first = join()
    first.told.connected()
    clients.kept(first, "t/kept", b"new")
    cloud.publish("t/kept", b"", retain=True)
    clients.wait_until(lambda: Message("t/kept", b"") in clients.until_settled(first), "the clearing message")
    second = join()
    second.told.connected()
    second.subscribe("t/kept")
    second.publish("t/kept", b"live")
    assert second.told.message() == Message("t/kept", b"live")


def test_subscribing_again_brings_the_retained_message_again(world: World, join: Join) -> None:
    """Brokers send retained messages for every SUBSCRIBE, also for one that they have: it is how we ask again."""
    world.start()
    client = join()
    clients.ready(client)
    client.publish("t/kept", b"kept", retain=True)
    for _ in range(2):
        clients.kept(client, "t/kept", b"kept")


def test_after_unsubscribing_nothing_more_arrives(world: World, join: Join) -> None:
    """Brokers handle the packets of one client in order."""
    world.start()
    client = join()
    client.subscribe("t/a")
    client.subscribe("t/b")
    clients.ready(client)
    client.unsubscribe("t/a")
    client.publish("t/a", b"unwanted")
    client.publish("t/b", b"wanted")
    assert client.told.message() == Message("t/b", b"wanted")


def test_wildcards_of_the_cloud_get_retained_and_live_messages(world: World) -> None:
    """mosquitto and NATS match wildcards against retained messages and mark those; RabbitMQ would not match."""
    world.start()
    edge, cloud = world.edge(), world.cloud()
    clients.ready(edge, cloud)
    edge.publish("t/nodes/a/presence", b"here", retain=True)
    clients.settle(edge)
    came = clients.kept(cloud, "t/nodes/+/presence", b"here")
    assert came[0] == Message("t/nodes/a/presence", b"here", retained=True)
    edge.publish("t/nodes/b/presence", b"live", retain=True)
    assert cloud.told.message() == Message("t/nodes/b/presence", b"live", retained=False)


def test_the_largest_message_passes_retained(world: World, join: Join) -> None:
    """96 KiB is below the limit of every common broker."""
    world.start()
    payload = bytes(range(256)) * (LARGEST // 256)
    client = join()
    clients.ready(client)
    client.publish("t/large", payload, retain=True)
    clients.kept(client, "t/large", payload)


def test_thousands_of_messages_to_the_edge_arrive_complete_and_in_order(world: World) -> None:
    """With one publisher and one subscriber every broker keeps the order; none drops what is taken off at once."""
    world.start()
    edge, cloud = world.edge(), world.cloud()
    edge.subscribe("t/many")
    clients.ready(edge, cloud)
    payloads = [b"%d" % number for number in range(MANY)]
    for begin in range(0, MANY, 500):  # mosquitto queues 1,000 for a subscriber and then drops
        cloud.publish_all("t/many", payloads[begin : begin + 500])
        assert [edge.told.message().payload for _ in range(500)] == payloads[begin : begin + 500]


def test_thousands_of_messages_from_the_edge_arrive_complete_and_in_order(world: World) -> None:
    """The edge's queue refuses rather than grows; a caller that comes again loses nothing."""
    world.start()
    edge, cloud = world.edge(), world.cloud()
    cloud.subscribe("t/+/report")
    clients.ready(edge, cloud)
    for number in range(MANY):
        edge.publish("t/a/report", b"%d" % number)
    assert [cloud.told.message().payload for _ in range(MANY)] == [b"%d" % number for number in range(MANY)]


def test_many_subscriptions_are_all_served(world: World, join: Join) -> None:
    """NATS refuses QoS 1 beyond 63 subscriptions of one client; the rest is asked for again with QoS 0."""
    world.start()
    client = join()
    topics = {f"t/{number}" for number in range(100)}
    for topic in topics:
        client.subscribe(topic)
    client.told.connected()
    heard: set[str] = set()

    def is_all_heard() -> bool:
        for topic in topics - heard:
            client.publish(topic, b"x")
        heard.update(message.topic for message in client.told.messages_here())
        return heard == topics

    clients.wait_until(is_all_heard, "a message to each topic")
