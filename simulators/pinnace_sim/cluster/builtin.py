"""The kinds that Kubernetes v1.36 brings, each in the one version that is stored here.

Left out: kinds that hold no objects (Binding, TokenReview and their like, but see `reviews`), and the second names of
kinds that have two (autoscaling/v1 HorizontalPodAutoscaler, events.k8s.io/v1 Event).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.schema import table
from pinnace_sim.cluster.schema.types import Type

VERSION = "v1.36.3"
MINOR = 36

# kind, plural, scope ('-' is the cluster), short names, subresources, categories ('*' is "all")
_CORE = """
ConfigMap configmaps n cm
Endpoints endpoints n ep
Event events n ev
LimitRange limitranges n limits
Namespace namespaces - ns finalize,status
Node nodes - no status
PersistentVolumeClaim persistentvolumeclaims n pvc status
PersistentVolume persistentvolumes - pv status
Pod pods n po status *
PodTemplate podtemplates n
ReplicationController replicationcontrollers n rc scale,status *
ResourceQuota resourcequotas n quota status
Secret secrets n
ServiceAccount serviceaccounts n sa token
Service services n svc status *
"""
_GROUPS = {
    "v1": _CORE,
    "apiregistration.k8s.io/v1": "APIService apiservices - . status api-extensions",
    "apps/v1": """
ControllerRevision controllerrevisions n
DaemonSet daemonsets n ds status *
Deployment deployments n deploy scale,status *
ReplicaSet replicasets n rs scale,status *
StatefulSet statefulsets n sts scale,status *
""",
    "autoscaling/v2": "HorizontalPodAutoscaler horizontalpodautoscalers n hpa status *",
    "batch/v1": """
CronJob cronjobs n cj status *
Job jobs n . status *
""",
    "certificates.k8s.io/v1": "CertificateSigningRequest certificatesigningrequests - csr status",
    "networking.k8s.io/v1": """
IngressClass ingressclasses -
Ingress ingresses n ing status
IPAddress ipaddresses - ip
NetworkPolicy networkpolicies n netpol
ServiceCIDR servicecidrs - . status
""",
    "policy/v1": "PodDisruptionBudget poddisruptionbudgets n pdb status",
    "rbac.authorization.k8s.io/v1": """
ClusterRoleBinding clusterrolebindings -
ClusterRole clusterroles -
RoleBinding rolebindings n
Role roles n
""",
    "storage.k8s.io/v1": """
CSIDriver csidrivers -
CSINode csinodes -
CSIStorageCapacity csistoragecapacities n
StorageClass storageclasses - sc
VolumeAttachment volumeattachments - . status
VolumeAttributesClass volumeattributesclasses - vac
""",
    "admissionregistration.k8s.io/v1": """
MutatingWebhookConfiguration mutatingwebhookconfigurations - . . api-extensions
ValidatingAdmissionPolicy validatingadmissionpolicies - . status api-extensions
ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings - . . api-extensions
ValidatingWebhookConfiguration validatingwebhookconfigurations - . . api-extensions
""",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition customresourcedefinitions - crd,crds status api-extensions",
    "scheduling.k8s.io/v1": "PriorityClass priorityclasses - pc",
    "coordination.k8s.io/v1": "Lease leases n",
    "node.k8s.io/v1": "RuntimeClass runtimeclasses -",
    "discovery.k8s.io/v1": "EndpointSlice endpointslices n",
    "resource.k8s.io/v1": """
DeviceClass deviceclasses -
ResourceClaim resourceclaims n . status
ResourceClaimTemplate resourceclaimtemplates n
ResourceSlice resourceslices -
""",
    "flowcontrol.apiserver.k8s.io/v1": """
FlowSchema flowschemas - . status
PriorityLevelConfiguration prioritylevelconfigurations - . status
""",
}


def resources() -> Iterator[Resource]:
    """In the order of discovery."""
    for api_version, rows in _GROUPS.items():
        group, _, version = api_version.rpartition("/")
        for row in filter(None, rows.splitlines()):
            yield _resource(group, version, row)


def _resource(group: str, version: str, row: str) -> Resource:
    kind, plural, scope, short, subresources, categories = (*row.split(), ".", ".", ".")[:6]
    return Resource(
        group=group,
        version=version,
        kind=kind,
        plural=plural,
        is_namespaced=scope == "n",
        fields=partial(_fields, group, version, kind),
        short=_names(short),
        categories=("all",) if categories == "*" else _names(categories),
        subresources=_names(subresources),
    )


def _names(text: str) -> tuple[str, ...]:
    return () if text == "." else tuple(text.split(","))


def _fields(group: str, version: str, kind: str) -> Type:
    found = table.of(group, version, kind)
    if found is None:
        raise LookupError(f"the table of schemas has no {group}/{version} {kind}; generate it again")
    return found
