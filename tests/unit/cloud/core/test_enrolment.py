"""Joining: one token, one node, one key, until it expires; and a reply that can be repeated."""

import logging
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk, Site

from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import codec, control, tokens
from pinnace_schemas.api import TokenRequest, Verdict
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import JoinOutcome
from pinnace_schemas.reasons import Reason


def token(desk: Desk, node: str = "s1", ttl_s: int = 3600, *, replace: bool = False) -> str:
    return desk.controller.create_join_token(TokenRequest(node=node, ttl_s=ttl_s, replace=replace), ACTOR).token


def key_id(site: Site) -> str:
    """As messages name a key."""
    return codec.sha256(bytes.fromhex(site.public_key))[:12]


def test_a_token_names_the_root_the_broker_and_nothing_that_is_stored(desk: Desk) -> None:
    read = tokens.read(token(desk))

    assert (read.node, read.broker, read.root) == ("s1", "mqtt://broker.example", desk.post.signer.root_digest)
    with desk.store.reading() as tx:
        row = tx.access.join_token(read.id)
    assert row is not None
    assert read.secret not in str(row)


def test_a_token_makes_the_node_that_it_is_for(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"))

    token(desk)

    (summary,) = desk.controller.nodes()
    assert (summary.name, summary.groups, summary.joined) == ("s1", ("shops",), False)
    assert (summary.verdict, summary.reason) == (Verdict.PENDING, Reason.NOT_JOINED)


def test_a_node_joins_with_root_targets_and_its_assignment(desk: Desk) -> None:
    site, text = Site("s1"), token(desk)
    desk.outbox()

    result = desk.hear(site.join(text))

    assert desks.join_reply(result).outcome is JoinOutcome.ACCEPTED
    message = control.decode(result.answers[0].payload, DEFAULT_LIMITS, "test")
    assert message.root == desk.keyset.root_text
    assert message.targets == desk.keyset.control_text
    assert [parcel.topic for parcel in desk.outbox()] == ["pinnace/v1/default/nodes/s1/assignment"]
    assert desk.ack(desk.hear(site.report())).report == 1


def test_the_same_key_may_ask_again_since_the_reply_may_be_lost(desk: Desk) -> None:
    site, text = Site("s1"), token(desk)

    replies = [desks.join_reply(desk.hear(site.join(text))) for _ in range(2)]

    assert [reply.outcome for reply in replies] == [JoinOutcome.ACCEPTED] * 2


def test_another_key_cannot_use_a_used_token(desk: Desk) -> None:
    site, text = Site("s1"), token(desk)
    desk.hear(site.join(text))

    reply = desks.join_reply(desk.hear(Site("s1").join(text)))

    assert reply.outcome is JoinOutcome.REFUSED
    assert "used before" in reply.message
    assert desk.ack(desk.hear(site.report())).report == 1


def test_an_expired_token_is_refused(desk: Desk) -> None:
    text = token(desk, ttl_s=60)
    desk.clock.pass_by(seconds=60)

    reply = desks.join_reply(desk.hear(Site("s1").join(text)))

    assert reply.outcome is JoinOutcome.REFUSED
    assert "expired" in reply.message


def test_an_unknown_token_is_refused_to_its_holder(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Desk(tmp_path_factory.mktemp("other"), desk.keyset)
    text = token(other)
    other.close()

    assert desks.join_reply(desk.hear(Site("s1").join(text))).outcome is JoinOutcome.REFUSED


def test_who_does_not_know_the_secret_gets_no_answer(desk: Desk) -> None:
    read = tokens.read(token(desk))
    guessed = tokens.write(read.model_copy(update={"secret": "11" * 32}))

    assert desk.hear(Site("s1").join(guessed)).answers == []
    assert not desk.controller.node("s1").summary.joined


def test_who_does_not_hold_the_new_key_gets_no_answer(desk: Desk) -> None:
    site = Site("s1")
    stolen = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()

    assert desk.hear(site.join(token(desk), public_key=stolen)).answers == []


def test_a_token_is_for_its_node_only(desk: Desk) -> None:
    text = token(desk, "s1")

    assert desks.join_reply(desk.hear(Site("s2").join(text))).outcome is JoinOutcome.REFUSED


def test_a_new_token_replaces_the_key_of_a_node(desk: Desk) -> None:
    old = desk.join("s1")
    desk.hear(old.report(entries=desks.entries(1, 2)))
    new = replace(Site("s1"), journal="cd" * 16)
    first = token(desk, replace=True)

    desk.hear(new.join(first))

    assert desk.hear(old.report()).answers == []
    assert desk.ack(desk.hear(new.report())).journal == new.journal


def test_a_token_for_a_node_that_has_joined_is_refused_with_its_key_and_the_time(desk: Desk) -> None:
    site = desk.join("s1")

    with pytest.raises(Rejected, match="2026-11-23T10:00:00Z") as caught:
        token(desk)

    assert caught.value.reason is Reason.IN_USE
    assert key_id(site) in caught.value.message
    assert "--replace" in caught.value.message
    assert desk.ack(desk.hear(site.report())).report == 1


def test_of_two_tokens_that_were_made_beforehand_only_one_brings_a_key(desk: Desk) -> None:
    site, first, second = Site("s1"), token(desk), token(desk)
    desk.hear(site.join(first))

    reply = desks.join_reply(desk.hear(Site("s1").join(second)))

    assert reply.outcome is JoinOutcome.REFUSED
    assert "joined with another key at 2026-11-23T10:00:00Z" in reply.message
    assert "pinnace token create s1 --replace" in reply.message
    assert desk.ack(desk.hear(site.report())).report == 1


def test_the_node_that_joined_may_use_another_token_that_was_made_beforehand(desk: Desk) -> None:
    site, first, second = Site("s1"), token(desk), token(desk)
    desk.hear(site.join(first))

    assert desks.join_reply(desk.hear(site.join(second))).outcome is JoinOutcome.ACCEPTED


def test_a_replaced_key_is_refused_and_the_log_names_the_node_and_both_keys(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    old, new = desk.join("s1"), Site("s1")
    desk.hear(new.join(token(desk, replace=True)))

    desk.hear(old.report())

    joined, replaced, refused = [record.getMessage() for record in caplog.records if "s1" in record.getMessage()]
    assert joined == f"node 's1' joined with the key {key_id(old)}"
    assert replaced == f"node 's1' joined with the key {key_id(new)}, which takes the place of {key_id(old)}"
    assert "node 's1'" in refused
    assert f"signed by {key_id(old)} and not by the node key {key_id(new)}" in refused
    assert "stop the old one" in refused


def test_only_the_answer_that_makes_a_node_says_so(desk: Desk) -> None:
    first, second = (desk.controller.create_join_token(TokenRequest(node="s1"), ACTOR) for _ in range(2))

    assert (first.created, second.created) == (True, False)


def test_an_older_token_cannot_bring_an_older_key_back(desk: Desk) -> None:
    old, first = Site("s1"), token(desk)
    desk.hear(old.join(first))
    desk.hear(Site("s1").join(token(desk, replace=True)))

    assert desks.join_reply(desk.hear(old.join(first))).outcome is JoinOutcome.REFUSED


def test_a_token_of_a_deleted_node_is_gone_with_it(desk: Desk) -> None:
    text = token(desk)
    desk.controller.delete_node("s1", ACTOR)

    assert desks.join_reply(desk.hear(Site("s1").join(text))).outcome is JoinOutcome.REFUSED


def test_a_token_may_not_make_a_node_that_gets_an_application_twice(desk: Desk) -> None:
    everyone = "apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {{name: {}}}\nspec: {{selector: {{}}}}\n"
    desk.apply(everyone.format("all"), everyone.format("every"), desks.application(groups=["all", "every"]))

    with pytest.raises(InvalidSources) as caught:
        token(desk)

    assert caught.value.reason is Reason.TWO_GROUPS
    assert desk.controller.nodes() == ()
