"""The four documents of a group's head as canonical text: targets, the group's own targets, snapshot, timestamp.

Written field by field. python-tuf writes the same bytes (which is tested), and takes ten times as long. Pure apart from
the signature: no clock, no files, and the same input gives the same bytes (Ed25519 is deterministic).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import SPECIFICATION_VERSION

from pinnace_schemas import codec, envelope, head
from pinnace_schemas.head import HeadEntry
from pinnace_schemas.times import format_time

Body = dict[str, Any]

_SPECIFICATION = ".".join(SPECIFICATION_VERSION)


@dataclass(frozen=True)
class ReleasedBundle:
    """One bundle of a head: its entry, and the digest (hex sha256) and length of its plain bytes."""

    entry: HeadEntry
    digest: str
    length: int

    @cached_property
    def target(self) -> Mapping[str, Any]:
        """As a document says it; made once for all groups that share the bundle."""
        return {"custom": envelope.payload(self.entry), "hashes": {"sha256": self.digest}, "length": self.length}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the documents of one group have in common: `fields` stand in each of them."""

    group: str
    fields: Body

    def body(self, kind: str, version: int, **content: Any) -> Body:
        return {**self.fields, "_type": kind, "version": version, **content}


def frame(tenant: str, group: str, expires: datetime) -> Frame:
    """For documents that are fresh until `expires`."""
    scope = {"tenant": tenant, "scope": head.group_scope(group)}
    return Frame(group, {"expires": format_time(expires), "spec_version": _SPECIFICATION, head.SCOPE_KEY: scope})


def text(body: Body, key: CryptoSigner) -> str:
    """The document with its signature. Raises ValueError where JSON and TUF would write a text differently."""
    plain = codec.canonical(body)
    if b"\\" in plain:
        raise ValueError("a name with a character that JSON escapes is in a document to be signed")
    signature = key.sign(plain)
    return envelope.text(plain, signature.keyid, signature.signature)


def targets(frame: Frame, key: Key, version: int) -> Body:
    """Names nothing itself, and gives everything of the group to the role `<group>` with one key."""
    role = {
        "name": frame.group,
        "keyids": [key.keyid],
        "threshold": 1,
        "terminating": True,
        "paths": [head.target_path(frame.group, "*", "*")],
    }
    delegations = {"keys": {key.keyid: key.to_dict()}, "roles": [role]}
    return frame.body(head.TARGETS, version, targets={}, delegations=delegations)


def kept(earlier: str, wanted: Body, keyid: str, until: datetime) -> int | None:
    """The version of targets that were signed earlier and still serve, else None.

    They serve when they say what `wanted` says, are signed by the key `keyid`, and are fresh `until` that moment.
    """
    if not earlier:
        return None
    document = json.loads(earlier)
    signed: Body = document["signed"]
    own = {"version": signed["version"], "expires": signed["expires"]}
    is_same = signed == {**wanted, **own} and [item["keyid"] for item in document["signatures"]] == [keyid]
    version: int = signed["version"]
    return version if is_same and signed["expires"] >= format_time(until) else None


def release(frame: Frame, bundles: Iterable[ReleasedBundle], version: int) -> Body:
    """The group's own targets. Raises ValueError for an application that is listed twice."""
    files: Body = {}
    for bundle in bundles:
        path = head.target_path(frame.group, bundle.entry.namespace, bundle.entry.application)
        if path in files:
            raise ValueError(f"an application is twice in the head of group {frame.group!r}")
        files[path] = bundle.target
    return frame.body(head.TARGETS, version, targets=files)


def snapshot(frame: Frame, targets_version: int, version: int) -> Body:
    """The group's own targets have the snapshot's version."""
    meta = {f"{head.TARGETS}.json": {"version": targets_version}, f"{frame.group}.json": {"version": version}}
    return frame.body(head.SNAPSHOT, version, meta=meta)


def timestamp(frame: Frame, snapshot_text: str, version: int) -> Body:
    """The snapshot has the timestamp's version."""
    plain = snapshot_text.encode()
    meta = {"version": version, "length": len(plain), "hashes": {"sha256": codec.sha256(plain)}}
    return frame.body(head.TIMESTAMP, version, meta={f"{head.SNAPSHOT}.json": meta})
