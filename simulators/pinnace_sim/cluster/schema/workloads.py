"""Defaults that are code in kube-apiserver and stand in no schema (kubernetes, pkg/apis/*/v1/defaults.go).

Those that people see: workloads, services, volumes, permissions; `pods` has what is in pods. Changes the objects that
it is given.
"""

from __future__ import annotations

import base64
from collections.abc import Callable

from pinnace_sim.cluster.schema import pods
from pinnace_sim.cluster.schema.types import Object

ROLLING = {"type": "RollingUpdate"}
RBAC = "rbac.authorization.k8s.io"
BUSY = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
}
# What is laid under objects of a kind, wherever they say nothing of their own.
UNDER: dict[str, Object] = {
    "apps/Deployment": {
        "spec": {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "strategy": ROLLING}
    },
    "apps/StatefulSet": {
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 10,
            "podManagementPolicy": "OrderedReady",
            "updateStrategy": ROLLING,
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        }
    },
    "apps/DaemonSet": {"spec": {"revisionHistoryLimit": 10, "updateStrategy": ROLLING}},
    "apps/ReplicaSet": {"spec": {"replicas": 1}},
    "batch/Job": {
        "spec": {
            "backoffLimit": 6,
            "completionMode": "NonIndexed",
            "suspend": False,
            "podReplacementPolicy": "TerminatingOrFailed",
        }
    },
    "batch/CronJob": {
        "spec": {
            "concurrencyPolicy": "Allow",
            "suspend": False,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
        }
    },
    "autoscaling/HorizontalPodAutoscaler": {"spec": {"minReplicas": 1, "metrics": [BUSY]}},
    "/Service": {"spec": {"type": "ClusterIP", "sessionAffinity": "None"}},
    "/Secret": {"type": "Opaque"},
    "/PersistentVolumeClaim": {"spec": {"volumeMode": "Filesystem"}},
    "/PersistentVolume": {"spec": {"volumeMode": "Filesystem", "persistentVolumeReclaimPolicy": "Retain"}},
    "scheduling.k8s.io/PriorityClass": {"preemptionPolicy": "PreemptLowerPriority"},
    "storage.k8s.io/StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "apiextensions.k8s.io/CustomResourceDefinition": {"spec": {"conversion": {"strategy": "None"}}},
    f"{RBAC}/RoleBinding": {"roleRef": {"apiGroup": RBAC}},
    f"{RBAC}/ClusterRoleBinding": {"roleRef": {"apiGroup": RBAC}},
}
WEBHOOK = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}
AFFINITY_S = 3 * 3600
PODS = {
    "/Pod": ("spec",),
    "/PodTemplate": ("template", "spec"),
    "batch/CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
TEMPLATES = ("apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "batch/Job")


def complete(value: Object, group: str, kind: str) -> None:
    """Lay the defaults of a kind under an object, in place."""
    named = f"{group}/{kind}"
    own = OWN.get(named)
    if own:
        own(value)
    pods.lay(value, UNDER.get(named, {}))
    path = ("spec", "template", "spec") if named in TEMPLATES else PODS.get(named)
    if path and (spec := pods.at(value, path)) is not None:
        pods.complete(spec)


def _deployment(value: Object) -> None:
    _rolling(value, "strategy", {"maxSurge": "25%", "maxUnavailable": "25%"})


def _daemon_set(value: Object) -> None:
    _rolling(value, "updateStrategy", {"maxSurge": 0, "maxUnavailable": 1})


def _stateful_set(value: Object) -> None:
    _rolling(value, "updateStrategy", {"partition": 0})
    for claim in value["spec"].get("volumeClaimTemplates", ()):
        claim |= {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
        pods.lay(claim, UNDER["/PersistentVolumeClaim"] | {"status": {"phase": "Pending"}})
        claim["status"].setdefault("phase", "Pending")


def _rolling(value: Object, name: str, under: Object) -> None:
    spec = value.setdefault("spec", {})
    strategy = spec.setdefault(name, {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        pods.lay(strategy, {"rollingUpdate": under})


def _job(value: Object) -> None:
    """Without either of the two a job runs one pod; with one of them it is a queue of work."""
    spec = value.setdefault("spec", {})
    if "parallelism" not in spec:
        spec.setdefault("completions", 1)
    spec.setdefault("parallelism", 1)


def _service(value: Object) -> None:
    spec = value.setdefault("spec", {})
    if spec.get("type") != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if spec.get("sessionAffinity") == "ClientIP":
        pods.lay(spec, {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": AFFINITY_S}}})
    else:
        spec.pop("sessionAffinityConfig", None)
    for port in spec.get("ports", ()):
        if "targetPort" not in port or port["targetPort"] in ("", 0):
            port["targetPort"] = port.get("port", 0)
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec.get("type") == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _pod(value: Object) -> None:
    """What it may have at most it asks for; pods made of templates get this when they are made."""
    spec = value.setdefault("spec", {})
    spec.setdefault("enableServiceLinks", True)
    for container in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        if limits := pods.at(container, ("resources", "limits")):
            pods.lay(container["resources"], {"requests": limits})


def _secret(value: Object) -> None:
    """Plain text is a way to write only."""
    plain = value.pop("stringData", None) or {}
    if plain:
        coded = {name: base64.b64encode((text or "").encode()).decode() for name, text in plain.items()}
        value["data"] = (value.get("data") or {}) | coded


def _volume(value: Object) -> None:
    if path := pods.at(value, ("spec", "hostPath")):
        path.setdefault("type", "")


def _limit_range(value: Object) -> None:
    """What a container may have at most it gets by default; what it gets by default it asks for."""
    for limit in (pods.at(value, ("spec",)) or {}).get("limits", ()):
        if limit.get("type") == "Container":
            default = (limit.get("max") or {}) | (limit.get("default") or {})
            asked = default | (limit.get("min") or {}) | (limit.get("defaultRequest") or {})
            limit |= {name: each for name, each in (("default", default), ("defaultRequest", asked)) if each}


def _binding(value: Object) -> None:
    for subject in value.get("subjects", ()):
        if subject.get("kind") in ("User", "Group"):
            subject.setdefault("apiGroup", RBAC)


def _network_policy(value: Object) -> None:
    spec = value.setdefault("spec", {})
    for rule in (*spec.get("ingress", ()), *spec.get("egress", ())):
        for port in rule.get("ports", ()):
            port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]


def _definition(value: Object) -> None:
    names = value.setdefault("spec", {}).setdefault("names", {})
    kind = names.get("kind", "")
    pods.lay(names, {"singular": kind.lower(), "listKind": f"{kind}List"})


def _webhooks(value: Object) -> None:
    for webhook in value.get("webhooks", ()):
        pods.lay(webhook, WEBHOOK)
        if value.get("kind") == "MutatingWebhookConfiguration":
            webhook.setdefault("reinvocationPolicy", "Never")
        for rule in webhook.get("rules", ()):
            rule.setdefault("scope", "*")
        if service := pods.at(webhook, ("clientConfig", "service")):
            service.setdefault("port", 443)


OWN: dict[str, Callable[[Object], None]] = {
    "apps/Deployment": _deployment,
    "apps/DaemonSet": _daemon_set,
    "apps/StatefulSet": _stateful_set,
    "batch/Job": _job,
    "/LimitRange": _limit_range,
    "/PersistentVolume": _volume,
    "/Pod": _pod,
    "/Secret": _secret,
    "/Service": _service,
    f"{RBAC}/RoleBinding": _binding,
    f"{RBAC}/ClusterRoleBinding": _binding,
    "networking.k8s.io/NetworkPolicy": _network_policy,
    "apiextensions.k8s.io/CustomResourceDefinition": _definition,
    "admissionregistration.k8s.io/MutatingWebhookConfiguration": _webhooks,
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration": _webhooks,
}
