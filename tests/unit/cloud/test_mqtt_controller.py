"""The controller's MQTT adapter against brokers that misbehave, and in odd circumstances of its own process."""

import asyncio
import os
import random
import resource
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.unit.edge import hostile_broker
from tests.unit.edge.hostile_broker import HostileBroker

from pinnace_cloud.adapters.mqtt import MqttBroker
from pinnace_cloud.ports import Message
from pinnace_schemas import broker_checks, broker_url
from pinnace_schemas.broker_settings import BrokerSettings, MqttVersion
from pinnace_schemas.errors import Rejected, Unavailable

PATIENCE_S = 20.0
UP = "up"
BEYOND_SELECT = 1_100  # select() takes file descriptors below 1,024 only


class _Case:
    """An adapter and what it told, in order."""

    def __init__(self, port: int, version: MqttVersion) -> None:
        address = broker_url.parse(f"mqtt://127.0.0.1:{port}")
        settings = BrokerSettings(address, "c", mqtt_version=version, first_retry_s=0.01, last_retry_s=0.05)
        self.broker = MqttBroker(settings)
        self.told: asyncio.Queue[str | Message] = asyncio.Queue()

    async def start(self) -> None:
        await self.broker.start(self.told.put_nowait, lambda: self.told.put_nowait(UP), self.told.put_nowait)


def _run(
    port: int, case: Callable[[_Case], Coroutine[Any, Any, None]], version: MqttVersion = MqttVersion.V311
) -> None:
    async def all_of_it() -> None:
        made = _Case(port, version)
        await made.start()
        try:
            await case(made)
        finally:
            await made.broker.stop()

    asyncio.run(asyncio.wait_for(all_of_it(), PATIENCE_S))


def test_a_flood_is_not_read_into_memory() -> None:
    size = broker_checks.MAX_INCOMING_BYTES + 1
    flood = bytes([0x30]) + hostile_broker.length(size) + bytes(1000)

    async def case(made: _Case) -> None:
        assert await made.told.get() == UP
        assert f"began to send {size} bytes in one message" in str(await made.told.get())

    with HostileBroker([flood]) as broker:
        _run(broker.port, case)


def test_a_topic_that_is_no_text_is_dropped_and_the_next_message_arrives() -> None:
    async def case(made: _Case) -> None:
        assert await made.told.get() == UP
        assert await made.told.get() == Message("t/a", b"y")

    script = hostile_broker.publish(b"\xff\xfe", b"x") + hostile_broker.publish(b"t/a", b"y")
    with HostileBroker([script]) as broker:
        _run(broker.port, case)


@pytest.mark.slow
@pytest.mark.parametrize("version", [MqttVersion.V311, MqttVersion.V5])
def test_garbage_breaks_connections_and_never_the_client(version: MqttVersion) -> None:
    source = random.Random(7)
    scripts = [bytes([source.randint(1, 15) << 4]) + source.randbytes(source.randint(1, 60)) for _ in range(80)]

    async def case(made: _Case) -> None:
        while len(broker.connects) < 81:
            await made.told.get()

    with HostileBroker([*scripts, b""], hangs_up=True) as broker:
        _run(broker.port, case, version)


def test_a_broker_that_hangs_up_on_mqtt_5_is_tried_with_3_1_1() -> None:
    async def case(made: _Case) -> None:
        assert "did not answer" in str(await made.told.get())
        assert await made.told.get() == UP

    with HostileBroker([None, b""]) as broker:
        _run(broker.port, case, MqttVersion.AUTO)
        assert [connect[connect.index(b"MQTT") + 4] for connect in broker.connects] == [5, 4]


def test_without_a_link_a_publish_says_why_and_an_oversize_one_is_refused_all_the_same() -> None:
    async def case(made: _Case) -> None:
        assert not made.broker.is_connected
        with pytest.raises(Rejected):
            await made.broker.publish("t", bytes(broker_checks.MAX_INCOMING_BYTES), retain=False)
        assert "did not answer" in str(await made.told.get())
        with pytest.raises(Unavailable, match="did not answer"):
            await made.broker.publish("t", b"x", retain=False)

    with HostileBroker([None] * 1000) as broker:
        _run(broker.port, case)


def test_it_works_beyond_the_file_descriptors_of_select() -> None:
    async def case(made: _Case) -> None:
        assert await made.told.get() == UP
        assert await made.told.get() == Message("t/a", b"y")

    with HostileBroker([hostile_broker.publish(b"t/a", b"y")]) as broker, _many_open_files():
        _run(broker.port, case)


def test_stopping_before_the_start_and_twice_is_harmless() -> None:
    async def case() -> None:
        broker = MqttBroker(BrokerSettings(broker_url.parse("mqtt://127.0.0.1:1"), "c"))
        await broker.stop()
        await broker.start(lambda _message: None, lambda: None, lambda _reason: None)
        await broker.stop()
        await broker.stop()

    asyncio.run(asyncio.wait_for(case(), PATIENCE_S))


@contextmanager
def _many_open_files() -> Iterator[None]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * BEYOND_SELECT:
        pytest.skip(f"this machine allows {hard} open files only")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * BEYOND_SELECT, hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(BEYOND_SELECT)]
    try:
        yield
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
