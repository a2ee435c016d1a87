"""Charts and overlays by the real `helm` and `kustomize`: what is delivered is what these programs print."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.compat import compare
from tests.real.https_server import Files
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk
from tests.unit.docs import pages
from typer.testing import CliRunner

from pinnace_cloud import render, workshop
from pinnace_cloud.adapters.helm import Helm
from pinnace_cloud.cli import app
from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.materials import charts, packages
from pinnace_cloud.materials.charts import Chart
from pinnace_cloud.materials.sources import Kind, Source
from pinnace_cloud.render import Purpose, Renderer, Rendering, preparing
from pinnace_cloud.services.supplying import Stock, Supply
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.workshop import Programs
from pinnace_schemas import api, codec
from pinnace_schemas.application import Application
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason
from pinnace_sim.provision import Part, controlplane, installed, require

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
CHARTS, OVERLAYS = HERE / "charts", HERE / "overlays"
NAMESPACE = "shops"
VALUES: dict[str, dict[str, Any]] = {
    "shop": {"replicas": 3, "annotations": {"owner": None}, "ports": [8080, 9090], "cache": {"size": "64Mi"}},
    "jobs": {"migrate": False},
    "operator": {},
}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def kustomize() -> Path:
    require(Part.KUSTOMIZE)
    return installed.locate("kustomize")


def run(*command: object, folder: Path) -> str:
    answer = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def template(helm: Path, chart: Path, folder: Path, values: Json, *options: str) -> list[Json]:
    """What `helm template` prints."""
    (folder / "values.json").write_text(json.dumps(values))
    fixed = ("--namespace", NAMESPACE, "--kube-version", charts.KUBE_VERSION, "--include-crds", "-f", "values.json")
    return documents(run(helm, "template", "shop", chart, *fixed, *options, folder=folder))


def documents(text: str) -> list[Json]:
    return [item for item in yaml.safe_load_all(text) if item is not None]


def packed(folder: Path) -> bytes:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return packages.pack({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})


def publish(helm: Path, chart: Path, repository: Files, work: Path) -> bytes:
    """Puts a chart into the repository as Helm does it; returns its archive."""
    work.mkdir()
    run(helm, "package", chart, "--destination", work, folder=work)
    run(helm, "repo", "index", work, folder=work)
    repository.content |= {path.name: path.read_bytes() for path in work.iterdir()}
    return next(work.glob("*.tgz")).read_bytes()


def application(*components: Json) -> Application:
    metadata = {"name": "shop", "namespace": NAMESPACE}
    return Application.model_validate({"metadata": metadata, "spec": {"components": list(components)}})


def rendered(programs: Programs, *components: Json, **folders: bytes) -> Rendering:
    stock = Stock(NAMESPACE, folders={f"./{name}": data for name, data in folders.items()})
    supply = Supply(workshop.make(programs, {}), stock)
    renderer = Renderer(application(*components), purpose=Purpose.PRINT)
    return render.rendering(preparing.prepared(renderer, supply.answers))


def helmchart(chart: Json, values: Json | None = None, **properties: Any) -> Json:
    return {"name": "shop", "type": "helmchart", "properties": {"chart": chart, "values": values or {}, **properties}}


def of_chart(rendering: Rendering) -> list[Json]:
    """Without the record of the release."""
    assert rendering.errors == ()
    assert rendering.objects[0]["metadata"]["name"] == "shop-helm-release"
    return list(rendering.objects[1:])


@pytest.mark.parametrize("name", ["shop", "operator"])
def test_chart_is_delivered_as_helm_templates_it(helm: Path, tmp_path: Path, name: str) -> None:
    values: Json = VALUES[name]
    wanted = template(helm, CHARTS / name, tmp_path, values)
    got = rendered(Programs(helm), helmchart({"source": "./chart"}, values), chart=packed(CHARTS / name))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []
    assert len(wanted) >= 3


def test_chart_with_hooks_is_delivered_as_helm_templates_it_without_them(helm: Path, tmp_path: Path) -> None:
    wanted = template(helm, CHARTS / "jobs", tmp_path, {}, "--no-hooks")
    component = helmchart({"source": "./chart"}, options={"skipHooks": True})
    got = rendered(Programs(helm), component, chart=packed(CHARTS / "jobs"))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []
    left_out = [item.message for item in got.diagnostics]
    assert len(left_out) == 2
    assert not any("works" in message for message in left_out)


def test_hooks_that_a_value_switches_off_are_no_reason_to_refuse(helm: Path, tmp_path: Path) -> None:
    wanted = template(helm, CHARTS / "jobs", tmp_path, VALUES["jobs"], "--skip-tests")
    got = rendered(Programs(helm), helmchart({"source": "./chart"}, VALUES["jobs"]), chart=packed(CHARTS / "jobs"))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []
    refused = rendered(Programs(helm), helmchart({"source": "./chart"}), chart=packed(CHARTS / "jobs"))
    assert len(refused.errors) == 2


def test_definitions_stand_before_everything_else(helm: Path) -> None:
    got = rendered(Programs(helm), helmchart({"source": "./chart"}), chart=packed(CHARTS / "operator"))
    kinds = [item["kind"] for item in of_chart(got)]
    assert kinds[:3] == ["CustomResourceDefinition", "CustomResourceDefinition", "Namespace"]
    assert sorted(kinds[3:]) == ["Chain", "Till"]


def test_api_that_a_component_names_is_there_for_the_chart(helm: Path) -> None:
    component = helmchart({"source": "./chart"}, options={"apiVersions": ["monitoring.coreos.com/v1"]})
    got = rendered(Programs(helm), component, chart=packed(CHARTS / "shop"))
    assert "ServiceMonitor" in [item["kind"] for item in of_chart(got)]


def test_chart_of_an_https_repository_is_delivered_as_helm_templates_it(
    helm: Path, tmp_path: Path, repository: Files
) -> None:
    publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    wanted = template(helm, CHARTS / "shop", tmp_path, VALUES["shop"])
    source = {"source": "shop", "repoURL": repository.address, "version": ">=1.0.0"}
    got = rendered(Programs(helm, ca_file=repository.ca), helmchart(source, VALUES["shop"]))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []


def test_archive_at_an_address_is_delivered_as_helm_templates_it(helm: Path, tmp_path: Path, repository: Files) -> None:
    archive = publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    wanted = template(helm, CHARTS / "shop", tmp_path, {})
    source = {"source": f"{repository.address}/shop-1.2.0.tgz", "digest": codec.sha256(archive)}
    got = rendered(Programs(helm, ca_file=repository.ca), helmchart(source))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []


def test_repository_with_an_unknown_certificate_is_refused(helm: Path, tmp_path: Path, repository: Files) -> None:
    publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    (error,) = rendered(Programs(helm), helmchart({"source": "shop", "repoURL": repository.address})).errors
    assert "certificate" in error.message


def test_version_that_the_repository_does_not_have_is_refused(helm: Path, tmp_path: Path, repository: Files) -> None:
    publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    source = {"source": "shop", "repoURL": repository.address, "version": "9.9.9"}
    (error,) = rendered(Programs(helm, ca_file=repository.ca), helmchart(source)).errors
    assert "9.9.9" in error.message


def test_chart_stays_pinned_when_the_repository_changes(
    helm: Path, tmp_path: Path, repository: Files, keyset: KeySet
) -> None:
    changed = tmp_path / "changed"
    run("cp", "-r", CHARTS / "shop", changed, folder=tmp_path)
    (changed / "values.yaml").write_text((changed / "values.yaml").read_text().replace('"3.1"', '"9.9"'))
    publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    text = in_groups(helmchart({"source": "shop", "repoURL": repository.address, "version": "1.2.0"}))
    desk = Desk(tmp_path, keyset, workshop=workshop.make(Programs(helm, ca_file=repository.ca), {}))
    desk.apply(desks.group("shops"), text)
    before = desk.bundle()
    publish(helm, changed, repository, tmp_path / "made-again")
    assert desk.apply(text).items[0].change is api.Change.UNCHANGED
    assert desk.bundle() == before
    more = in_groups(helmchart({"source": "shop", "repoURL": repository.address, "version": "1.2.0"}, {"replicas": 5}))
    desk.apply(more)
    assert b'"replicas":5' in desk.read_bundle()
    assert b"shop:3.1" in desk.read_bundle()
    fresh = api.ApplyRequest(sources=desks.sources(more), refresh=True)
    desk.controller.apply(fresh, desks.ACTOR)
    assert b"shop:9.9" in desk.read_bundle()
    desk.close()


def test_chart_with_another_digest_than_asked_for_is_refused(
    helm: Path, tmp_path: Path, repository: Files, keyset: KeySet
) -> None:
    publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    source = {"source": "shop", "repoURL": repository.address, "digest": f"sha256:{'0' * 64}"}
    desk = Desk(tmp_path, keyset, workshop=workshop.make(Programs(helm, ca_file=repository.ca), {}))
    with pytest.raises(InvalidSources) as error:
        desk.apply(desks.group("shops"), in_groups(helmchart(source)))
    assert error.value.reason is Reason.DIGEST_MISMATCH
    desk.close()


def test_hooks_and_what_a_chart_makes_up_are_refused_at_once(helm: Path, tmp_path: Path) -> None:
    run("cp", "-r", CHARTS / "jobs", tmp_path / "made", folder=tmp_path)
    template = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\ndata: {a: "{{ uuidv4 }}"}\n'
    (tmp_path / "made" / "templates" / "made.yaml").write_text(template)
    errors = rendered(Programs(helm), helmchart({"source": "./chart"}), chart=packed(tmp_path / "made")).errors
    said = " ".join(error.message for error in errors)
    assert "something else each time" in said
    assert len(errors) == 3


@pytest.mark.parametrize(
    ("function", "kind"),
    [("randAlphaNum 8", "Secret"), ('genPrivateKey "ecdsa" | b64enc', "ConfigMap"), ("uuidv4", "ConfigMap")],
)
def test_chart_that_makes_something_up_is_refused_with_the_field(helm: Path, function: str, kind: str) -> None:
    (error,) = rendered(Programs(helm), helmchart({"source": "./chart"}), chart=_chart(kind, function)).errors
    assert f"{kind} made data.value" in error.message


def test_chart_that_reads_the_clock_is_warned_of(helm: Path) -> None:
    got = rendered(Programs(helm), helmchart({"source": "./chart"}), chart=_chart("ConfigMap", 'now | date "2006"'))
    assert got.errors == ()
    assert ["templates/made.yaml" in item.message for item in got.diagnostics] == [True]


def test_chart_that_takes_too_much_is_refused(helm: Path) -> None:
    greedy = "until 2000000000 | len"
    (error,) = rendered(Programs(helm), helmchart({"source": "./chart"}), chart=_chart("ConfigMap", greedy)).errors
    assert error.reason is Reason.TOO_LARGE


def test_chart_sees_neither_environment_nor_name_servers_of_this_machine(
    helm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_NAMESPACE", "elsewhere")
    got = rendered(
        Programs(helm), helmchart({"source": "./chart"}), chart=_chart("ConfigMap", 'getHostByName "localhost"')
    )
    assert of_chart(got)[0]["data"] == {"value": ""}
    assert of_chart(got)[0]["metadata"]["namespace"] == NAMESPACE


def test_overlay_is_delivered_as_kustomize_builds_it(kustomize: Path) -> None:
    wanted = documents(run(kustomize, "build", OVERLAYS / "site", folder=OVERLAYS))
    component = {"name": "till", "type": "kustomize", "properties": {"url": "./deploy", "path": "site"}}
    got = rendered(Programs(kustomize=kustomize), component, deploy=packed(OVERLAYS))
    assert compare.differences(wanted, list(got.objects), NAMESPACE) == []
    assert len(wanted) == 2


def test_overlay_is_the_same_by_kubectl() -> None:
    require(Part.CONTROLPLANE)
    kubectl = controlplane.locate_program("kubectl")
    wanted = documents(run(kubectl, "kustomize", OVERLAYS / "site", folder=OVERLAYS))
    component = {"name": "till", "type": "kustomize", "properties": {"url": "./deploy", "path": "site"}}
    got = rendered(Programs(kustomize=kubectl), component, deploy=packed(OVERLAYS))
    assert compare.differences(wanted, list(got.objects), NAMESPACE) == []


def test_overlay_of_an_archive_is_built_from_its_only_folder(
    kustomize: Path, tmp_path: Path, repository: Files
) -> None:
    run("tar", "czf", tmp_path / "v1.tar.gz", "--transform", "s,^overlays,deploy-1.0.0,", "overlays", folder=HERE)
    repository.content["v1.tar.gz"] = (tmp_path / "v1.tar.gz").read_bytes()
    properties = {"url": f"{repository.address}/v1.tar.gz", "path": "site"}
    component = {"name": "till", "type": "kustomize", "properties": properties}
    got = rendered(Programs(kustomize=kustomize, ca_file=repository.ca), component)
    wanted = documents(run(kustomize, "build", OVERLAYS / "site", folder=OVERLAYS))
    assert compare.differences(wanted, list(got.objects), NAMESPACE) == []


@pytest.mark.parametrize(
    ("kustomization", "said"),
    [
        (b"resources: [https://127.0.0.1/base]", "is not in the package"),
        (b"configMapGenerator: [{name: x, files: [../../../etc/hostname]}]", "security"),
        (b"configMapGenerator: [{name: x, files: ['http://localhost:9/x']}]", "is not in the package"),
        (b"resources: [missing.yaml]", "missing.yaml"),
        (b"generators: [|-\n  apiVersion: builtin\n  kind: HelmChartInflationGenerator\n]", ""),
    ],
)
def test_overlay_that_reaches_outside_is_refused(kustomize: Path, kustomization: bytes, said: str) -> None:
    component = {"name": "till", "type": "kustomize", "properties": {"url": "./deploy"}}
    package = packages.pack({"kustomization.yaml": kustomization})
    got = rendered(Programs(kustomize=kustomize), component, deploy=package)
    assert len(got.errors) == 1
    assert said in got.errors[0].message


def test_chart_whose_schema_reads_files_of_this_machine_is_refused(helm: Path, tmp_path: Path) -> None:
    (tmp_path / "local.json").write_text('{"const": "secret"}')
    schema = json.dumps({"properties": {"a": {"$ref": f"file://{tmp_path}/local.json"}}}).encode()
    files = packages.unpack(_chart("ConfigMap", '"x"'), "it")
    package = packages.pack({**files, "values.schema.json": schema})
    (problem,) = rendered(Programs(helm), helmchart({"source": "./chart"}, {"a": 1}), chart=package).errors
    assert "which is not in this schema" in problem.message
    assert "secret" not in problem.message


def test_program_that_is_missing_is_named_with_how_to_get_it(tmp_path: Path) -> None:
    programs = Programs(tmp_path / "helm", tmp_path / "kustomize")
    overlay = {"name": "till", "type": "kustomize", "properties": {"url": "./chart"}}
    got = rendered(programs, helmchart({"source": "./chart"}), overlay, chart=packed(CHARTS / "shop"))
    assert [item.reason for item in got.errors] == [Reason.PART_MISSING, Reason.PART_MISSING]
    assert "helm_program" in got.errors[0].message
    assert "kustomize_program" in got.errors[1].message


def _chart(kind: str, function: str) -> bytes:
    """A chart that makes one object of what a template function gives."""
    made = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: made}}\ndata: {{value: {{{{ {function} | quote }}}}}}\n"
    about = b"apiVersion: v2\nname: made\nversion: 0.1.0\n"
    return packages.pack({"Chart.yaml": about, "templates/made.yaml": made.encode()})


def in_groups(component: Json) -> str:
    """The Application as text, for the group `shops`."""
    policy = {"name": "all", "type": "topology", "properties": {"clusters": ["shops"]}}
    spec = {"components": [component], "policies": [policy]}
    document = {"apiVersion": "core.oam.dev/v1beta1", "kind": "Application", "metadata": {"name": "shop"}, "spec": spec}
    return json.dumps(document)


def test_example_of_the_page_prints_what_the_page_shows(
    helm: Path, kustomize: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = pages.commands(pages.ROOT / "docs" / "charts.md")
    monkeypatch.chdir(pages.ROOT)
    environment = {"PINNACE_HELM": str(helm), "PINNACE_KUSTOMIZE": str(kustomize)}
    result = CliRunner().invoke(app.app, block.text.split()[1:], env=environment)
    assert (result.exit_code, result.stdout.rstrip()) == (0, block.shown)


@pytest.mark.parametrize("field", ["kubeVersion", "apiVersions"])
def test_what_a_person_writes_is_never_an_option_of_helm(helm: Path, field: str, tmp_path: Path) -> None:
    """An option such as --post-renderer starts any program."""
    option = f"--post-renderer={tmp_path / 'program'}"
    (tmp_path / "program").write_text(f"#!/bin/sh\ntouch {tmp_path / 'started'}\n")
    (tmp_path / "program").chmod(0o755)
    component = helmchart({"source": "./chart"}, options={field: option if field == "kubeVersion" else [option]})
    rendered(Programs(helm), component, chart=packed(CHARTS / "shop"))
    chart = Chart(Source(Kind.FOLDER, "./chart"), option, NAMESPACE)
    with pytest.raises(Rejected):
        Helm(helm).answer(chart.need, packed(CHARTS / "shop"))
    assert not (tmp_path / "started").exists()


def test_chart_is_not_fetched_in_the_clear_where_the_index_says_so(
    helm: Path, tmp_path: Path, repository: Files
) -> None:
    publish(helm, CHARTS / "shop", repository, tmp_path / "made")
    index = repository.content["index.yaml"].decode()
    clear = index.replace("- shop-1.2.0.tgz", "- http://charts.example.invalid/shop-1.2.0.tgz")
    assert clear != index
    repository.content["index.yaml"] = clear.encode()
    source = {"source": "shop", "repoURL": repository.address}
    (error,) = rendered(Programs(helm, ca_file=repository.ca), helmchart(source)).errors
    assert "127.0.0.1:9" in error.message
