"""Checks signatures of nodes and of those who join, of which the intake has thousands in a second.

libsodium takes half the time of OpenSSL for one, and refuses the public keys of small order, by which anybody can sign.
Whoever calls then compares tenant, node, journal and numbers: a signature says who, not what for.
"""

from functools import lru_cache

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from pinnace_schemas import codec
from pinnace_schemas.envelope import Sealed
from pinnace_schemas.errors import Rejected
from pinnace_schemas.messages import JoinRequest
from pinnace_schemas.reasons import Reason

# Keys of that many nodes stay parsed, about 1 KiB each with its id.
_KEPT_KEYS = 16_384
# Who signed is the sender's to say: no more of it goes into a message.
_NAMED = 2


def verify_node(message: Sealed, public_key: str) -> None:
    """Raises Rejected(BAD_SIGNATURE) unless the key (hex of 32 raw bytes) has signed the envelope."""
    _verify(message, public_key, "node key")


def verify_join(message: Sealed, request: JoinRequest, token_public_key: str) -> None:
    """Raises Rejected(BAD_SIGNATURE) unless both the token's key and the node's new key have signed.

    `request` is what was opened from `message`.
    """
    if request.public_key == token_public_key:
        raise Rejected(Reason.BAD_SIGNATURE, "the node key must be another than the token's", "join request")
    _verify(message, token_public_key, "token key")
    _verify(message, request.public_key, "node key")


def token_public_key(secret: str) -> str:
    """What the cloud keeps of a join token: the public half (hex) of the key whose seed is the secret (hex)."""
    return SigningKey(bytes.fromhex(secret)).verify_key.encode().hex()


def key_id(public_key: str) -> str:
    """How messages and the log name a key: the beginning of the id that signatures carry."""
    return _short(_parsed(public_key)[0])


def _verify(message: Sealed, public_key: str, name: str) -> None:
    keyid, key = _parsed(public_key)
    found = [sig for signer, sig in message.signatures if signer == keyid]
    if not found:
        signers = ", ".join(_short(signer) for signer, _ in message.signatures[:_NAMED]) or "nobody"
        raise Rejected(Reason.BAD_SIGNATURE, f"signed by {signers} and not by the {name} {_short(keyid)}", name)
    if len(found) > 1:
        raise Rejected(Reason.BAD_SIGNATURE, f"{len(found)} signatures by the {name} {_short(keyid)}, not one", name)
    try:
        key.verify(message.signed, bytes.fromhex(found[0]))
    except (BadSignatureError, ValueError) as exc:
        raise Rejected(Reason.BAD_SIGNATURE, f"the signature by the {name} {_short(keyid)} does not fit", name) from exc


def _short(keyid: str) -> str:
    return keyid[:12]


@lru_cache(maxsize=_KEPT_KEYS)
def _parsed(public_key: str) -> tuple[str, VerifyKey]:
    raw = bytes.fromhex(public_key)
    return codec.sha256(raw), VerifyKey(raw)
