"""Values files that lie within a chart, by the real `helm`."""

import json
from pathlib import Path

import pytest
from tests.compat import compare
from tests.real import test_charts
from tests.real.https_server import Files
from tests.real.test_charts import CHARTS, NAMESPACE, publish, rendered, run

from pinnace_cloud.materials import charts
from pinnace_cloud.workshop import Programs

pytestmark = pytest.mark.real


@pytest.mark.parametrize("files", [["prod.yaml", "sites/north.yaml"], ["values.yaml", "prod.yaml"], ["prod.yaml"]])
def test_values_files_of_a_chart_stand_in_the_place_of_its_values(
    helm: Path, tmp_path: Path, repository: Files, files: list[str]
) -> None:
    """As in Flux: in their order, without the chart's own unless they are named, and below those that are given."""
    chart = tmp_path / "shop"
    run("cp", "-r", CHARTS / "shop", chart, folder=tmp_path)
    everything = (chart / "values.yaml").read_text()
    (chart / "prod.yaml").write_text(everything.replace("replicas: 1", "replicas: 4").replace('"3.1"', '"4.1"'))
    (chart / "sites").mkdir()
    (chart / "sites" / "north.yaml").write_text("replicas: 7\nannotations: {owner: north}\n")
    publish(helm, chart, repository, tmp_path / "made")
    named = [f"--values={tmp_path / 'kept' / name}" for name in files]
    run("cp", "-r", chart, tmp_path / "kept", folder=tmp_path)
    (chart / "values.yaml").write_text("{}\n")
    (tmp_path / "given.json").write_text(json.dumps({"ports": [8080]}))
    fixed = ("--namespace", NAMESPACE, "--kube-version", charts.KUBE_VERSION, "--include-crds")
    wanted = run(helm, "template", "shop", chart, *fixed, *named, "-f", "given.json", folder=tmp_path)
    properties = {"url": repository.address, "chart": "shop", "valuesFiles": files, "values": {"ports": [8080]}}
    got = rendered(Programs(helm, ca_file=repository.ca), {"name": "shop", "type": "helm", "properties": properties})
    assert got.errors == ()
    assert compare.differences(test_charts.documents(wanted), list(got.objects), NAMESPACE) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("missing.yaml", "has no file 'missing.yaml'; beside its templates it has"),
        ("../values.yaml", "leads out of it"),
    ],
)
def test_values_file_that_the_chart_does_not_have_is_refused(
    helm: Path, tmp_path: Path, repository: Files, file: str, said: str
) -> None:
    publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    properties = {"url": repository.address, "chart": "shop", "valuesFiles": [file]}
    got = rendered(Programs(helm, ca_file=repository.ca), {"name": "shop", "type": "helm", "properties": properties})
    (error,) = got.errors
    assert said in error.message
