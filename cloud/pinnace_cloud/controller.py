"""The operations behind the API: gives each to the service that owns it."""

from dataclasses import dataclass

from pinnace_cloud.rules import differences
from pinnace_cloud.services import cataloguing
from pinnace_cloud.services.enrolment import Enrolment
from pinnace_cloud.services.link import Link
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.services.tokens import Tokens
from pinnace_cloud.services.views import Views
from pinnace_cloud.storage.ports import Store
from pinnace_cloud.storage.rows import AppKey
from pinnace_schemas import api
from pinnace_schemas.errors import PinnaceError, Rejected


@dataclass(frozen=True, slots=True)
class PinnaceController:
    """Implements `ports.Controller`. `link` is the one to the broker."""

    store: Store
    releases: Releases
    enrolment: Enrolment
    tokens: Tokens
    views: Views
    link: Link

    def apply(self, request: api.ApplyRequest, actor: str) -> api.ApplyResponse:
        response = self.releases.apply(request, actor)
        return response if request.dry_run else response.model_copy(update={"broker_outage": self.link.outage()})

    def diff(self, request: api.ApplyRequest) -> api.DiffResponse:
        plan, found = self.releases.dry_run(request)
        items = []
        with self.store.reading() as tx:
            for key, wanted in sorted(plan.desired.groups.items()):
                released = {item.group: item.bundle for item in tx.applications.placements(key)}
                for group in sorted(released.keys() | wanted.keys()):
                    before = tx.deliveries.bundle(released[group]) if group in released else None
                    after = plan.desired.bundles[wanted[group]] if group in wanted else None
                    text = differences.unified(before, after, f"{key} in {group}")
                    items.append(api.DiffItem(namespace=key.namespace, application=key.name, group=group, text=text))
        return api.DiffResponse(items=tuple(items), documents=plan.items, diagnostics=found.bodies())

    def applications(self, namespace: str | None = None) -> tuple[api.ApplicationSummary, ...]:
        return self.views.applications(namespace)

    def application(self, namespace: str, name: str) -> api.ApplicationStatus:
        return self.views.application(AppKey(namespace, name)).model_copy(update={"broker_outage": self.link.outage()})

    def history(self, namespace: str, name: str) -> tuple[api.RevisionInfo, ...]:
        return self.views.history(AppKey(namespace, name))

    def rollback(self, namespace: str, name: str, to: int | None, actor: str) -> api.ApplyItem:
        return self.releases.rollback(AppKey(namespace, name), to, actor)

    def delete_application(self, namespace: str, name: str, *, force: bool, actor: str) -> api.ApplicationStatus:
        """The state right after; of an application that is gone already, the last that was known."""
        before = self.application(namespace, name)
        self.releases.delete_application(AppKey(namespace, name), force=force, actor=actor)
        try:
            return self.application(namespace, name)
        except Rejected:
            summary = before.summary.model_copy(update={"deleting": True, "nodes": 0, "converged": 0, "groups": ()})
            return before.model_copy(update={"summary": summary, "nodes": ()})

    def groups(self) -> tuple[api.GroupSummary, ...]:
        return self.views.groups()

    def group(self, name: str) -> api.GroupSummary:
        return self.views.group(name)

    def delete_group(self, name: str, actor: str) -> None:
        self.releases.delete_group(name, actor)

    def definitions(self) -> tuple[api.DefinitionSummary, ...]:
        return cataloguing.definitions(self.store)

    def definition(self, kind: str, name: str) -> api.DefinitionStatus:
        return cataloguing.status(self.store, kind, name)

    def types(self) -> tuple[api.DefinedType, ...]:
        return cataloguing.types(self.store)

    def delete_definition(self, kind: str, name: str, actor: str) -> None:
        self.releases.delete_definition(kind, name, actor)

    def nodes(self) -> tuple[api.NodeSummary, ...]:
        return self.views.nodes()

    def node(self, name: str) -> api.NodeStatus:
        return self.views.node(name)

    def delete_node(self, name: str, actor: str) -> None:
        self.releases.delete_node(name, actor)

    def verdicts(self) -> tuple[api.NodeVerdict, ...]:
        return self.views.verdicts()

    def journal(self, node: str, cursor: int, limit: int) -> api.JournalPage:
        return self.views.journal(node, cursor, limit)

    def fleet_journal(self, cursor: int | None, limit: int) -> api.JournalPage:
        return self.views.fleet_journal(cursor, limit)

    def create_join_token(self, request: api.TokenRequest, actor: str) -> api.TokenResponse:
        return self.enrolment.create_token(request, actor)

    def authenticate(self, token: str) -> str | None:
        return self.tokens.authenticate(token)

    def broker(self) -> api.BrokerBody:
        return api.BrokerBody(outage=self.link.outage())

    def ready(self) -> dict[str, bool]:
        is_connected = self.link.outage() is None
        try:
            with self.store.reading() as tx:
                tx.outbox.count()
        except PinnaceError:
            return {"store": False, "broker": is_connected}
        return {"store": True, "broker": is_connected}
