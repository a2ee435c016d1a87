"""The four documents of a group's head as canonical text: targets, the group's own targets, snapshot, timestamp.

Written field by field. python-tuf writes the same bytes (which is tested), and takes ten times as long. Pure apart from
the signature: no clock, no files, and the same input gives the same bytes (Ed25519 is deterministic).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import SPECIFICATION_VERSION

from pinnace_schemas import codec, envelope, head
from pinnace_schemas.head import HeadEntry

_SPECIFICATION = ".".join(SPECIFICATION_VERSION)
# Targets as they were signed: the key id, what is signed, and in it when it expires and its version.
_EARLIER = re.compile(
    r'\{"signatures":\[\{"keyid":"([0-9a-f]{64})","sig":"[0-9a-f]{128}"\}\],'
    r'"signed":(.*"expires":"([^"]*)".*"version":([1-9][0-9]*),.*)\}'
)


@dataclass(frozen=True)
class ReleasedBundle:
    """One bundle of a head: its entry, and the digest (hex sha256) and length of its plain bytes."""

    entry: HeadEntry
    digest: str
    length: int

    @cached_property
    def target(self) -> str:
        """As a document says it; made once for all groups that share the bundle."""
        custom = envelope.payload(self.entry)
        return codec.canonical({"custom": custom, "hashes": {"sha256": self.digest}, "length": self.length}).decode()


@dataclass(frozen=True, slots=True)
class Delegate:
    """A key that others name: its id, and itself as JSON."""

    keyid: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the documents of one group have in common: for whom they are, as JSON, and how long they are fresh."""

    group: str
    scope: str
    expires: str


def delegate(key: Key) -> Delegate:
    """Made once for all documents that name the key."""
    return Delegate(key.keyid, codec.canonical(key.to_dict()).decode())


def frame(tenant: str, group: str, expires: str) -> Frame:
    """For documents that are fresh until `expires` (a wire time). The names are DNS labels."""
    return Frame(group, f'{{"scope":"{head.group_scope(group)}","tenant":"{tenant}"}}', expires)


def text(signed: str, key: CryptoSigner) -> str:
    """The document with its signature. Raises ValueError where JSON and TUF would write a text differently."""
    if "\\" in signed:
        raise ValueError("a name with a character that JSON escapes is in a document to be signed")
    signature = key.sign(signed.encode())
    return envelope.text(signed, signature.keyid, signature.signature)


def targets(frame: Frame, key: Delegate, version: int) -> str:
    """Names nothing itself, and gives everything of the group to the role `<group>` with one key."""
    path = head.target_path(frame.group, "*", "*")
    role = f'"keyids":["{key.keyid}"],"name":"{frame.group}","paths":["{path}"],"terminating":true,"threshold":1'
    delegations = f'"delegations":{{"keys":{{"{key.keyid}":{key.text}}},"roles":[{{{role}}}]}},'
    return _written(frame, head.TARGETS, version, delegations=delegations, targets='"targets":{},')


def kept(earlier: str, frame: Frame, key: Delegate, keyid: str, until: str) -> int | None:
    """The version of targets that were signed earlier and still serve, else None.

    They serve when they give the same to `key`, are signed by the key `keyid`, and are fresh `until` that moment.
    """
    found = _EARLIER.fullmatch(earlier)
    if found is None:
        return None
    signer, signed, expires, version = found.groups()
    is_same = signer == keyid and signed == targets(Frame(frame.group, frame.scope, expires), key, int(version))
    return int(version) if is_same and expires >= until else None


def release(frame: Frame, bundles: Iterable[ReleasedBundle], version: int) -> str:
    """The group's own targets. Raises ValueError for an application that is listed twice."""
    files: dict[str, str] = {}
    for bundle in bundles:
        path = head.target_path(frame.group, bundle.entry.namespace, bundle.entry.application)
        if path in files:
            raise ValueError(f"an application is twice in the head of group {frame.group!r}")
        files[path] = bundle.target
    listed = ",".join(f'"{path}":{target}' for path, target in sorted(files.items()))
    return _written(frame, head.TARGETS, version, targets=f'"targets":{{{listed}}},')


def snapshot(frame: Frame, targets_version: int, version: int) -> str:
    """The group's own targets have the snapshot's version."""
    files = sorted([(f"{head.TARGETS}.json", targets_version), (f"{frame.group}.json", version)])
    meta = ",".join(f'"{name}":{{"version":{number}}}' for name, number in files)
    return _written(frame, head.SNAPSHOT, version, meta=f'"meta":{{{meta}}},')


def timestamp(frame: Frame, snapshot_text: str, version: int) -> str:
    """The snapshot has the timestamp's version."""
    plain = snapshot_text.encode()
    hashes = f'{{"sha256":"{codec.sha256(plain)}"}}'
    meta = f'"{head.SNAPSHOT}.json":{{"hashes":{hashes},"length":{len(plain)},"version":{version}}}'
    return _written(frame, head.TIMESTAMP, version, meta=f'"meta":{{{meta}}},')


def _written(frame: Frame, kind: str, version: int, *, delegations: str = "", meta: str = "", targets: str = "") -> str:
    """The fields in canonical order; those that only some documents have come as text, with a comma behind."""
    return (
        f'{{"_type":"{kind}",{delegations}"expires":"{frame.expires}",{meta}'
        f'"spec_version":"{_SPECIFICATION}",{targets}"version":{version},"{head.SCOPE_KEY}":{frame.scope}}}'
    )
