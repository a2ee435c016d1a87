"""Accepts heads: verified, never older, remembered in the same transaction that changes what is wanted here."""

from dataclasses import replace

from pinnace_edge.model import AppKey, Deployment, Trust, VerifiedHead, WantedBundle
from pinnace_edge.ports import Clock, Store, StoredHead, Verifier
from pinnace_edge.rules import phases
from pinnace_edge.rules.phases import Trigger
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.trusted_time import TrustedTime
from pinnace_schemas import head
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason


class Heads:
    """Owns what the accepted heads say. Heads kept in the store are verified again when the daemon starts."""

    def __init__(
        self, store: Store, verifier: Verifier, time: TrustedTime, clock: Clock, journal: Journal, limits: Limits
    ) -> None:
        self._store = store
        self._verifier = verifier
        self._time = time
        self._clock = clock
        self._journal = journal
        self._limits = limits
        self._accepted: dict[str, VerifiedHead] = {}

    def load(self) -> None:
        """Verifies the stored heads. One that fails is dropped: what runs goes on, and the broker has the head."""
        for stored in self._store.heads():
            try:
                self._accepted[stored.group] = self._verify(stored.group, stored.message)
            except Rejected as exc:
                with self._store.transaction():
                    self._store.drop_head(stored.group)
                    self._journal.note(Event.MESSAGE_REFUSED, group=stored.group, reason=exc.reason, message=str(exc))

    def receive(self, group: str, message: bytes) -> bool:
        """True when something new was accepted. Raises Rejected; then nothing has changed."""
        if group not in self._store.assignment()[1]:
            raise Rejected(Reason.NOT_ASSIGNED, "this node is not assigned to the group", f"head of group {group}")
        found = self._verify(group, message)
        before = self._accepted.get(group)
        if before and found.version == before.version:
            return False
        if found.is_expired:
            raise Rejected(
                Reason.EXPIRED, f"its metadata expired {found.expires_at:%Y-%m-%d}", f"head of group {group}"
            )
        self._accept(found, message)
        return True

    def drop(self, group: str) -> None:
        """The node left the group: what came by it is no longer wanted."""
        with self._store.transaction():
            self._accepted.pop(group, None)
            self._store.drop_head(group)
            for deployment in self._store.deployments():
                if deployment.group == group and not deployment.is_leaving:
                    self._let_go(deployment)

    def versions(self) -> dict[str, int]:
        """The accepted version of each group, for reports."""
        return {group: found.version for group, found in self._accepted.items()}

    def wanted(self, deployment: Deployment) -> WantedBundle | None:
        """What the accepted head of its own group says about an application."""
        return _entry(self._accepted.get(deployment.group), deployment.key)

    def may_remove(self) -> bool:
        """Nothing is removed before the heads of all assigned groups are here: an application that moves from one
        group to another must not vanish in between, and a node without its memory removes nothing at all."""
        version, groups = self._store.assignment()
        return version > 0 and all(group in self._accepted for group in groups)

    def _verify(self, group: str, message: bytes) -> VerifiedHead:
        trust = self._store.trust()
        if trust is None:
            raise Rejected(Reason.BAD_SIGNATURE, "the node has no trust root; join it again", f"head of group {group}")
        unverified = head.decode(message, self._limits, f"head of group {group}")
        return self._verifier.head(unverified, group, trust, self._time.now())

    def _accept(self, found: VerifiedHead, message: bytes) -> None:
        trust = self._store.trust() or Trust("")
        with self._store.transaction():
            self._store.save_trust(replace(trust, versions={**trust.versions, **found.versions}))
            self._store.save_head(StoredHead(found.group, found.version, message))
            self._update_deployments(found)
            self._journal.note(Event.HEAD_ACCEPTED, group=found.group, message=f"version {found.version}")
        self._accepted[found.group] = found

    def _update_deployments(self, found: VerifiedHead) -> None:
        before = {deployment.key: deployment for deployment in self._store.deployments()}
        for item in found.wanted:
            self._want(item, found.group, before.get(item.key))
        keys = {item.key for item in found.wanted}
        for deployment in before.values():
            if deployment.group == found.group and deployment.key not in keys and not deployment.is_leaving:
                self._let_go(deployment)

    def _let_go(self, deployment: Deployment) -> None:
        """Its group does not want it any more. Another may have wanted it all the time, and was refused as the second
        (an application on its way from group to group does so): then it moves there."""
        after = replace(deployment, wanted_bundle="", wanted_revision=0)
        for group, found in self._accepted.items():
            item = _entry(found, deployment.key)
            if item and group != deployment.group and not found.is_expired:
                after = _wanting(after, item, group, self._clock)
        self._store.save_deployment(after)

    def _want(self, item: WantedBundle, group: str, before: Deployment | None) -> None:
        if before is None:
            before = Deployment(item.key, group, Phase.PENDING, self._clock.now())
        elif before.group != group and not before.is_leaving:
            self._refuse_second(group, before)
            return
        self._store.save_deployment(_wanting(before, item, group, self._clock))

    def _refuse_second(self, group: str, first: Deployment) -> None:
        message = f"group {group} delivers it too; the bundle of group {first.group} stays"
        self._journal.note(Event.MESSAGE_REFUSED, first, reason=Reason.TWO_GROUPS, message=message)


def _entry(found: VerifiedHead | None, key: AppKey) -> WantedBundle | None:
    return next((item for item in found.wanted if item.key == key), None) if found else None


def _wanting(before: Deployment, item: WantedBundle, group: str, clock: Clock) -> Deployment:
    revision = item.entry.revision
    after = replace(before, group=group, wanted_bundle=item.digest, wanted_revision=revision)
    if before.wanted_bundle == item.digest:
        # The same content under a new number: nothing to fetch or to apply.
        return replace(after, revision=revision) if before.bundle == item.digest else after
    if before.phase in (Phase.REMOVING, Phase.REMOVED):
        after = replace(after, bundle="", revision=0)  # nothing of it runs that would have to be kept meanwhile
    phase = phases.advance(before.phase, Trigger.WANTED)
    return replace(after, phase=phase, since=clock.now(), reason=None, message="")
