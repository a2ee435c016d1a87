"""The control plane of the tests is a real one: its release, its controllers, its RBAC, and its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinnace_sim.controlplane import ControlPlane, ExistingCluster, KubectlFailed, open_cluster
from pinnace_sim.provision import Part, ProgramFailed, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "registry.example/web:1"}]}
"""
CONFIG_MAP = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept", "namespace": "default"}}'


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    require(Part.CONTROLPLANE)
    with ControlPlane.start() as started:
        yield started


def test_server_states_the_release_it_was_built_from(plane: ControlPlane) -> None:
    versions = json.loads(plane.kubectl("version", "-o", "json"))
    assert versions["serverVersion"]["gitVersion"] == "v1.36.3"
    assert versions["clientVersion"]["gitVersion"] == "v1.36.3"


def test_deployment_becomes_available(plane: ControlPlane, tmp_path: Path) -> None:
    manifest = tmp_path / "web.yaml"
    manifest.write_text(DEPLOYMENT)
    plane.apply_manifest(manifest)
    plane.kubectl("wait", "--for=condition=Available", "deployment/web", "--timeout=50s")
    pods = json.loads(plane.kubectl("get", "pods", "-l", "app=web", "-o", "json"))["items"]
    assert [pod["status"]["phase"] for pod in pods] == ["Running", "Running"]


def test_account_without_a_role_is_refused(plane: ControlPlane) -> None:
    stranger = plane.kubeconfig_for("stranger", "default")
    with pytest.raises(KubectlFailed, match=r"Forbidden.*cannot list resource") as refused:
        plane.kubectl("get", "pods", as_user=stranger)
    assert "system:serviceaccount:default:stranger" in refused.value.stderr


def test_account_with_a_role_may_do_what_it_says(plane: ControlPlane) -> None:
    reader = plane.kubeconfig_for("reader", "default")
    role = ("--clusterrole=view", "--serviceaccount=default:reader")
    plane.kubectl("create", "rolebinding", "reader", *role, "--namespace=default")
    wait_until(lambda: _may(plane, reader, "list"), "the role to count", 30)
    assert not _may(plane, reader, "delete")


def test_tokens_have_their_accounts_kept_as_a_manifest_made_them(plane: ControlPlane, tmp_path: Path) -> None:
    manifest = tmp_path / "account.yaml"
    metadata = "{name: labelled, namespace: default, labels: {made-by: manifest}}"
    manifest.write_text(f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {metadata}\n")
    plane.apply_manifest(manifest)
    plane.kubeconfig_for("labelled", "default")
    account = json.loads(plane.kubectl("get", "serviceaccount", "labelled", "-o", "json"))
    assert account["metadata"]["labels"] == {"made-by": "manifest"}


def test_existing_cluster_is_used_and_left_running(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(plane.admin_kubeconfig))
    monkeypatch.setenv("USE_EXISTING_CLUSTER", "true")
    with open_cluster() as cluster:
        assert isinstance(cluster, ExistingCluster)
        assert cluster.url == plane.url
        assert "default" in cluster.kubectl("get", "namespaces")
    assert "default" in plane.kubectl("get", "namespaces")


def test_restart_of_the_apiserver_keeps_objects_and_address() -> None:
    require(Part.CONTROLPLANE)
    with ControlPlane.start(workloads=False) as plane:
        plane.kubectl("create", "-f", "-", stdin=CONFIG_MAP)
        url = plane.url
        plane.stop_apiserver()
        with pytest.raises(KubectlFailed, match="refused"):
            plane.kubectl("get", "configmap", "kept")
        plane.start_apiserver()
        assert plane.url == url
        assert "kept" in plane.kubectl("get", "configmap", "kept")


def test_stop_leaves_no_process_and_no_folder() -> None:
    require(Part.CONTROLPLANE)
    with ControlPlane.start() as plane:
        folder, pids = plane.folder, plane.pids
        assert sorted(pids) == ["kine", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]
    assert not folder.exists()
    assert not [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()]


def test_two_sites_run_side_by_side_and_know_nothing_of_each_other() -> None:
    require(Part.CONTROLPLANE)
    with ControlPlane.start("one", workloads=False) as one, ControlPlane.start("two", workloads=False) as two:
        one.kubectl("create", "-f", "-", stdin=CONFIG_MAP)
        with pytest.raises(KubectlFailed, match="NotFound"):
            two.kubectl("get", "configmap", "kept")


def test_program_that_ends_early_is_named_with_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    require(Part.CONTROLPLANE)
    monkeypatch.setattr("pinnace_sim.controlplane.commands.SERVICE_RANGE", "no range")
    with pytest.raises(ProgramFailed, match=r"kube-apiserver ended with 1(.|\n)*is not a valid cidr"):
        ControlPlane.start(workloads=False)


def _may(plane: ControlPlane, user: Path, verb: str) -> bool:
    try:
        return plane.kubectl("auth", "can-i", verb, "pods", as_user=user).strip() == "yes"
    except KubectlFailed:  # kubectl ends with 1 when the answer is no
        return False
