"""Messages to one node: who may sign them, whom they are for, and what is remembered."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pinnace_cloud.signing.keys import KeyRole
from pinnace_edge.adapters import verifier
from pinnace_edge.adapters.verifier import TufVerifier
from pinnace_edge.rules import addressee
from pinnace_schemas import codec, envelope
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import Assignment, Question
from pinnace_schemas.reasons import Reason

if TYPE_CHECKING:
    from tests.unit.trust.conftest import World

Json = dict[str, Any]
VERSION = "nodes/* targets"


def test_assignment_is_accepted_and_its_delegation_remembered(world: "World") -> None:
    sealed, trust = world.verifier.control(
        world.signer.control(world.assignment(), with_targets=True), world.trust, world.now
    )
    assert envelope.opened(Assignment, sealed, DEFAULT_LIMITS, "test") == world.assignment()
    assert trust.control == world.keyset.control_text
    assert trust.versions == {VERSION: 1}
    assert trust.root == world.trust.root


def test_inbox_message_is_verified_by_the_accepted_delegation(world: "World") -> None:
    _, trust = world.verifier.control(
        world.signer.control(world.assignment(), with_targets=True), world.trust, world.now
    )
    _, again = world.verifier.control(world.signer.control(_question()), trust, world.now)
    assert again == trust


def test_inbox_message_before_the_first_assignment_is_refused(world: "World") -> None:
    refusal = world.refuse_control(world.signer.control(_question()))
    assert (refusal.reason, refusal.message.startswith("no accepted assignment yet")) == (Reason.BAD_SIGNATURE, True)


def test_message_of_a_stranger_is_refused(world: "World", stranger: "World") -> None:
    for with_targets in (True, False):
        message = stranger.signer.control(world.assignment(), with_targets=with_targets)
        trust = replace(world.trust, control=world.keyset.control_text)
        assert world.refuse_control(message, trust).reason is Reason.BAD_SIGNATURE


def test_message_with_a_changed_payload_is_refused(world: "World") -> None:
    message = world.signer.control(world.assignment(), with_targets=True)
    changed = message.envelope.replace('"shops"', '"banks"')
    assert changed != message.envelope
    assert world.refuse_control(message.model_copy(update={"envelope": changed})).reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("role", [role for role in KeyRole if role is not KeyRole.CONTROL])
def test_message_signed_by_another_role_is_refused(world: "World", role: KeyRole) -> None:
    signed = envelope.payload(world.assignment())
    made = world.keyset.signers[role].sign(codec.canonical(signed))
    text = json.dumps({"signed": signed, "signatures": [{"keyid": made.keyid, "sig": made.signature}]})
    message = world.signer.control(world.assignment(), with_targets=True).model_copy(update={"envelope": text})
    assert world.refuse_control(message).reason is Reason.BAD_SIGNATURE


def test_older_delegation_is_refused_and_the_same_accepted(world: "World") -> None:
    message = world.signer.control(world.assignment(), with_targets=True)
    world.verifier.control(message, replace(world.trust, versions={VERSION: 1}), world.now)
    refusal = world.refuse_control(message, replace(world.trust, versions={VERSION: 2}))
    assert (refusal.reason, "version 1 is older than 2" in refusal.message) == (Reason.OLDER_VERSION, True)


def test_delegation_of_a_group_signs_no_control_messages(world: "World") -> None:
    message = world.signer.control(world.assignment()).model_copy(update={"targets": world.head().targets})
    assert world.refuse_control(message).reason is Reason.WRONG_GROUP


def test_control_delegation_is_no_delegation_of_a_group(world: "World") -> None:
    head = world.head().model_copy(update={"targets": world.keyset.control_text})
    assert world.refuse(head).reason is Reason.WRONG_GROUP


def test_delegation_for_another_tenant_is_refused(world: "World") -> None:
    def move(signed: Json) -> None:
        signed["x-pinnace"]["tenant"] = "rival"

    text = world.forged(world.keyset.control_text, move, KeyRole.TARGETS)
    message = world.signer.control(world.assignment()).model_copy(update={"targets": text})
    assert world.refuse_control(message).reason is Reason.WRONG_TENANT


@pytest.mark.parametrize("paths", [["*"], ["nodes/*", "shops/*/*"], ["groups/*"]])
def test_delegation_of_other_paths_to_control_is_refused(world: "World", paths: list[str]) -> None:
    def give(signed: Json) -> None:
        signed["delegations"]["roles"][0]["paths"] = paths

    text = world.forged(world.keyset.control_text, give, KeyRole.TARGETS)
    message = world.signer.control(world.assignment()).model_copy(update={"targets": text})
    assert world.refuse_control(message).reason is Reason.INCONSISTENT


def test_number_without_canonical_form_is_refused(world: "World") -> None:
    message = world.signer.control(world.assignment(), with_targets=True)
    endless = message.envelope.replace('"version":1', '"version":1e999')
    assert world.refuse_control(message.model_copy(update={"envelope": endless})).reason is Reason.MALFORMED


def test_message_for_another_node_is_not_expected() -> None:
    with pytest.raises(Rejected, match="this is node 'shop-2'") as caught:
        addressee.expect(_question(), "default", "shop-2")
    assert caught.value.reason is Reason.WRONG_GROUP


def test_message_for_another_tenant_is_not_expected() -> None:
    with pytest.raises(Rejected, match="tenant 'default', this is 'rival'") as caught:
        addressee.expect(_question(), "rival", "shop-1")
    assert caught.value.reason is Reason.WRONG_TENANT


def test_message_for_this_node_is_expected() -> None:
    addressee.expect(_question(), "default", "shop-1")


# --- First contact -------------------------------------------------------------------------------------------


def test_root_of_the_token_is_trusted(world: "World") -> None:
    trust = verifier.first_trust(world.signer.root_text, world.signer.root_digest, "default")
    assert (trust.root, trust.control, trust.versions) == (world.signer.root_text, "", {})
    assert TufVerifier("default").root_digest(trust.root) == world.signer.root_digest


def test_root_with_another_digest_is_refused(world: "World", stranger: "World") -> None:
    with pytest.raises(Rejected, match="make a new token") as caught:
        verifier.first_trust(stranger.signer.root_text, world.signer.root_digest, "default")
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_root_of_another_tenant_is_refused(world: "World") -> None:
    with pytest.raises(Rejected) as caught:
        verifier.first_trust(world.signer.root_text, world.signer.root_digest, "rival")
    assert caught.value.reason is Reason.WRONG_TENANT


def test_root_that_has_not_signed_itself_is_refused(world: "World") -> None:
    text = world.forged(world.signer.root_text, lambda signed: None, KeyRole.TARGETS)
    assert _first_refusal(text).reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("text", ["", "{}", "null", "\ud800", "[" * 1000, '{"signed":{},"signatures":[]}'])
def test_garbage_is_no_root(text: str) -> None:
    try:
        digest = codec.sha256(text.encode())
    except UnicodeEncodeError:
        digest = "00" * 32
    with pytest.raises(Rejected) as caught:
        verifier.first_trust(text, digest, "default")
    assert caught.value.reason in (Reason.MALFORMED, Reason.TOO_LARGE)


def test_document_of_a_group_is_no_root(world: "World") -> None:
    assert _first_refusal(world.head().timestamp).reason is Reason.MALFORMED


def _first_refusal(text: str) -> Rejected:
    with pytest.raises(Rejected) as caught:
        verifier.first_trust(text, codec.sha256(text.encode()), "default")
    return caught.value


def _question() -> Question:
    return Question(tenant="default", node="shop-1", sent_at="2026-03-01T12:00:00Z")
