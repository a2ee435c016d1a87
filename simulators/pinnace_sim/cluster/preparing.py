"""What the server itself writes into an object before it is stored: identity, generation, the parts that a request may
not touch, and what some kinds get from their registry (kubernetes, pkg/registry/*/strategy.go)."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

from pinnace_sim.cluster import addresses
from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.store import Store

# Written by the server, whatever a request says.
OWN_METADATA = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
    "generateName",
)
# Built-in kinds that count the changes of their spec.
COUNTED = frozenset(
    {
        "apiservices.apiregistration.k8s.io",
        "cronjobs.batch",
        "customresourcedefinitions.apiextensions.k8s.io",
        "daemonsets.apps",
        "deployments.apps",
        "flowschemas.flowcontrol.apiserver.k8s.io",
        "ingressclasses.networking.k8s.io",
        "ingresses.networking.k8s.io",
        "jobs.batch",
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        "networkpolicies.networking.k8s.io",
        "poddisruptionbudgets.policy",
        "pods",
        "priorityclasses.scheduling.k8s.io",
        "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io",
        "replicasets.apps",
        "replicationcontrollers",
        "resourceclaims.resource.k8s.io",
        "statefulsets.apps",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "validatingadmissionpolicybindings.admissionregistration.k8s.io",
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
    }
)
# What a new object's status is; {} for the other kinds that have one.
FIRST_STATUS: dict[str, Object] = {
    "daemonsets.apps": {
        "currentNumberScheduled": 0,
        "desiredNumberScheduled": 0,
        "numberMisscheduled": 0,
        "numberReady": 0,
    },
    "horizontalpodautoscalers.autoscaling": {"desiredReplicas": 0, "currentMetrics": None},
    "ingresses.networking.k8s.io": {"loadBalancer": {}},
    "namespaces": {"phase": "Active"},
    "persistentvolumeclaims": {"phase": "Pending"},
    "persistentvolumes": {"phase": "Pending"},
    "poddisruptionbudgets.policy": {
        "currentHealthy": 0,
        "desiredHealthy": 0,
        "disruptionsAllowed": 0,
        "expectedPods": 0,
    },
    "pods": {"phase": "Pending", "qosClass": "BestEffort"},
    "replicasets.apps": {"replicas": 0},
    "services": {"loadBalancer": {}},
    "statefulsets.apps": {"availableReplicas": 0, "replicas": 0},
}
CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io"
CLAIM_FINALIZER = "kubernetes.io/pvc-protection"
NAMESPACE_FINALIZER = "kubernetes"
# Of names made of generateName: without vowels and look-alikes (apimachinery, pkg/util/rand).
_SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX_LENGTH = 5
# k3s's service network.
_SERVICE_NETWORK = "10.43"
_NODE_PORTS = range(30_000, 32_768)


class Preparer:
    """`chance` is the only source of names and addresses: the same seed gives the same cluster."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self._store = store
        self._chance = chance
        self._on_create: dict[str, Callable[[Object], None]] = {
            "customresourcedefinitions.apiextensions.k8s.io": _new_definition,
            "jobs.batch": _new_job,
            "namespaces": _new_namespace,
            "persistentvolumeclaims": _new_claim,
            "services": self.place_service,
        }

    def name(self, item: Object) -> None:
        """Completes metadata.generateName to a name."""
        metadata = item["metadata"]
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + self.suffix()

    def suffix(self) -> str:
        return "".join(self._chance.choice(_SUFFIX_LETTERS) for _ in range(_SUFFIX_LENGTH))

    def new(self, resource: Resource, item: Object, now: str) -> None:
        """Completes an object that is to be created."""
        metadata = item["metadata"]
        for name in set(OWN_METADATA) - {"generateName"}:
            metadata.pop(name, None)
        metadata["uid"] = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        metadata["creationTimestamp"] = now
        if is_counted(resource):
            metadata["generation"] = 1
        if resource.has_status:
            item.pop("status", None)
            if not resource.is_custom:
                item["status"] = dict(FIRST_STATUS.get(resource.key, {}))
        self._on_create.get(resource.key, _nothing)(item)

    def place_service(self, item: Object) -> None:
        """Addresses and node ports of a Service, as its type asks for them."""
        spec = item.setdefault("spec", {})
        if spec.get("type") == "ExternalName":
            return
        if not spec.get("clusterIP"):
            spec["clusterIP"] = self._free_address()
        spec["clusterIPs"] = [spec["clusterIP"]]
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        if spec.get("type") in ("NodePort", "LoadBalancer") and spec.get("allocateLoadBalancerNodePorts", True):
            for port in spec.get("ports") or ():
                port.setdefault("nodePort", self._chance.choice(_NODE_PORTS))

    def _free_address(self) -> str:
        taken = {item.body for item in self._store.all("services")}
        while True:
            address = f"{_SERVICE_NETWORK}.{self._chance.randrange(1, 255)}.{self._chance.randrange(1, 255)}"
            if not any(f'"{address}"'.encode() in body for body in taken):
                return address


