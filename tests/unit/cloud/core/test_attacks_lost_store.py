"""A store that was lost and begun anew under the old keys: in whatever order things happen, it empties no site."""

from collections.abc import Iterable, Iterator

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk

from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.services.reassertion import Assertion
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.signing.recognising import Recogniser
from pinnace_cloud.storage.rows import Parcel
from pinnace_schemas import api, head, topics
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.reasons import Reason
from pinnace_schemas.topics import Kind

HEAD = topics.build("default", Kind.HEAD, "shops")
ASSIGNMENT = topics.build("default", Kind.ASSIGNMENT, "s1")
ALLOWED = 'metadata: {annotations: {pinnace.dev/allow-empty: "true"}, '


@pytest.fixture
def retained(tmp_path_factory: pytest.TempPathFactory, keyset: KeySet) -> dict[str, bytes]:
    """What the broker still has of the store that was lost."""
    lost = Desk(tmp_path_factory.mktemp("lost"), keyset)
    lost.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application(image="nginx:0"))
    for number in range(4):
        lost.apply(desks.application(image=f"nginx:{number}"), desks.node("s1", f'{{turn: "{number}"}}'))
    parcels = lost.outbox()
    lost.close()
    return {parcel.topic: parcel.payload for parcel in parcels}


@pytest.fixture
def lost(tmp_path_factory: pytest.TempPathFactory, keyset: KeySet) -> Iterator[Desk]:
    """The store that will be lost, with one group and a node in it that nothing has run at yet."""
    desk = Desk(tmp_path_factory.mktemp("lost"), keyset)
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    yield desk
    desk.close()


def signed_again(desk: Desk) -> None:
    desk.releases.sign_again(frozenset({"shops"}), frozenset({"s1"}))


def connect(desk: Desk, retained: dict[str, bytes]) -> dict[str, bytes]:
    """What is published after the broker came back with these."""
    recogniser = Recogniser(desk.keyset, DEFAULT_LIMITS)
    Assertion(desk.store, desk.post, recogniser, desk.releases, desk.metrics).assert_again(retained)
    return by_topic(desk.outbox())


def by_topic(parcels: Iterable[Parcel]) -> dict[str, bytes]:
    return {parcel.topic: parcel.payload for parcel in parcels}


def test_groups_applied_while_the_broker_was_away_empty_nothing_when_it_is_back(
    desk: Desk, retained: dict[str, bytes]
) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    desk.outbox()

    assert HEAD not in connect(desk, retained)

    desk.apply(desks.application())
    message = by_topic(desk.outbox())[HEAD]
    assert list(desks.head_targets(message)) == ["shops/default/shop"]
    assert desk.head_version() == 5


