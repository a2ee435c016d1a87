"""Works out everything that an edit of the documents changes, and writes nothing.

The plan holds rows and signed messages, so that storing it is short and cannot fail for a reason of the input.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pinnace_cloud.rules import departures, desired, findings, takings, world
from pinnace_cloud.rules.desired import Desired
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.rules.world import Edit
from pinnace_cloud.services import defining, itemizing, packing, present, supplying
from pinnace_cloud.services.contesting import Contesting, Ledger
from pinnace_cloud.services.defining import EMPTY, Shelf
from pinnace_cloud.services.packing import Packing
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.present import Present
from pinnace_cloud.services.renderers import Renderers
from pinnace_cloud.services.sealing import Sealing
from pinnace_cloud.services.stocking import Prepared
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.storage.ports import Transaction
from pinnace_cloud.storage.rows import (
    AppKey,
    AssignmentRow,
    DefinitionRow,
    HeadRow,
    Placement,
    Removal,
    ResourceRow,
    Revision,
)
from pinnace_schemas import api, codec
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be stored together. `placements` has only the applications that were looked at; `materials` what new
    revisions were rendered with.
    """

    at: str
    actor: str
    edit: Edit
    items: tuple[api.ApplyItem, ...]
    revisions: tuple[Revision, ...]
    materials: Mapping[AppKey, Prepared]
    definitions: tuple[DefinitionRow, ...]
    groups: tuple[ResourceRow, ...]
    nodes: tuple[ResourceRow, ...]
    placements: Mapping[AppKey, tuple[Placement, ...]]
    members: Mapping[str, frozenset[str]]
    desired: Desired
    packing: Packing
    heads: tuple[HeadRow, ...]
    handing_over: frozenset[str]
    assignments: tuple[AssignmentRow, ...]
    removals: tuple[Removal, ...]
    superseded: tuple[departures.Pair, ...]

    @property
    def is_empty(self) -> bool:
        """True if storing it would change nothing."""
        documents = (self.revisions, self.definitions, self.groups, self.nodes)
        changed = (*documents, self.heads, self.assignments, self.edit.leaving)
        return not any(changed) and not (self.edit.dropped_groups or self.edit.dropped_nodes)


def plan(
    tx: Transaction,
    edit: Edit,
    found: Findings,
    post: Post,
    now: datetime,
    actor: str,
    *,
    strict: bool = False,
    prepared: Mapping[AppKey, Prepared] | None = None,
    workshop: Workshop | None = None,
    shelf: Shelf = EMPTY,
    ledger: Ledger | None = None,
) -> Plan:
    """Raises InvalidSources with all that was found when anything is an error.

    Args:
        prepared: the Applications of the edit that are rendered with something from outside of them.
        workshop: answers what other Applications ask for that the store does not keep.
        shelf: has the definitions of the edit.
        ledger: what earlier plans have read of bundles.
    """
    before = present.look(tx)
    _refuse_leaving(before, edit, found)
    after = world.edited(before.world, edit)
    prepared = prepared or {}
    renderers = Renderers(tx, before, after, edit, prepared, workshop or supplying.closed(), strict)
    wanted = desired.desired(before.world, after, edit, found, post.limits, renderers)
    found.refuse_errors()
    sealing = Sealing(edit, found, post, now, before, after, {row.group: row for row in tx.deliveries.heads()})
    contesting = Contesting(tx, edit, wanted.renderings, ledger or Ledger())
    return _Planner(tx, edit, found, post, now, actor, before, wanted, sealing, prepared, shelf, contesting).plan()


def _refuse_leaving(before: Present, edit: Edit, found: Findings) -> None:
    for key in edit.applications:
        row = before.applications.get(key)
        if row is not None and row.is_leaving:
            message = (
                f"application '{key}' is still being deleted; wait until its nodes have reported, or forget them with"
                f" 'pinnace delete {key.name} -n {key.namespace} --force'"
            )
            found.reject(findings.of_application(key), Rejected(Reason.IN_USE, message))


