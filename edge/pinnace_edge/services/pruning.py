"""Deletes what is no longer wanted, in the reverse order of applying. A failed delete is tried again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from pinnace_edge.model import AppKey, Deleted, Deletion, Deployment, Live, Ref
from pinnace_edge.ports import Cluster, Store
from pinnace_edge.rules import prune, stages
from pinnace_edge.rules.plan import World
from pinnace_edge.rules.prune import Left, Others
from pinnace_edge.services.journal import Journal
from pinnace_schemas.journal import Event


@dataclass(slots=True)
class Pruned:
    """`waiting`: being deleted (finalizers). `later`: once others are gone. `held`: stays for another application that
    comes or goes, with its name.

    `failed`: refused or to be tried again, with the API's words.
    """

    waiting: list[Ref] = field(default_factory=list)
    later: list[Ref] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return not (self.waiting or self.later or self.failed or self.held)


class Pruner:
    """Carries out deletions of one application."""

    def __init__(self, store: Store, cluster: Cluster, journal: Journal, is_complete: Callable[[], bool]) -> None:
        """`is_complete`: whether the heads of all assigned groups are here."""
        self._store = store
        self._cluster = cluster
        self._journal = journal
        self._is_complete = is_complete
        self._told: dict[AppKey, frozenset[str]] = {}

    def run(
        self,
        deployment: Deployment,
        wanted: Sequence[Ref],
        world: World,
        *,
        is_leaving: bool = False,
        keep_legacy: bool = False,
        after: Mapping[Ref, Collection[Ref]] = MappingProxyType({}),
    ) -> Pruned:
        """Everything of the inventory that is not in `wanted`, but for what is kept until the application goes.

        `after`: what each object came after when it was applied; those wait until it is gone.
        """
        others = self._others(deployment.key)
        found = prune.prune(wanted, deployment.key, world, others, is_leaving=is_leaving, keep_legacy=keep_legacy)
        done = Pruned(failed=[f"{item.ref}: {item.message}" for item in found.blocked])
        self._forget(deployment, found.forget, found.leave)
        self._hold(deployment, found.hold, done)
        by_ref = {live.ref: live for live in found.delete}
        later = {ref for each in by_ref for ref in after.get(each, ())}
        for stage in reversed(stages.in_stages(ref for ref in by_ref if ref not in later)):
            for ref in stage:
                self._delete(deployment, by_ref[ref], done)
        done.later += sorted(later & by_ref.keys())
        self._told[deployment.key] = frozenset(done.failed + done.held)
        return done

    def _others(self, key: AppKey) -> Others:
        others = [item for item in self._store.deployments() if item.key != key]
        coming = (item.key for item in others if item.wanted_bundle not in ("", item.bundle))
        leaving = {item.key: self._store.inventory(item.key) for item in others if item.is_leaving}
        return Others(tuple(coming), self._is_complete(), leaving)

    def _hold(self, deployment: Deployment, held: Sequence[Left], done: Pruned) -> None:
        """Journalled once for each application that it waits for."""
        for item in held:
            words = f"{item.ref}: {item.message}"
            done.held.append(words)
            if words not in self._told.get(deployment.key, ()):
                self._journal.note(Event.PRUNE_FAILED, deployment, obj=item.ref, message=item.message)

    def _forget(self, deployment: Deployment, gone: Sequence[Ref], left: Sequence[Left]) -> None:
        with self._store.transaction():
            self._store.drop_owned(deployment.key, [*gone, *(item.ref for item in left)])
            for item in left:
                self._journal.note(Event.PRUNED, deployment, obj=item.ref, message=item.message)

    def _delete(self, deployment: Deployment, live: Live, done: Pruned) -> None:
        if live.deleting:
            done.waiting.append(live.ref)  # asked for already; its finalizers may take days
            return
        result = self._cluster.delete(live.ref, live.uid)
        if result.outcome is Deletion.GONE:
            with self._store.transaction():
                self._store.drop_owned(deployment.key, [live.ref])
                self._journal.note(Event.PRUNED, deployment, obj=live.ref)
        elif result.outcome is Deletion.STARTED:
            done.waiting.append(live.ref)
        else:
            self._failed(deployment, result, done)

    def _failed(self, deployment: Deployment, result: Deleted, done: Pruned) -> None:
        """Each refusal is journalled once, however often the delete is tried again."""
        words = f"{result.ref}: {result.message}"
        done.failed.append(words)
        if result.outcome is Deletion.REFUSED and words not in self._told.get(deployment.key, ()):
            self._journal.note(
                Event.PRUNE_FAILED, deployment, obj=result.ref, reason=result.reason, message=result.message
            )
