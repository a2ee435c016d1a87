"""The signed messages of a plan: heads of groups and assignments of nodes, as far as they say something else now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pinnace_cloud.rules import emptying, findings
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.rules.world import Edit, World
from pinnace_cloud.services.packing import Packing
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.present import Present
from pinnace_cloud.storage.rows import AssignmentRow, HeadRow, Placement
from pinnace_schemas import head
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.errors import Rejected
from pinnace_schemas.resources import Node
from pinnace_schemas.times import format_time


@dataclass(frozen=True, slots=True)
class Sealing:
    """What cannot be signed is told to `found`, at what is to blame. `heads` and `assignments` are the stored ones."""

    edit: Edit
    found: Findings
    post: Post
    now: datetime
    before: Present
    after: World
    heads: Mapping[str, HeadRow]

    def groups(self, everything: Iterable[Placement]) -> frozenset[str]:
        """Groups whose head says something else now, groups without one, and those that are asked for."""
        differing = set(everything) ^ set(self.before.placements)
        fresh = self.edit.groups.keys() - self.before.groups.keys()
        asked = self.edit.resign_groups & self.after.groups.keys()
        return frozenset({item.group for item in differing} | fresh | asked) & self.after.groups.keys()

    def head(self, group: str) -> HeadRow:
        """The stored one, or one that no site has yet."""
        return self.heads.get(group) or HeadRow(group)

    def signed_heads(
        self, groups: Collection[str], everything: Iterable[Placement], packed: Packing
    ) -> Iterable[HeadRow]:
        """Of these groups, in their order."""
        by_group: dict[str, list[Placement]] = {group: [] for group in sorted(groups)}
        for item in everything:
            if item.group in by_group:
                by_group[item.group].append(item)
        for group, items in by_group.items():
            row = self.head(group)
            if not items and self._would_empty(row):
                self._refuse_emptying(findings.of_group(group), group in self.edit.groups, emptying.head(row))
                continue
            try:
                yield self._signed(row, items, packed)
            except Rejected as exc:
                self.refuse_release(exc, items)

    def refuse_release(self, exc: Rejected, placements: Iterable[Placement]) -> None:
        """Shown at the first Application of the request that goes there. Raises InvalidSources."""
        keys = [item.key for item in placements if item.key in self.edit.applications]
        self.found.reject(findings.of_application(keys[0]) if keys else ("", "", ""), exc)
        self.found.refuse_errors()

    def assignments(
        self, members: Mapping[str, Iterable[str]], stored: Iterable[AssignmentRow]
    ) -> Iterable[AssignmentRow]:
        """Of nodes whose groups or labels are others now, and of those that are asked for. `members` by group."""
        if not (self.edit.moves_nodes or self.edit.resign_nodes):
            return
        groups_of: dict[str, set[str]] = {}
        for group, nodes in members.items():
            for member in nodes:
                groups_of.setdefault(member, set()).add(group)
        rows = {row.node: row for row in stored}
        for name, node in sorted(self.after.nodes.items()):
            row = rows.get(name, AssignmentRow(name))
            groups = tuple(sorted(groups_of.get(name, ())))
            if not self._is_stale(row, groups):
                continue
            if not groups and self._would_strand(row, node):
                self._refuse_emptying(findings.of_node(name), name in self.edit.nodes, emptying.assignment(row))
                continue
            yield self.post.sign_assignment(row, groups, node.metadata.labels, self.now)

    def _is_stale(self, row: AssignmentRow, groups: tuple[str, ...]) -> bool:
        is_other = groups != row.groups or not row.message or self._is_new_or_relabelled(row.node)
        return is_other or row.node in self.edit.resign_nodes

    def _would_empty(self, row: HeadRow) -> bool:
        """True if the sites hold a head that this store does not know, and the store knows of nothing that runs."""
        is_allowed = emptying.is_allowed(self.after.groups[row.group].metadata.annotations)
        had_any = any(item.group == row.group for item in self.before.placements)
        return not (emptying.is_known(row) or is_allowed or had_any)

    def _would_strand(self, row: AssignmentRow, node: Node) -> bool:
        """As `_would_empty`, for a node that this store has never had in a group."""
        return not (emptying.is_known(row) or emptying.is_allowed(node.metadata.annotations) or row.groups)

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

    def _is_new_or_relabelled(self, name: str) -> bool:
        """An assignment that was taken over is of a node that is new here, and of its labels then."""
        old = self.before.world.nodes.get(name)
        return old is None or old.metadata.labels != self.after.nodes[name].metadata.labels
