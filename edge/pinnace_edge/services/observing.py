"""Looks at objects that this application does not write: those that a policy makes read-only, and shares of others'.

What it wrote before it became read-only is written a last time: it learns that it stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from pinnace_edge.model import ApplyRequest, Change, Deployment, KubeObject, Live, Owned, Ref
from pinnace_edge.ports import Cluster, Store
from pinnace_edge.rules import health, letting_go
from pinnace_edge.rules.plan import Action, Observe, Refuse
from pinnace_edge.services.applying import Outcome
from pinnace_edge.services.journal import Journal
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.journal import Event
from pinnace_schemas.reasons import Reason

_ABSENT = "it does not exist, and its policy read-only lets nobody make it"
_LET_GO = "let go, as its policy read-only says: it stays"


class Observer:
    """One GET for each of them and pass; two for those that something waits for."""

    def __init__(self, store: Store, cluster: Cluster, journal: Journal) -> None:
        self._store = store
        self._cluster = cluster
        self._journal = journal

    def run(
        self, deployment: Deployment, actions: Sequence[Action], inventory: Mapping[Ref, Owned], outcome: Outcome
    ) -> None:
        """Adds how they are to the outcome. A share is held from now on; what is read-only is held no more."""
        for action in actions:
            if isinstance(action, Observe):
                live = self._look(deployment, action, outcome)
                self._record(deployment, action, live, inventory)

    def peek(self, actions: Iterable[Observe]) -> tuple[Live, ...]:
        """How they are, before anything is applied; without those that cannot be read, of which `run` tells."""
        found = list[Live]()
        for action in actions:
            with suppress(Rejected, Unavailable):
                item = self._cluster.read(action.desired.ref)
                found += [] if item is None else [_live(action.desired.ref, item)]
        return tuple(found)

    def _look(self, deployment: Deployment, action: Observe, outcome: Outcome) -> Live | None:
        ref = action.desired.ref
        try:
            item = self._cluster.read(ref)
        except Rejected as exc:
            outcome.refused.append(Refuse(ref, exc.reason, exc.message))
            return None
        if item is not None:
            is_to_let_go = not action.is_share and letting_go.is_unsaid(item, deployment.key)
            if is_to_let_go and not self._let_go(deployment, ref, item, outcome):
                return None
            outcome.live.append(_live(ref, item))
            return outcome.live[-1]
        if action.is_share:
            outcome.retry.append(f"{ref}: the application that applied it has let it go")
        else:
            outcome.refused.append(Refuse(ref, Reason.NOT_FOUND, _ABSENT))
        return None

    def _let_go(self, deployment: Deployment, ref: Ref, item: KubeObject, outcome: Outcome) -> bool:
        """Once: it carries our labels, by which it would be found and taken for ours if the store were lost."""
        result = self._cluster.apply([ApplyRequest(ref, letting_go.body(item), force=True)])[0]
        if result.live is not None:
            self._journal.note(Event.PRUNED, deployment, obj=ref, message=_LET_GO)
        elif result.change is Change.RETRY:
            outcome.retry.append(f"{ref}: {result.message}")
        else:
            message = f"read-only now, but cannot be marked as let go: {result.message}"
            outcome.refused.append(Refuse(ref, result.reason or Reason.API_REJECTED, message))
        return result.live is not None

    def _record(
        self, deployment: Deployment, action: Observe, live: Live | None, inventory: Mapping[Ref, Owned]
    ) -> None:
        ref = action.desired.ref
        if not action.is_share:
            if ref in inventory:
                self._store.drop_owned(deployment.key, [ref])
        elif live is not None:
            row = Owned.share(ref, action.desired.digest, live.uid, action.desired.handling.prune)
            if inventory.get(ref) != row:
                self._store.save_owned(deployment.key, [row])


def _live(ref: Ref, item: KubeObject) -> Live:
    metadata = item["metadata"]
    is_leaving = "deletionTimestamp" in metadata
    labels = metadata.get("labels") or {}
    uid, version = metadata.get("uid", ""), metadata.get("resourceVersion", "")
    return Live(ref, uid, version, labels, "", health.health(item), deleting=is_leaving)
