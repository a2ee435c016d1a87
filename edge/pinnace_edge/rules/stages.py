"""In which order kinds are applied, so that what others need exists first. Pruning goes the other way.

A custom resource comes after the workloads: the operator that serves its webhook may be one of them. A kind is named by
its group too: the Service of serving.knative.dev is a custom resource.
"""

from collections.abc import Iterable, Iterator, Mapping

from pinnace_edge.model import Kind, Ref

DEFINITIONS, PERMISSIONS, CONFIGURATION, NETWORK, WORKLOADS, CUSTOM, EDGES, WEBHOOKS = range(8)

_TABLE: Mapping[int, Mapping[str, str]] = {
    # Stage 0 must be established before anything else: namespaces hold objects, CRDs define kinds.
    DEFINITIONS: {"": "Namespace", "apiextensions.k8s.io": "CustomResourceDefinition"},
    PERMISSIONS: {
        "": "ServiceAccount ResourceQuota LimitRange",
        "rbac.authorization.k8s.io": "Role ClusterRole RoleBinding ClusterRoleBinding",
        "storage.k8s.io": "StorageClass CSIDriver VolumeAttributesClass",
        "scheduling.k8s.io": "PriorityClass",
        "node.k8s.io": "RuntimeClass",
        "networking.k8s.io": "IngressClass",
    },
    CONFIGURATION: {"": "ConfigMap Secret PersistentVolume PersistentVolumeClaim"},
    NETWORK: {
        "": "Service Endpoints",
        "discovery.k8s.io": "EndpointSlice",
        "networking.k8s.io": "NetworkPolicy",
    },
    WORKLOADS: {
        "": "Pod ReplicationController",
        "apps": "Deployment StatefulSet DaemonSet ReplicaSet",
        "batch": "Job CronJob",
        "policy": "PodDisruptionBudget",
    },
    EDGES: {"networking.k8s.io": "Ingress", "autoscaling": "HorizontalPodAutoscaler"},
    # These stand in the way of every later request when what serves them does not run yet.
    WEBHOOKS: {
        "admissionregistration.k8s.io": (
            "ValidatingWebhookConfiguration MutatingWebhookConfiguration "
            "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding "
            "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
        ),
        "apiregistration.k8s.io": "APIService",
    },
}


def _entries() -> Iterator[tuple[tuple[str, str], int]]:
    for number, groups in _TABLE.items():
        for group, kinds in groups.items():
            yield from (((group, kind), number) for kind in kinds.split())


STAGE_OF: Mapping[tuple[str, str], int] = dict(_entries())


def stage(kind: Kind) -> int:
    """0 is first. A kind that Kubernetes does not bring is a custom resource."""
    group = kind.api_version.rpartition("/")[0]
    return STAGE_OF.get((group, kind.kind), CUSTOM)


def in_stages(refs: Iterable[Ref]) -> tuple[tuple[Ref, ...], ...]:
    """The objects, stage by stage, in the given order within a stage; no stage is empty. Pruning goes in reverse."""
    stages: dict[int, list[Ref]] = {}
    for ref in refs:
        stages.setdefault(stage(ref.kind), []).append(ref)
    return tuple(tuple(stages[number]) for number in sorted(stages))
