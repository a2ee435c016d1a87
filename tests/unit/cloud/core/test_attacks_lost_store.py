"""A store that was lost and begun anew under the old keys: in whatever order things happen, it empties no site."""

from collections.abc import Iterable

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk

from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.services.reassertion import Assertion
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.signing.recognising import Recogniser
from pinnace_cloud.storage.rows import Parcel
from pinnace_schemas import api, topics
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
    head = by_topic(desk.outbox())[HEAD]
    assert list(desks.head_targets(head)) == ["shops/default/shop"]
    assert desk.head_version() == 5


def test_a_report_that_names_a_higher_head_empties_nothing(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    site = desk.join("s1")
    desk.outbox()

    result = desk.hear(site.report(heads={"shops": 12}, assignment=1))
    desk.releases.sign_again(frozenset(result.resign_groups), frozenset(result.resign_nodes))

    assert HEAD not in by_topic(desk.outbox())


def test_a_person_may_say_that_it_shall_be_empty(desk: Desk, retained: dict[str, bytes]) -> None:
    desk.apply(desks.group("shops", "s1").replace("metadata: {", ALLOWED), desks.node("s1"))
    desk.outbox()

    head = connect(desk, retained)[HEAD]

    assert desks.head_targets(head) == {}


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