def changed(resource: Resource, item: Object, live: Object, subresource: str) -> None:
    """Takes over from the live object what this request may not write, and counts a new generation."""
    if subresource == "status":
        _keep_all_but_status(resource, item, live)
    elif resource.key == "namespaces":
        _take_over(item, live, "status")
        if subresource != "finalize":
            _take_over(item, live, "spec")
    elif resource.has_status:
        _take_over(item, live, "status")
    for name in OWN_METADATA:
        _take_over(item["metadata"], live["metadata"], name)
    for name in ("finalizers", "ownerReferences"):
        if not item["metadata"].get(name):
            item["metadata"].pop(name, None)
    if resource.key == "services" and subresource != "status":
        addresses.keep(item["spec"], live["spec"])
    if is_counted(resource) and _spec(resource, item) != _spec(resource, live):
        item["metadata"]["generation"] = live["metadata"].get("generation", 1) + 1


def is_counted(resource: Resource) -> bool:
    return resource.is_custom or resource.key in COUNTED


def _keep_all_but_status(resource: Resource, item: Object, live: Object) -> None:
    annotations = item["metadata"].get("annotations")
    written = item["metadata"].get("managedFields")
    version = item["metadata"].get("resourceVersion")
    item["metadata"] = dict(live["metadata"])
    item["metadata"]["resourceVersion"] = version
    if written is not None:
        item["metadata"]["managedFields"] = written
    # The registries of built-in kinds put back labels, but not annotations.
    if not resource.is_custom and annotations is not None:
        item["metadata"]["annotations"] = annotations
    for name in (set(item) | set(live)) - {"apiVersion", "kind", "metadata", "status"}:
        _take_over(item, live, name)


def _take_over(item: Object, live: Object, name: str) -> None:
    if name in live:
        item[name] = live[name]
    else:
        item.pop(name, None)


def _spec(resource: Resource, item: Object) -> Any:
    """What a generation counts: all but metadata and status."""
    left = {"apiVersion", "kind", "metadata"} | ({"status"} if resource.has_status else set())
    return {name: value for name, value in item.items() if name not in left}


def _nothing(item: Object) -> None:
    """Most kinds get nothing of their own."""


def _new_namespace(item: Object) -> None:
    item.setdefault("spec", {})["finalizers"] = [NAMESPACE_FINALIZER]


def _new_claim(item: Object) -> None:
    finalizers = item["metadata"].setdefault("finalizers", [])
    if CLAIM_FINALIZER not in finalizers:
        finalizers.append(CLAIM_FINALIZER)


def _new_definition(item: Object) -> None:
    spec = item.setdefault("spec", {})
    names = spec.setdefault("names", {})
    if names.get("kind"):
        names.setdefault("singular", names["kind"].lower())
        names.setdefault("listKind", f"{names['kind']}List")
    spec.setdefault("conversion", {"strategy": "None"})
    stored = [each.get("name", "") for each in spec.get("versions") or () if each.get("storage")]
    item["status"] = {"conditions": [], "acceptedNames": {"plural": "", "kind": ""}, "storedVersions": stored}


def _new_job(item: Object) -> None:
    """Labels by which its pods are found."""
    uid, name = item["metadata"]["uid"], item["metadata"].get("name", "")
    if item["spec"].get("manualSelector"):
        return
    ours = {"batch.kubernetes.io/controller-uid": uid}
    named = {"controller-uid": uid, "batch.kubernetes.io/job-name": name, "job-name": name}
    item["spec"]["selector"] = {"matchLabels": dict(ours)}
    for metadata in (item["metadata"], item["spec"]["template"].setdefault("metadata", {})):
        metadata["labels"] = {**(metadata.get("labels") or {}), **ours, **named}
