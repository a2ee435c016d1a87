"""TUF documents as values and as signed text: root, delegations, what a group should run, freshness.

Pure apart from the signature: no clock, no files. The same input gives the same bytes (Ed25519 is deterministic).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from securesystemslib import formats
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import (
    TOP_LEVEL_ROLE_NAMES,
    DelegatedRole,
    Delegations,
    MetaFile,
    Role,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from pinnace_schemas import codec, envelope, head
from pinnace_schemas.head import HeadEntry, Scope


@dataclass(frozen=True, slots=True)
class ReleasedBundle:
    """One bundle of a head: its entry, and the digest (hex sha256) and length of its plain bytes."""

    entry: HeadEntry
    digest: str
    length: int


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


def release(group: str, bundles: Sequence[ReleasedBundle], scope: Scope, version: int, expires: datetime) -> Targets:
    """The group's own targets. Raises ValueError for an application that is listed twice."""
    files = {file.path: file for file in (_target(group, bundle) for bundle in bundles)}
    if len(files) != len(bundles):
        raise ValueError(f"an application is twice in the head of group {group!r}")
    return Targets(version, None, expires, files, None, _scope_field(scope))


def snapshot(group: str, targets_version: int, scope: Scope, version: int, expires: datetime) -> Snapshot:
    """The group's own targets have the snapshot's version."""
    meta = {f"{head.TARGETS}.json": MetaFile(targets_version), f"{group}.json": MetaFile(version)}
    return Snapshot(version, None, expires, meta, _scope_field(scope))


def timestamp(snapshot_text: str, scope: Scope, version: int, expires: datetime) -> Timestamp:
    """The snapshot has the timestamp's version."""
    meta = MetaFile.from_data(version, snapshot_text.encode("utf-8"), ["sha256"])
    return Timestamp(version, None, expires, meta, _scope_field(scope))


def _target(group: str, bundle: ReleasedBundle) -> TargetFile:
    path = head.target_path(group, bundle.entry.namespace, bundle.entry.application)
    return TargetFile(bundle.length, {"sha256": bundle.digest}, path, {"custom": envelope.payload(bundle.entry)})


def _scope_field(scope: Scope) -> dict[str, Any]:
    return {head.SCOPE_KEY: envelope.payload(scope)}
