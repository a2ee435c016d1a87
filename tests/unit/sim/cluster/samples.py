"""One small object of each kind whose defaults people see: (path, object)."""

from __future__ import annotations

from typing import Any

TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {"app": "x"}},
    "spec": {
        "serviceAccountName": "runner",
        "containers": [
            {
                "name": "main",
                "image": "nginx",
                "ports": [{"containerPort": 80}],
                "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
                "livenessProbe": {"httpGet": {"port": 80}},
                "startupProbe": {"grpc": {"port": 80}},
                "lifecycle": {"preStop": {"httpGet": {"port": 80}}},
                "resources": {"limits": {"cpu": "0.5"}},
            }
        ],
        "volumes": [
            {"name": "a"},
            {"name": "b", "configMap": {"name": "x"}},
            {"name": "c", "secret": {"secretName": "x"}},
            {"name": "d", "hostPath": {"path": "/x"}},
            {"name": "e", "projected": {"sources": [{"serviceAccountToken": {"path": "x"}}]}},
            {"name": "f", "downwardAPI": {"items": [{"path": "x", "fieldRef": {"fieldPath": "metadata.name"}}]}},
        ],
    },
}
NEVER = {**TEMPLATE, "spec": {**TEMPLATE["spec"], "restartPolicy": "Never"}}
# Without what admission adds for a token.
POD = {name: TEMPLATE["spec"][name] for name in ("containers", "volumes")} | {"automountServiceAccountToken": False}
SELECTOR = {"matchLabels": {"app": "x"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
BACKEND = {"service": {"name": "x", "port": {"number": 80}}}
WEBHOOK = {
    "name": "x.example.com",
    "admissionReviewVersions": ["v1"],
    "sideEffects": "None",
    "clientConfig": {"service": {"namespace": "x", "name": "x"}},
    "rules": [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}],
}
ROLE_REF = {"kind": "ClusterRole", "name": "view"}
SUBJECTS = [{"kind": "ServiceAccount", "name": "x", "namespace": "y"}, {"kind": "Group", "name": "z"}]


def sample(api_version: str, kind: str, plural: str, *, is_namespaced: bool = True, **rest: Any) -> tuple[str, Any]:
    root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    place = "/namespaces/default" if is_namespaced else ""
    return f"{root}{place}/{plural}", {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}} | rest


RBAC = "rbac.authorization.k8s.io/v1"
HOOKS = "admissionregistration.k8s.io/v1"
SAMPLES = (
    sample("apps/v1", "Deployment", "deployments", spec={"selector": SELECTOR, "template": TEMPLATE}),
    sample("apps/v1", "DaemonSet", "daemonsets", spec={"selector": SELECTOR, "template": TEMPLATE}),
    sample("apps/v1", "ReplicaSet", "replicasets", spec={"selector": SELECTOR, "template": TEMPLATE}),
    sample(
        "apps/v1",
        "StatefulSet",
        "statefulsets",
        spec={
            "selector": SELECTOR,
            "template": TEMPLATE,
            "serviceName": "x",
            "volumeClaimTemplates": [{"metadata": {"name": "a"}, "spec": CLAIM}],
        },
    ),
    sample(
        "batch/v1", "CronJob", "cronjobs", spec={"schedule": "* * * * *", "jobTemplate": {"spec": {"template": NEVER}}}
    ),
    sample(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        spec={"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}},
    ),
    sample("v1", "Pod", "pods", spec=POD),
    sample("v1", "Service", "services", spec={"ports": [{"port": 80}]}),
    sample("v1", "Service", "services", spec={"ports": [{"port": 80, "targetPort": "web"}], "clusterIP": "None"}),
    sample("v1", "Service", "services", spec={"type": "ExternalName", "externalName": "example.com"}),
    sample("v1", "Secret", "secrets", stringData={"a": "b"}, data={"c": "ZA=="}),
    sample("v1", "PersistentVolumeClaim", "persistentvolumeclaims", spec=CLAIM),
    sample(
        "v1",
        "PersistentVolume",
        "persistentvolumes",
        is_namespaced=False,
        spec={"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}},
    ),
    sample("v1", "LimitRange", "limitranges", spec={"limits": [{"type": "Container", "max": {"cpu": "1"}}]}),
    sample("v1", "ResourceQuota", "resourcequotas", spec={"hard": {"pods": 3}}),
    sample("v1", "ServiceAccount", "serviceaccounts"),
    sample("v1", "ConfigMap", "configmaps", data={"a": ""}),
    sample("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", spec={"podSelector": {}, "egress": [{}]}),
    sample("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", spec={"ingress": [{"ports": [{"port": 80}]}]}),
    sample(
        "networking.k8s.io/v1",
        "Ingress",
        "ingresses",
        spec={"rules": [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": BACKEND}]}}]},
    ),
    sample("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", spec={"minAvailable": 1, "selector": SELECTOR}),
    sample("coordination.k8s.io/v1", "Lease", "leases", spec={"holderIdentity": "x"}),
    sample(RBAC, "Role", "roles", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
    sample(RBAC, "RoleBinding", "rolebindings", roleRef=ROLE_REF, subjects=SUBJECTS),
    sample(RBAC, "ClusterRoleBinding", "clusterrolebindings", is_namespaced=False, roleRef=ROLE_REF, subjects=SUBJECTS),
    sample("storage.k8s.io/v1", "StorageClass", "storageclasses", is_namespaced=False, provisioner="example.com/x"),
    sample("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", is_namespaced=False, value=5),
    sample(
        HOOKS,
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        is_namespaced=False,
        webhooks=[WEBHOOK],
    ),
    sample(
        HOOKS, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", is_namespaced=False, webhooks=[WEBHOOK]
    ),
)
