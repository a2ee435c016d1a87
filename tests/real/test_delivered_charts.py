"""A chart with definitions, and an overlay: applied from files, delivered by the real chain to a kube-apiserver."""

import json
import shutil
from pathlib import Path

import pytest
from tests.real import sites

from pinnace_sim.provision import Part, installed, require

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
APPLICATION = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: tills}
spec:
  components:
    - {name: north, type: helmchart, properties: {chart: {source: ./charts/operator}}}
    - {name: till, type: kustomize, properties: {url: ./overlays, path: site}}
  policies:
    - {name: all, type: topology, properties: {clusters: [shops]}}
"""
# The role of deploy/ holds the usual kinds; who delivers definitions says so at the site.
ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: tills}
rules:
  - {apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: ["*"]}
  - {apiGroups: [shop.example.org], resources: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: tills}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: tills}
subjects: [{kind: ServiceAccount, name: pinnace-edge, namespace: pinnace-system}]
"""


def test_chart_and_overlay_stand_at_the_site_and_definitions_are_there_before_their_objects(tmp_path: Path) -> None:
    require(Part.CONTROLPLANE, Part.MOSQUITTO, Part.HELM, Part.KUSTOMIZE)
    apps = tmp_path / "apps"
    shutil.copytree(HERE / "charts", apps / "charts")
    shutil.copytree(HERE / "overlays", apps / "overlays")
    (apps / "app.yaml").write_text(sites.group("shops", "site-a") + "---" + APPLICATION)
    programs = {f"{name}_program": str(installed.locate(name)) for name in ("helm", "kustomize")}
    (tmp_path / "role.yaml").write_text(ROLE)
    with sites.world(tmp_path, "site-a", **programs) as world:
        (site,) = world.sites
        site.plane.apply_manifest(tmp_path / "role.yaml")
        world.controller.cli("apply", "-f", str(apps / "app.yaml"))
        world.await_verdict("tills", "site-a", "Converged")
        chain = json.loads(site.plane.kubectl("get", "chain", "north-chain", "-o", "json"))
        assert chain["spec"] == {"till": "north-till"}
        assert site.get("till", "north-till")["spec"] == {"currency": "EUR", "number": "007", "state": "on"}
        assert site.get("deployment", "site-till")["spec"]["replicas"] == 2
        assert site.has("configmap", "north-helm-release")
        assert world.entries("site-a", "Failed") == []
