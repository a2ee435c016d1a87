"""Applies planned objects stage by stage: inventory first, then the request, then the mark. Safe to repeat anywhere."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pinnace_edge.model import Applied, ApplyRequest, Change, Deployment, Kind, KubeObject, Live, Owned, Ref, Status
from pinnace_edge.ports import Cluster, Store
from pinnace_edge.rules import order, plan, replacement, stages
from pinnace_edge.rules.order import Held
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import Action, Apply, Keep, Refuse
from pinnace_edge.services.healing import Healing
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.preparing import Preparer, Waiting
from pinnace_schemas.journal import Event
from pinnace_schemas.reasons import Reason

_NAMESPACE = Kind("v1", "Namespace")
_CRD = "CustomResourceDefinition"


# How objects are, where definitions judge some of them.
Judge = Callable[[Sequence[Live]], Sequence[Live]]


def _by_kind(live: Sequence[Live]) -> Sequence[Live]:
    return live


@dataclass(slots=True)
class Outcome:
    """What one pass over the objects gave. `retry` holds the API's words for what must be tried again soon, `held` what
    waits until others are ready."""

    live: list[Live] = field(default_factory=list)
    refused: list[Refuse] = field(default_factory=list)
    retry: list[str] = field(default_factory=list)
    held: tuple[Held, ...] = ()
    paused: list[Ref] = field(default_factory=list)
    counts: Counter[Change] = field(default_factory=Counter)
    healed: int = 0
    is_waiting_for_crds: bool = False
    deferred: Collection[Kind] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything was sent that may be sent at all."""
        return not (self.retry or self.held or self.is_waiting_for_crds)

    def is_early(self, result: Applied) -> bool:
        """Its kind is not served yet, but will be: its definition comes with the bundle and was not refused."""
        is_unknown = result.reason is Reason.UNKNOWN_KIND and result.ref.kind in self.deferred
        return is_unknown and all(item.ref.kind.kind != _CRD for item in self.refused)


