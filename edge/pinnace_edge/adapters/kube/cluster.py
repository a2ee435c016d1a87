"""The port `Cluster` on a real KubeAPI: puts the parts together and runs requests side by side."""

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pinnace_edge.adapters.kube import places, problems
from pinnace_edge.adapters.kube.applying import Applier
from pinnace_edge.adapters.kube.client import Call, Client
from pinnace_edge.adapters.kube.discovery import Discovery
from pinnace_edge.adapters.kube.listing import Lister, Query
from pinnace_edge.adapters.kube.problems import Problem
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.adapters.kube.watching import Watches
from pinnace_edge.model import (
    AppKey,
    Applied,
    ApplyRequest,
    Change,
    Deleted,
    Kind,
    KubeObject,
    Listing,
    Live,
    Ref,
)
from pinnace_edge.ports import Clock, ClusterChanged
from pinnace_schemas import labels
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class KubeCluster:
    """Connects at the first request, so that it can be made while the KubeAPI is away.

    `emit` is called from threads of its own; several hints about one thing may come in a bunch.
    """

    def __init__(self, settings: KubeSettings, clock: Clock, emit: Callable[[ClusterChanged], None]) -> None:
        self._settings = settings
        self._client = Client(settings, clock)
        self._discovery = Discovery(self._client, clock, settings.rediscovery_s)
        self._lister = Lister(self._client, self._discovery)
        self._applier = Applier(self._client, self._discovery, clock)
        self._watches = Watches(self._client, self._discovery, clock, settings, emit)

    def version(self) -> str:
        answer = self._client.ask(Call("GET", "/version"))
        if not answer.is_ok:
            raise problems.away(answer)
        version = answer.json().get("gitVersion")
        if not isinstance(version, str) or not version:
            raise Unavailable("what answers in place of the KubeAPI names no version; check address and proxies")
        return version

    def is_namespaced(self, kind: Kind) -> bool | None:
        resource = self._discovery.find(kind)
        return None if resource is None else resource.is_namespaced

    def owned(self, kinds: Collection[Kind], key: AppKey | None = None) -> Listing:
        pages = self._settings.full_page_size
        queries = [Query(kind, selector=_selector(key), page_size=pages) for kind in kinds]
        # One after the other: side by side, pages of several kinds would be in memory at once.
        return _listing(queries, [self._lister.list(query) for query in queries])

    def present(self, kind: Kind, namespace: str) -> Listing:
        query = Query(kind, namespace, metadata_only=True, page_size=self._settings.page_size)
        return _listing([query], [self._lister.list(query)])

    def owned_anywhere(self) -> Listing:
        """Kinds that our role may not list stand in `refused`; they hold nothing that we could have applied."""
        pages, selector = self._settings.page_size, labels.APPLICATION
        kinds = self._discovery.listable()
        queries = [Query(kind, selector=selector, metadata_only=True, page_size=pages) for kind in kinds]
        return _listing(queries, [self._list_unless_away(query) for query in queries])

    def _list_unless_away(self, query: Query) -> tuple[Live, ...] | tuple[Reason, str]:
        """Where only the server of one kind is away, the other kinds are listed all the same."""
        try:
            return self._lister.list(query)
        except Unavailable as exc:
            self.version()  # raises when the KubeAPI itself is away
            return Reason.CLUSTER_UNAVAILABLE, str(exc)

    def apply(self, requests: Sequence[ApplyRequest]) -> tuple[Applied, ...]:
        if not requests:
            return ()
        batch = _Batch(self._applier)
        results = self._side_by_side(batch.apply, requests)
        batch.check()
        return tuple(results)

    def read(self, ref: Ref) -> KubeObject | None:
        """Raises Rejected (FORBIDDEN, INVALID) besides Unavailable."""
        path = places.find(self._discovery, ref)
        if isinstance(path, Problem):
            _check_absent(ref, path)
            return None
        answer = self._client.ask(Call("GET", path))
        if answer.is_ok:
            return answer.item()
        _check_absent(ref, problems.of(answer))
        return None

    def delete(self, ref: Ref, uid: str) -> Deleted:
        return self._applier.delete(ref, uid)

    def watch(self, kinds: Collection[Kind]) -> None:
        self._watches.set(kinds)

    def close(self) -> None:
        self._watches.close()
        self._client.close()

    def _side_by_side(self, work: Callable[[Asked], Found], asked: Sequence[Asked]) -> list[Found]:
        """Results in order. The threads live only as long as the call: at rest there are none."""
        if len(asked) < 2:
            return [work(each) for each in asked]
        threads = min(self._settings.parallel_requests, len(asked))
        with ThreadPoolExecutor(threads, "kubeapi") as pool:
            return list(pool.map(work, asked))


def _check_absent(ref: Ref, problem: Problem) -> None:
    """Returns for what does not exist, raises for the rest."""
    if problem.reason in (Reason.NOT_FOUND, Reason.UNKNOWN_KIND):
        return
    if problem.is_temporary:
        raise Unavailable(f"{ref} cannot be read: {problem.message}", problem.retry_after_s)
    raise Rejected(problem.reason, problem.message, str(ref))


def _selector(key: AppKey | None) -> str:
    """Both are DNS labels, and so need no escaping."""
    if key is None:
        return labels.APPLICATION
    return f"{labels.APPLICATION}={key.name},{labels.NAMESPACE}={key.namespace}"


class _Batch:
    """One call of `apply`. After a request that nobody answered the rest is not sent: each would wait as long."""

    def __init__(self, applier: Applier) -> None:
        self._applier = applier
        self._lock = threading.Lock()
        self._silence: Unavailable | None = None
        self._has_answers = False

    def apply(self, request: ApplyRequest) -> Applied:
        if self._silence is None:
            try:
                applied = self._applier.apply(request)
            except Unavailable as exc:
                self._note(exc)
            else:
                self._has_answers = True
                return applied
        return _later(request, self._silence)

    def check(self) -> None:
        """Raises Unavailable if nobody answered any request."""
        if self._silence is not None and not self._has_answers:
            raise self._silence

    def _note(self, exc: Unavailable) -> None:
        with self._lock:
            self._silence = self._silence or exc


def _later(request: ApplyRequest, why: Unavailable | None) -> Applied:
    wait = why.retry_after_s if why else None
    return Applied(request.ref, Change.RETRY, None, Reason.CLUSTER_UNAVAILABLE, str(why), wait)


def _listing(queries: Sequence[Query], results: Sequence[tuple[Live, ...] | tuple[Reason, str]]) -> Listing:
    objects: dict[Ref, Live] = {}
    refused: dict[Kind, tuple[Reason, str]] = {}
    for query, result in zip(queries, results, strict=True):
        if result and isinstance(result[0], Reason):
            refused[query.kind] = result
        else:
            objects |= {live.ref: live for live in result}
    return Listing(objects, refused)
