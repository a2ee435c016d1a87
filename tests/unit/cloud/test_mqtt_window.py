"""The window of publishes without an acknowledgement: bounded, fair, and never silent."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from pinnace_cloud.adapters.mqtt.window import Window
from pinnace_schemas.errors import Unavailable


def _run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


def _window(size: int) -> Window:
    window = Window()
    window.open(size)
    return window


async def _waiting(window: Window) -> asyncio.Task[None]:
    task = asyncio.create_task(window.enter())
    await asyncio.sleep(0)
    assert not task.done()
    return task


def test_places_are_given_in_the_order_of_arrival() -> None:
    async def case() -> None:
        window = _window(1)
        await window.enter()
        first, second = await _waiting(window), await _waiting(window)
        window.leave()
        await first
        assert not second.done()
        window.leave()
        await second

    _run(case())


def test_an_acknowledgement_frees_its_place() -> None:
    async def case() -> None:
        window = _window(1)
        await window.enter()
        answer = window.expect(7)
        waiting = await _waiting(window)
        window.acknowledged(7)
        await answer
        await waiting

    _run(case())


def test_a_refusal_is_unavailable_with_its_reason() -> None:
    async def case() -> None:
        window = _window(1)
        await window.enter()
        answer = window.expect(7)
        window.acknowledged(7, "not permitted")
        with pytest.raises(Unavailable, match="not permitted"):
            await answer

    _run(case())


def test_a_publisher_that_gave_up_keeps_its_place_until_the_acknowledgement() -> None:
    async def case() -> None:
        window = _window(1)
        await window.enter()
        window.expect(7).cancel()
        waiting = await _waiting(window)
        window.acknowledged(7)
        await waiting

    _run(case())


def test_who_is_cancelled_in_the_queue_hands_the_place_on() -> None:
    async def case() -> None:
        window = _window(1)
        await window.enter()
        first, second = await _waiting(window), await _waiting(window)
        window.leave()
        first.cancel()  # in the same moment in which it gets the place
        await second
        assert first.cancelled() or first.done()

    _run(case())


def test_the_end_of_the_connection_reaches_everyone_who_waits_or_comes() -> None:
    async def case() -> None:
        window = _window(1)
        await window.enter()
        answer, waiting = window.expect(7), await _waiting(window)
        window.close("the connection broke")
        for each in (answer, waiting, window.enter()):
            with pytest.raises(Unavailable, match="the connection broke"):
                await each

    _run(case())


def test_an_unknown_acknowledgement_changes_nothing() -> None:
    async def case() -> None:
        window = _window(1)
        window.acknowledged(7)
        await window.enter()
        await _waiting_then_cancelled(window)

    _run(case())


async def _waiting_then_cancelled(window: Window) -> None:
    task = await _waiting(window)
    task.cancel()
    await asyncio.wait([task])
