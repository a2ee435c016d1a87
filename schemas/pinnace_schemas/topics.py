"""MQTT topic names, built and parsed here only. `P` is `pinnace/v1/<tenant>`; no topic has more than 8 levels."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pinnace_schemas.names import DNS_LABEL, is_dns_label

_PREFIX = "pinnace/v1"
# Topics come back with each report of a node; those of a large fleet stay known, at about half a KiB each.
_KEPT = 16_384


class Kind(StrEnum):
    """What a topic carries (design: protocol, table of topics)."""

    HEAD = "head"
    ROOT = "root"
    CHUNK = "chunk"
    ASSIGNMENT = "assignment"
    INBOX = "inbox"
    REPORT = "report"
    REQUEST = "request"
    PRESENCE = "presence"
    ENROLL = "enroll"
    ENROLL_REPLY = "enroll-reply"


@dataclass(frozen=True, slots=True)
class Topic:
    """A parsed topic: `name` is the group, node, digest, root version or token id, as the kind says."""

    tenant: str
    kind: Kind
    name: str


_SHAPES = {
    Kind.HEAD: "groups/{}/head",
    Kind.ROOT: "trust/root/{}",
    Kind.CHUNK: "chunks/{}",
    Kind.ASSIGNMENT: "nodes/{}/assignment",
    Kind.INBOX: "nodes/{}/inbox",
    Kind.REPORT: "nodes/{}/report",
    Kind.REQUEST: "nodes/{}/request",
    Kind.PRESENCE: "nodes/{}/presence",
    Kind.ENROLL: "enroll/{}",
    Kind.ENROLL_REPLY: "enroll/{}/reply",
}
_LABEL = DNS_LABEL.strip("^$").replace("(", "(?:")
_NAMES = {Kind.CHUNK: "[0-9a-f]{64}", Kind.ROOT: "[1-9][0-9]{0,8}"}
_FITS = {kind: re.compile(name) for kind, name in _NAMES.items()}
# Group names of a regular expression are identifiers, which kinds are not.
_KINDS = {f"k{number}": kind for number, kind in enumerate(_SHAPES)}
# One expression for all shapes.
_ANY = re.compile(
    rf"{_PREFIX}/(?P<tenant>{_LABEL})/(?:"
    + "|".join(_SHAPES[kind].format(f"(?P<{key}>{_NAMES.get(kind, _LABEL)})") for key, kind in _KINDS.items())
    + ")"
)


def prefix(tenant: str) -> str:
    """What all topics of a tenant lie below."""
    return f"{_PREFIX}/{tenant}"


@lru_cache(maxsize=_KEPT)
def build(tenant: str, kind: Kind, name: str) -> str:
    """The topic's text. Raises ValueError for a name that does not fit: a caller checked it before."""
    if not is_dns_label(tenant) or not _fits(kind, name):
        raise ValueError(f"no {kind} topic can be made of tenant {tenant!r} and name {name!r}")
    return f"{prefix(tenant)}/{_SHAPES[kind].format(name)}"


@lru_cache(maxsize=_KEPT)
def parse(topic: str) -> Topic | None:
    """The parts of one of our topics, or None for any other text."""
    found = _ANY.fullmatch(topic)
    if found is None:
        return None
    key = found.lastgroup  # the one name that took part, since the tenant's stands before it
    assert key is not None
    return Topic(found["tenant"], _KINDS[key], found[key])


def wildcard(tenant: str, kind: Kind) -> str:
    """The cloud's subscription to one kind of all nodes or groups. Edges never use wildcards."""
    return f"{_PREFIX}/{tenant}/{_SHAPES[kind].format('+')}"


def _fits(kind: Kind, name: str) -> bool:
    shape = _FITS.get(kind)
    return shape.fullmatch(name) is not None if shape else is_dns_label(name)
