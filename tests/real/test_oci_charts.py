"""Charts of a real registry: what is delivered is what `helm` prints, and stays what was fetched."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.compat import compare
from tests.real import registry_server, test_charts
from tests.real.registry_server import Registry
from tests.real.test_charts import CHARTS, NAMESPACE, helmchart, of_chart, rendered, template
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud import workshop
from pinnace_cloud.render import Rendering
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.workshop import Programs
from pinnace_schemas import api
from pinnace_schemas.reasons import Reason

pytestmark = pytest.mark.real

VALUES: dict[str, Any] = {"replicas": 3, "annotations": {"owner": None}}


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """With the chart `shop` in three versions; a test that changes something pushes under another name."""
    folder = tmp_path_factory.mktemp("registry")
    with registry_server.serving(folder) as found:
        for version, tag in (("1.2.0", "3.1"), ("1.3.0+build.7", "3.2"), ("2.0.0-rc.1", "3.3")):
            found.push(packed(found, folder, version, tag=tag))
        yield found


@pytest.fixture
def programs(registry: Registry) -> Programs:
    return Programs(registry.helm, ca_file=registry.ca)


def packed(registry: Registry, folder: Path, version: str, name: str = "shop", tag: str = "3.1") -> Path:
    """The archive of the chart `shop` in this version, under this name, with the image's tag as its default."""
    copy = folder / name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(CHARTS / "shop", copy)
    about, values = copy / "Chart.yaml", copy / "values.yaml"
    text = about.read_text().replace("version: 1.2.0", f"version: {version}")
    about.write_text(text.replace("name: shop", f"name: {name}", 1))
    values.write_text(values.read_text().replace('"3.1"', f'"{tag}"'))
    command = [str(registry.helm), "package", str(copy), "--destination", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / f"{name}-{version}.tgz"


def image(rendering: Rendering) -> str:
    """What the chart's own Deployment runs."""
    (found,) = [
        container["image"]
        for item in of_chart(rendering)
        if item["kind"] == "Deployment"
        for container in item["spec"]["template"]["spec"]["containers"]
        if "shop" in container["image"]
    ]
    return str(found)


def test_chart_of_a_registry_is_delivered_as_helm_templates_it(
    registry: Registry, programs: Programs, tmp_path: Path
) -> None:
    wanted = template(registry.helm, CHARTS / "shop", tmp_path, VALUES)
    source = {"source": f"{registry.address}/shop", "version": "1.2.0"}
    got = rendered(programs, helmchart(source, VALUES))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []
    flux = {"repoType": "oci", "url": registry.address, "chart": "shop", "version": "1.2.0", "values": VALUES}
    got = rendered(programs, {"name": "shop", "type": "helm", "properties": flux})
    assert got.errors == ()
    assert compare.differences(wanted, list(got.objects), NAMESPACE) == []


@pytest.mark.parametrize(
    ("version", "tag"),
    [("1.2.x", "3.1"), (">=1.0.0", "3.2"), ("1.3.0+build.7", "3.2"), ("", "3.2"), (">=1.0.0-0", "3.3")],
)
def test_version_is_looked_up_among_the_tags(registry: Registry, programs: Programs, version: str, tag: str) -> None:
    got = rendered(programs, helmchart({"source": f"{registry.address}/shop", "version": version}))
    assert image(got) == f"registry.example.org/shop:{tag}"


def test_chart_stays_pinned_until_somebody_looks_again_though_its_tag_moves(
    registry: Registry, programs: Programs, tmp_path: Path, keyset: KeySet
) -> None:
    registry.push(packed(registry, tmp_path, "1.0.0", "moving"))
    text = test_charts.in_groups(helmchart({"source": f"{registry.address}/moving", "version": "1.0.0"}))
    desk = Desk(tmp_path, keyset, workshop=workshop.make(programs, {}))
    desk.apply(desks.group("shops"), text)
    assert b"shop:3.1" in desk.read_bundle()
    registry.push(packed(registry, tmp_path, "1.0.0", "moving", tag="9.9"))
    assert desk.apply(text).items[0].change is api.Change.UNCHANGED
    again = api.ApplyRequest(sources=desks.sources(text), refresh=True)
    (item,) = desk.controller.diff(again).items
    assert "shop:9.9" in item.text
    assert desk.controller.apply(again, desks.ACTOR).items[0].change is api.Change.CONFIGURED
    assert b"shop:9.9" in desk.read_bundle()
    desk.controller.rollback("default", "shop", None, desks.ACTOR)
    assert b"shop:3.1" in desk.read_bundle()
    desk.close()


def test_chart_may_be_named_by_the_digest_of_its_manifest(
    registry: Registry, programs: Programs, tmp_path: Path
) -> None:
    digest = registry.push(packed(registry, tmp_path, "1.0.0", "named"))
    registry.push(packed(registry, tmp_path, "1.0.0", "named", tag="9.9"))
    got = rendered(programs, helmchart({"source": f"{registry.address}/named@{digest}"}))
    assert image(got) == "registry.example.org/shop:3.1"


def test_archive_with_another_digest_than_asked_for_is_refused(registry: Registry, programs: Programs) -> None:
    source = {"source": f"{registry.address}/shop", "version": "1.2.0", "digest": "0" * 64}
    (error,) = rendered(programs, helmchart(source)).errors
    assert error.reason is Reason.DIGEST_MISMATCH


@pytest.mark.parametrize(
    ("path", "version", "said"),
    [
        ("shop", "9.9.9", "charts/shop:9.9.9: not found"),
        ("nothing", "1.0.0", "charts/nothing:1.0.0: not found"),
        ("shop", ">=3.0.0", "Could not locate a version matching provided version string >=3.0.0"),
    ],
)
def test_what_the_registry_does_not_have_is_named(
    registry: Registry, programs: Programs, path: str, version: str, said: str
) -> None:
    (error,) = rendered(programs, helmchart({"source": f"{registry.address}/{path}", "version": version})).errors
    assert said in error.message


def test_registry_with_an_unknown_certificate_is_refused(registry: Registry) -> None:
    source = {"source": f"{registry.address}/shop", "version": "1.2.0"}
    (error,) = rendered(Programs(registry.helm), helmchart(source)).errors
    assert "certificate" in error.message


def test_registry_that_is_down_is_named_and_asked_again_at_the_next_apply(
    registry: Registry, programs: Programs
) -> None:
    component = helmchart({"source": f"{registry.address}/shop", "version": "1.2.0"})
    registry.program.stop()
    (error,) = rendered(programs, component).errors
    registry.start()
    assert rendered(programs, component).errors == ()
    assert registry.address.removeprefix("oci://").partition("/")[0] in error.message
