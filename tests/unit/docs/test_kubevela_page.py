"""The page about KubeVela names the types that are known, and its example renders as it says."""

import re

import pytest
from tests.unit.docs.pages import ROOT

from pinnace_cloud import render
from pinnace_cloud.render import deprecated, installed, retired
from pinnace_schemas import manifest

PAGE = ROOT / "docs" / "kubevela.md"
EXAMPLE = ROOT / "docs" / "examples" / "kubevela" / "tills.yaml"


def test_the_page_names_exactly_the_types_that_are_known() -> None:
    rows = re.findall(r"^\| (components|traits|policies|workflow steps) \| (.+) \|$", PAGE.read_text("utf-8"), re.M)
    named = {sort: set(re.findall(r"`([^`]+)`", types)) for sort, types in rows}
    known = installed.registry()
    assert named == {
        "components": {*known.components},
        "traits": {*known.traits},
        "policies": {*known.policies},
        "workflow steps": {*known.steps},
    }


def test_the_page_names_exactly_the_deprecated_types() -> None:
    rows = re.findall(r"^\| (?:the other )?deprecated types[^:]*: ([^|]+) \|", PAGE.read_text("utf-8"), re.M)
    taken, refused = (set(re.findall(r"`([^`]+)`", types)) for types in rows)
    known = installed.registry()
    every = (*known.components.values(), *known.traits.values(), *known.policies.values(), *known.steps.values())
    assert taken == {item.name for item in every if deprecated.replacement(item)}
    assert refused == {name for _, name in retired.REPLACEMENTS}


@pytest.mark.parametrize(
    ("topology", "image", "replicas", "mode", "names"),
    [
        ("to-shops", "registry.example/till:7", 2, "live", ["till", "till", "meter"]),
        ("to-the-lab", "registry.example/till:8-rc1", None, "test", ["till", "till", "meter", "tills-fill"]),
    ],
)
def test_the_example_renders_as_the_page_says(
    topology: str, image: str, replicas: int | None, mode: str, names: list[str]
) -> None:
    ((application, _),) = manifest.applications(manifest.read(EXAMPLE.read_text("utf-8"), EXAMPLE.name))
    found = render.render(application, topology)
    assert found.errors == ()
    assert [item["metadata"]["name"] for item in found.objects] == names
    spec = found.objects[0]["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    assert (container["image"], spec.get("replicas")) == (image, replicas)
    assert container["env"] == [{"name": "MODE", "value": mode}]


def test_values_reach_other_components_as_the_page_says() -> None:
    text = (ROOT / "docs" / "examples" / "kubevela" / "orders.yaml").read_text("utf-8")
    ((application, _),) = manifest.applications(manifest.read(text))
    found = render.render(application)
    assert found.diagnostics == ()
    (container,) = found.objects[0]["spec"]["template"]["spec"]["containers"]
    assert container["env"] == [
        {"name": "QUEUE", "value": "queue:5672"},
        {"name": "DB_HOST", "valueFrom": {"secretKeyRef": {"name": "db-access", "key": "HOST"}}},
    ]


def test_components_wait_for_each_other_as_the_page_says() -> None:
    text = (ROOT / "docs" / "examples" / "kubevela" / "stock.yaml").read_text("utf-8")
    ((application, _),) = manifest.applications(manifest.read(text))
    found = render.render(application)
    assert found.diagnostics == ()
    waits = {
        rendered.component: {found.rendered[other].component for other in found.policy.after.get(at, ())}
        for at, rendered in enumerate(found.rendered)
    }
    assert waits == {"api": {"migrate"}, "migrate": {"db"}, "db": set()}
    assert [item.recreate is not None for item in found.policy.by_object.values()] == [True]
