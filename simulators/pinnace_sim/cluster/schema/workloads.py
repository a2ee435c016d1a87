"""Defaults that are code in kube-apiserver and stand in no schema (kubernetes, pkg/apis/*/v1/defaults.go).

Those that people see: workloads, pods, services, volumes, permissions. Changes the objects that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from pinnace_sim.cluster.schema.types import Object

ROLLING = {"type": "RollingUpdate"}
RBAC = "rbac.authorization.k8s.io"
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
            "parallelism": 1,
            "completions": 1,
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
    "autoscaling/HorizontalPodAutoscaler": {"spec": {"minReplicas": 1}},
    "/Service": {
        "spec": {"type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster"},
    },
    "/Secret": {"type": "Opaque"},
    "/PersistentVolumeClaim": {"spec": {"volumeMode": "Filesystem"}},
    "/PersistentVolume": {"spec": {"volumeMode": "Filesystem", "persistentVolumeReclaimPolicy": "Retain"}},
    "storage.k8s.io/StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "apiextensions.k8s.io/CustomResourceDefinition": {"spec": {"conversion": {"strategy": "None"}}},
    f"{RBAC}/RoleBinding": {"roleRef": {"apiGroup": RBAC}},
    f"{RBAC}/ClusterRoleBinding": {"roleRef": {"apiGroup": RBAC}},
}
POD = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "securityContext": {},
    "terminationGracePeriodSeconds": 30,
}
CONTAINER = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
WEBHOOK = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "namespaceSelector": {},
    "objectSelector": {},
    "timeoutSeconds": 10,
}
AFFINITY_S = 3 * 3600
# rw-r--r--: files that are made of ConfigMaps and Secrets.
FILE_MODE = 0o644
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
    _lay(value, UNDER.get(named, {}))
    path = ("spec", "template", "spec") if named in TEMPLATES else PODS.get(named)
    if path and (spec := _at(value, path)) is not None:
        _pod(spec)


def _lay(value: Object, under: Object) -> None:
    for name, default in under.items():
        if name not in value:
            value[name] = deepcopy(default)
        elif isinstance(default, dict) and isinstance(value[name], dict):
            _lay(value[name], default)


def _at(value: Object, path: Iterable[str]) -> Object | None:
    found: Any = value
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def _pod(spec: Object) -> None:
    _lay(spec, POD)
    if "serviceAccountName" in spec:
        spec.setdefault("serviceAccount", spec["serviceAccountName"])
    for each in (*spec.get("initContainers", ()), *spec.get("containers", ())):
        _container(each)
    for each in spec.get("volumes", ()):
        _volume(each)


def _container(container: Object) -> None:
    _lay(container, CONTAINER)
    tag = container.get("image", "").rpartition("/")[2]
    is_moving = "@" not in tag and (":" not in tag or tag.endswith(":latest"))
    container.setdefault("imagePullPolicy", "Always" if is_moving else "IfNotPresent")
    for probe in filter(None, (container.get(name) for name in PROBES)):
        _lay(probe, PROBE)
        _http(probe.get("httpGet"))
    for hook in container.get("lifecycle", {}).values():
        _http(hook.get("httpGet") if isinstance(hook, dict) else None)
    for variable in container.get("env", ()):
        if reference := _at(variable, ("valueFrom", "fieldRef")):
            reference.setdefault("apiVersion", "v1")


def _http(action: Object | None) -> None:
    if action is not None:
        _lay(action, {"path": "/", "scheme": "HTTP"})


def _volume(volume: Object) -> None:
    if len(volume) == 1:  # its name only
        volume["emptyDir"] = {}
    for source in ("configMap", "secret", "downwardAPI", "projected"):
        if isinstance(volume.get(source), dict):
            volume[source].setdefault("defaultMode", FILE_MODE)
    if isinstance(volume.get("hostPath"), dict):
        volume["hostPath"].setdefault("type", "")


def _deployment(value: Object) -> None:
    _rolling(value, "strategy", {"maxSurge": "25%", "maxUnavailable": "25%"})


def _daemon_set(value: Object) -> None:
    _rolling(value, "updateStrategy", {"maxSurge": 0, "maxUnavailable": 1})


def _stateful_set(value: Object) -> None:
    _rolling(value, "updateStrategy", {"partition": 0})


def _rolling(value: Object, name: str, under: Object) -> None:
    spec = value.setdefault("spec", {})
    strategy = spec.setdefault(name, {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        _lay(strategy, {"rollingUpdate": under})


def _job(value: Object) -> None:
    """Without either of the two a job runs one pod; with one of them it is a queue of work."""
    spec = value.setdefault("spec", {})
    if "completions" not in spec and "parallelism" in spec:
        spec["completions"] = None
        _lay(value, UNDER["batch/Job"])
        del spec["completions"]


def _service(value: Object) -> None:
    spec = value.setdefault("spec", {})
    if spec.get("sessionAffinity") == "ClientIP":
        _lay(spec, {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": AFFINITY_S}}})
    else:
        spec.pop("sessionAffinityConfig", None)
    for port in spec.get("ports", ()):
        if "targetPort" not in port or port["targetPort"] in ("", 0):
            port["targetPort"] = port.get("port", 0)
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec.get("type") == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _binding(value: Object) -> None:
    for subject in value.get("subjects", ()):
        if subject.get("kind") in ("User", "Group"):
            subject.setdefault("apiGroup", RBAC)


def _network_policy(value: Object) -> None:
    spec = value.setdefault("spec", {})
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]


def _definition(value: Object) -> None:
    names = value.setdefault("spec", {}).setdefault("names", {})
    kind = names.get("kind", "")
    _lay(names, {"singular": kind.lower(), "listKind": f"{kind}List"})


def _webhooks(value: Object) -> None:
    for webhook in value.get("webhooks", ()):
        _lay(webhook, WEBHOOK)
        if value.get("kind") == "MutatingWebhookConfiguration":
            webhook.setdefault("reinvocationPolicy", "Never")
        for rule in webhook.get("rules", ()):
            rule.setdefault("scope", "*")
        if service := _at(webhook, ("clientConfig", "service")):
            service.setdefault("port", 443)


OWN: dict[str, Callable[[Object], None]] = {
    "apps/Deployment": _deployment,
    "apps/DaemonSet": _daemon_set,
    "apps/StatefulSet": _stateful_set,
    "batch/Job": _job,
    "/Service": _service,
    f"{RBAC}/RoleBinding": _binding,
    f"{RBAC}/ClusterRoleBinding": _binding,
    "networking.k8s.io/NetworkPolicy": _network_policy,
    "apiextensions.k8s.io/CustomResourceDefinition": _definition,
    "admissionregistration.k8s.io/MutatingWebhookConfiguration": _webhooks,
    "admissionregistration.k8s.io/ValidatingWebhookConfiguration": _webhooks,
}
