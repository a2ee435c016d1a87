"""`pinnace health` reads what kubectl prints of a real cluster, and sees its workloads become healthy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pinnace_cloud.cli import app
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

DEADLINE_S = 60.0
KINDS = "deployments,statefulsets,daemonsets,jobs,services,ingresses"
APPLICATION = """\
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: nginx}
      traits:
        - {type: scaler, properties: {replicas: 2}}
        - {type: expose, properties: {port: [80]}}
        - {type: gateway, properties: {name: ext, domain: shop.example, http: {/: 80}}}
    - {name: queue, type: statefulset, properties: {image: queue}}
    - {name: agent, type: daemon, properties: {image: agent}}
    - {name: fill, type: task, properties: {image: fill}}
"""
HEALTHY = {
    ("web", "-"): "Ready:2/2",
    ("web", "scaler"): "-",
    ("web", "gateway"): "Visiting URL: shop.example",
    ("queue", "-"): "Ready:1/1",
    ("agent", "-"): "Ready:1/1",
    ("fill", "-"): "Active/Failed/Succeeded:0/0/1",
}


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    require(Part.CONTROLPLANE)
    with ControlPlane.start("health") as started:
        yield started


def pinnace(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app.app, arguments, input=stdin)


def test_health_follows_what_kubectl_prints_until_all_is_healthy(plane: ControlPlane, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(APPLICATION)

    def health() -> Result:
        return pinnace("health", "-f", str(file), "--objects", "-", stdin=plane.kubectl("get", KINDS, "-o", "yaml"))

    before = health()
    assert before.exit_code == 1
    assert "Deployment default/web is not there" in before.stdout
    plane.kubectl("apply", "--server-side", "-f", "-", stdin=pinnace("render", "-f", str(file)).stdout)
    wait_until(lambda: health().exit_code == 0, "everything to be healthy", DEADLINE_S)
    rows = [line.split(maxsplit=4) for line in health().stdout.splitlines()[1:]]
    said = {(component, trait): message for _, component, trait, _, message in rows}
    assert {row[3] for row in rows} == {"yes"}
    assert said.pop(("web", "expose")).startswith("ClusterIP: 10.")
    assert said == HEALTHY
