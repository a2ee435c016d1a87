"""A controller in memory for tests of the rim, and builders of what it answers with.

It keeps what a test puts in, refuses what is not there, and raises `failure` from every operation when a test sets it.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import api, journal, manifest
from pinnace_schemas.errors import Rejected
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

TOKEN = "token-of-ops"
ACTOR = "ops"
SEEN = "2026-11-23T10:00:00Z"
DIGEST = "a" * 64
JOURNAL = "b" * 32

Kept = TypeVar("Kept")


def verdict(node: str = "s1", of: api.Verdict = api.Verdict.CONVERGED, **more: Any) -> api.NodeVerdict:
    """default/shop in group shops on one node."""
    values: dict[str, Any] = {"namespace": "default", "application": "shop", "group": "shops", "revision": 1}
    values |= {"wanted_revision": 1, "ready": 2, "total": 2, "last_seen": SEEN, "phase": Phase.CONVERGED}
    return api.NodeVerdict(node=node, verdict=of, **(values | more))


def application(*nodes: api.NodeVerdict, name: str = "shop", namespace: str = "default") -> api.ApplicationStatus:
    """An application whose summary follows from its nodes."""
    bad = [item for item in nodes if item.verdict is not api.Verdict.CONVERGED]
    worst = (bad[0].verdict, bad[0].reason) if bad else (api.Verdict.CONVERGED, None)
    if not nodes:
        worst = api.Verdict.PENDING, Reason.NO_NODES
    summary = api.ApplicationSummary(
        namespace=namespace,
        name=name,
        revision=2,
        verdict=worst[0],
        reason=worst[1],
        groups=("shops",),
        nodes=len(nodes),
        converged=len(nodes) - len(bad),
        changed_at=SEEN,
        changed_by=ACTOR,
    )
    document = {"kind": "Application", "metadata": {"name": name, "namespace": namespace}}
    return api.ApplicationStatus(summary=summary, nodes=nodes, document=document)


def node(name: str = "s1", *applications: api.NodeVerdict, **more: Any) -> api.NodeStatus:
    """A node that has joined and reported."""
    values: dict[str, Any] = {"labels": {"region": "north"}, "groups": ("shops",), "joined": True, "online": True}
    values |= {"last_seen": SEEN, "daemon": "0.1.0", "kubernetes": "v1.36.3+k3s1", "verdict": api.Verdict.CONVERGED}
    summary = api.NodeSummary(name=name, applications=len(applications), **(values | more))
    return api.NodeStatus(summary=summary, applications=applications, journal=JOURNAL, stored_through=3)


def group(name: str = "shops", nodes: tuple[str, ...] = ("s1", "s2"), converged: int = 2) -> api.GroupSummary:
    """A group that runs one application on all of its nodes."""
    return api.GroupSummary(
        name=name,
        labels={},
        nodes=nodes,
        applications=("default/shop",),
        converged=converged,
        expected=len(nodes),
        head_version=4,
    )


def row(
    cursor: int, event: journal.Event = journal.Event.APPLIED, message: str = "", node: str = "s1", **more: Any
) -> api.JournalRow:
    """A journal row whose sequence number is its cursor."""
    values: dict[str, Any] = {"at": SEEN, "namespace": "default", "application": "shop", "message": message}
    entry = journal.Entry(seq=cursor, event=event, **(values | more))
    return api.JournalRow(cursor=cursor, node=node, journal=JOURNAL, stored_at=SEEN, entry=entry)


@dataclass
class MemoryController:
    """`calls` records what was asked to change, with the actor."""

    held: dict[tuple[str, str], api.ApplicationStatus] = field(default_factory=dict)
    revisions: tuple[api.RevisionInfo, ...] = ()
    held_nodes: dict[str, api.NodeStatus] = field(default_factory=dict)
    held_groups: dict[str, api.GroupSummary] = field(default_factory=dict)
    held_definitions: dict[tuple[str, str], api.DefinitionStatus] = field(default_factory=dict)
    held_types: tuple[api.DefinedType, ...] = ()
    rows: list[api.JournalRow] = field(default_factory=list)
    diffs: tuple[api.DiffItem, ...] = ()
    documents: tuple[api.ApplyItem, ...] = ()
    warnings: tuple[api.DiagnosticBody, ...] = ()
    conditions: dict[str, bool] = field(default_factory=lambda: {"store": True, "broker": True})
    outage: api.Outage | None = None
    failure: Exception | None = None
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def hold(self, *statuses: api.ApplicationStatus) -> "MemoryController":
        for status in statuses:
            self.held[status.summary.namespace, status.summary.name] = status
        return self

    def apply(self, request: api.ApplyRequest, actor: str) -> api.ApplyResponse:
        self._fail()
        items = self._items(request)
        self.calls.append(("apply", tuple(item.name for item in items), request.dry_run, request.strict, actor))
        outage = None if request.dry_run else self.outage
        return api.ApplyResponse(items=items, diagnostics=self.warnings, dry_run=request.dry_run, broker_outage=outage)

    def diff(self, request: api.ApplyRequest) -> api.DiffResponse:
        self._fail()
        self._items(request)
        return api.DiffResponse(items=self.diffs, documents=self.documents, diagnostics=self.warnings)

    def applications(self, namespace: str | None = None) -> tuple[api.ApplicationSummary, ...]:
        self._fail()
        return tuple(item.summary for key, item in self.held.items() if namespace in (None, key[0]))

    def application(self, namespace: str, name: str) -> api.ApplicationStatus:
        self._fail()
        if (namespace, name) not in self.held:
            raise Rejected(Reason.NOT_FOUND, "no such application", f"application {namespace}/{name}")
        return self.held[namespace, name].model_copy(update={"broker_outage": self.outage})

    def history(self, namespace: str, name: str) -> tuple[api.RevisionInfo, ...]:
        self.application(namespace, name)
        return self.revisions

    def rollback(self, namespace: str, name: str, to: int | None, actor: str) -> api.ApplyItem:
        summary = self.application(namespace, name).summary
        self.calls.append(("rollback", name, to, actor))
        return api.ApplyItem(
            kind="Application",
            namespace=namespace,
            name=name,
            change=api.Change.CONFIGURED,
            revision=summary.revision + 1,
            groups=summary.groups,
        )

    def delete_application(self, namespace: str, name: str, *, force: bool, actor: str) -> api.ApplicationStatus:
        status = self.application(namespace, name)
        self.calls.append(("delete", name, force, actor))
        if force or not status.nodes:
            del self.held[namespace, name]
            return status
        leaving = tuple(item.model_copy(update={"verdict": api.Verdict.REMOVING}) for item in status.nodes)
        summary = status.summary.model_copy(update={"deleting": True, "verdict": api.Verdict.REMOVING})
        self.held[namespace, name] = status.model_copy(update={"summary": summary, "nodes": leaving})
        return self.held[namespace, name]

    def groups(self) -> tuple[api.GroupSummary, ...]:
        self._fail()
        return tuple(self.held_groups.values())

    def group(self, name: str) -> api.GroupSummary:
        self._fail()
        return _found(self.held_groups, "group", name)

    def delete_group(self, name: str, actor: str) -> None:
        found = self.group(name)
        if found.applications:
            raise Rejected(Reason.IN_USE, f"{found.applications[0]} goes to it", f"group {name}")
        self.calls.append(("delete_group", name, actor))
        del self.held_groups[name]

    def definitions(self) -> tuple[api.DefinitionSummary, ...]:
        self._fail()
        return tuple(item.summary for item in self.held_definitions.values())

    def definition(self, kind: str, name: str) -> api.DefinitionStatus:
        self._fail()
        if (kind, name) not in self.held_definitions:
            raise Rejected(Reason.NOT_FOUND, "no such definition", f"{kind} {name}")
        return self.held_definitions[kind, name]

    def types(self) -> tuple[api.DefinedType, ...]:
        self._fail()
        return self.held_types

    def delete_definition(self, kind: str, name: str, actor: str) -> None:
        if self.definition(kind, name).versions:
            raise Rejected(Reason.IN_USE, "default/shop is rendered with it", f"{kind} {name}")
        self.calls.append(("delete_definition", kind, name, actor))
        del self.held_definitions[kind, name]

    def nodes(self) -> tuple[api.NodeSummary, ...]:
        self._fail()
        return tuple(item.summary for item in self.held_nodes.values())

    def node(self, name: str) -> api.NodeStatus:
        self._fail()
        return _found(self.held_nodes, "node", name)

    def delete_node(self, name: str, actor: str) -> None:
        self.node(name)
        self.calls.append(("delete_node", name, actor))
        del self.held_nodes[name]

    def verdicts(self) -> tuple[api.NodeVerdict, ...]:
        self._fail()
        return tuple(item for status in self.held.values() for item in status.nodes)

    def journal(self, node: str, cursor: int, limit: int) -> api.JournalPage:
        self.node(node)
        return self.fleet_journal(cursor, limit)

    def fleet_journal(self, cursor: int | None, limit: int) -> api.JournalPage:
        self._fail()
        if cursor is None:
            return api.JournalPage(rows=tuple(self.rows[-limit:]))
        rest = [item for item in self.rows if item.cursor > cursor]
        page = tuple(rest[:limit])
        return api.JournalPage(rows=page, next_cursor=page[-1].cursor if len(rest) > limit else None)

    def create_join_token(self, request: api.TokenRequest, actor: str) -> api.TokenResponse:
        self._fail()
        self.calls.append(("token", request.node, request.ttl_s, request.replace, actor))
        at, is_new = "2026-11-24T10:00:00Z", request.node not in self.held_nodes
        return api.TokenResponse(node=request.node, token="pinnace1.secret", expires_at=at, created=is_new)

    def authenticate(self, token: str) -> str | None:
        return ACTOR if token == TOKEN else None

    def broker(self) -> api.BrokerBody:
        self._fail()
        return api.BrokerBody(outage=self.outage)

    def ready(self) -> dict[str, bool]:
        self._fail()
        return self.conditions

    def _items(self, request: api.ApplyRequest) -> tuple[api.ApplyItem, ...]:
        read = [manifest.read(source.text, source.name) for source in request.sources]
        if any(item.errors for item in read):
            found = [problem.to_dict() for item in read for problem in item.diagnostics]
            raise InvalidSources(
                [api.DiagnosticBody(**{**problem, "severity": str(problem["severity"])}) for problem in found]
            )
        resources = [document.resource for item in read for document in item.documents]
        return tuple(_created(resource) for resource in resources)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


def _created(resource: manifest.Resource) -> api.ApplyItem:
    item = api.ApplyItem(kind=type(resource).__name__, name=resource.metadata.name, change=api.Change.CREATED)
    if item.kind != "Application":
        return item
    return item.model_copy(update={"namespace": "default", "revision": 1, "groups": ("shops",)})


def _found(held: dict[str, Kept], kind: str, name: str) -> Kept:
    if name not in held:
        raise Rejected(Reason.NOT_FOUND, f"no such {kind}", f"{kind} {name}")
    return held[name]
