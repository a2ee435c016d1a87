"""Answers questions about the fleet: rows of the store in, bodies of the API out. Changes nothing.

What is concluded from the rows is the rule of `convergence`; the broker's hint about presence is only shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pinnace_cloud.clock import Clock
from pinnace_cloud.rules import convergence, world
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import AppKey, ApplicationRow, Contact, JournalItem, ResourceRow
from pinnace_schemas import api, application
from pinnace_schemas.api import NodeVerdict, Verdict
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Entry
from pinnace_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class Views:
    """`online` gives the broker's hint about a node; `offline_after_s` is the limit of silence in seconds."""

    store: Store
    clock: Clock
    offline_after_s: float
    online: Callable[[str], bool | None]

    def applications(self, namespace: str | None) -> tuple[api.ApplicationSummary, ...]:
        with self.store.reading() as tx:
            rows = [row for row in tx.applications.all() if namespace in (None, row.key.namespace)]
            by_key = _by_application(self._verdicts(tx, namespace=namespace))
            groups = _groups(tx)
        return tuple(_application(row, by_key.get(row.key, ()), groups.get(row.key, ())) for row in rows)

    def application(self, key: AppKey) -> api.ApplicationStatus:
        """Raises Rejected(NOT_FOUND)."""
        with self.store.reading() as tx:
            row = tx.applications.get(key)
            if row is None:
                raise _not_found("application", f"Application {key}")
            verdicts = self._verdicts(tx, key=key)
            groups = tuple(item.group for item in tx.applications.placements(key))
        document = application.to_dict(world.read_application(row.current.document))
        return api.ApplicationStatus(summary=_application(row, verdicts, groups), nodes=verdicts, document=document)

    def history(self, key: AppKey) -> tuple[api.RevisionInfo, ...]:
        """Oldest first. Raises Rejected(NOT_FOUND)."""
        with self.store.reading() as tx:
            row = tx.applications.get(key)
            if row is None:
                raise _not_found("application", f"Application {key}")
            revisions, groups = tx.applications.revisions(key), tx.applications.revision_groups(key)
        return tuple(
            api.RevisionInfo(
                revision=item.revision,
                changed_at=item.changed_at,
                changed_by=item.changed_by,
                note=item.note,
                current=item.revision == row.current.revision,
                groups=dict(sorted(groups.get(item.revision, {}).items())),
            )
            for item in revisions
        )

    def groups(self) -> tuple[api.GroupSummary, ...]:
        with self.store.reading() as tx:
            rows, members = tx.targets.groups(), tx.targets.members()
            placements, heads = tx.applications.placements(), {row.group: row.version for row in tx.deliveries.heads()}
            verdicts = self._verdicts(tx)
        applications: dict[str, list[str]] = {}
        for item in placements:
            applications.setdefault(item.group, []).append(str(item.key))
        of_group: dict[str, list[NodeVerdict]] = {}
        for verdict in verdicts:
            if verdict.wanted_bundle is not None:
                of_group.setdefault(verdict.group, []).append(verdict)
        return tuple(
            api.GroupSummary(
                name=row.name,
                labels=world.read_group(row.document).metadata.labels,
                nodes=tuple(sorted(members.get(row.name, ()))),
                applications=tuple(applications.get(row.name, ())),
                converged=convergence.converged(of_group.get(row.name, ())),
                expected=len(of_group.get(row.name, ())),
                head_version=heads.get(row.name, 0),
            )
            for row in rows
        )

    def group(self, name: str) -> api.GroupSummary:
        """Raises Rejected(NOT_FOUND)."""
        found = [item for item in self.groups() if item.name == name]
        if not found:
            raise _not_found("node group", f"NodeGroup {name}")
        return found[0]

    def nodes(self) -> tuple[api.NodeSummary, ...]:
        with self.store.reading() as tx:
            rows, contacts = tx.targets.nodes(), tx.reports.contacts()
            joined, groups = tx.targets.joined(), _groups_of_nodes(tx)
            by_node = _by_node(self._verdicts(tx))
        return tuple(
            self._node(row, contacts.get(row.name), row.name in joined, groups.get(row.name, ()), by_node)
            for row in rows
        )

    def node(self, name: str) -> api.NodeStatus:
        """Raises Rejected(NOT_FOUND)."""
        with self.store.reading() as tx:
            row = tx.targets.node(name)
            if row is None:
                raise _not_found("node", f"Node {name}")
            contact = tx.reports.contacts([name]).get(name)
            verdicts = self._verdicts(tx, node=name)
            is_joined, groups = bool(tx.targets.keys([name])), _groups_of_nodes(tx).get(name, ())
        return api.NodeStatus(
            summary=self._node(row, contact, is_joined, groups, {name: verdicts}),
            applications=verdicts,
            journal=contact.journal if contact else None,
            stored_through=contact.stored_through if contact else 0,
            heads=contact.heads if contact else {},
        )

    def verdicts(self) -> tuple[NodeVerdict, ...]:
        with self.store.reading() as tx:
            return self._verdicts(tx)

    def journal(self, node: str, cursor: int, limit: int) -> api.JournalPage:
        """Raises Rejected(NOT_FOUND) for a node that does not exist."""
        with self.store.reading() as tx:
            if tx.targets.node(node) is None:
                raise _not_found("node", f"Node {node}")
            items = tx.reports.journal(node, cursor, limit + 1)
        return _page(items, limit)

    def fleet_journal(self, cursor: int | None, limit: int) -> api.JournalPage:
        """Of all nodes; without a cursor the newest rows, after which there are no more."""
        with self.store.reading() as tx:
            if cursor is None:
                return _page(tx.reports.newest_entries(limit), limit)
            return _page(tx.reports.journal(None, cursor, limit + 1), limit)

    def _verdicts(
        self, tx: Transaction, *, key: AppKey | None = None, node: str | None = None, namespace: str | None = None
    ) -> tuple[NodeVerdict, ...]:
        limit = self._limit()
        sights = tx.reports.sights(key=key, node=node, namespace=namespace)
        return tuple(convergence.conclude(sight, limit) for sight in sights)

    def _limit(self) -> str:
        return convergence.silent_before(self.clock.now(), self.offline_after_s)

    def _node(
        self,
        row: ResourceRow,
        contact: Contact | None,
        is_joined: bool,
        groups: Sequence[str],
        verdicts: Mapping[str, Sequence[NodeVerdict]],
    ) -> api.NodeSummary:
        own = verdicts.get(row.name, ())
        verdict, reason = self._node_verdict(contact, is_joined, own)
        return api.NodeSummary(
            name=row.name,
            labels=world.read_node(row.document).metadata.labels,
            groups=tuple(sorted(groups)),
            joined=is_joined,
            online=self.online(row.name),
            last_seen=contact.last_seen or None if contact else None,
            daemon=contact.daemon if contact else "",
            kubernetes=contact.kubernetes if contact else "",
            applications=sum(item.wanted_bundle is not None for item in own),
            converged=convergence.converged(own),
            verdict=verdict,
            reason=reason,
            problems=contact.problems if contact else (),
        )

    def _node_verdict(
        self, contact: Contact | None, is_joined: bool, verdicts: Sequence[NodeVerdict]
    ) -> tuple[Verdict, Reason | None]:
        """A node without applications also has to have joined and to be heard of."""
        if not is_joined:
            return Verdict.PENDING, Reason.NOT_JOINED
        if contact is None:
            return Verdict.PENDING, Reason.NOT_REPORTED
        if convergence.is_offline(contact.last_seen, self._limit()):
            return Verdict.OFFLINE, Reason.OFFLINE
        return convergence.worst(verdicts)


