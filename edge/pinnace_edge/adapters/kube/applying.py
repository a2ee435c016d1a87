"""Server-side apply and delete of one object: what is sent, and how the answer is judged. Refusals are values.

Raises Unavailable only when nobody answers. Whether an apply changed something is read from our own managedFields
entry: the KubeAPI renews its time when, and only when, an apply by us changes the object.
"""

from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pinnace_edge.adapters.kube import places, problems, replacing, trimming
from pinnace_edge.adapters.kube.client import Answer, Call, Client
from pinnace_edge.adapters.kube.discovery import Discovery
from pinnace_edge.model import Applied, ApplyRequest, Change, Deleted, Deletion, KubeObject, Ref
from pinnace_edge.ports import Clock
from pinnace_edge.rules import managed_fields
from pinnace_schemas import times
from pinnace_schemas.labels import FIELD_MANAGER
from pinnace_schemas.reasons import Reason

# The KubeAPI reads JSON here, which is YAML; a JSON form of this type does not exist.
APPLY_PATCH = "application/apply-patch+yaml"
CREATED = 201
# Both times in an answer are cut to whole seconds.
CLOCK_GRAIN_S = 1.0
# A kind that is defined by one of these exists soon after.
DEFINERS = frozenset({"CustomResourceDefinition", "APIService"})


class Applier:
    """Sends one request at a time; may be used by several threads."""

    def __init__(self, client: Client, discovery: Discovery, clock: Clock) -> None:
        self._client = client
        self._discovery = discovery
        self._clock = clock

    def apply(self, request: ApplyRequest) -> Applied:
        """One PATCH, and a PUT where the object is replaced. UNCHANGED wrote nothing."""
        path = places.find(self._discovery, request.ref)
        if isinstance(path, problems.Problem):
            return _not_applied(request.ref, path)
        began = self._clock.monotonic()
        answer = self._client.ask(_patch(request, path))
        elapsed_s = self._clock.monotonic() - began
        if request.replacing is None or answer.status == CREATED:
            return self._judged(request, answer, elapsed_s)
        put = replacing.replaced(self._client, path, _patch(request, path), answer, request.replacing)
        if put.is_ok and answer.is_ok and _version(put) == _version(answer):
            return self._judged(request, answer, elapsed_s)
        applied = self._judged(request, put, elapsed_s)
        return replace(applied, change=Change.CONFIGURED) if put.is_ok and put.status != CREATED else applied

    def _judged(self, request: ApplyRequest, answer: Answer, elapsed_s: float) -> Applied:
        if not answer.is_ok:
            return _not_applied(request.ref, self._learn(request.ref, answer))
        if request.ref.kind.kind in DEFINERS:
            self._discovery.expire()
        return _applied(request, answer, elapsed_s)

    def delete(self, ref: Ref, uid: str) -> Deleted:
        """One DELETE of exactly this uid; what depends on it is collected in the background."""
        if not uid:
            raise ValueError(f"{ref}: a delete without a uid could hit a foreign object")
        path = places.find(self._discovery, ref)
        if isinstance(path, problems.Problem):
            return _not_deleted(ref, path)
        answer = self._client.ask(_delete(uid, path))
        if answer.is_ok:
            return Deleted(ref, Deletion.STARTED if _is_leaving(answer.json()) else Deletion.GONE)
        return _not_deleted(ref, self._learn(ref, answer))

    def _learn(self, ref: Ref, answer: Answer) -> problems.Problem:
        problem = problems.of(answer)
        if problem.reason is Reason.UNKNOWN_KIND:
            self._discovery.forget(ref.kind)
        return problem


def _patch(request: ApplyRequest, path: str) -> Call:
    query = {"fieldManager": FIELD_MANAGER, "force": str(request.force).lower(), "fieldValidation": "Strict"}
    if request.dry_run:
        query["dryRun"] = "All"
    return Call("PATCH", path, query, request.body, APPLY_PATCH)


def _version(answer: Answer) -> str:
    return str(answer.item()["metadata"]["resourceVersion"])


def _delete(uid: str, path: str) -> Call:
    body = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": uid},
        "propagationPolicy": "Background",
    }
    return Call("DELETE", path, body=body)


def _applied(request: ApplyRequest, answer: Answer, elapsed_s: float) -> Applied:
    item = answer.item()
    live = trimming.live(request.ref.kind, item)
    return Applied(
        ref=request.ref,
        change=_change(request, answer, item, elapsed_s),
        live=live,
        answer=item if request.dry_run else None,
    )


def _change(request: ApplyRequest, answer: Answer, item: KubeObject, elapsed_s: float) -> Change:
    if answer.status == CREATED:
        return Change.CREATED
    # A dry run shows the stored version, whatever it would change.
    if not request.dry_run and item["metadata"]["resourceVersion"] == request.expected_version:
        return Change.UNCHANGED
    age_s = _age_of_our_entry(answer, item)
    return Change.UNCHANGED if age_s is not None and age_s > elapsed_s + CLOCK_GRAIN_S else Change.CONFIGURED


def _age_of_our_entry(answer: Answer, item: KubeObject) -> float | None:
    """Seconds between our last change and this answer, both by the KubeAPI's clock; None if they cannot be read."""
    entry = managed_fields.ours(item)
    now = _date(answer)
    if entry is None or now is None:
        return None
    try:
        return (now - times.parse_time(entry.time)).total_seconds()
    except ValueError:
        return None


def _date(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None


def _not_applied(ref: Ref, problem: problems.Problem) -> Applied:
    change = Change.RETRY if problem.is_temporary else Change.REFUSED
    return Applied(ref, change, None, problem.reason, problem.message, problem.retry_after_s)


def _not_deleted(ref: Ref, problem: problems.Problem) -> Deleted:
    if problem.reason in (Reason.NOT_FOUND, Reason.UNKNOWN_KIND) or problem.is_other_uid:
        return Deleted(ref, Deletion.GONE)
    outcome = Deletion.RETRY if problem.is_temporary else Deletion.REFUSED
    return Deleted(ref, outcome, problem.reason, problem.message)


def _is_leaving(body: Any) -> bool:
    """The answer is a Status when nothing is left, the object with its deletionTimestamp while finalizers hold it."""
    metadata = body.get("metadata") or {}
    return body.get("kind") != "Status" and "deletionTimestamp" in metadata
