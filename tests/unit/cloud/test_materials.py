"""Rules about what comes from outside: sources, packages, given objects, named folders, what reads the clock."""

import gzip
import tarfile

import pytest
from tests.unit.cloud.archives import archive, link

from pinnace_cloud.materials import clocks, given, manifests, needs, overlays, packages, references, sources
from pinnace_cloud.materials.charts import Chart, chart
from pinnace_cloud.materials.given import Given, Selector
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_cloud.materials.overlays import Overlay, overlay
from pinnace_cloud.materials.sources import Kind, Source
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


def config_map(name: str, namespace: str | None = None, **labels: str) -> KubeObject:
    metadata = {"name": name, "labels": labels} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}


def test_same_question_is_the_same_need_whatever_its_order() -> None:
    one, other = Need("helm", {"a": 1, "b": 2}), Need("helm", {"b": 2, "a": 1})
    assert one.key == other.key
    assert len({one, other}) == 1
    assert Need("cue", {"a": 1, "b": 2}).key != one.key


def test_answer_is_read_as_it_was_written() -> None:
    problem = diagnostics.warning(Reason.UNSUPPORTED, "the clock", "properties")
    answer = Answer([{"kind": "Till"}], (problem,), {"folder .": "ab"})
    assert needs.read(needs.write(answer)) == answer


@pytest.mark.parametrize(
    ("written", "repository", "kind", "location"),
    [
        ("./charts/shop/", "", Kind.FOLDER, "./charts/shop"),
        (".", "", Kind.FOLDER, "."),
        ("oci://registry.example.org/shop", "", Kind.REGISTRY, "oci://registry.example.org/shop"),
        ("https://example.org/shop-1.tgz", "", Kind.ARCHIVE, "https://example.org/shop-1.tgz"),
        ("shop", "https://example.org/charts/", Kind.REPOSITORY, "https://example.org/charts"),
    ],
)
def test_source_of_a_chart_is_told_by_its_form(written: str, repository: str, kind: Kind, location: str) -> None:
    found = sources.of_chart(written, repository, "latest")
    assert (found.kind, found.location, found.version) == (kind, location, "")
    assert sources.from_dict(found.to_dict()) == found


@pytest.mark.parametrize(
    ("written", "repository", "digest", "where"),
    [
        ("../shop", "", "", "source"),
        ("./charts/../../shop", "", "", "source"),
        ("http://example.org/shop.tgz", "", "", "source"),
        ("https://", "", "", "source"),
        ("oci://somebody:secret@example.org/shop", "", "", "source"),
        ("shop", "", "", "repository"),
        ("shop", "http://example.org", "", "repository"),
        ("./shop", "", "sha256:12", "digest"),
    ],
)
def test_source_that_is_never_fetched_is_refused(written: str, repository: str, digest: str, where: str) -> None:
    with pytest.raises(Rejected) as error:
        sources.of_chart(written, repository, digest=digest)
    assert error.value.where == where


@pytest.mark.parametrize("written", ["https://github.com/example/repository", "git@example.org:x", "http://x/a.tgz"])
def test_overlay_comes_from_a_folder_or_an_https_archive(written: str) -> None:
    with pytest.raises(Rejected):
        sources.of_overlay(written)


def test_question_gives_the_chart_and_the_overlay_again() -> None:
    asked = Chart(Source(Kind.FOLDER, "./shop"), "shop", "shops", ("a: 1\n", {"b": 2}), api_versions=("x/v1",))
    assert chart(asked.need.question) == asked
    built = Overlay(Source(Kind.FOLDER, "./deploy"), "site")
    assert overlay(built.need.question) == built


def test_folder_is_packed_alike_whatever_its_order_and_opened_again() -> None:
    files = {"b/c.yaml": b"1", "a.yaml": b"\xff"}
    data = packages.pack(files)
    assert data == packages.pack(dict(reversed(files.items())))
    assert packages.unpack(data, "x") == files