class Applier:
    """Carries out the plan of one application."""

    def __init__(self, store: Store, cluster: Cluster, journal: Journal, healing: Healing, preparer: Preparer) -> None:
        self._store = store
        self._cluster = cluster
        self._journal = journal
        self._healing = healing
        self._preparer = preparer

    def run(
        self,
        deployment: Deployment,
        actions: Sequence[Action],
        deferred: Collection[Kind] = (),
        seen: Collection[Live] = (),
        judged: Judge = _by_kind,
    ) -> Outcome:
        """What waits for nothing first, then what has become free: something without a status is ready at once.

        `deferred` kinds are defined in the same bundle: that they are not served yet passes. `seen` are objects that
        this application only looks at, and others of it wait for. `judged` says which of them are ready.
        """
        outcome = Outcome(deferred=deferred)
        outcome.refused += [action for action in actions if isinstance(action, Refuse)]
        outcome.live += [action.live for action in actions if isinstance(action, Keep)]
        todo = [action for action in actions if isinstance(action, Apply)]
        known = self._store.inventory(deployment.key)
        if failed := plan.newly_failed(actions, known):
            self._store.save_owned(deployment.key, failed)
        judge = judged if any(_may_wait(action, known) for action in actions) else _by_kind
        free, waiting = order.divided(todo, known, judge((*outcome.live, *seen)))
        while free:
            self._apply(deployment, free, known, outcome)
            if outcome.retry or outcome.is_waiting_for_crds:
                break
            free, waiting = order.divided(waiting, known, judge((*outcome.live, *seen)))
        self._hold(waiting, actions, judge((*outcome.live, *seen)), outcome)
        return outcome

    def _hold(
        self, waiting: Sequence[Apply], actions: Sequence[Action], seen: Sequence[Live], outcome: Outcome
    ) -> None:
        early = order.early(outcome.refused, seen)
        outcome.refused = [item for item in outcome.refused if item not in early]
        outcome.held = order.held([*(action.desired for action in waiting), *early], seen, actions)

    def _apply(
        self, deployment: Deployment, todo: Sequence[Apply], known: Mapping[Ref, Owned], outcome: Outcome
    ) -> None:
        """Later stages wait for earlier ones: CRDs must be established, and nothing may ask for a retry."""
        without = self._make_namespaces(todo)
        outcome.refused += [_homeless(each, without) for each in todo if each.desired.ref.namespace in without]
        todo = [each for each in todo if each.desired.ref.namespace not in without]
        self._intend(deployment, todo, known)
        for stage in _in_stages(todo):
            self._apply_stage(deployment, stage, outcome)
            if outcome.retry or outcome.is_waiting_for_crds:
                break

    def _apply_stage(self, deployment: Deployment, stage: Sequence[Apply], outcome: Outcome) -> None:
        free = [action for action in stage if not self._is_paused(action, outcome)]
        ready = list(self._prepared(deployment, free, outcome))
        details = {a.desired.ref: self._healing.describe(a, body) for a, body in ready if a.is_drift}
        requests = [_request(action, body) for action, body in ready]
        results = self._cluster.apply(requests) if requests else ()
        with self._store.transaction():
            for (action, _), result in zip(ready, results, strict=True):
                self._record(deployment, action, result, details.get(result.ref, ""), outcome)
        is_new = any(_is_new_crd(result) for result in results)
        outcome.is_waiting_for_crds = is_new or any(_is_pending_crd(live) for live in outcome.live)

    def _prepared(
        self, deployment: Deployment, stage: Sequence[Apply], outcome: Outcome
    ) -> Iterator[tuple[Apply, KubeObject]]:
        """With the bodies to send; without what has to wait or must not be touched."""
        for action in stage:
            body = self._preparer.body(deployment, action)
            if isinstance(body, Refuse):
                outcome.refused.append(body)
            elif isinstance(body, Waiting):
                outcome.retry.append(f"{action.desired.ref}: {body.message}")
            else:
                yield action, body

    def _is_paused(self, action: Apply, outcome: Outcome) -> bool:
        if not self._healing.is_paused(action):
            return False
        outcome.paused.append(action.desired.ref)
        return True

    def _intend(self, deployment: Deployment, todo: Sequence[Apply], known: Mapping[Ref, Owned]) -> None:
        """For all stages at once: each commit waits for the disk. A row for what is never sent does no harm."""
        intents = [Owned(action.desired.ref) for action in todo if action.desired.ref not in known]
        if intents:
            self._store.save_owned(deployment.key, intents)

    def _record(self, deployment: Deployment, action: Apply, result: Applied, detail: str, outcome: Outcome) -> None:
        outcome.counts[result.change] += 1
        if result.change is Change.RETRY or outcome.is_early(result):
            outcome.retry.append(f"{result.ref}: {result.message}")
        elif result.live is None:
            outcome.refused.append(Refuse(result.ref, result.reason or Reason.API_REJECTED, result.message))
        else:
            outcome.live.append(result.live)
            self._store.save_owned(deployment.key, [_row(action.desired, result.live)])
            if action.is_drift and detail:
                self._note_healed(deployment, action, detail, outcome)

    def _note_healed(self, deployment: Deployment, action: Apply, detail: str, outcome: Outcome) -> None:
        outcome.healed += 1
        is_fight = self._healing.corrected(action)
        reason = Reason.FIGHT if is_fight else Reason.DRIFTED
        self._journal.note(Event.DRIFT_HEALED, deployment, obj=action.desired.ref, reason=reason, message=detail)

    def _make_namespaces(self, todo: Sequence[Apply]) -> dict[str, Applied]:
        """A namespace that is missing is made, without our label: it is never deleted, since others may move in.

        Returns those that the KubeAPI refused; where it only asks for patience, so will the objects in them.
        """
        needed = {action.desired.ref.namespace for action in todo} - {""}
        needed -= {action.desired.ref.name for action in todo if action.desired.ref.kind == _NAMESPACE}
        if not needed:
            return {}
        there = {ref.name for ref in self._cluster.present(_NAMESPACE, "").objects}
        requests = [_namespace(name) for name in sorted(needed - there)]
        made = self._cluster.apply(requests) if requests else ()
        return {result.ref.name: result for result in made if result.change is Change.REFUSED}


def _may_wait(action: Action, known: Mapping[Ref, Owned]) -> bool:
    match action:
        case Apply():
            return order.may_wait(action.desired, known)
        case Refuse():
            return bool(action.after)
    return False


def _in_stages(todo: Sequence[Apply]) -> Iterator[list[Apply]]:
    by_ref = {action.desired.ref: action for action in todo}
    for stage in stages.in_stages(by_ref):
        yield [by_ref[ref] for ref in stage]


def _request(action: Apply, body: KubeObject) -> ApplyRequest:
    whole = partial(replacement.whole, body, action.leave) if action.desired.handling.replace else None
    return ApplyRequest(action.desired.ref, body, action.force, replacing=whole)


def _row(desired: Desired, live: Live) -> Owned:
    """What is being deleted is not as wanted, although the KubeAPI takes what is applied to it."""
    body = "" if live.deleting else desired.digest
    return Owned(desired.ref, body, live.uid, live.resource_version, live.our_fields)


def _homeless(action: Apply, without: Mapping[str, Applied]) -> Refuse:
    ref = action.desired.ref
    why = without[ref.namespace]
    message = f"the namespace {ref.namespace} cannot be made: {why.message}"
    return Refuse(ref, why.reason or Reason.API_REJECTED, message)


def _is_new_crd(result: Applied) -> bool:
    return result.ref.kind.kind == _CRD and result.change is Change.CREATED


def _is_pending_crd(live: Live) -> bool:
    return live.ref.kind.kind == _CRD and live.health.status is Status.IN_PROGRESS


def _namespace(name: str) -> ApplyRequest:
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    return ApplyRequest(Ref(_NAMESPACE, "", name), body, force=False)
