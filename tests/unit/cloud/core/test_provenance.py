"""A store and its keys belong together: other keys are refused before anything is published."""

from pathlib import Path

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud.services import provenance
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.storage.rows import AssignmentRow, HeadRow
from pinnace_schemas import compression
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> KeySet:
    return desks.new_keys(tmp_path_factory.mktemp("others") / "keys")


def check(desk: Desk, keyset: KeySet) -> None:
    provenance.check(desk.store, desk.folder / "controller.db", keyset, Path("/etc/keys"))


def test_a_store_goes_with_the_keys_that_signed_it(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    desk.controller.delete_node("s1", desks.ACTOR)

    check(desk, desk.keyset)


def test_a_store_that_has_signed_nothing_goes_with_any_keys(desk: Desk, others: KeySet) -> None:
    desk.controller.tokens.create("ops")

    check(desk, others)


def test_new_keys_on_an_old_store_are_refused_with_both_places_and_the_ways_on(desk: Desk, others: KeySet) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())

    with pytest.raises(Rejected, match=r"the head of group 'shops' .and 1 more. .* the keys in /etc/keys") as refused:
        check(desk, others)

    assert (refused.value.reason, refused.value.where) == (Reason.INVALID, str(desk.folder / "controller.db"))
    assert "put back the keys" in refused.value.message
    assert "begin with an empty one" in refused.value.message


def test_one_assignment_of_other_keys_is_enough(desk: Desk, others: KeySet) -> None:
    desk.apply(desks.node("s1"))

    with pytest.raises(Rejected, match="the assignment of node 's1' in this store"):
        check(desk, others)


def test_one_head_of_other_keys_is_enough(tmp_path: Path, desk: Desk, others: KeySet) -> None:
    foreign = Desk(tmp_path / "foreign", others)
    foreign.apply(desks.group("plants"))
    desk.apply(desks.group("shops"))
    with foreign.store.reading() as read, desk.store.writing() as tx:
        tx.deliveries.save_head(read.deliveries.head("plants"))
    foreign.close()

    with pytest.raises(Rejected, match="the head of group 'plants' in this store"):
        check(desk, desk.keyset)


def test_a_limit_that_was_lowered_since_makes_no_key_a_stranger(tmp_path: Path, keyset: KeySet) -> None:
    desk = Desk(tmp_path, keyset)
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    desk.close()
    strict = Desk(tmp_path, keyset, Limits(max_message_bytes=10, max_document_bytes=10))

    check(strict, keyset)
    strict.close()


@pytest.mark.parametrize("message", [b"rubbish", b"x\x9c\x03\x00\x00\x00\x00\x01", compression.deflate(b"[]")])
def test_what_cannot_be_read_is_nobodys(desk: Desk, message: bytes) -> None:
    with desk.store.writing() as tx:
        tx.deliveries.save_head(HeadRow("shops", 1, message=message))
        tx.deliveries.save_assignments([AssignmentRow("s1", 1, message=message)])

    with pytest.raises(Rejected, match="and 1 more"):
        check(desk, desk.keyset)
