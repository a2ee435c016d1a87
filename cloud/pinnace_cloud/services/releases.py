"""Every change of what people want: apply, roll back, delete, and signing anew. One change at a time.

A change is planned on one moment of the store and then stored in one transaction. Intake goes on meanwhile: it never
changes documents, and what it changes (contacts, numbers seen) a later report repeats.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pinnace_cloud.clock import Clock
from pinnace_cloud.render import Purpose, remaining
from pinnace_cloud.rules import findings, world
from pinnace_cloud.rules.findings import Findings
from pinnace_cloud.rules.world import Edit
from pinnace_cloud.services import defining, planning, stocking, storing, supplying
from pinnace_cloud.services.contesting import Ledger
from pinnace_cloud.services.defining import EMPTY, Shelf
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.planning import Plan
from pinnace_cloud.services.stocking import Prepared
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.storage.ports import Store
from pinnace_cloud.storage.rows import AppKey, AssignmentRow, AuditRow, HeadRow
from pinnace_schemas import api, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time

# Who changes things when nobody asked: renewal, and heads above a number that someone has seen.
CONTROLLER = "controller"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request to apply, with everything that was looked up for it."""

    edit: Edit
    found: Findings
    prepared: Mapping[AppKey, Prepared]
    shelf: Shelf


class Releases:
    """`wake` is called after something was put into the outbox; it may be called from any thread. Without a workshop
    nothing is rendered that asks for charts and the like.
    """

    def __init__(
        self, store: Store, post: Post, clock: Clock, wake: Callable[[], None], workshop: Workshop | None = None
    ) -> None:
        self._store = store
        self._post = post
        self._clock = clock
        self._wake = wake
        self._workshop = workshop or supplying.closed()
        self._ledger = Ledger()
        self._changing = threading.RLock()

    def apply(self, request: api.ApplyRequest, actor: str) -> api.ApplyResponse:
        """Raises InvalidSources with everything that is wrong; then nothing has changed."""
        asked = self._read(request)
        with self._changing:
            plan = self._plan_of(asked, actor, strict=request.strict)
            if not request.dry_run:
                self._store_plan(plan, "apply")
        return api.ApplyResponse(items=plan.items, diagnostics=asked.found.bodies(), dry_run=request.dry_run)

    def rollback(self, key: AppKey, to: int | None, actor: str) -> api.ApplyItem:
        """The content of an earlier revision (None: the one before the current) as a new revision."""
        with self._changing:
            document, number = self._earlier(key, to)
            edit = Edit(applications={key: document}, note=f"rollback to {number}")
            plan = self._plan(edit, Findings(), actor, {key: self._as_it_was(key, number, document)})
            self._store_plan(plan, "rollback")
        return plan.items[0]

    def delete_application(self, key: AppKey, *, force: bool, actor: str) -> None:
        """Takes it from all heads. It is forgotten when no node has it any more, or at once with `force`."""
        with self._changing:
            self._existing(key)
            plan = self._plan(Edit(leaving=frozenset({key})), Findings(), actor)
            with self._store.writing() as tx:
                storing.store(tx, plan, self._post, "force delete" if force else "delete")
                if force:
                    tx.applications.forget(key)
                storing.forget_finished(tx)
        self._wake()

    def delete_group(self, name: str, actor: str) -> None:
        """Raises Rejected(IN_USE) while an application goes there."""
        with self._changing:
            self._refuse_used_group(name)
            self._change(Edit(dropped_groups=frozenset({name})), actor, "delete")

    def delete_node(self, name: str, actor: str) -> None:
        """Forgets the node and its key, and clears its topics."""
        with self._changing:
            with self._store.reading() as tx:
                if tx.targets.node(name) is None:
                    raise Rejected(Reason.NOT_FOUND, "there is no node of this name", f"Node {name}")
            plan = self._plan(Edit(dropped_nodes=frozenset({name})), Findings(), actor)
            with self._store.writing() as tx:
                storing.store(tx, plan, self._post, "delete")
                storing.forget_finished(tx)
        self._wake()

    def delete_definition(self, kind: str, name: str, actor: str) -> None:
        """With all its versions. Raises Rejected(IN_USE) while an application is rendered with one."""
        at = format_time(self._clock.now())
        with self._changing, self._store.writing() as tx:
            defining.delete(tx, kind, name)
            tx.access.audit(AuditRow(at, actor, "delete", f"{kind} {name}"))

    def ensure_node(self, name: str, actor: str) -> bool:
        """Makes a Node without labels if there is none; True: it did. Raises InvalidSources if it would get an
        application twice."""
        with self._changing:
            with self._store.reading() as tx:
                if tx.targets.node(name) is not None:
                    return False
            document, problems = manifest.parse(
                {"apiVersion": "pinnace.dev/v1alpha1", "kind": "Node", "metadata": {"name": name}}
            )
            found = Findings()
            found.add(findings.of_node(name), problems)
            found.refuse_errors()
            assert document is not None
            plan = self._plan(world.edit_of([document]), found, actor)
            self._store_plan(plan, "create")
            return True

    def take_over(self, heads: Collection[HeadRow], assignments: Collection[AssignmentRow]) -> None:
        """Makes this store's own what an earlier one has signed and the broker retained: heads that name no bundle and
        assignments without a group. So it knows what sites hold, and may say the same again.

        Not where this store has something to say, which goes above it.
        """
        if heads or assignments:
            with self._changing, self._store.writing() as tx:
                storing.take_over(tx, heads, assignments, format_time(self._clock.now()))

    def sign_again(self, groups: frozenset[str], nodes: frozenset[str]) -> None:
        """New versions of these heads and assignments, with the content as it is.

        One that cannot be signed, such as one that exceeds a limit that was lowered, is logged and keeps none back.
        """
        if not (groups or nodes):
            return
        with self._changing:
            try:
                self._change(Edit(resign_groups=groups, resign_nodes=nodes), CONTROLLER, "sign")
            except Rejected:
                self._sign_each(groups, nodes)

    def _sign_each(self, groups: frozenset[str], nodes: frozenset[str]) -> None:
        edits = [Edit(resign_groups=frozenset({name})) for name in sorted(groups)]
        edits += [Edit(resign_nodes=frozenset({name})) for name in sorted(nodes)]
        for edit in edits:
            try:
                self._change(edit, CONTROLLER, "sign")
            except Rejected as exc:
                _log.error("not signed anew: %s", exc)

    def dry_run(self, request: api.ApplyRequest) -> tuple[Plan, Findings]:
        """What `apply` would store."""
        asked = self._read(request)
        with self._changing:
            return self._plan_of(asked, CONTROLLER, strict=request.strict), asked.found

    def _read(self, request: api.ApplyRequest) -> "_Asked":
        """Asks addresses and programs, which may take a while: before others have to wait."""
        found, documents = findings.read(request.sources)
        edit = world.edit_of(document.resource for document in documents)
        shelf = defining.of_request(self._store, self._workshop.compiler, edit, found)
        prepared = stocking.of_request(self._store, self._workshop, request, documents, found, shelf)
        for broken in found.broken:
            registry = shelf.registry(broken.remains.application)
            found.found += remaining.problems(broken, strict=request.strict, purpose=Purpose.APPLY, registry=registry)
        return _Asked(edit, found, prepared, shelf)

    def _as_it_was(self, key: AppKey, revision: int, document: Application) -> Prepared:
        with self._store.reading() as tx:
            renderer = defining.renderer(tx, key, revision, document)
            return stocking.of_revision(tx, self._workshop, key, revision, renderer)

    def _change(self, edit: Edit, actor: str, action: str) -> None:
        self._store_plan(self._plan(edit, Findings(), actor), action)

    def _plan_of(self, asked: "_Asked", actor: str, *, strict: bool) -> Plan:
        return self._plan(asked.edit, asked.found, actor, asked.prepared, asked.shelf, strict=strict)

    def _plan(
        self,
        edit: Edit,
        found: Findings,
        actor: str,
        prepared: Mapping[AppKey, Prepared] | None = None,
        shelf: Shelf = EMPTY,
        *,
        strict: bool = False,
    ) -> Plan:
        now = self._clock.now()
        with self._store.reading() as tx:
            return planning.plan(
                *(tx, edit, found, self._post, now, actor),
                strict=strict,
                prepared=prepared,
                workshop=self._workshop,
                shelf=shelf,
                ledger=self._ledger,
            )

    def _store_plan(self, plan: Plan, action: str) -> None:
        if plan.is_empty:
            return
        with self._store.writing() as tx:
            storing.store(tx, plan, self._post, action)
        self._wake()

    def _existing(self, key: AppKey) -> None:
        with self._store.reading() as tx:
            if tx.applications.get(key) is None:
                raise Rejected(Reason.NOT_FOUND, "there is no application of this name", f"Application {key}")

    def _earlier(self, key: AppKey, to: int | None) -> tuple[Application, int]:
        with self._store.reading() as tx:
            revisions = {item.revision: item for item in tx.applications.revisions(key)}
        if not revisions:
            raise Rejected(Reason.NOT_FOUND, "there is no application of this name", f"Application {key}")
        number = to if to is not None else max(revisions) - 1
        if number not in revisions:
            known = f"revisions {min(revisions)} to {max(revisions)} exist" if len(revisions) > 1 else "there is only 1"
            raise Rejected(Reason.NOT_FOUND, f"there is no revision {number}; {known}", f"Application {key}")
        return world.read_application(revisions[number].document), number

    def _refuse_used_group(self, name: str) -> None:
        with self._store.reading() as tx:
            if tx.targets.group(name) is None:
                raise Rejected(Reason.NOT_FOUND, "there is no node group of this name", f"NodeGroup {name}")
            users = [str(item.key) for item in tx.applications.placements() if item.group == name]
        if users:
            message = f"these applications go there: {', '.join(users)}; delete them or change their topology first"
            raise Rejected(Reason.IN_USE, message, f"NodeGroup {name}")
