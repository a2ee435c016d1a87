"""The documents that are signed once for a key set, as values of python-tuf and as text: root and control delegation.

Pure apart from the signature: no clock, no files. The same input gives the same bytes (Ed25519 is deterministic).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from securesystemslib import formats
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import (
    TOP_LEVEL_ROLE_NAMES,
    DelegatedRole,
    Delegations,
    Role,
    Root,
    Signed,
    Targets,
)

from pinnace_schemas import codec, envelope, head
from pinnace_schemas.head import Scope


def text(signed: Signed, key: CryptoSigner) -> str:
    """The document with its signature as canonical JSON.

    Signs as `Metadata.sign` does, but over one dictionary that is also what is written.
    """
    body = signed.to_dict()
    canonical = formats.encode_canonical(body)
    assert canonical is not None  # only with an output function
    signature = key.sign(canonical.encode("utf-8"))
    signatures = [{"keyid": signature.keyid, "sig": signature.signature}]
    return codec.canonical({"signatures": signatures, "signed": body}).decode("utf-8")


def root(keys: Mapping[str, Key], scope: Scope, version: int, expires: datetime) -> Root:
    """`keys` has one public key for each top-level role; each role's threshold is one."""
    roles = {role: Role([keys[role].keyid], 1) for role in sorted(TOP_LEVEL_ROLE_NAMES)}
    table = {keys[role].keyid: keys[role] for role in roles}
    return Root(
        version, None, expires, table, roles, consistent_snapshot=False, unrecognized_fields=_scope_field(scope)
    )


def delegation(role: str, path: str, key: Key, scope: Scope, version: int, expires: datetime) -> Targets:
    """Top-level targets that name nothing themselves and give `path` to one role with one key."""
    delegated = DelegatedRole(role, [key.keyid], 1, terminating=True, paths=[path])
    delegations = Delegations({key.keyid: key}, {role: delegated})
    return Targets(version, None, expires, {}, delegations, _scope_field(scope))


def _scope_field(scope: Scope) -> dict[str, Any]:
    return {head.SCOPE_KEY: envelope.payload(scope)}
