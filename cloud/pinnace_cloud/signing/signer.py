"""Signs what the controller publishes: heads of groups and messages to single nodes.

Holds keys, no state: versions and the time are the caller's, who keeps them in its store and never lets them decrease.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from securesystemslib.signer import CryptoSigner

from pinnace_cloud.signing import documents
from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_cloud.signing.keys import KeyRole, KeySet
from pinnace_schemas import codec, envelope, head, names
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.head import Head
from pinnace_schemas.messages import Addressed, ControlMessage
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time

# How long a head stays fresh. Renewal costs a metered link one message for each group, so twice a month is enough;
# a link that is down for two weeks then still finds a head that is not expired.
METADATA_LIFETIME = timedelta(days=30)
# Of the targets of a group, which heads share: each set serves the heads of a month.
TARGETS_LIFETIME = 2 * METADATA_LIFETIME
# When the controller signs a head anew with a higher version.
RENEW_AFTER = METADATA_LIFETIME / 2


class Signer:
    """Signs for one tenant. Safe to share between threads."""

    def __init__(self, keyset: KeySet, tenant: str) -> None:
        if keyset.tenant != tenant:
            message = f"the key set is for tenant {keyset.tenant!r}, the controller for {tenant!r}; name the right one"
            raise Misconfigured(Reason.WRONG_TENANT, message, "keys")
        self._keyset = keyset
        self._tenant = tenant
        self._root_digest = codec.sha256(keyset.root_text.encode("utf-8"))
        self._release = documents.delegate(self._key(KeyRole.RELEASE).public_key)

    @property
    def root_text(self) -> str:
        """The trust root as published."""
        return self._keyset.root_text

    @property
    def root_digest(self) -> str:
        """Hex digest by which join tokens name the root."""
        return self._root_digest

    def head(
        self, group: str, bundles: Sequence[ReleasedBundle], *, version: int, now: datetime, targets: str = ""
    ) -> Head:
        """Everything `group` should run, fresh until `now` + METADATA_LIFETIME.

        `targets`: those of the head before, with a version below `version`. They are used again as long as they say who
        may sign and outlive this head: what they say changes with the keys, not with a release.

        Raises Rejected(INVALID) for a name that cannot be a group.
        """
        check_group(group)
        frame = documents.frame(self._tenant, group, _after(now, METADATA_LIFETIME))
        targets_version, targets = self._targets(group, targets, version, now)
        snapshot = documents.text(documents.snapshot(frame, targets_version, version), self._key(KeyRole.SNAPSHOT))
        return Head(
            timestamp=documents.text(documents.timestamp(frame, snapshot, version), self._key(KeyRole.TIMESTAMP)),
            snapshot=snapshot,
            targets=targets,
            group=documents.text(documents.release(frame, bundles, version), self._key(KeyRole.RELEASE)),
        )

    def _targets(self, group: str, earlier: str, version: int, now: datetime) -> tuple[int, str]:
        """Version and text: the earlier ones if they serve."""
        key = self._key(KeyRole.TARGETS)
        frame = documents.frame(self._tenant, group, _after(now, TARGETS_LIFETIME))
        until = _after(now, METADATA_LIFETIME)
        number = documents.kept(earlier, frame, self._release, key.public_key.keyid, until)
        if number is not None:
            return number, earlier
        return version, documents.text(documents.targets(frame, self._release, version), key)

    def control(self, payload: Addressed, *, with_targets: bool = False, with_root: bool = False) -> ControlMessage:
        """A message to one node. Retained ones and join replies carry `targets`, join replies also the root."""
        return ControlMessage(
            envelope=self.envelope(payload),
            targets=self._keyset.control_text if with_targets else None,
            root=self._keyset.root_text if with_root else None,
        )

    def envelope(self, payload: Addressed) -> str:
        """The text of the envelope with the message and its signature."""
        signed = codec.encode(payload)
        signature = self._key(KeyRole.CONTROL).sign(signed)
        return envelope.text(signed.decode(), signature.keyid, signature.signature)

    def _key(self, role: KeyRole) -> CryptoSigner:
        return self._keyset.signers[role]


@lru_cache(maxsize=16)  # one moment serves all heads of a release
def _after(now: datetime, lifetime: timedelta) -> str:
    return format_time(now + lifetime)


def check_group(group: str) -> None:
    """Raises Rejected(INVALID) for a name that no group can have."""
    if not names.is_dns_label(group):
        raise Rejected(Reason.INVALID, "a group is a DNS label: at most 63 of a-z, 0-9 and '-'", f"group {group!r}")
    if group in head.RESERVED_GROUPS:
        reserved = ", ".join(sorted(head.RESERVED_GROUPS))
        raise Rejected(Reason.INVALID, f"these names are reserved: {reserved}", f"group {group!r}")
