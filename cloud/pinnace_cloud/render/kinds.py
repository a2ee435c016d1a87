"""Which kinds belong to no namespace: the table of Kubernetes' built-in ones, and what a CRD says of its own kind."""

from typing import NamedTuple

from pinnace_schemas.bundle import KubeObject


class Kind(NamedTuple):
    """A kind in its API group ('' for core); the version does not tell objects apart."""

    group: str
    kind: str


class Identity(NamedTuple):
    """What no two objects of a cluster share. `namespace` is empty where there is none."""

    kind: Kind
    namespace: str
    name: str

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind.kind} {place}{self.name}"


_GLOBAL: dict[str, str] = {
    "": "Namespace Node PersistentVolume ComponentStatus",
    "admissionregistration.k8s.io": "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
    " ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
    " MutatingAdmissionPolicy MutatingAdmissionPolicyBinding",
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io": "IngressClass IPAddress ServiceCIDR",
    "node.k8s.io": "RuntimeClass",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding",
    "resource.k8s.io": "DeviceClass ResourceSlice",
    "scheduling.k8s.io": "PriorityClass",
    "storage.k8s.io": "CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass",
    "storagemigration.k8s.io": "StorageVersionMigration",
}
_GLOBAL_KINDS = frozenset(Kind(group, kind) for group, names in _GLOBAL.items() for kind in names.split())


def kind_of(item: KubeObject) -> Kind:
    """Of an object with apiVersion and kind."""
    group, _, version = str(item.get("apiVersion")).partition("/")
    return Kind(group if version else "", str(item.get("kind")))


def is_global(item: KubeObject) -> bool:
    """True for a built-in kind that belongs to no namespace."""
    return kind_of(item) in _GLOBAL_KINDS


def is_cluster_crd(item: KubeObject) -> bool:
    """True for a CustomResourceDefinition whose objects belong to no namespace."""
    spec = item.get("spec")
    is_crd = kind_of(item) == Kind("apiextensions.k8s.io", "CustomResourceDefinition")
    return is_crd and isinstance(spec, dict) and spec.get("scope") == "Cluster"


def defined_by(crd: KubeObject) -> Kind:
    """The kind that a CustomResourceDefinition defines."""
    names = crd["spec"].get("names")
    return Kind(str(crd["spec"].get("group")), str(names.get("kind")) if isinstance(names, dict) else "")


def identity(item: KubeObject) -> Identity:
    """Of an object that has its name and namespace."""
    metadata = item["metadata"]
    return Identity(kind_of(item), str(metadata.get("namespace") or ""), str(metadata.get("name")))
