"""What a node signs, as the controller checks it: reports by the node's key, join requests by both keys."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pinnace_cloud import verifying
from pinnace_edge.adapters import identity
from pinnace_edge.adapters.identity import NodeKey
from pinnace_schemas import codec, compression, envelope
from pinnace_schemas.envelope import Envelope, Sealed, Signature
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.messages import JoinRequest, Question
from pinnace_schemas.reasons import Reason

SECRET = "5e" * 32
MESSAGE = Question(tenant="default", node="shop-1", sent_at="2026-03-01T12:00:00Z")


@pytest.fixture
def key(tmp_path: Path) -> NodeKey:
    return identity.create(tmp_path / "node.pem")


@pytest.fixture
def other(tmp_path: Path) -> NodeKey:
    return identity.create(tmp_path / "other.pem")


def test_message_of_the_node_is_accepted_after_its_journey(key: NodeKey) -> None:
    arrived = _arrived(key.sign(MESSAGE))
    verifying.verify_node(arrived, key.public_key)
    assert envelope.read(Question, arrived, DEFAULT_LIMITS, "test") == MESSAGE


def test_message_of_another_node_is_refused(key: NodeKey, other: NodeKey) -> None:
    assert (
        _refusal(lambda: verifying.verify_node(_arrived(other.sign(MESSAGE)), key.public_key)) is Reason.BAD_SIGNATURE
    )


def test_changed_message_is_refused(key: NodeKey) -> None:
    good = key.sign(MESSAGE)
    forged = good.model_copy(update={"signed": good.signed | {"node": "shop-2"}})
    assert _refusal(lambda: verifying.verify_node(_arrived(forged), key.public_key)) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("sig", ["00", "0", "ab" * 64, "ab" * 500])
def test_signature_of_any_shape_is_refused(key: NodeKey, sig: str) -> None:
    good = key.sign(MESSAGE)
    signatures = (Signature(keyid=good.signatures[0].keyid, sig=sig),)
    forged = Envelope(signed=good.signed, signatures=signatures)
    assert _refusal(lambda: verifying.verify_node(_arrived(forged), key.public_key)) is Reason.BAD_SIGNATURE


def test_key_by_which_anybody_can_sign_is_refused() -> None:
    """The neutral point as a public key fits every message, with a signature that needs no secret (RFC 8032, 5.1.7)."""
    neutral = "01" + "00" * 31
    message = envelope.payload(MESSAGE)
    forged = Envelope(signed=message, signatures=(_signature(neutral, bytes.fromhex(neutral + "00" * 32)),))
    assert _refusal(lambda: verifying.verify_node(_arrived(forged), neutral)) is Reason.BAD_SIGNATURE


def test_two_signatures_under_one_id_are_refused(key: NodeKey) -> None:
    good = key.sign(MESSAGE)
    twice = Envelope(signed=good.signed, signatures=good.signatures * 2)
    assert _refusal(lambda: verifying.verify_node(_arrived(twice), key.public_key)) is Reason.BAD_SIGNATURE


def test_what_the_signature_does_not_cover_is_not_read(key: NodeKey) -> None:
    """Two readers that disagree on which `signed` counts would let one verify what the other does not read."""
    good = codec.encode(key.sign(MESSAGE))
    other_signed = codec.canonical(envelope.payload(MESSAGE) | {"node": "shop-2"})
    for forged in (
        good[:-1] + b',"signed":%s}' % other_signed,
        good.replace(b'"signed":{', b'"signed":%s,"signed":{' % other_signed),
        good.replace(b'{"signatures"', b'{"signed":%s,"signatures"' % other_signed),
    ):
        reason = _refusal(partial(_read, compression.deflate(forged), key.public_key))
        assert reason in (Reason.MALFORMED, Reason.BAD_SIGNATURE)


@pytest.mark.parametrize("change", [(b",", b", "), (b'"signed"', b'"s\\u0069gned"'), (b'{"sign', b' {"sign')])
def test_envelope_that_is_not_canonical_is_refused(key: NodeKey, change: tuple[bytes, bytes]) -> None:
    message = codec.encode(key.sign(MESSAGE)).replace(*change)
    assert json.loads(message)["signed"] == envelope.payload(MESSAGE)
    assert _refusal(lambda: _read(compression.deflate(message), key.public_key)) is Reason.MALFORMED


@pytest.mark.parametrize("text", ["1e999", "NaN", "-Infinity", "9" * 5000, '"\\ud800"', '"\xff"'])
def test_value_that_json_or_python_lacks_is_refused_although_signed(text: str) -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw().hex()
    plain = codec.encode(MESSAGE).replace(b'"v":1', b'"v":' + text.encode("latin-1"))
    signature = _signature(public, private.sign(plain))
    message = b'{"signatures":[%s],"signed":%s}' % (codec.encode(signature), plain)
    assert _refusal(lambda: _read(compression.deflate(message), public)) is Reason.MALFORMED


def test_join_request_signed_by_both_keys_is_accepted(key: NodeKey) -> None:
    request = _request(key.public_key)
    verifying.verify_join(_arrived(key.join_envelope(request, SECRET)), request, verifying.token_public_key(SECRET))


def test_join_request_without_the_secret_is_refused(key: NodeKey) -> None:
    request = _request(key.public_key)
    guessed = key.join_envelope(request, "00" * 32)
    token = verifying.token_public_key(SECRET)
    assert _refusal(lambda: verifying.verify_join(_arrived(guessed), request, token)) is Reason.BAD_SIGNATURE


def test_join_request_for_a_key_that_the_node_lacks_is_refused(key: NodeKey, other: NodeKey) -> None:
    stolen = _request(other.public_key)
    plain = codec.canonical(envelope.payload(stolen))
    token_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SECRET))
    token = verifying.token_public_key(SECRET)
    by_token = _signature(token, token_key.sign(plain))
    pretended = _signature(other.public_key, token_key.sign(plain))
    for signatures in ((by_token,), (by_token, pretended)):
        forged = Envelope(signed=envelope.payload(stolen), signatures=signatures)
        with pytest.raises(Rejected, match="node key") as caught:
            verifying.verify_join(_arrived(forged), stolen, token)
        assert caught.value.reason is Reason.BAD_SIGNATURE
    with pytest.raises(ValueError, match="names the key"):
        key.join_envelope(stolen, SECRET)


def test_secret_of_the_token_is_no_node_key(key: NodeKey) -> None:
    token = verifying.token_public_key(SECRET)
    request = _request(token)
    made = key.join_envelope(_request(key.public_key), SECRET)
    assert _refusal(lambda: verifying.verify_join(_arrived(made), request, token)) is Reason.BAD_SIGNATURE


def test_secret_never_travels(key: NodeKey) -> None:
    assert SECRET not in key.join_envelope(_request(key.public_key), SECRET).model_dump_json()


def _request(public_key: str) -> JoinRequest:
    return JoinRequest(tenant="default", node="shop-1", token="ab" * 16, public_key=public_key)


def _arrived(sent: Envelope) -> Sealed:
    """As the controller gets it."""
    return envelope.decode(envelope.encode(sent, DEFAULT_LIMITS, "test"), DEFAULT_LIMITS, "test")


def _read(message: bytes, public_key: str) -> Question:
    """What the controller makes of it."""
    arrived = envelope.decode(message, DEFAULT_LIMITS, "test")
    verifying.verify_node(arrived, public_key)
    return envelope.read(Question, arrived, DEFAULT_LIMITS, "test")


def _signature(public_key: str, made: bytes) -> Signature:
    return Signature(keyid=codec.sha256(bytes.fromhex(public_key)), sig=made.hex())


def _refusal(act: Callable[[], object]) -> Reason:
    with pytest.raises(Rejected) as caught:
        act()
    return caught.value.reason
