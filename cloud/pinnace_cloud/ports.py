"""What the controller's rim sees: the operations behind the API, and the broker. Stores declare theirs in `storage`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pinnace_schemas import api


class Controller(Protocol):
    """The operations behind the HTTP API. Synchronous, short, called in a worker thread; safe to call concurrently.

    `actor` is the name of the API token that asks. Every method may raise Rejected (its reason decides the HTTP
    status) and InvalidSources, which carries all diagnostics; then nothing has changed.
    """

    def apply(self, request: api.ApplyRequest, actor: str) -> api.ApplyResponse: ...

    def diff(self, request: api.ApplyRequest) -> api.DiffResponse: ...

    def applications(self, namespace: str | None = None) -> tuple[api.ApplicationSummary, ...]: ...

    def application(self, namespace: str, name: str) -> api.ApplicationStatus: ...

    def history(self, namespace: str, name: str) -> tuple[api.RevisionInfo, ...]: ...

    def rollback(self, namespace: str, name: str, to: int | None, actor: str) -> api.ApplyItem: ...

    def delete_application(self, namespace: str, name: str, *, force: bool, actor: str) -> api.ApplicationStatus:
        """Starts the removal; `force` forgets at once. Afterwards `application` raises NOT_FOUND when all is gone."""
        ...

    def groups(self) -> tuple[api.GroupSummary, ...]: ...

    def group(self, name: str) -> api.GroupSummary: ...

    def delete_group(self, name: str, actor: str) -> None:
        """Raises Rejected(IN_USE) while an application names it."""
        ...

    def definitions(self) -> tuple[api.DefinitionSummary, ...]: ...

    def definition(self, kind: str, name: str) -> api.DefinitionStatus: ...

    def types(self) -> tuple[api.DefinedType, ...]:
        """What the definitions bring, each in its newest version."""
        ...

    def delete_definition(self, kind: str, name: str, actor: str) -> None:
        """With all its versions. Raises Rejected(IN_USE) while an application is rendered with one."""
        ...

    def nodes(self) -> tuple[api.NodeSummary, ...]: ...

    def node(self, name: str) -> api.NodeStatus: ...

    def delete_node(self, name: str, actor: str) -> None:
        """Forgets the node and its key, and clears its topics; its site keeps what it runs."""
        ...

    def verdicts(self) -> tuple[api.NodeVerdict, ...]:
        """Every (application, node) pair; what `get --not-converged` filters."""
        ...

    def journal(self, node: str, cursor: int, limit: int) -> api.JournalPage: ...

    def fleet_journal(self, cursor: int | None, limit: int) -> api.JournalPage:
        """Of all nodes; without a cursor the newest rows, after which there are no more."""
        ...

    def create_join_token(self, request: api.TokenRequest, actor: str) -> api.TokenResponse: ...

    def authenticate(self, token: str) -> str | None:
        """The actor's name of an API token, or None. Compares hashes in constant time."""
        ...

    def broker(self) -> api.BrokerBody:
        """Whether there is a link to the broker, and if not, since when and why."""
        ...

    def ready(self) -> dict[str, bool]:
        """Named conditions of /readyz: 'store', 'broker'."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """An MQTT message; nothing in it is trusted."""

    topic: str
    payload: bytes
    retained: bool = False


class Broker(Protocol):
    """MQTT on the controller's event loop. Callbacks run on the loop and only hand over.

    `start` returns at once and keeps trying with full jitter; subscriptions are repeated at each connect.
    """

    async def start(
        self,
        on_message: Callable[[Message], None],
        on_connect: Callable[[], None],
        on_disconnect: Callable[[str], None],
    ) -> None: ...

    async def stop(self) -> None: ...

    @property
    def is_connected(self) -> bool: ...

    def subscribe(self, topic: str) -> None: ...

    def unsubscribe(self, topic: str) -> None: ...

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """QoS 1; returns at the acknowledgement. Raises Unavailable without a link, Rejected(TOO_LARGE)."""
        ...
