"""What time asks for: fresh signatures at half of their life, and no chunks at the broker that nobody names."""

import asyncio

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud import schedule
from pinnace_cloud.services.workers import Workers
from pinnace_schemas.errors import Unavailable


def release(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    desk.apply(desks.application())
    desk.outbox()


def chunk_topics(desk: Desk) -> dict[str, bool]:
    """Topic, and whether it is cleared."""
    return {parcel.topic: parcel.payload == b"" for parcel in desk.outbox() if "/chunks/" in parcel.topic}


def test_metadata_is_signed_anew_at_half_of_its_life_and_not_before(desk: Desk) -> None:
    release(desk)
    version = desk.head_version()

    desk.clock.pass_by(days=14)
    desk.upkeep.renew()
    assert (desk.outbox(), desk.head_version()) == ((), version)

    desk.clock.pass_by(days=2)
    desk.upkeep.renew()
    assert desk.head_version() == version + 1
    assert [parcel.topic.rsplit("/", 2)[-2:] for parcel in desk.outbox()] == [["shops", "head"], ["s1", "assignment"]]


def test_renewal_changes_no_revision_and_no_bundle(desk: Desk) -> None:
    release(desk)
    bundle = desk.bundle()

    desk.clock.pass_by(days=16)
    desk.upkeep.renew()

    assert desk.bundle() == bundle
    assert [item.revision for item in desk.controller.history("default", "shop")] == [1]


def test_chunks_that_nobody_names_are_cleared_after_a_week(desk: Desk) -> None:
    release(desk)
    desk.apply(desks.application(image="nginx:2"))
    desk.outbox()
    desk.apply(desks.application(image="nginx:3"))
    desk.outbox()

    desk.clock.pass_by(days=6)
    desk.upkeep.clean()
    assert chunk_topics(desk) == {}

    desk.clock.pass_by(days=2)
    desk.upkeep.clean()
    cleared = chunk_topics(desk)
    assert set(cleared.values()) == {True}
    assert len(cleared) == 3  # both old bundles, and the delta between them
    desk.upkeep.clean()
    assert chunk_topics(desk) == {}


def test_a_cleared_chunk_comes_back_when_a_node_asks(desk: Desk) -> None:
    release(desk)
    site = desk.join("s1")
    desk.outbox()
    with desk.store.reading() as tx:
        (chunk,) = tx.deliveries.variants(tx.applications.placements()[0].bundle, "")[0].chunks
    desk.apply(desks.application(image="nginx:2"))
    desk.outbox()
    desk.clock.pass_by(days=8)
    desk.upkeep.clean()
    assert any(topic.endswith(chunk) for topic in chunk_topics(desk))

    desk.hear(site.request("shops", desk.head_version(), chunk))

    assert [(topic.endswith(chunk), cleared) for topic, cleared in chunk_topics(desk).items()] == [(True, False)]


def test_a_cleared_chunk_is_published_again_when_it_is_released_again(desk: Desk) -> None:
    release(desk)
    desk.apply(desks.application(image="nginx:2"))
    desk.clock.pass_by(days=8)
    desk.upkeep.clean()
    desk.outbox()

    desk.controller.rollback("default", "shop", None, desks.ACTOR)

    assert set(chunk_topics(desk).values()) == {False}


def test_what_nobody_can_ask_for_any_more_is_forgotten(desk: Desk) -> None:
    release(desk)
    first = desk.bundle()
    for image in ("nginx:2", "nginx:3"):
        desk.apply(desks.application(image=image))

    desk.clock.pass_by(days=40)
    desk.upkeep.clean()
    desk.upkeep.clean()

    current = desk.bundle()
    with desk.store.reading() as tx:
        assert tx.deliveries.bundle(first) is None
        assert tx.deliveries.bundle(current) is not None
        chunks = {chunk for row in tx.deliveries.variants(current, "") for chunk in row.chunks}
        assert tx.deliveries.chunks(chunks).keys() == chunks


class FullDisk:
    """Cannot store anything at this moment."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def renew(self) -> None:
        self.asked.add("renew")
        raise Unavailable("the disk is full")

    def clean(self) -> None:
        self.asked.add("clean")
        raise Unavailable("the disk is full")


def test_what_cannot_be_stored_now_is_put_off_in_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    upkeep, workers = FullDisk(), Workers()

    async def until_told() -> None:
        scheduler = schedule.start(upkeep, workers)
        async with asyncio.timeout(20):
            while len([record for record in caplog.records if "the disk is full" in record.getMessage()]) < 2:
                await asyncio.sleep(0.01)
        scheduler.shutdown(wait=False)

    asyncio.run(until_told())
    workers.close()
    assert upkeep.asked == {"renew", "clean"}
    assert [record for record in caplog.records if record.exc_info] == []
