"""The same requests to kube-apiserver and to the pure rules, side by side."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.unit.sim.cluster import intents
from tests.unit.sim.cluster.intents import Kind, Object
from tests.unit.sim.cluster.kube import APPLY, STRATEGIC, Answer, Kube

from pinnace_sim.cluster.merging import applying, fields, strategic, updating
from pinnace_sim.cluster.merging.applying import Merged
from pinnace_sim.cluster.merging.conflicts import Conflicts
from pinnace_sim.cluster.merging.managers import Manager, Operation
from pinnace_sim.cluster.schema import custom, defaults, table
from pinnace_sim.cluster.schema.types import Type

INVALID = 422
ENOUGH = 23  # of a message that quotes lists in Go's form
# Set by the server alone, and by what runs in it.
OWN_METADATA = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")
OWN_SERVICE = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
# An update may bring an item of a keyed list twice, an intent may not.
DOUBLED = ({"name": "A", "value": "1"}, {"name": "A", "value": "2"})
GADGET_SCHEMA = intents.GADGETS["spec"]["versions"][0]["schema"]["openAPIV3Schema"]

Edit = Callable[[Object], None]


class Difference(AssertionError):
    """The two disagree."""


class Twins:
    """One object, really and by the rules."""

    def __init__(self, kube: Kube, kind: Kind, namespace: str, name: str) -> None:
        self._kube = kube
        self._kind = kind
        self._path = kind.path(namespace)
        self._name = name
        self._type: Type = table.of(kind.group, kind.version, kind.kind) or custom.structural(GADGET_SCHEMA)
        self._reset = fields.NOTHING if kind.kind == "ConfigMap" else fields.STATUS
        self._real: Object | None = None
        self._ours: Object | None = None
        self._clock = itertools.count(1)
        self.told: list[str] = []

    @property
    def exists(self) -> bool:
        return self._ours is not None

    def apply(self, intent: Object, manager: str, *, force: bool) -> None:
        """One server-side apply, and that both agree about it."""
        query = {"fieldManager": manager, "force": str(force).lower()}
        answer = self._kube.ask("PATCH", f"{self._path}/{self._name}", intent, APPLY, **query)
        self._tell(f"apply {manager} {force=} {intent} -> {answer.status} {answer.message}")
        if answer.status == INVALID:
            return
        who = Manager(manager, Operation.APPLY, self._kind.api_version)
        result = applying.apply(self._type, self._ours, intent, who, force=force, now=self._now(), reset=self._reset)
        if not isinstance(result, Merged):
            self._equal("refusal", result.message, answer.message)
            if isinstance(result, Conflicts):
                self._equal("causes", _sorted(result.causes()), _sorted(answer.body["details"]["causes"]))
            return
        self._take(answer, self._defaulted(result.object))

    def update(self, edit: Edit, manager: str) -> None:
        """One read, a change, and a PUT."""
        if self._real is None or self._ours is None:
            return
        sent, ours = copy.deepcopy(self._real), copy.deepcopy(self._ours)
        edit(sent)
        edit(ours)
        answer = self._kube.ask("PUT", f"{self._path}/{self._name}", sent, fieldManager=manager)
        self._tell(f"update {manager} -> {answer.status} {answer.message}")
        if answer.status == INVALID:
            return
        self._take(answer, self._updated(self._ours, ours, manager))

    def patch(self, patch: Object, manager: str) -> None:
        """A strategic merge patch."""
        answer = self._kube.ask("PATCH", f"{self._path}/{self._name}", patch, STRATEGIC, fieldManager=manager)
        self._tell(f"patch {manager} {patch} -> {answer.status} {answer.message}")
        if answer.status == INVALID or self._ours is None:
            return
        try:
            ours = strategic.merge(self._type, self._ours, patch)
        except ValueError as why:
            self._equal("refusal", str(why)[:ENOUGH], answer.message[:ENOUGH])
            return
        self._take(answer, self._updated(self._ours, ours, manager))

    def create(self, whole: Object, manager: str) -> None:
        """A POST of an object that is not there."""
        answer = self._kube.ask("POST", self._path, whole, fieldManager=manager)
        self._tell(f"create {manager} {whole} -> {answer.status} {answer.message}")
        if answer.status != INVALID:
            self._take(answer, self._updated(None, whole, manager))

    def _updated(self, live: Object | None, new: Object, manager: str) -> Object:
        who = Manager(manager, Operation.UPDATE, self._kind.api_version)
        return updating.update(self._type, live, self._defaulted(new), who, now=self._now(), reset=self._reset)

    def _defaulted(self, value: Object) -> Object:
        return defaults.defaulted(self._type, value, (self._kind.group, self._kind.version, self._kind.kind))

    def _take(self, answer: Answer, new: Object) -> None:
        if not answer.is_ok:
            raise Difference("\n".join([*self.told, "ours took it"]))
        before, self._ours = self._ours, updating.settled(self._ours, new) if self._ours else new
        is_same = self._real is not None and _version(self._real) == _version(answer.body)
        is_reordered = self._real is not None and _managers(self._real) != _managers(answer.body)
        self._real = answer.body
        self._equal("managed fields", managed(self._ours), managed(self._real))
        self._equal("object", _said(self._ours), _said(self._real))
        # The KubeAPI writes an unchanged object when it orders its managedFields in another way: by their times, of
        # which it renews one when an intent has empty labels, annotations or finalizers. Of a custom resource it writes
        # the new time too. We need not.
        if is_same or not (is_reordered or self._kind.kind == "Gadget"):
            self._equal("nothing was written", self._ours is before, is_same)

    def _now(self) -> str:
        return f"2026-01-01T00:00:{next(self._clock) % 60:02}Z"

    def _tell(self, text: str) -> None:
        self.told.append(text)

    def _equal(self, what: str, ours: Any, real: Any) -> None:
        if ours != real:
            raise Difference("\n".join([*self.told, f"{what}, ours: {ours}", f"{what}, real: {real}"]))


def run(twins: Twins, kind: Kind, random: Random, name: str, namespace: str, steps: int) -> None:
    """A random story of some steps about one object."""
    made: list[tuple[Object, str]] = []
    for number in range(steps):
        manager = random.choice(intents.MANAGERS)
        act = random.random()
        if act < 0.1 and made:
            twins.apply(*random.choice(made), force=True)
        elif act < 0.2 and twins.exists and kind.is_built_in:
            twins.patch(intents.with_directives(kind.intent(random, name, namespace, is_whole=False), random), manager)
        elif act < 0.35 and twins.exists:
            twins.update(_edit(kind, random, name, namespace), random.choice((*intents.MANAGERS, "curl")))
        elif not twins.exists and act < 0.55:
            twins.create(kind.intent(random, name, namespace, is_whole=True), manager)
        else:
            intent = kind.intent(random, name, namespace, is_whole=number == 0 or random.random() < 0.4)
            twins.apply(intent, manager, force=random.random() < 0.6)
            made.append((intent, manager))


def _edit(kind: Kind, random: Random, name: str, namespace: str) -> Edit:
    """Lays some other intent's parts over the object, and takes out a label."""
    new = kind.intent(random, name, namespace, is_whole=True)
    chosen = [part for part in ("labels", "annotations") if part in new["metadata"] and random.random() < 0.5]
    parts = [part for part in (new.get("spec") or {}) if part != "selector" and random.random() < 0.5]
    is_doubled = random.random() < 0.3

    def edit(value: Object) -> None:
        for part in chosen:
            value["metadata"][part] = copy.deepcopy(new["metadata"][part])
        for part in parts:
            value["spec"][part] = copy.deepcopy(new["spec"][part])
        if kind.kind == "Deployment" and is_doubled:
            first = value["spec"]["template"]["spec"]["containers"][0]
            first["env"] = [*(first.get("env") or ()), *DOUBLED]
        if "data" in new:
            value["data"] = copy.deepcopy(new["data"])

    return edit


def _sorted(causes: list[Object]) -> list[Object]:
    """The KubeAPI takes the managers in no order."""
    return sorted(causes, key=str)


def _version(value: Object) -> str:
    return str(value["metadata"]["resourceVersion"])


def _managers(value: Object) -> list[tuple[str, str]]:
    """Who stands in managedFields, in its order."""
    return [(entry["manager"], entry["operation"]) for entry in value["metadata"].get("managedFields", ())]


def managed(value: Object) -> list[Object]:
    """The entries of all managers, without times, in one order."""
    found = value["metadata"].get("managedFields", ())
    timeless = ({name: each for name, each in entry.items() if name != "time"} for entry in found)
    return sorted(timeless, key=lambda entry: json.dumps(entry, sort_keys=True))


def _said(value: Object) -> Object:
    """What clients said and defaults added."""
    said = {name: copy.deepcopy(each) for name, each in value.items() if name != "status"}
    said["metadata"] = {name: each for name, each in said["metadata"].items() if name not in OWN_METADATA}
    if value["kind"] == "Service":
        said["spec"] = {name: each for name, each in said["spec"].items() if name not in OWN_SERVICE}
    return said