def _application(row: ApplicationRow, verdicts: Sequence[NodeVerdict], groups: Sequence[str]) -> api.ApplicationSummary:
    verdict, reason = convergence.of_application(verdicts, is_leaving=row.is_leaving)
    return api.ApplicationSummary(
        namespace=row.key.namespace,
        name=row.key.name,
        revision=row.current.revision,
        verdict=verdict,
        reason=reason,
        groups=tuple(groups),
        nodes=len(verdicts),
        converged=convergence.converged(verdicts),
        deleting=row.is_leaving,
        changed_at=row.current.changed_at,
        changed_by=row.current.changed_by,
    )


def _page(items: Sequence[JournalItem], limit: int) -> api.JournalPage:
    """The first `limit` items; one more says that there are more."""
    rows = tuple(
        api.JournalRow(
            cursor=item.cursor,
            node=item.node,
            journal=item.journal,
            stored_at=item.stored_at,
            entry=Entry.model_validate_json(item.entry),
        )
        for item in items[:limit]
    )
    return api.JournalPage(rows=rows, next_cursor=rows[-1].cursor if len(items) > limit else None)


def _by_application(verdicts: Sequence[NodeVerdict]) -> dict[AppKey, list[NodeVerdict]]:
    found: dict[AppKey, list[NodeVerdict]] = {}
    for item in verdicts:
        found.setdefault(AppKey(item.namespace, item.application), []).append(item)
    return found


def _by_node(verdicts: Sequence[NodeVerdict]) -> dict[str, list[NodeVerdict]]:
    found: dict[str, list[NodeVerdict]] = {}
    for item in verdicts:
        found.setdefault(item.node, []).append(item)
    return found


def _groups(tx: Transaction) -> dict[AppKey, tuple[str, ...]]:
    found: dict[AppKey, tuple[str, ...]] = {}
    for item in tx.applications.placements():
        found[item.key] = (*found.get(item.key, ()), item.group)
    return found


def _groups_of_nodes(tx: Transaction) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group, nodes in tx.targets.members().items():
        for node in nodes:
            found.setdefault(node, []).append(group)
    return found


def _not_found(what: str, where: str) -> Rejected:
    return Rejected(Reason.NOT_FOUND, f"there is no {what} of this name", where)
