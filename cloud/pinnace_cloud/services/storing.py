"""Stores a plan: everything in the transaction that it is given, with the messages to publish in the outbox."""

from collections.abc import Iterable
from dataclasses import replace

from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.planning import Plan
from pinnace_cloud.storage.ports import Transaction
from pinnace_cloud.storage.rows import AppKey, AssignmentRow, AuditRow, HeadRow, Parcel
from pinnace_schemas.errors import Unavailable


def store(tx: Transaction, plan: Plan, post: Post, action: str) -> None:
    """Chunks stand before the heads that name them in the outbox. Raises Unavailable if the plan is outdated."""
    _refuse_used_numbers(tx, plan)
    _documents(tx, plan)
    _placements(tx, plan)
    parcels = _chunks(tx, plan, post)
    _departures(tx, plan)
    parcels += _signed(tx, plan, post)
    parcels += _dropped(tx, plan, post)
    tx.outbox.put(parcels)
    _audit(tx, plan, action)


def take_over(tx: Transaction, heads: Iterable[HeadRow], assignments: Iterable[AssignmentRow], at: str) -> None:
    """Rows that want nothing, where the store has none as late and wants nothing either. `at`: as if signed then."""
    wanted = {item.group for item in tx.applications.placements()}
    for row in heads:
        if row.group not in wanted and tx.deliveries.head(row.group).version < row.version:
            tx.deliveries.save_head(replace(row, signed_at=at))
    for item in assignments:
        known = tx.deliveries.assignment(item.node)
        if not known.groups and known.version < item.version:
            tx.deliveries.save_assignments([replace(item, signed_at=at)])


def forget_finished(tx: Transaction) -> tuple[AppKey, ...]:
    """Forgets the applications in deletion that no node has any more; returns them."""
    waiting = {item.key for item in tx.reports.removals() if not item.is_done}
    done = tuple(row.key for row in tx.applications.all() if row.is_leaving and row.key not in waiting)
    for key in done:
        tx.applications.forget(key)
    return done


def _refuse_used_numbers(tx: Transaction, plan: Plan) -> None:
    """A number is given once, also where somebody runs a second controller on the same store by mistake."""
    heads = {row.group: row.version for row in tx.deliveries.heads()}
    nodes = {row.node: row.version for row in tx.deliveries.assignments({row.node for row in plan.assignments})}
    is_used = any(heads.get(row.group, 0) >= row.version for row in plan.heads)
    if is_used or any(nodes.get(row.node, 0) >= row.version for row in plan.assignments):
        raise Unavailable("another controller has changed the store meanwhile; stop one of the two, and try again")


def _documents(tx: Transaction, plan: Plan) -> None:
    for revision in plan.revisions:
        tx.applications.save(revision)
        made = plan.materials.get(revision.key)
        if made is not None:
            tx.materials.save(revision.key, revision.revision, made.rows, made.contents, plan.at)
    for definition in plan.definitions:
        tx.definitions.save(definition)
    for row in plan.groups:
        tx.targets.save_group(row)
    for row in plan.nodes:
        tx.targets.save_node(row)
    for name in plan.edit.dropped_nodes:
        tx.targets.forget_node(name)
    for name in plan.edit.dropped_groups:
        tx.targets.forget_group(name)
    for group, nodes in plan.members.items():
        tx.targets.save_members(group, nodes)


def _placements(tx: Transaction, plan: Plan) -> None:
    for key, placements in plan.placements.items():
        tx.applications.save_placements(key, placements)
    for key in plan.edit.leaving:
        tx.applications.mark_leaving(key)


def _chunks(tx: Transaction, plan: Plan, post: Post) -> list[Parcel]:
    """Stores bundles and encodings; gives the chunks that the broker does not have yet."""
    for digest, plain in plan.desired.bundles.items():
        tx.deliveries.save_bundle(digest, plain, plan.at)
    placed = [item for items in plan.placements.values() for item in items]
    wanted = plan.packing.chunk_digests(item for item in placed if plan.packing.has(item))
    fresh = plan.packing.fresh_chunks()
    missing = wanted - tx.deliveries.published(wanted)
    for encoded in plan.packing.fresh:
        tx.deliveries.save_variant(encoded.row, encoded.chunks, plan.at)
    known = tx.deliveries.chunks(missing - fresh.keys())
    tx.deliveries.mark_cleared(known.keys(), cleared=False)
    tx.deliveries.mark_named(plan.at)
    return list(post.chunks({digest: fresh.get(digest) or known[digest] for digest in sorted(missing)}))


def _departures(tx: Transaction, plan: Plan) -> None:
    tx.reports.drop_removals(plan.superseded)
    tx.reports.save_removals(plan.removals)


def _signed(tx: Transaction, plan: Plan, post: Post) -> list[Parcel]:
    """A head that hands an application over to another group stands behind what brings the nodes there: a site that
    heard of the loss first would remove what it is to run."""
    for row in plan.heads:
        tx.deliveries.save_head(row)
    tx.deliveries.save_assignments(plan.assignments)
    heads = [row for row in plan.heads if row.group not in plan.handing_over]
    last = [row for row in plan.heads if row.group in plan.handing_over]
    return [*map(post.head, heads), *map(post.assignment, plan.assignments), *map(post.head, last)]


def _dropped(tx: Transaction, plan: Plan, post: Post) -> list[Parcel]:
    """Numbers stay, so that a group or node of the same name goes on counting."""
    parcels: list[Parcel] = []
    for group in sorted(plan.edit.dropped_groups):
        old = tx.deliveries.head(group)
        head = HeadRow(group, old.version, old.floor)
        tx.deliveries.save_head(head)
        parcels.append(post.head(head))
    for node in sorted(plan.edit.dropped_nodes):
        known = tx.deliveries.assignment(node)
        assignment = AssignmentRow(node, known.version, known.floor)
        tx.deliveries.save_assignments([assignment])
        parcels += [post.assignment(assignment), post.cleared_presence(node)]
    return parcels


def _audit(tx: Transaction, plan: Plan, action: str) -> None:
    edit = plan.edit
    subjects = [f"Application {item.key} revision {item.revision}" for item in plan.revisions]
    subjects += [f"{row.kind} {row.name} version {row.version}" for row in plan.definitions]
    subjects += [f"NodeGroup {row.name}" for row in plan.groups] + [f"Node {row.name}" for row in plan.nodes]
    subjects += [f"Application {key}" for key in sorted(edit.leaving)]
    subjects += [f"NodeGroup {name}" for name in sorted(edit.dropped_groups)]
    subjects += [f"Node {name}" for name in sorted(edit.dropped_nodes)]
    for subject in subjects:
        tx.access.audit(AuditRow(plan.at, plan.actor, action, subject))
