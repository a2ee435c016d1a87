"""Join token: the one string a person carries to a node. Holds the digest of the trust root, so the node trusts
nothing that the broker says before it has compared."""

import base64
import binascii

from pydantic import Field

from pinnace_schemas import codec
from pinnace_schemas.codec import Wire
from pinnace_schemas.errors import Rejected
from pinnace_schemas.names import Digest, Name
from pinnace_schemas.reasons import Reason

_PREFIX = "pinnace1."
_MAX_BYTES = 4096


class JoinToken(Wire):
    """`secret` is the hex seed of an Ed25519 key; the cloud keeps only the public half, so its store joins nobody."""

    tenant: Name
    node: Name
    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    secret: str = Field(pattern=r"^[0-9a-f]{64}$")
    root: Digest
    broker: str = Field(max_length=512)


def write(token: JoinToken) -> str:
    """The string that `pinnace token create` prints."""
    return _PREFIX + base64.urlsafe_b64encode(codec.encode(token)).decode("ascii").rstrip("=")


def read(text: str) -> JoinToken:
    """Raises Rejected(TOKEN_REFUSED) and never repeats the token in the message, since it is a secret."""
    body = text.strip().removeprefix(_PREFIX)
    if not text.strip().startswith(_PREFIX):
        raise Rejected(Reason.TOKEN_REFUSED, f"a join token begins with '{_PREFIX}'; copy the whole line", "join token")
    try:
        plain = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return codec.parse(JoinToken, plain, max_bytes=_MAX_BYTES, max_depth=4, where="join token")
    except (binascii.Error, ValueError, Rejected) as exc:
        raise Rejected(Reason.TOKEN_REFUSED, "damaged; copy the whole line again", "join token") from exc
