"""Works out everything that an edit of the documents changes, and writes nothing.

The plan holds rows and signed messages, so that storing it is short and cannot fail for a reason of the input.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pinnace_cloud.rules import departures, desired, emptying, findings, world
from pinnace_cloud.rules.desired import Desired
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.rules.world import Edit, World
from pinnace_cloud.services import defining, packing, present, supplying
from pinnace_cloud.services.contesting import Contesting, Ledger
from pinnace_cloud.services.defining import EMPTY, Shelf
from pinnace_cloud.services.packing import Packing
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.present import Present
from pinnace_cloud.services.renderers import Renderers
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
from pinnace_schemas import api, codec, head
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason
from pinnace_schemas.resources import Node, NodeGroup
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
    heads = {row.group: row for row in tx.deliveries.heads()}
    contesting = Contesting(tx, edit, wanted.renderings, ledger or Ledger())
    return _Planner(tx, edit, found, post, now, actor, before, after, wanted, heads, prepared, shelf, contesting).plan()


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
    after: World
    wanted: Desired
    heads: Mapping[str, HeadRow]
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
        groups = self._groups_to_sign(everything)
        packed = self._pack([item for item in everything if item.group in groups])
        heads = tuple(self._heads(groups, everything, packed))
        removals = departures.begun(pairs_before, pairs_after, self.before.joined, {row.group: row for row in heads})
        assignments = tuple(self._assignments())
        self.found.refuse_errors()
        at = format_time(self.now)
        return Plan(
            at=at,
            actor=self.actor,
            edit=self.edit,
            items=tuple(self._items(placements, revisions)),
            revisions=revisions,
            materials={item.key: self.prepared[item.key] for item in revisions if item.key in self.prepared},
            definitions=tuple(defining.rows(self.tx, self.edit, self.shelf, at, self.actor)),
            groups=self._rows(self.edit.groups, self.before.groups),
            nodes=self._rows(self.edit.nodes, self.before.nodes),
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
            base, head = old.bundle if old else "", self._head(item.group).next_version
        return Placement(item.key, item.group, item.revision, item.bundle, base, head)

    def _head(self, group: str) -> HeadRow:
        return self.heads.get(group) or HeadRow(group)

    def _revision(self, key: AppKey, revisions: Mapping[AppKey, int]) -> int:
        return revisions.get(key) or self.before.applications[key].current.revision

    def _all_placements(self, changed: Mapping[AppKey, tuple[Placement, ...]]) -> tuple[Placement, ...]:
        kept = [item for item in self.before.placements if item.key not in changed]
        fresh = [item for items in changed.values() for item in items]
        return tuple(sorted((*kept, *fresh), key=lambda item: (item.group, item.key)))

    def _groups_to_sign(self, everything: Iterable[Placement]) -> frozenset[str]:
        """Groups whose head says something else now, groups without one, and those that are asked for."""
        differing = set(everything) ^ set(self.before.placements)
        fresh = self.edit.groups.keys() - self.before.groups.keys()
        asked = self.edit.resign_groups & self.after.groups.keys()
        return frozenset({item.group for item in differing} | fresh | asked) & self.after.groups.keys()

    def _pack(self, placements: Collection[Placement]) -> Packing:
        try:
            return packing.pack(self.tx, placements, self.wanted.bundles, self.post.limits)
        except Rejected as exc:
            self._refuse_release(exc, placements)
            raise

    def _heads(self, groups: Collection[str], everything: Iterable[Placement], packed: Packing) -> Iterable[HeadRow]:
        by_group: dict[str, list[Placement]] = {group: [] for group in sorted(groups)}
        for item in everything:
            if item.group in by_group:
                by_group[item.group].append(item)
        for group, items in by_group.items():
            row = self._head(group)
            if not items and self._would_empty(row):
                self._refuse_emptying(findings.of_group(group), group in self.edit.groups, emptying.head(row))
                continue
            try:
                yield self._signed(row, items, packed)
            except Rejected as exc:
                self._refuse_release(exc, items)

    def _would_empty(self, row: HeadRow) -> bool:
        """True if the sites hold a head that this store does not know, and the store knows of nothing that runs."""
        is_allowed = emptying.is_allowed(self.after.groups[row.group].metadata.annotations)
        had_any = any(item.group == row.group for item in self.before.placements)
        return not (emptying.is_known(row) or is_allowed or had_any)

    def _refuse_emptying(self, subject: findings.Subject, is_asked: bool, problem: Diagnostic) -> None:
        """An error where a person asks for it; signing anew just leaves it as it is."""
        if is_asked:
            self.found.add(subject, [problem])

    def _signed(self, row: HeadRow, items: Iterable[Placement], packed: Packing) -> HeadRow:
        bundles = [packed.released(item) for item in items]
        version = row.next_version
        # Whoever signed a higher number may have signed newer targets too, which nodes then remember.
        targets = row.targets if row.is_latest else ""
        signed = self.post.signer.head(row.group, bundles, version=version, now=self.now, targets=targets)
        message = head.encode(signed, self.post.limits, f"head of group {row.group}")
        return HeadRow(row.group, version, row.floor, message, format_time(self.now), signed.targets)

    def _refuse_release(self, exc: Rejected, placements: Iterable[Placement]) -> None:
        """Shown at the first Application of the request that goes there."""
        keys = [item.key for item in placements if item.key in self.edit.applications]
        self.found.reject(findings.of_application(keys[0]) if keys else ("", "", ""), exc)
        self.found.refuse_errors()

    def _assignments(self) -> Iterable[AssignmentRow]:
        if not (self.edit.moves_nodes or self.edit.resign_nodes):
            return
        groups_of: dict[str, set[str]] = {}
        for group, members in self.wanted.members.items():
            for member in members:
                groups_of.setdefault(member, set()).add(group)
        rows = {row.node: row for row in self.tx.deliveries.assignments()}
        for name, node in sorted(self.after.nodes.items()):
            row = rows.get(name, AssignmentRow(name))
            groups = tuple(sorted(groups_of.get(name, ())))
            is_stale = groups != row.groups or not row.message or self._is_new_or_relabelled(name)
            if not (is_stale or name in self.edit.resign_nodes):
                continue
            if not groups and self._would_strand(row, node):
                self._refuse_emptying(findings.of_node(name), name in self.edit.nodes, emptying.assignment(row))
                continue
            yield self.post.sign_assignment(row, groups, node.metadata.labels, self.now)

    def _would_strand(self, row: AssignmentRow, node: Node) -> bool:
        """As `_would_empty`, for a node that this store has never had in a group."""
        return not (emptying.is_known(row) or emptying.is_allowed(node.metadata.annotations) or row.groups)

    def _is_new_or_relabelled(self, name: str) -> bool:
        """An assignment that was taken over is of a node that is new here, and of its labels then."""
        old = self.before.world.nodes.get(name)
        return old is None or old.metadata.labels != self.after.nodes[name].metadata.labels

    def _changed_members(self) -> dict[str, frozenset[str]]:
        before = self.before.members
        return {group: nodes for group, nodes in self.wanted.members.items() if before.get(group, frozenset()) != nodes}

    def _rows(
        self, documents: Mapping[str, NodeGroup] | Mapping[str, Node], stored: Mapping[str, ResourceRow]
    ) -> tuple[ResourceRow, ...]:
        """Those that differ from what is stored."""
        texts = {name: world.write(document) for name, document in documents.items()}
        return tuple(
            ResourceRow(name, text, format_time(self.now), self.actor)
            for name, text in texts.items()
            if _change(stored.get(name), text) is not api.Change.UNCHANGED
        )

    def _items(
        self, placements: Mapping[AppKey, tuple[Placement, ...]], revisions: Iterable[Revision]
    ) -> Iterable[api.ApplyItem]:
        fresh = {item.key: item.revision for item in revisions}
        yield from defining.items(self.tx, self.edit)
        for name, node in self.edit.nodes.items():
            change = _change(self.before.nodes.get(name), world.write(node))
            yield api.ApplyItem(kind="Node", name=name, change=change)
        for name, group in self.edit.groups.items():
            change = _change(self.before.groups.get(name), world.write(group))
            yield api.ApplyItem(kind="NodeGroup", name=name, change=change)
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


def _change(row: ResourceRow | None, text: str) -> api.Change:
    if row is None:
        return api.Change.CREATED
    return api.Change.UNCHANGED if row.document == text else api.Change.CONFIGURED
