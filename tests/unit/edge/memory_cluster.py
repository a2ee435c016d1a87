"""A cluster in memory, and people who meddle with it.

It knows nothing of Kubernetes beyond the port; what the real one does is stated by the contract suite.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tests.unit.edge.clocks import NOW

from pinnace_edge.model import (
    AppKey,
    Applied,
    ApplyRequest,
    Change,
    Deleted,
    Deletion,
    Health,
    Kind,
    KubeObject,
    Listing,
    Live,
    Ref,
    Status,
)
from pinnace_edge.rules import ownership
from pinnace_schemas import codec, labels, times
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

CONFIG_MAP = Kind("v1", "ConfigMap")


@dataclass
class Thing:
    """An object in the cluster. `fields` changes whenever somebody else edits a field of ours."""

    body: KubeObject
    uid: str
    version: int
    fields: str
    is_leaving: bool = False


_SERVERS = frozenset({"uid", "resourceVersion", "managedFields"})


def _managed(thing: Thing) -> KubeObject:
    """What we have applied is ours, until somebody edits it."""
    if thing.fields in ("", "edited"):
        return {}
    fields = _fields({name: item for name, item in thing.body.items() if name not in ("apiVersion", "kind")})
    entry = {"manager": labels.FIELD_MANAGER, "operation": "Apply", "apiVersion": thing.body["apiVersion"]}
    return {"managedFields": [{**entry, "fieldsV1": fields}]}


def _fields(value: Any) -> KubeObject:
    return {f"f:{name}": _fields(item) for name, item in value.items()} if isinstance(value, dict) else {}


class MemoryCluster:
    """Objects by reference, and people who meddle."""

    def __init__(self) -> None:
        self.things: dict[Ref, Thing] = {}
        self.is_down = False
        self.refused: dict[str, tuple[Reason, str]] = {}
        self.unready: set[str] = set()
        self.healths: dict[str, Health] = {}
        self.served = {"ConfigMap", "Deployment", "Job", "PersistentVolumeClaim"}
        self.unreadable: set[str] = set()
        self.unanswering: set[str] = set()
        self.stuck: set[str] = set()
        self.unanswered: set[str] = set()
        self.undeletable: set[str] = set()
        self.away: set[Kind] = set()
        self.repeated: dict[str, str] = {}
        self.immutable: set[str] = set()
        self.invalid: set[str] = set()
        self.retry_after_s: float | None = None
        self.requests: list[str] = []
        self._numbers = itertools.count(1)

    def version(self) -> str:
        self._ask("version")
        return "v1.36.3"

    def is_namespaced(self, kind: Kind) -> bool | None:
        self._check()
        return False if kind.kind == "Namespace" else True if kind.kind in self.served else None

    def owned(self, kinds: Collection[Kind], key: AppKey | None = None) -> Listing:
        self._ask("owned")
        return Listing({ref: self._live(ref) for ref in self.things if ref.kind in kinds and self._is_ours(ref, key)})

    def present(self, kind: Kind, namespace: str) -> Listing:
        self._ask("present")
        there = [ref for ref in self.things if (ref.kind, ref.namespace) == (kind, namespace)]
        return Listing({ref: self._live(ref) for ref in there})

    def owned_anywhere(self) -> Listing:
        self._ask("owned anywhere")
        refused = dict.fromkeys(self.away, (Reason.CLUSTER_UNAVAILABLE, "its server does not answer"))
        there = [ref for ref in self.things if ref.kind not in self.away and self._is_ours(ref)]
        return Listing({ref: self._live(ref) for ref in there}, refused)

    def apply(self, requests: Sequence[ApplyRequest]) -> tuple[Applied, ...]:
        self._check()
        return tuple(self._apply(request) for request in requests)

    def read(self, ref: Ref) -> KubeObject | None:
        self._ask(f"read {ref.name}")
        if ref.name in self.unreadable:
            raise Rejected(Reason.FORBIDDEN, "cannot get configmaps", str(ref))
        if ref.name in self.unanswering:
            raise Unavailable(f"{ref} cannot be read: failed calling webhook", self.retry_after_s)
        return self._whole(ref, self.things[ref].body) if ref in self.things else None

    def delete(self, ref: Ref, uid: str) -> Deleted:
        self._ask(f"delete {ref.name}")
        if ref.name in self.undeletable:
            return Deleted(ref, Deletion.REFUSED, Reason.FORBIDDEN, "cannot delete configmaps")
        if ref.name in self.stuck:
            self.things[ref].is_leaving = True
            return Deleted(ref, Deletion.STARTED)
        self.things.pop(ref, None)
        return Deleted(ref, Deletion.GONE)

    def watch(self, kinds: Collection[Kind]) -> None: ...

    def close(self) -> None: ...

    def put(self, name: str, body: dict[str, Any] | None = None) -> Ref:
        """Somebody makes a ConfigMap."""
        ref = Ref(CONFIG_MAP, "default", name)
        self.things[ref] = Thing(body or {"metadata": {"name": name}}, f"u{next(self._numbers)}", 1, "")
        return ref

    def edit(self, name: str) -> None:
        """Somebody changes one of our fields."""
        thing = self.things[Ref(CONFIG_MAP, "default", name)]
        thing.fields, thing.version = "edited", thing.version + 1
        thing.body = {**thing.body, "data": {"value": "edited"}}

    def set_status(self, name: str, **status: Any) -> None:
        """A controller of the cluster says how an object is."""
        thing = self.things[Ref(CONFIG_MAP, "default", name)]
        thing.version += 1
        thing.body = {**thing.body, "status": status}

    def reads(self) -> list[str]:
        """Names of objects that were read whole, and forgets them."""
        found = [what.removeprefix("read ") for what in self.requests if what.startswith("read ")]
        self.requests = [what for what in self.requests if not what.startswith("read ")]
        return found

    def names(self) -> list[str]:
        return sorted(ref.name for ref in self.things if ref.kind == CONFIG_MAP)

    def value(self, name: str) -> str:
        return str(self.things[Ref(CONFIG_MAP, "default", name)].body["data"]["value"])

    def _apply(self, request: ApplyRequest) -> Applied:
        ref = request.ref
        if ref.name in self.unanswered:
            raise Unavailable("the server of example.com/v1 behind the KubeAPI does not answer", self.retry_after_s)
        if ref.name in self.refused:
            return Applied(ref, Change.REFUSED, reason=self.refused[ref.name][0], message=self.refused[ref.name][1])
        if ref.name in self.repeated:
            return Applied(ref, Change.RETRY, reason=Reason.CLUSTER_UNAVAILABLE, message=self.repeated[ref.name])
        if wrong := self._what_is_wrong(request):
            message = f'ConfigMap "{ref.name}" is invalid: {wrong}'
            return Applied(ref, Change.REFUSED, reason=Reason.API_REJECTED, message=message)
        if request.dry_run:
            change = Change.UNCHANGED if ref in self.things else Change.CREATED
            return Applied(ref, change, answer=self._whole(ref, request.body))
        self.requests.append(f"apply {ref.name}")
        old, asked = self.things.get(ref), request.body["metadata"]
        if "uid" in asked and (old is None or (asked["uid"], asked["resourceVersion"]) != (old.uid, str(old.version))):
            return Applied(ref, Change.RETRY, reason=Reason.CLUSTER_UNAVAILABLE, message="it has been modified")
        body = {**request.body, "metadata": {name: asked[name] for name in asked if name not in _SERVERS}}
        fields = codec.sha256(codec.canonical(body))
        if old and old.fields == fields:
            return Applied(ref, Change.UNCHANGED, self._live(ref))
        uid = old.uid if old else f"u{next(self._numbers)}"
        self.things[ref] = Thing(body, uid, (old.version + 1) if old else 1, fields)
        return Applied(ref, Change.CONFIGURED if old else Change.CREATED, self._live(ref))

    def _what_is_wrong(self, request: ApplyRequest) -> str:
        """A value that must not change is all that is looked at, as with a Deployment's selector."""
        old, wanted = self.things.get(request.ref), request.body.get("data")
        if old and request.ref.name in self.immutable and old.body.get("data") != wanted:
            return "data: Invalid value: field is immutable"
        value = (wanted or {}).get("value")
        return f"data.value: Invalid value: {value}" if value in self.invalid else ""

    def _whole(self, ref: Ref, body: KubeObject) -> KubeObject:
        """With what a KubeAPI writes by itself."""
        thing = self.things.get(ref)
        own = {"uid": thing.uid, "resourceVersion": str(thing.version), **_managed(thing)} if thing else {}
        leaving = {"deletionTimestamp": times.format_time(NOW)} if thing and thing.is_leaving else {}
        return {**body, "metadata": {**body["metadata"], **own, **leaving}}

    def _live(self, ref: Ref) -> Live:
        thing = self.things[ref]
        ready = Status.IN_PROGRESS if ref.name in self.unready else Status.CURRENT
        health = self.healths.get(ref.name, Health(ready, "starting"))
        return Live(
            ref, thing.uid, str(thing.version), self._labels(ref), thing.fields, health, deleting=thing.is_leaving
        )

    def _labels(self, ref: Ref) -> dict[str, str]:
        found = self.things[ref].body["metadata"].get("labels") or {}
        return {str(key): str(value) for key, value in found.items()}

    def _is_ours(self, ref: Ref, key: AppKey | None = None) -> bool:
        owner = ownership.owner(self._labels(ref))
        return owner is not None and key in (None, owner)

    def _ask(self, what: str) -> None:
        self._check()
        for ref in [ref for ref, thing in self.things.items() if thing.is_leaving and ref.name not in self.stuck]:
            del self.things[ref]
        self.requests.append(what)

    def _check(self) -> None:
        if self.is_down:
            raise Unavailable("the KubeAPI does not answer: connection refused", self.retry_after_s)
