"""Makes of a planned apply what is sent: leaves fields to others, and deletes first what has to be made anew."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pinnace_edge.model import Applied, ApplyRequest, Change, Deletion, Deployment, KubeObject, Owned, Ref
from pinnace_edge.ports import Cluster, Store
from pinnace_edge.rules import once, ownership, recreation
from pinnace_edge.rules.plan import Apply, Refuse
from pinnace_edge.services.journal import Journal
from pinnace_schemas.errors import Rejected
from pinnace_schemas.handling import Prune
from pinnace_schemas.journal import Event
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Waiting:
    """It cannot be sent yet; `message` says why."""

    message: str


class Preparer:
    """Costs a GET for what is handled otherwise than usual, and nothing for all else."""

    def __init__(self, store: Store, cluster: Cluster, journal: Journal) -> None:
        self._store = store
        self._cluster = cluster
        self._journal = journal

    def body(self, deployment: Deployment, action: Apply) -> KubeObject | Waiting | Refuse:
        """What to send. Raises Unavailable when the KubeAPI does not answer."""
        body, recreate = action.desired.body, action.desired.handling.recreate or ()
        if not (action.leave or recreate):
            return body
        ref = action.desired.ref
        try:
            live = self._cluster.read(ref)
        except Rejected as exc:
            return Refuse(ref, exc.reason, exc.message)
        if live is None:
            return body
        adapted = once.adapted(body, live, action.leave)
        is_another = recreation.changed_field(adapted, live, recreate)
        return self._anew(deployment, action, live, adapted) if is_another else adapted

    def _anew(
        self, deployment: Deployment, action: Apply, live: KubeObject, adapted: KubeObject
    ) -> KubeObject | Waiting | Refuse:
        """Tried out before anything is deleted: the KubeAPI writes values in its own way, such as `1Gi` for `1024Mi`,
        and what it would not take as a new object either must not cost the old one."""
        ref, paths = action.desired.ref, action.desired.handling.recreate or ()
        trial = self._cluster.apply([ApplyRequest(ref, adapted, force=True, dry_run=True)])[0]
        if trial.change is Change.RETRY:
            return Waiting(trial.message)
        if trial.change is Change.REFUSED and not recreation.may_help(trial.message):
            return _refusal(ref, trial)
        field = recreation.changed_field(trial.answer or adapted, live, paths)
        if not field:
            return adapted
        return self._tried(action) or self._delete(deployment, action, live, field) or action.desired.body

    def _tried(self, action: Apply) -> Waiting | Refuse | None:
        """None: it would be taken as a new object. Where a value must not change, the KubeAPI looks at nothing else of
        a change; so the successor is made, in a dry run, under a name that nobody has."""
        ref, body = action.desired.ref, recreation.trial_of(action.desired.body)
        other = replace(ref, name=body["metadata"]["name"])
        trial = self._cluster.apply([ApplyRequest(other, body, force=False, dry_run=True)])[0]
        if trial.change is Change.RETRY:
            return Waiting(trial.message)
        is_forbidden = trial.change is Change.REFUSED and recreation.forbids(trial.message)
        return _refusal(ref, trial) if is_forbidden else None

    def _delete(self, deployment: Deployment, action: Apply, live: KubeObject, field: str) -> Waiting | Refuse | None:
        """None: it is gone."""
        ref, metadata = action.desired.ref, live["metadata"]
        if not _is_for_us(metadata.get("labels") or {}, deployment, action):
            return Waiting("it has changed hands just now")
        if "deletionTimestamp" in metadata:
            return Waiting(f"it is being deleted, to be made anew with another {field}")
        # Nothing runs as it was applied from here on, whatever comes between: no revision may take it for done.
        self._store.save_owned(deployment.key, [Owned(ref, "", metadata["uid"])])
        result = self._cluster.delete(ref, metadata["uid"])
        if result.outcome is Deletion.REFUSED:
            return Refuse(ref, result.reason or Reason.API_REJECTED, result.message)
        if result.outcome is Deletion.RETRY:
            return Waiting(result.message)
        self._journal.note(Event.PRUNED, deployment, obj=ref, message=f"to be made anew with another {field}")
        return None if result.outcome is Deletion.GONE else Waiting(f"it goes, to be made anew with another {field}")


def _refusal(ref: Ref, trial: Applied) -> Refuse:
    return Refuse(ref, trial.reason or Reason.API_REJECTED, trial.message)


def _is_for_us(found: Mapping[str, str], deployment: Deployment, action: Apply) -> bool:
    """Looked at again, since a delete follows: ours, or nobody's and to be adopted, or shared by all who hold it."""
    owner, handling = ownership.owner(found), action.desired.handling
    is_nobodys = owner is None or ownership.prune_of(found) is Prune.NEVER
    is_shared = ownership.is_shared(found) and handling.shared is True
    return owner == deployment.key or is_shared or (is_nobodys and handling.adopt is True)