def test_archive_is_opened_with_its_files_in_order() -> None:
    data = archive({"shop/b": b"2", "./shop/a": b"1"}, link("shop/folder", "", tarfile.DIRTYPE))
    assert list(packages.unpack(data, "x").items()) == [("shop/a", b"1"), ("shop/b", b"2")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (archive({"../outside": b""}), Reason.INVALID),
        (archive({"/etc/passwd": b""}), Reason.INVALID),
        (archive({"a/../../b": b""}), Reason.INVALID),
        (archive({"a": b""}, link("b", "/etc/passwd")), Reason.INVALID),
        (archive({"a": b""}, link("b", "a", tarfile.LNKTYPE)), Reason.INVALID),
        (archive({"a": b""}, link("b", "", tarfile.FIFOTYPE)), Reason.INVALID),
        (archive({}), Reason.INVALID),
        (archive({"a": b"1" * 100})[:40], Reason.MALFORMED),
        (gzip.compress(b"no tar"), Reason.MALFORMED),
        (b"neither", Reason.MALFORMED),
        (b'{"a": "no base64!"}', Reason.MALFORMED),
        (b"[1]", Reason.MALFORMED),
        (b'{"../a": ""}', Reason.INVALID),
        (gzip.compress(bytes(2 * packages.MAX_UNPACKED_BYTES)), Reason.TOO_LARGE),
        (archive({"a": bytes(packages.MAX_UNPACKED_BYTES + 1)}), Reason.TOO_LARGE),
        (bytes(packages.MAX_BYTES + 1), Reason.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_hostile_package_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(Rejected) as error:
        packages.unpack(data, "the package")
    assert error.value.reason is reason


def test_lists_of_a_program_are_taken_apart() -> None:
    text = "# Source: x\n---\nkind: List\nitems: [{kind: A}, {kind: BList, items: [{kind: B}]}]\n---\n# nothing\n"
    assert [item["kind"] for item in manifests.objects(text, "x")] == ["A", "B"]


@pytest.mark.parametrize("text", ["- a\n", "a: [\n", "just text\n"])
def test_output_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(Rejected):
        manifests.objects(text, "x")


def test_difference_names_the_object_and_the_field() -> None:
    one = ({**config_map("a"), "data": {"k": "1"}}, config_map("b"))
    other = ({**config_map("a"), "data": {"k": "2"}}, config_map("b"))
    assert manifests.differing(one, other) == ("ConfigMap a data.k",)
    assert manifests.differing(one, one) == ()
    assert manifests.differing(one, one[:1]) == ("2 objects once, 1 another time",)


def chosen(selector: Selector, *objects: KubeObject, file: str = "shop/app.yaml") -> list[str]:
    items = tuple(Given(item, "shop/objects.yaml") for item in objects)
    answer, used = given.answer(selector.need, items, file, "shops")
    assert len(used) == len(answer.value)
    return [item["metadata"]["name"] for item in answer.value]


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        (Selector(resource="configmap"), ["a", "b"]),
        (Selector(resource="ConfigMaps", group=""), ["a", "b"]),
        (Selector(resource="configmaps", group="apps"), []),
        (Selector(kind="ConfigMap", api_version="v1", name="b"), ["b"]),
        (Selector(kind="ConfigMap", api_version="v2"), []),
        (Selector(resource="configmap", labels={"tier": "x"}), ["b"]),
        (Selector(namespace="other", resource="configmap"), ["c"]),
        (Selector(file="./objects.yaml"), ["a", "b", "c"]),
        (Selector(file="./other.yaml"), []),
    ],
)
def test_given_objects_are_picked_as_from_a_cluster(selector: Selector, names: list[str]) -> None:
    objects = (config_map("a"), config_map("b", "shops", tier="x"), config_map("c", "other"))
    assert chosen(selector, *objects) == names


@pytest.mark.parametrize(
    ("resource", "kind"),
    [("ingresses", "Ingress"), ("networkpolicies", "NetworkPolicy"), ("endpoints", "Endpoints"), ("pod", "Pod")],
)
def test_resources_are_named_in_singular_and_plural(resource: str, kind: str) -> None:
    assert chosen(Selector(resource=resource), {**config_map("a"), "kind": kind}) == ["a"]


def test_given_object_leaves_what_its_cluster_added() -> None:
    metadata = {"name": "a", "uid": "1", "resourceVersion": "2", "managedFields": [], "labels": {"a": "b"}}
    spec = {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ports": []}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec, "status": {}}
    assert given.cleaned(service) == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a", "labels": {"a": "b"}},
        "spec": {"ports": []},
    }
    headless = {**service, "spec": {"clusterIP": "None"}}
    assert given.cleaned(headless)["spec"] == {"clusterIP": "None"}


def test_folders_are_found_in_components_and_overrides() -> None:
    text = """
spec:
  components:
    - {type: helmchart, properties: {chart: {source: ./charts/shop/}}}
    - {type: helmchart, properties: {chart: {source: postgresql, repoURL: "https://x"}}}
    - {type: kustomize, properties: {url: ./deploy}}
    - {type: helmchart, properties: {chart: {source: ../outside}}}
  policies:
    - type: override
      properties: {components: [{properties: {chart: {source: ./charts/other}}}, {properties: {url: ./deploy}}]}
---
42
"""
    assert references.folders(text) == ("./charts/shop", "./deploy", "./charts/other")


@pytest.mark.parametrize(
    "text", ["source: [", "url: ./x", "spec: {components: 3}\nurl: 1", "spec: {policies: [1]}", ""]
)
def test_text_that_is_no_application_names_no_folder(text: str) -> None:
    assert references.folders(text) == ()


@pytest.mark.parametrize(
    ("template", "reads"),
    [
        (b'at: {{ now | date "2006" }}', True),
        (b'{{- $x := dict "a" (now) }}', True),
        (b'{{ .Values.now }} {{ "now" }} {{ $now }} now', False),
        (b"{{/* now */}}", False),
        (b'{{ include "x-now" . }}', False),
    ],
)
def test_template_that_reads_the_clock_is_found(template: bytes, reads: bool) -> None:
    assert (list(clocks.readers([("templates/a.yaml", template)])) == ["templates/a.yaml"]) is reads


def test_clock_is_found_in_a_packed_subchart() -> None:
    inner = archive({"cache/templates/a.yaml": b"{{ now }}"})
    files = packages.opened({"charts/cache-1.tgz": inner, "charts/none-1.tgz": b"no archive"}, "it")
    assert list(clocks.readers(files)) == ["charts/cache-1.tgz:cache/templates/a.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        "resources: [https://example.org/base]",
        "resources: [github.com/example/base?ref=1]",
        "resources: ['git@example.org:base']",
        "resources: [/etc/kubernetes]",
        "components: [../../outside]",
        "bases: [../..]",
        "helmCharts: [{name: shop}]",
    ],
)
def test_kustomization_that_reaches_out_of_its_package_is_found(text: str) -> None:
    assert len(list(overlays.outward({"site/kustomization.yaml": text.encode()}))) == 1


@pytest.mark.parametrize("text", ["resources: [../base, a.yaml]", "patches: [{path: a.yaml}]", "- 1", ""])
def test_kustomization_that_stays_inside_is_left_alone(text: str) -> None:
    assert list(overlays.outward({"site/kustomization.yaml": text.encode(), "other.yaml": b"resources: [/]"})) == []