@dataclass(frozen=True, slots=True)
class _Planner:
    tx: Transaction
    edit: Edit
    found: Findings
    post: Post
    now: datetime
    actor: str
    before: Present
    wanted: Desired
    sealing: Sealing
    prepared: Mapping[AppKey, Prepared]
    shelf: Shelf
    contesting: Contesting

    def plan(self) -> Plan:
        revisions = tuple(self._revisions())
        placements = self._placements({item.key: item.revision for item in revisions})
        everything = self._all_placements(placements)
        changed = [item for items in placements.values() for item in items]
        for subject, problem in self.contesting.problems(changed, everything, self.before.placements):
            self.found.add(subject, [problem])
        self.found.refuse_errors()
        pairs_before = departures.pairs(self.before.placements, self.before.members)
        pairs_after = departures.pairs(everything, self.wanted.members)
        kept = self.sealing.after.applications.keys()
        for subject, warning in takings.warnings(pairs_before, pairs_after, self.edit, kept):
            self.found.add(subject, [warning])
        groups = self.sealing.groups(everything)
        packed = self._pack([item for item in everything if item.group in groups])
        heads = tuple(self.sealing.signed_heads(groups, everything, packed))
        removals = departures.begun(pairs_before, pairs_after, self.before.joined, {row.group: row for row in heads})
        assignments = tuple(self.sealing.assignments(self.wanted.members, self.tx.deliveries.assignments()))
        self.found.refuse_errors()
        at = format_time(self.now)
        return Plan(
            at=at,
            actor=self.actor,
            edit=self.edit,
            items=tuple(self._items(placements, {item.key: item.revision for item in revisions})),
            revisions=revisions,
            materials={item.key: self.prepared[item.key] for item in revisions if item.key in self.prepared},
            definitions=tuple(defining.rows(self.tx, self.edit, self.shelf, at, self.actor)),
            groups=itemizing.rows(self.edit.groups, self.before.groups, at, self.actor),
            nodes=itemizing.rows(self.edit.nodes, self.before.nodes, at, self.actor),
            placements=placements,
            members=self._changed_members(),
            desired=self.wanted,
            packing=packed,
            heads=heads,
            assignments=assignments,
            handing_over=departures.handing_over(pairs_before, pairs_after),
            removals=tuple(item for item in removals if item.node not in self.edit.dropped_nodes),
            superseded=departures.superseded(self.tx.reports.removals(), pairs_after),
        )

    def _revisions(self) -> Iterable[Revision]:
        """One for each Application whose content, or what it is rendered with, is another than that of its current
        revision."""
        for key, document in sorted(self.edit.applications.items()):
            text = world.write(document)
            digest = codec.sha256(text.encode())
            row = self.before.applications.get(key)
            if row is None or row.current.digest != digest or self._has_other_materials(row.current):
                number = row.current.revision + 1 if row else 1
                yield Revision(key, number, text, digest, format_time(self.now), self.actor, self.edit.note)

    def _has_other_materials(self, current: Revision) -> bool:
        wanted = self.prepared.get(current.key)
        return wanted is not None and wanted.rows != self.tx.materials.of(current.key, current.revision)

    def _placements(self, revisions: Mapping[AppKey, int]) -> dict[AppKey, tuple[Placement, ...]]:
        old = {(item.key, item.group): item for item in self.before.placements}
        return {
            key: tuple(
                self._placement(Placement(key, group, self._revision(key, revisions), digest), old.get((key, group)))
                for group, digest in sorted(groups.items())
            )
            for key, groups in self.wanted.groups.items()
        }

    def _placement(self, item: Placement, old: Placement | None) -> Placement:
        """With its base, and the head that names it first."""
        if old is not None and old.bundle == item.bundle:
            base, head = old.base, old.head
        else:
            base, head = old.bundle if old else "", self.sealing.head(item.group).next_version
        return Placement(item.key, item.group, item.revision, item.bundle, base, head)

    def _revision(self, key: AppKey, revisions: Mapping[AppKey, int]) -> int:
        return revisions.get(key) or self.before.applications[key].current.revision

    def _all_placements(self, changed: Mapping[AppKey, tuple[Placement, ...]]) -> tuple[Placement, ...]:
        kept = [item for item in self.before.placements if item.key not in changed]
        fresh = [item for items in changed.values() for item in items]
        return tuple(sorted((*kept, *fresh), key=lambda item: (item.group, item.key)))

    def _pack(self, placements: Collection[Placement]) -> Packing:
        try:
            return packing.pack(self.tx, placements, self.wanted.bundles, self.post.limits)
        except Rejected as exc:
            self.sealing.refuse_release(exc, placements)
            raise

    def _changed_members(self) -> dict[str, frozenset[str]]:
        before = self.before.members
        return {group: nodes for group, nodes in self.wanted.members.items() if before.get(group, frozenset()) != nodes}

    def _items(
        self, placements: Mapping[AppKey, tuple[Placement, ...]], fresh: Mapping[AppKey, int]
    ) -> Iterable[api.ApplyItem]:
        """In the order in which things are made; `fresh` are the new revisions."""
        yield from defining.items(self.tx, self.edit)
        yield from itemizing.items("Node", self.edit.nodes, self.before.nodes)
        yield from itemizing.items("NodeGroup", self.edit.groups, self.before.groups)
        for key in self.edit.applications:
            change = api.Change.UNCHANGED if key not in fresh else api.Change.CONFIGURED
            yield api.ApplyItem(
                kind="Application",
                namespace=key.namespace,
                name=key.name,
                change=change if key in self.before.applications else api.Change.CREATED,
                revision=self._revision(key, fresh),
                groups=tuple(item.group for item in placements[key]),
            )
