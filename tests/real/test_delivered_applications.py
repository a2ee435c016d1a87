"""Applications of KubeVela and our own, delivered by the real chain to real kube-apiservers: every expected field is
there and equal, and the fields that belong to `pinnace` are the expected ones and our labels, no more and no fewer.

Separate processes: mosquitto, a controller, and two daemons, each before a kube-apiserver with the role of deploy/.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.compat import kubevela
from tests.real import expected_objects, owned_fields, sites
from tests.real.expected_objects import Delivery, Key, Object
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_schemas import tree
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_sim.provision import Part, ProgramFailed, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

EXAMPLES = Path(__file__).with_name("examples")
OWN = ("daemon", "task", "env")
# Varied, and such that none writes an object of another.
SIXTEEN = (
    "kv__docs__examples__app-with-probe__app-with-probe",
    "kv__docs__examples__config__private-image-registry__README__0",
    "kv__docs__examples__multicluster__deploy__4",
    "kv__pkg__appfile__dryrun__testdata__testing-dry-run-1",
    "kv__references__docgen__def-doc__component__k8s-objects.eg__0",
    "kv__references__docgen__def-doc__component__worker.eg__0",
    "kv__references__docgen__def-doc__policy__override.eg__1",
    "kv__references__docgen__def-doc__trait__annotations.eg__0",
    "kv__references__docgen__def-doc__trait__expose.eg__0",
    "kv__test__e2e-multicluster-test__testdata__app__app-anonymous-policies",
    "kv__test__e2e-test__testdata__app__app_component_depends_on_multiple",
    "kv__vela-templates__definitions__usage-examples__application-with-labels",
    "site__blog__2022-06-27-terraform-integrate-with-vela__2",
    "site__docs__platform-engineers__operations__o11y__metrics__2",
    "site__docs__platform-engineers__traits__patch-trait__0",
    "site__static__example__applications__create-namespace",
)
# The first topology of an Application goes to the one, the second to the other: a node gets it by one group only.
NODES = {"local": "site-a", "second": "site-b"}
KINDS = "deployments,daemonsets,jobs,services,configmaps,namespaces"
CHOOSING = ("clusters", "clusterSelector", "clusterLabelSelector", "allowEmpty")


@dataclass(frozen=True)
class Example:
    """An Application, and texts of the objects expected of each of its topologies (None: it has one rendering)."""

    name: str
    text: str
    expected: Mapping[str | None, str]

    def document(self) -> Object:
        """With our groups in the place of its clusters."""
        found: Object
        (found,) = documents(self.text)
        groups = iter(NODES)
        for policy in topologies(found):
            kept = {name: value for name, value in policy["properties"].items() if name not in CHOOSING}
            policy["properties"] = {**kept, "clusters": [next(groups)]}
        return found

    def deliveries(self) -> Iterator[tuple[Delivery, str]]:
        """Each with the text of what is expected of it."""
        document = self.document()
        metadata = document["metadata"]
        identity = (metadata["name"], metadata.get("namespace", "default"))
        for policy in topologies(document):
            (group,) = policy["properties"]["clusters"]
            text = self.expected.get(policy.get("name"), self.expected.get(None, ""))
            yield Delivery(*identity, group, policy["properties"].get("namespace")), text
        if not topologies(document):
            yield Delivery(*identity, "local"), self.expected[None]


def documents(text: str) -> list[Any]:
    return [item.value for item in tree.read(text, DEFAULT_LIMITS)]


def topologies(document: Object) -> list[Object]:
    return [item for item in document["spec"].get("policies", ()) if item["type"] == "topology"]


def own(name: str) -> Example:
    expected = (EXAMPLES / "expected" / f"{name}.yaml").read_text(encoding="utf-8")
    return Example(name, (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"), {None: expected})


def theirs(name: str) -> Example:
    (found,) = [item for item in kubevela.examples() if item.name == name]
    return Example(name, found.text(), found.expected())


def examples() -> list[Example]:
    """All that can be had here."""
    return [own(name) for name in OWN] + ([theirs(name) for name in SIXTEEN] if kubevela.is_there() else [])


@dataclass(frozen=True)
class Delivered:
    """What the cloud says and what stands at the sites after everything was applied at once."""

    verdicts: Mapping[tuple[str, str], str]
    objects: Mapping[str, Mapping[Key, Object]]


def verdicts(world: World) -> dict[tuple[str, str], str]:
    """By application and node."""
    return {(row["application"], row["node"]): row["verdict"] for row in world.controller.ask("/verdicts")}


def standing(site: Site) -> dict[Key, Object]:
    listed = site.plane.kubectl("get", KINDS, "-A", "-o", "json", "--show-managed-fields")
    return {expected_objects.key(item): item for item in json.loads(listed)["items"]}


def await_all(world: World) -> None:
    """All of them or the deadline: which application is late is told by its own test."""
    wanted = {(way.application, NODES[way.group]) for item in examples() for way, _ in item.deliveries()}

    def is_so() -> bool:
        said = verdicts(world)
        return all(said.get(way) == "Converged" for way in wanted)

    with suppress(ProgramFailed):
        wait_until(lambda: sites.told_quietly(is_so), "all applications to be converged", DEADLINE_S)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivered]:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    groups = [{"name": f"{group}.yaml", "text": sites.group(group, node)} for group, node in NODES.items()]
    texts = [{"name": item.name, "text": json.dumps(item.document())} for item in examples()]
    with sites.world(tmp_path_factory.mktemp("delivered"), *NODES.values()) as world:
        world.controller.ask("/apply", {"sources": [*groups, *texts]})
        await_all(world)
        yield Delivered(verdicts(world), {site.name: standing(site) for site in world.sites})


def check(delivered: Delivered, example: Example) -> None:
    for delivery, text in example.deliveries():
        node = NODES[delivery.group]
        assert delivered.verdicts[delivery.application, node] == "Converged"
        for key, wanted in expected_objects.expected(documents(text), delivery).items():
            live = delivered.objects[node][key]
            assert expected_objects.covers(wanted, live) == []
            owned, expected = owned_fields.by("pinnace", live), owned_fields.of(wanted)
            assert (sorted(owned - expected), sorted(expected - owned)) == ([], [])


@pytest.mark.parametrize("name", SIXTEEN)
def test_an_application_of_kubevela_stands_at_the_site_as_kubevela_renders_it(delivered: Delivered, name: str) -> None:
    kubevela.require()
    check(delivered, theirs(name))


@pytest.mark.parametrize("name", OWN)
def test_an_application_of_our_own_stands_at_the_site_as_it_should(delivered: Delivered, name: str) -> None:
    check(delivered, own(name))
