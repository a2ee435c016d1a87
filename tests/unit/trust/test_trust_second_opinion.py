"""python-tuf's own client rules as a second opinion: what it refuses, we refuse; what we accept, it accepts.

`TrustedMetadataSet` is private to python-tuf, so only tests use it. It knows neither tenant, group nor paths.
"""

import json
from typing import TYPE_CHECKING, Any

import pytest
from tuf.api.exceptions import RepositoryError
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from pinnace_cloud.signing.keys import KeyRole
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Head

if TYPE_CHECKING:
    from tests.unit.trust.conftest import World

Json = dict[str, Any]
KEYS = {
    "timestamp": KeyRole.TIMESTAMP,
    "snapshot": KeyRole.SNAPSHOT,
    "targets": KeyRole.TARGETS,
    "group": KeyRole.RELEASE,
}


@pytest.mark.parametrize("applications", [(), ("web",), ("web", "till", "bank")])
def test_both_accept_what_the_controller_signs(world: "World", applications: tuple[str, ...]) -> None:
    head = world.head(applications=applications)
    _second_opinion(world, head)
    assert len(world.accept(head).wanted) == len(applications)


@pytest.mark.parametrize("role", list(KEYS))
@pytest.mark.parametrize(
    "attack", ["garbage", "truncated", "stranger", "other role", "version", "unsigned change", "no keys"]
)
def test_both_refuse(world: "World", stranger: "World", role: str, attack: str) -> None:
    head = world.head()
    text = _attacked(world, stranger, head, role, attack)
    assert text != getattr(head, role)
    forged = head.model_copy(update={role: text})
    with pytest.raises(RepositoryError):
        _second_opinion(world, forged)
    with pytest.raises(Rejected):
        world.accept(forged)


@pytest.mark.parametrize("role", ["snapshot", "targets", "group"])
def test_both_refuse_a_mixture(world: "World", role: str) -> None:
    mixed = world.head(4).model_copy(update={role: getattr(world.head(3), role)})
    with pytest.raises(RepositoryError):
        _second_opinion(world, mixed)
    with pytest.raises(Rejected):
        world.accept(mixed)


def test_both_refuse_a_rollback(world: "World") -> None:
    older, newer = world.head(3), world.head(4)
    known = TrustedMetadataSet(world.trust.root.encode(), EnvelopeType.METADATA)
    known.reference_time = world.now
    known.update_timestamp(newer.timestamp.encode())
    with pytest.raises(RepositoryError):
        known.update_timestamp(older.timestamp.encode())
    with pytest.raises(Rejected):
        world.accept(older, trust=world.having_accepted(newer))


def _attacked(world: "World", stranger: "World", head: Head, role: str, attack: str) -> str:
    text: str = getattr(head, role)
    made = {
        "garbage": lambda: "\x00" + text,
        "truncated": lambda: text[:-20],
        "stranger": lambda: stranger.forged(text, _nothing, KEYS[role]),
        "other role": lambda: world.forged(text, _nothing, KeyRole.CONTROL),
        "version": lambda: (
            text.replace('"version":3,', '"version":4,') if role != "group" else _plain(text, "version", 4)
        ),
        "unsigned change": lambda: _plain(text, "expires", "2030-01-01T00:00:00Z"),
        "no keys": lambda: json.dumps(json.loads(text) | {"signatures": []}),
    }
    result = made[attack]()
    return result if result != text else _plain(text, "version", 4)


def _plain(text: str, field: str, value: object) -> str:
    document = json.loads(text)
    document["signed"][field] = value
    return json.dumps(document)


def _nothing(signed: Json) -> None:
    """Signs what is there."""


def _second_opinion(world: "World", head: Head) -> None:
    """Raises RepositoryError for what python-tuf's client would not take."""
    known = TrustedMetadataSet(world.trust.root.encode(), EnvelopeType.METADATA)
    known.reference_time = world.now
    known.update_timestamp(head.timestamp.encode())
    known.update_snapshot(head.snapshot.encode())
    known.update_targets(head.targets.encode())
    known.update_delegated_targets(head.group.encode(), "shops", "targets")