def test_a_report_that_names_a_higher_head_empties_nothing(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    site = desk.join("s1")
    desk.outbox()

    result = desk.hear(site.report(heads={"shops": 12}, assignment=1))
    desk.releases.sign_again(frozenset(result.resign_groups), frozenset(result.resign_nodes))

    assert HEAD not in by_topic(desk.outbox())


def test_a_group_that_ran_nothing_is_applied_alone(desk: Desk, lost: Desk) -> None:
    """Together with its applications would be no way on: it has none."""
    signed_again(lost)
    connect(desk, by_topic(lost.outbox()))

    desk.apply(desks.group("shops", "s1"), desks.node("s1"))

    assert desks.head_targets(by_topic(desk.outbox())[HEAD]) == {}
    assert desk.head_version() == 3


def test_a_group_that_ran_nothing_and_was_applied_too_early_is_signed_above_what_sites_hold(
    desk: Desk, lost: Desk
) -> None:
    signed_again(lost)
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    desk.outbox()

    assert desks.head_targets(connect(desk, by_topic(lost.outbox()))[HEAD]) == {}
    assert desk.head_version() == 3


def test_a_node_of_no_group_gets_a_token(desk: Desk, lost: Desk) -> None:
    lost.apply(desks.node("s2", '{city: "Wien"}'))
    connect(desk, by_topic(lost.outbox()))

    site = desk.join("s2")

    assignment = desks.assignment(by_topic(desk.outbox())[topics.build("default", Kind.ASSIGNMENT, "s2")])
    assert (assignment.version, assignment.groups, assignment.labels) == (2, (), {})
    desk.hear(site.report(assignment=1))


def test_an_empty_head_of_long_ago_says_nothing_of_a_later_one(desk: Desk, lost: Desk) -> None:
    """Whoever has the broker may show it; what was applied since is at the sites all the same."""
    long_ago = by_topic(lost.outbox())
    connect(desk, long_ago)
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    site = desk.join("s1")
    desk.outbox()

    result = desk.hear(site.report(heads={"shops": 12}, assignment=1))
    desk.releases.sign_again(frozenset(result.resign_groups), frozenset(result.resign_nodes))

    assert HEAD not in by_topic(desk.outbox())


def test_an_empty_list_under_a_later_timestamp_is_not_believed(desk: Desk, lost: Desk) -> None:
    early = head.decode(by_topic(lost.outbox())[HEAD], DEFAULT_LIMITS, "test")
    lost.apply(desks.application())
    late = head.decode(by_topic(lost.outbox())[HEAD], DEFAULT_LIMITS, "test")
    mixed = late.model_copy(update={"group": early.group})
    connect(desk, {HEAD: head.encode(mixed, DEFAULT_LIMITS, "test")})

    with pytest.raises(InvalidSources, match="hold version 2 of its head"):
        desk.apply(desks.group("shops", "s1"), desks.node("s1"))


def test_the_empty_list_of_another_group_is_not_believed(desk: Desk, lost: Desk) -> None:
    lost.apply(desks.group("plants"), desks.application())
    signed_again(lost)
    lost.releases.sign_again(frozenset({"plants"}), frozenset())
    lost.releases.sign_again(frozenset({"plants"}), frozenset())
    parcels = by_topic(lost.outbox())
    shops = head.decode(parcels[HEAD], DEFAULT_LIMITS, "test")
    plants = head.decode(parcels[topics.build("default", Kind.HEAD, "plants")], DEFAULT_LIMITS, "test")
    mixed = shops.model_copy(update={"group": plants.group})
    connect(desk, {HEAD: head.encode(mixed, DEFAULT_LIMITS, "test")})

    with pytest.raises(InvalidSources, match="hold version 3 of its head"):
        desk.apply(desks.group("shops", "s1"), desks.node("s1"))


def test_what_the_store_wants_is_not_given_up_for_an_empty_head(desk: Desk, lost: Desk) -> None:
    """A store restored from a backup, of before the application was deleted: the backup says what is wanted."""
    for _ in range(3):
        signed_again(lost)
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    desk.outbox()

    published = connect(desk, by_topic(lost.outbox()))

    assert list(desks.head_targets(published[HEAD])) == ["shops/default/shop"]
    assert desk.head_version() == 5


def test_a_person_may_say_that_it_shall_be_empty(desk: Desk, retained: dict[str, bytes]) -> None:
    desk.apply(desks.group("shops", "s1").replace("metadata: {", ALLOWED), desks.node("s1"))
    desk.outbox()

    message = connect(desk, retained)[HEAD]

    assert desks.head_targets(message) == {}


def test_a_token_for_a_node_whose_groups_are_not_there_yet_is_refused(desk: Desk, retained: dict[str, bytes]) -> None:
    connect(desk, retained)

    with pytest.raises(InvalidSources, match="holds version 5 of its assignment") as refused:
        desk.controller.create_join_token(api.TokenRequest(node="s1"), ACTOR)

    assert refused.value.reason is Reason.IN_USE
    desk.apply(desks.group("shops", "s1"), desks.application())
    desk.controller.create_join_token(api.TokenRequest(node="s1"), ACTOR)
    assert ASSIGNMENT in by_topic(desk.outbox())


def test_a_node_made_while_the_broker_was_away_is_not_taken_from_its_groups(
    desk: Desk, retained: dict[str, bytes]
) -> None:
    desk.apply(desks.node("s1"))
    desk.outbox()

    assert ASSIGNMENT not in connect(desk, retained)

    desk.apply(desks.group("shops", "s1"), desks.application())
    assert ASSIGNMENT in by_topic(desk.outbox())


def test_the_last_application_of_a_group_that_is_known_can_be_deleted(desk: Desk) -> None:
    """A number that was seen a moment ago, and not yet passed, does not turn a wish of a person into a refusal."""
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    with desk.store.writing() as tx:
        tx.deliveries.raise_floors({"shops": 12}, {})

    desk.controller.delete_application("default", "shop", force=False, actor=ACTOR)

    assert desk.head_version() == 13
