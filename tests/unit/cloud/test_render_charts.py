"""The types that are rendered with something from outside: `helmchart`, `helm`, `kustomize`, `ref-objects`."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.unit.cloud import applications

from pinnace_cloud import render
from pinnace_cloud.materials import charts as rules
from pinnace_cloud.materials import given
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_cloud.render import Purpose, Renderer, Rendering, preparing
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.reasons import Reason

Json = dict[str, Any]

CRD: KubeObject = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "chains.example.org"},
    "spec": {"group": "example.org", "scope": "Cluster", "names": {"kind": "Chain"}},
}
CHAIN: KubeObject = {"apiVersion": "example.org/v1", "kind": "Chain", "metadata": {"name": "chain"}}
NAMESPACE: KubeObject = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "tills"}}


def plain(name: str, kind: str = "ConfigMap", **metadata: Any) -> KubeObject:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}}


def hook(name: str, events: str, kind: str = "Job") -> KubeObject:
    return plain(name, kind, annotations={"helm.sh/hook": events})


class World:
    """Answers each need with what it was given for its maker; remembers the questions."""

    def __init__(self, **objects: list[KubeObject]) -> None:
        self._objects = objects
        self.asked: list[Need] = []

    def answers(self, needs: Sequence[Need]) -> Mapping[str, Answer]:
        self.asked += needs
        return {need.key: self._answer(need) for need in needs}

    def _answer(self, need: Need) -> Answer:
        if need.maker == given.MAKER:
            wanted = given.selector(need.question)
            items = self._objects.get("given", [])
            return Answer([item for item in items if wanted.name in ("", item["metadata"]["name"])])
        return Answer(self._objects.get(need.maker, []))

    def rendering(self, *components: Json, purpose: Purpose = Purpose.APPLY, **spec: Any) -> Rendering:
        renderer = Renderer(applications.application(*components, **spec), purpose=purpose)
        return render.rendering(preparing.prepared(renderer, self.answers))


def helmchart(name: str = "shop", **properties: Any) -> Json:
    chart = {"source": "shop", "repoURL": "https://charts.example.org", "version": "1.2.0"}
    return {"name": name, "type": "helmchart", "properties": {"chart": chart, **properties}}


def helm(**properties: Any) -> Json:
    own = {"url": "https://charts.example.org", "chart": "shop"}
    return {"name": "shop", "type": "helm", "properties": {**own, **properties}}


def kustomize(**properties: Any) -> Json:
    return {"name": "till", "type": "kustomize", "properties": {"url": "./deploy", **properties}}


def refs(**properties: Any) -> Json:
    return {"name": "settings", "type": "ref-objects", "properties": properties}


def names(rendering: Rendering) -> list[str]:
    assert rendering.errors == ()
    return [item["metadata"]["name"] for item in rendering.objects]


def messages(rendering: Rendering, severity: Severity) -> list[tuple[str, str]]:
    return [(item.path, item.message) for item in rendering.diagnostics if item.severity is severity]


def test_rendering_without_answers_is_an_error_that_names_who_would_answer() -> None:
    found = render.render(applications.application(helmchart()))
    assert [need.maker for need in found.needs] == ["helm"]
    assert found.objects == ()
    assert [item.reason for item in found.errors] == [Reason.UNAVAILABLE]


def test_application_that_asks_for_nothing_is_rendered_once() -> None:
    renderer = Renderer(applications.application(applications.component()))
    assert preparing.prepared(renderer, World().answers) is renderer


def test_record_of_the_release_is_the_workload_and_traits_patch_it() -> None:
    component = helmchart() | {"traits": [{"type": "labels", "properties": {"tier": "front"}}]}
    rendering = World(helm=[plain("web")]).rendering(component)
    assert names(rendering) == ["shop-helm-release", "web"]
    record = rendering.objects[0]
    assert record["metadata"]["labels"]["tier"] == "front"
    assert record["metadata"]["labels"]["helm.oam.dev/chart"] == "shop"
    assert record["data"] == {
        "chartSource": "shop",
        "chartVersion": "1.2.0",
        "releaseName": "shop",
        "releaseNamespace": "default",
        "repoURL": "https://charts.example.org",
        "resourceCount": "1",
    }


def test_address_of_a_chart_is_no_label() -> None:
    component = helmchart(chart={"source": "oci://registry.example.org/shop"})
    metadata = World(helm=[plain("web")]).rendering(component).objects[0]["metadata"]
    assert "helm.oam.dev/chart" not in metadata["labels"]
    assert metadata["annotations"]["helm.oam.dev/chart"] == "oci://registry.example.org/shop"


def test_definitions_and_namespaces_stand_first_and_get_no_namespace() -> None:
    rendering = World(helm=[plain("web"), CHAIN, NAMESPACE, CRD]).rendering(helmchart())
    assert names(rendering)[1:] == ["chains.example.org", "tills", "web", "chain"]
    assert ["namespace" in item["metadata"] for item in rendering.objects[1:]] == [False, False, True, False]


def test_objects_without_a_namespace_get_that_of_the_release() -> None:
    component = helmchart(release={"namespace": "shops", "name": "north"})
    rendering = World(helm=[plain("web"), plain("other", namespace="kept")]).rendering(component)
    assert [item["metadata"]["namespace"] for item in rendering.objects] == ["shops", "shops", "kept"]
    assert names(rendering)[0] == "north-helm-release"


def test_release_is_in_the_namespace_of_the_topology() -> None:
    world = World(helm=[plain("web")])
    rendering = world.rendering(helmchart(), policies=[applications.topology(namespace="prod", clusters=["a"])])
    assert world.asked[0].question["namespace"] == "prod"
    assert rendering.objects[1]["metadata"]["namespace"] == "prod"


def test_test_hooks_are_left_out_without_a_word() -> None:
    hooks = [hook("test", "test"), hook("old", "test-success, test-failure")]
    rendering = World(helm=[plain("web"), *hooks]).rendering(helmchart())
    assert names(rendering) == ["shop-helm-release", "web"]
    assert rendering.diagnostics == ()
    assert rendering.objects[0]["data"]["resourceCount"] == "1"


def test_every_other_hook_is_refused_by_name() -> None:
    rendering = World(
        helm=[plain("web"), hook("migrate", "pre-install,pre-upgrade"), hook("bye", "post-delete")]
    ).rendering(helmchart())
    assert messages(rendering, Severity.ERROR) == [
        (
            "spec.components[0].properties",
            "Job migrate is a hook (pre-install, pre-upgrade), which no site runs at its moment",
        ),
        ("spec.components[0].properties", "Job bye is a hook (post-delete), which no site runs at its moment"),
    ]
    assert "skipHooks" in rendering.errors[0].hint


def test_hooks_are_left_out_where_a_person_says_so() -> None:
    rendering = World(helm=[plain("web"), hook("migrate", "pre-install")]).rendering(
        helmchart(options={"skipHooks": True})
    )
    assert names(rendering) == ["shop-helm-release", "web"]
    assert [message for _, message in messages(rendering, Severity.WARNING)] == [
        "Job migrate is a hook (pre-install) and left out"
    ]


def test_values_are_merged_in_the_order_of_kubevela() -> None:
    first = plain("first") | {"data": {"values.yaml": "a: 1\n", "own": "b: 2\n"}}
    second = plain("second", "Secret") | {"data": {"values.yaml": "YzogMwo="}}
    world = World(helm=[plain("web")], given=[first, second])
    sources = [
        {"kind": "ConfigMap", "name": "first", "key": "own"},
        {"kind": "Secret", "name": "second"},
        {"kind": "ConfigMap", "name": "third", "optional": True},
    ]
    component = helmchart(values={"d": None}, valuesFrom=sources)
    assert names(world.rendering(component))[1] == "web"
    assert world.asked[-1].question["values"] == ["b: 2\n", "c: 3\n", {"d": None}]


def test_values_that_are_not_given_are_missed_at_their_place() -> None:
    sources = [{"kind": "ConfigMap", "name": "first"}, {"kind": "Secret", "name": "none"}]
    world = World(given=[plain("first")])
    rendering = world.rendering(helmchart(valuesFrom=sources))
    assert [item.path for item in rendering.errors] == [
        "spec.components[0].properties.valuesFrom[0]",
        "spec.components[0].properties.valuesFrom[1]",
    ]


def test_chart_is_told_what_it_may_know_and_nothing_of_this_machine() -> None:
    world = World(helm=[plain("web")])
    world.rendering(helmchart(options={"includeCRDs": False, "apiVersions": ["example.org/v1"]}))
    assert world.asked[-1].question == {
        "source": {
            "kind": "repository",
            "location": "https://charts.example.org",
            "chart": "shop",
            "version": "1.2.0",
        },
        "release": "shop",
        "namespace": "default",
        "values": [],
        "withCrds": False,
        "kubeVersion": rules.KUBE_VERSION,
        "apiVersions": ["example.org/v1"],
    }


def test_two_overrides_render_a_chart_with_two_sets_of_values() -> None:
    world = World(helm=[plain("web")])
    policies = [
        applications.topology("north", clusters=["north"]),
        applications.topology("south", clusters=["south"]),
        {"name": "more", "type": "override", "properties": {"components": [{"properties": {"values": {"a": 1}}}]}},
    ]
    steps = [applications.deploy("north"), applications.deploy("south", "more")]
    application = applications.application(helmchart(), policies=policies, workflow={"steps": steps})
    preparing.prepared(Renderer(application), world.answers)
    assert [need.question["values"] for need in world.asked] == [[], [{"a": 1}]]


@pytest.mark.parametrize(
    ("chart", "path"),
    [
        ({"source": "shop"}, "chart.repoURL"),
        ({"source": "../shop"}, "chart.source"),
        ({"source": "./shop", "digest": "12"}, "chart.digest"),
    ],
)
def test_chart_that_cannot_be_fetched_is_refused_at_its_field(chart: Json, path: str) -> None:
    errors = applications.refused({"name": "shop", "type": "helmchart", "properties": {"chart": chart}})
    assert [item.path for item in errors] == [f"spec.components[0].properties.{path}"]


def test_what_only_a_running_helm_would_do_is_warned_of() -> None:
    options = {"wait": True, "timeout": "1m", "skipTests": False, "createNamespace": False}
    health = [{"resource": {"kind": "Deployment"}, "condition": {"type": "Available"}}]
    rendering = World(helm=[plain("web")]).rendering(helmchart(options=options, healthStatus=health))
    paths = [path.removeprefix("spec.components[0].properties.") for path, _ in messages(rendering, Severity.WARNING)]
    assert paths == [
        "options.timeout",
        "options.wait",
        "options.skipTests",
        "options.createNamespace",
        "healthStatus",
    ]


@pytest.mark.parametrize(
    ("component", "field"),
    [
        (helmchart(chart={"source": "./shop", "auth": {"secretRef": {"name": "x"}}}), "chart.auth"),
        (helm(secretRef="x"), "secretRef"),
        (kustomize(secretRef="x"), "secretRef"),
    ],
)
def test_a_secret_with_a_password_is_not_read_since_the_controller_has_them(component: Json, field: str) -> None:
    rendering = World(helm=[plain("web")], kustomize=[plain("web")]).rendering(component)
    ((path, message),) = messages(rendering, Severity.WARNING)
    assert path == f"spec.components[0].properties.{field}"
    assert "sources_credentials" in message


def test_answer_that_is_a_refusal_is_shown() -> None:
    def refuse(needs: Sequence[Need]) -> Mapping[str, Answer]:
        problem = diagnostics.error(Reason.NOT_FOUND, "no such chart", "properties")
        return {need.key: Answer(problems=(problem,)) for need in needs}

    renderer = preparing.prepared(Renderer(applications.application(helmchart(), kustomize())), refuse)
    assert [item.path for item in render.rendering(renderer).errors] == [
        "spec.components[0].properties",
        "spec.components[1].properties",
    ]


def test_chart_of_flux_names_its_release_as_flux_does() -> None:
    world = World(helm=[plain("web"), plain("other")])
    rendering = world.rendering(helm(targetNamespace="shops", repoType="oci", url="oci://registry.example.org/charts"))
    assert names(rendering) == ["web", "other"]
    question = world.asked[0].question
    assert (question["release"], question["namespace"]) == ("shops-shop", "shops")
    assert question["source"] == {"kind": "registry", "location": "oci://registry.example.org/charts/shop"}


def test_values_files_of_the_chart_are_asked_for_and_without_them_the_question_is_as_ever() -> None:
    world = World(helm=[plain("web")])
    world.rendering(helm(valuesFiles=["prod.yaml", "sites/north.yaml"], values={"a": 1}))
    world.rendering(helm())
    (with_files, without) = (need.question for need in world.asked)
    assert (with_files["valuesFiles"], with_files["values"]) == (["prod.yaml", "sites/north.yaml"], [{"a": 1}])
    assert "valuesFiles" not in without
    assert rules.chart(with_files).need.question == with_files
    assert rules.chart(without).need.question == without


@pytest.mark.parametrize(
    ("properties", "field"),
    [
        ({"repoType": "git"}, "repoType"),
        ({"url": "http://charts.example.org"}, "url"),
        ({"valuesFrom": [{"kind": "Secret", "name": "x", "targetPath": "a"}]}, "valuesFrom[0].targetPath"),
    ],
)
def test_what_only_flux_can_is_refused_by_name(properties: Json, field: str) -> None:
    errors = applications.refused(helm(**properties))
    assert [item.path for item in errors] == [f"spec.components[0].properties.{field}"]


@pytest.mark.parametrize("component", [helmchart(), helm(), kustomize()])
def test_what_makes_no_object_is_warned_of_since_sites_lose_what_they_have(component: Json) -> None:
    rendering = World(helm=[hook("works", "test", "Pod")]).rendering(component)
    ((path, message),) = messages(rendering, Severity.WARNING)
    assert path == "spec.components[0].properties"
    assert "makes no object" in message


def test_overlay_is_delivered_in_the_order_of_kustomize() -> None:
    world = World(kustomize=[plain("b"), plain("a")])
    rendering = world.rendering(kustomize(path="./site/"))
    assert names(rendering) == ["b", "a"]
    assert world.asked[0].question == {"source": {"kind": "folder", "location": "./deploy"}, "path": "site"}


@pytest.mark.parametrize(
    ("properties", "fields"),
    [
        ({"url": "https://github.com/example/x", "repoType": "git", "git": {"branch": "main"}}, ["repoType", "git"]),
        ({"url": "https://github.com/example/x"}, ["url"]),
        ({"path": "../outside"}, ["path"]),
        ({"targetNamespace": "x"}, ["targetNamespace"]),
    ],
)
def test_overlay_that_is_not_fetched_is_refused_by_name(properties: Json, fields: list[str]) -> None:
    errors = applications.refused(kustomize(**properties))
    assert [item.path for item in errors] == [f"spec.components[0].properties.{field}" for field in fields]


def test_first_of_the_given_objects_is_the_workload() -> None:
    world = World(given=[plain("settings"), plain("more"), plain("settings")])
    component = refs(objects=[{"resource": "configmap"}, {"resource": "configmap", "name": "more"}])
    rendering = world.rendering(component | {"traits": [{"type": "labels", "properties": {"x": "y"}}]})
    assert names(rendering) == ["settings", "more"]
    assert rendering.objects[0]["metadata"]["labels"]["x"] == "y"
    assert rendering.rendered[1].path == "spec.components[0].properties.objects[1]"


@pytest.mark.parametrize(
    ("properties", "path"),
    [
        ({}, ""),
        ({"objects": [{"name": "x"}]}, ".objects[0].resource"),
        ({"objects": [{"resource": "pod", "name": "x", "labelSelector": {}}]}, ".objects[0].labelSelector"),
        ({"objects": [{"resource": "pod", "cluster": "north"}]}, ".objects[0].cluster"),
        ({"urls": ["https://example.org/x.yaml"]}, ".urls[0]"),
    ],
)
def test_objects_that_nobody_can_give_are_refused_at_their_field(properties: Json, path: str) -> None:
    (error,) = applications.refused(refs(**properties))
    assert error.path == f"spec.components[0].properties{path}"


def test_objects_of_kubevelas_own_cluster_are_those_that_are_given() -> None:
    world = World(given=[plain("settings")])
    component = refs(objects=[{"apiVersion": "v1", "kind": "ConfigMap", "cluster": "local"}])
    assert names(world.rendering(component)) == ["settings"]


@pytest.mark.parametrize("component", [helmchart(), kustomize(), refs(urls=["./objects.yaml"])])
@pytest.mark.parametrize(
    "wrong",
    [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "annotations": "none"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": 1}},
    ],
)
def test_what_is_no_object_is_refused_wherever_it_comes_from(component: Json, wrong: Json) -> None:
    rendering = World(helm=[wrong], kustomize=[wrong], given=[wrong]).rendering(component)
    assert rendering.objects == ()
    assert [item.reason for item in rendering.errors] == [Reason.INVALID]


@pytest.mark.parametrize("name", ["--post-renderer=/bin/sh", "Shop", "a" * 54, "a_b", ""])
def test_name_that_helm_takes_for_no_release_is_refused(name: str) -> None:
    components = [helmchart(release={"name": name}), helm(releaseName=name)]
    for component in components if name else [helmchart("-shop")]:
        (error,) = applications.refused(component, purpose=Purpose.PRINT)
        assert "no name of a release" in error.message
