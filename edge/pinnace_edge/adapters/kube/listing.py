"""Lists objects of one kind, page by page, trimming each page before the next one is asked for."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from pinnace_edge.adapters.kube import problems, trimming
from pinnace_edge.adapters.kube.client import JSON, Answer, Call, Client
from pinnace_edge.adapters.kube.discovery import Discovery, GroupAway
from pinnace_edge.model import Kind, Live
from pinnace_schemas.errors import Unavailable
from pinnace_schemas.reasons import Reason

METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
# A list that outlives the history of the store begins anew; one that does so again and again is hopeless for now.
MAX_RESTARTS = 3

Refusal = tuple[Reason, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Query:
    """What to list: `namespace` '' is everywhere; `selector` '' is everything."""

    kind: Kind
    namespace: str = ""
    selector: str = ""
    metadata_only: bool = False
    page_size: int = 250


class _Expired(Exception):  # noqa: N818 - named as what happened
    """The continuation is too old (410)."""


class _Refused(Exception):  # noqa: N818
    """The KubeAPI will not list this kind for us."""

    def __init__(self, problem: problems.Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Lister:
    """Reads lists. Raises Unavailable; a kind that cannot be listed is a value."""

    def __init__(self, client: Client, discovery: Discovery) -> None:
        self._client = client
        self._discovery = discovery

    def list(self, query: Query) -> tuple[Live, ...] | Refusal:
        """Everything that the query names, or why it cannot be listed."""
        try:
            resource = self._discovery.find(query.kind)
        except GroupAway as exc:
            return Reason.CLUSTER_UNAVAILABLE, str(exc)
        if resource is None:
            return Reason.UNKNOWN_KIND, f"the KubeAPI does not know {query.kind}"
        if "list" not in resource.verbs:
            return Reason.UNKNOWN_KIND, f"{query.kind} cannot be listed"
        path = resource.path(query.namespace if resource.is_namespaced else "")
        for _ in range(MAX_RESTARTS):
            try:
                return self._all_pages(query, path)
            except _Expired:
                continue
            except _Refused as refused:
                return self._refusal(query.kind, refused.problem)
        raise Unavailable(f"the list of {query.kind} expired {MAX_RESTARTS} times while it was read")

    def _refusal(self, kind: Kind, problem: problems.Problem) -> Refusal:
        if problem.reason is Reason.UNKNOWN_KIND:
            self._discovery.forget(kind)
        return problem.reason, problem.message

    def _all_pages(self, query: Query, path: str) -> tuple[Live, ...]:
        return tuple(found for page in self._pages(query, path) for found in page)

    def _pages(self, query: Query, path: str) -> Iterator[tuple[Live, ...]]:
        parameters: dict[str, str | int] = {"limit": query.page_size}
        if query.selector:
            parameters["labelSelector"] = query.selector
        accept = METADATA_LIST if query.metadata_only else JSON
        while True:
            document = _page(self._client.ask(Call("GET", path, parameters, accept=accept)))
            yield tuple(
                trimming.live(query.kind, item, metadata_only=query.metadata_only)
                for item in document.get("items") or ()
            )
            following = document["metadata"].get("continue")
            if not following:
                return
            parameters["continue"] = following


def _page(answer: Answer) -> Any:
    if answer.is_ok:
        return answer.item()
    if answer.status == problems.GONE:
        raise _Expired
    # 500 is about this kind, such as a conversion webhook that does not answer; it must not hide all others.
    if problems.is_temporary(answer) and answer.status != problems.SERVER_ERROR:
        raise problems.away(answer)
    raise _Refused(problems.of(answer))
