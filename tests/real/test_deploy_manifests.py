"""The manifests of deploy/ are taken by a real KubeAPI, and the daemon's pod is admitted as they describe it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFEST = DEPLOY / "k3s" / "pinnace-edge.yaml"
NAMESPACE = "pinnace-system"
DEADLINE_S = 60.0


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    require(Part.CONTROLPLANE)
    with ControlPlane.start("deploy") as started:
        started.apply_manifest(DEPLOY / "edge-rbac.yaml")
        yield started


def pods(plane: ControlPlane) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(plane.kubectl("get", "pods", "-n", NAMESPACE, "-o", "json"))["items"]
    return found


def test_manifest_of_the_daemon_has_no_field_that_the_api_does_not_know(plane: ControlPlane) -> None:
    said = plane.kubectl("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", str(MANIFEST))
    assert [line.split()[0].partition("/")[0] for line in said.splitlines()] == [
        "configmap",
        "persistentvolumeclaim",
        "deployment.apps",
    ]


def test_pod_of_the_daemon_is_admitted_under_the_restricted_security_standard(plane: ControlPlane) -> None:
    plane.kubectl("label", "--overwrite", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
    plane.kubectl("apply", "--server-side", "-f", str(MANIFEST))
    wait_until(lambda: len(pods(plane)) == 1, "the daemon's pod to be admitted", DEADLINE_S)
    (pod,) = pods(plane)
    spec = pod["spec"]
    assert isinstance(spec, dict)
    assert spec["serviceAccountName"] == "pinnace-edge"
    assert [item["resources"]["limits"]["memory"] for item in spec["containers"]] == ["96Mi"]


def test_role_of_the_daemon_may_deliver_but_not_delete_namespaces(plane: ControlPlane) -> None:
    daemon = plane.kubeconfig_for("pinnace-edge", NAMESPACE)
    wait_until(lambda: _may(plane, daemon, "patch", "deployments.apps") == "yes", "the role to be filled", DEADLINE_S)
    wanted = {
        ("delete", "services"): "yes",
        ("create", "namespaces"): "yes",
        ("delete", "namespaces"): "no",
        ("create", "clusterroles.rbac.authorization.k8s.io"): "no",
        ("get", "pods"): "no",
    }
    assert {pair: _may(plane, daemon, *pair) for pair in wanted} == wanted


def _may(plane: ControlPlane, user: Path, verb: str, resource: str) -> str:
    """Whether `user` may do this in every namespace, as the KubeAPI says."""
    name, _, group = resource.partition(".")
    attributes = {"verb": verb, "group": group, "resource": name}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    said = plane.kubectl("create", "--validate=false", "-o", "json", "-f", "-", stdin=json.dumps(review), as_user=user)
    return "yes" if json.loads(said)["status"]["allowed"] else "no"
