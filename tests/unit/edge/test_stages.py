"""What others need comes first, and goes last."""

from __future__ import annotations

import pytest

from pinnace_edge.model import Kind, Ref
from pinnace_edge.rules import stages

ORDER = [
    ["v1 Namespace", "apiextensions.k8s.io/v1 CustomResourceDefinition"],
    [
        "v1 ServiceAccount",
        "v1 ResourceQuota",
        "v1 LimitRange",
        "rbac.authorization.k8s.io/v1 ClusterRole",
        "rbac.authorization.k8s.io/v1 RoleBinding",
        "storage.k8s.io/v1 StorageClass",
        "scheduling.k8s.io/v1 PriorityClass",
    ],
    ["v1 ConfigMap", "v1 Secret", "v1 PersistentVolume", "v1 PersistentVolumeClaim"],
    ["v1 Service", "networking.k8s.io/v1 NetworkPolicy"],
    ["apps/v1 Deployment", "apps/v1 StatefulSet", "batch/v1 Job", "batch/v1 CronJob", "v1 Pod"],
    ["example.com/v1 Gadget", "serving.knative.dev/v1 Service", "cert-manager.io/v1 Certificate"],
    ["networking.k8s.io/v1 Ingress", "autoscaling/v2 HorizontalPodAutoscaler"],
    ["admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration", "apiregistration.k8s.io/v1 APIService"],
]


def kind(text: str) -> Kind:
    return Kind(*text.split())


@pytest.mark.parametrize(("text", "number"), [(text, number) for number, texts in enumerate(ORDER) for text in texts])
def test_stage_of_a_kind(text: str, number: int) -> None:
    assert stages.stage(kind(text)) == number


def test_version_does_not_matter() -> None:
    assert stages.stage(Kind("apps/v1beta2", "Deployment")) == stages.WORKLOADS


def test_objects_keep_their_order_within_a_stage() -> None:
    names = ["Deployment d1", "ConfigMap c1", "Deployment d2", "Namespace n1", "ConfigMap c2"]
    found = stages.in_stages([_ref(*name.split()) for name in names])
    assert [[each.name for each in stage] for stage in found] == [["n1"], ["c1", "c2"], ["d1", "d2"]]


def test_nothing_has_no_stages() -> None:
    assert stages.in_stages([]) == ()


def _ref(name: str, of: str) -> Ref:
    return Ref(Kind("apps/v1" if name == "Deployment" else "v1", name), "shops", of)
