"""Refuses a store that other keys have signed: the controller would go on publishing what they signed, sites that know
them would refuse everything new, and sites that join with the new keys everything old.

Compared by key id, not verified: the store is the controller's own. A store that has signed nothing goes with any keys.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from pinnace_cloud.signing.keys import KeyRole, KeySet
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_schemas import compression, presets
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

# The documents of a head that the root's roles sign; the release key may be another one each time.
_OF_HEADS = {"timestamp": KeyRole.TIMESTAMP, "snapshot": KeyRole.SNAPSHOT, "targets": KeyRole.TARGETS}
_OF_ASSIGNMENTS = {"envelope": KeyRole.CONTROL}
# What is stored was within limits that may be lower now; this only keeps a damaged message from filling the memory.
_MAX_PLAIN_BYTES = 1 << 30


def check(store: Store, database: Path, keyset: KeySet, keys: Path) -> None:
    """Raises Rejected(INVALID), which names both places and the ways on."""
    with store.reading() as tx:
        foreign = tuple(_foreign(tx, keyset))
    if foreign:
        more = f" (and {len(foreign) - 1} more)" if len(foreign) > 1 else ""
        message = (
            f"{foreign[0]}{more} in this store is not signed by the keys in {keys}; put back the keys that belong to"
            " this store, or, if they are lost, move the store away, begin with an empty one and join each node again"
            " (docs/faq.md: the signing keys are lost)"
        )
        raise Rejected(Reason.INVALID, message, str(database))


def _foreign(tx: Transaction, keyset: KeySet) -> Iterable[str]:
    """What is signed otherwise. A message is empty where the group or node is no more."""
    of_heads, of_assignments = _key_ids(keyset, _OF_HEADS), _key_ids(keyset, _OF_ASSIGNMENTS)
    for head in tx.deliveries.heads():
        if head.message and _signers(head.message, of_heads, presets.HEAD) != of_heads:
            yield f"the head of group '{head.group}'"
    for assignment in tx.deliveries.assignments():
        message = assignment.message
        if message and _signers(message, of_assignments, presets.CONTROL) != of_assignments:
            yield f"the assignment of node '{assignment.node}'"


def _key_ids(keyset: KeySet, roles: dict[str, KeyRole]) -> dict[str, str]:
    return {part: keyset.signers[role].public_key.keyid for part, role in roles.items()}


def _signers(message: bytes, parts: Iterable[str], preset: bytes) -> dict[str, str]:
    """The key id of each of these documents in a stored message; none where it cannot be read."""
    try:
        texts = json.loads(compression.inflate(message, _MAX_PLAIN_BYTES, "stored message", preset))
        return {part: json.loads(texts[part])["signatures"][0]["keyid"] for part in parts}
    except (Rejected, ValueError, KeyError, IndexError, TypeError):
        return {}
