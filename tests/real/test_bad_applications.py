"""What a person writes wrong, through `pinnace apply` and a real controller: named with its place, and nothing changes.

Each refused stream begins with a document that is good: it is not stored either.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.real import sites
from tests.real.sites import World

from pinnace_cloud.cli.exits import Exit
from pinnace_sim.processes.command import CommandFailed
from pinnace_sim.provision import Part, require

pytestmark = pytest.mark.real

FLEET = """
apiVersion: pinnace.dev/v1alpha1
kind: NodeGroup
metadata: {name: shops}
spec: {nodes: [site-a]}
---
apiVersion: pinnace.dev/v1alpha1
kind: NodeGroup
metadata: {name: plants}
spec: {nodes: [site-b]}
---
apiVersion: pinnace.dev/v1alpha1
kind: NodeGroup
metadata: {name: north}
spec: {selector: {matchLabels: {zone: north}}}
---
apiVersion: pinnace.dev/v1alpha1
kind: NodeGroup
metadata: {name: everywhere}
spec: {nodes: [site-a, site-b]}
---
apiVersion: pinnace.dev/v1alpha1
kind: Node
metadata: {name: site-a}
"""
APPLICATION = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: %(name)s}
spec:
  components:
    - name: web
      type: webservice
      properties: {image: "registry.example/web:%(version)s", ports: [{port: 80}]}
  policies:
    - {name: where, type: topology, properties: {clusters: %(groups)s}}
"""
GOOD = "apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {name: not-to-be-stored}\n"


def application(name: str = "shop", version: str = "1", groups: str = "[shops]") -> str:
    return APPLICATION % {"name": name, "version": version, "groups": groups}


def with_component(component: str) -> str:
    return f"""
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {{name: shop}}
spec:
  components: [{component}]
  policies: [{{name: where, type: topology, properties: {{clusters: [shops]}}}}]
"""


def with_objects(*objects: dict[str, Any]) -> str:
    return with_component(json.dumps({"name": "all", "type": "k8s-objects", "properties": {"objects": objects}}))


def config_map(name: str, text: str = "") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"text": text}}


def noise(length: int, seed: int) -> str:
    """Text that compresses to half its length, and always the same."""
    return "".join(hashlib.sha256(b"%d %d" % (seed, number)).hexdigest() for number in range(length // 64))


SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "stringData": {"password": "swordfish"}}
WEB = 'name: web, type: webservice, properties: {image: "registry.example/web:2"}'
SCALED = f"{{{WEB}, traits: [{{type: scalar, properties: {{replicas: 2}}}}]}}"
# Name of the case: (document, what the answer must say).
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "malformed YAML": ("kind: Application\nmetadata: {name: shop\nspec: [\n", ("-:7:5: error", "not valid YAML")),
    "a tab where YAML wants blanks": ("kind: Application\n\tmetadata: x\n", ("-:6:", "error")),
    "unknown kind": (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n",
        ("-:6:1: error", "kind: Pod: not a kind that is taken here"),
    ),
    "unknown field": (
        application().replace("\nspec:", "\nspce: {}\nspec:"),
        ("spce", "unknown field"),
    ),
    "wrong type": (
        application().replace("metadata: {name: shop}", "metadata: {name: 7}"),
        ("-:8:12: error", "metadata.name"),
    ),
    "wrong type of a property": (
        with_component("{name: web, type: webservice, properties: {image: [1, 2]}}"),
        ("spec.components[0].properties.image",),
    ),
    "duplicate component": (
        with_component(f"{{{WEB}}}, {{{WEB}}}"),
        ("spec.components[1].name", "duplicate component name 'web'", "also at spec.components[0]"),
    ),
    "unknown component type": (
        with_component("{name: web, type: webservce, properties: {image: x}}"),
        ("spec.components[0].type", "unknown component type 'webservce'", "known: webservice"),
    ),
    "unknown trait": (
        with_component(SCALED),
        ("spec.components[0].traits[0].type", "unknown trait type 'scalar'", "known: scaler"),
    ),
    "topology of no group": (
        application(groups="[shops, shosp]"),
        ("spec.policies[0].properties.clusters[1]", "there is no NodeGroup 'shosp'", "NodeGroups: shops"),
    ),
    "plain Secret": (with_objects(SECRET), ("spec.components[0]", "'keys' would travel in the clear", "annotation")),
    "a name that is no DNS label": (application(name="Shop_1"), ("metadata.name", "Shop_1", "DNS label")),
    "a group's name that is no DNS label": (GOOD.replace("not-to-be-stored", "no blanks"), ("metadata.name",)),
    "two groups, by the application": (
        application(groups="[shops, everywhere]"),
        ("default/shop", "would reach node 'site-a' by two groups", "'everywhere'", "'shops'"),
    ),
    "two groups, by the group": (
        FLEET.split("---")[1].replace("[site-b]", "[site-b, site-a]"),
        ("default/spread", "would reach node 'site-a' by two groups", "'plants'", "'shops'"),
    ),
    "two groups, by the node's label": (
        FLEET.split("---")[4].replace("name: site-a", "name: site-a, labels: {zone: north}"),
        ("default/spread", "would reach node 'site-a' by two groups", "'north'", "'shops'"),
    ),
    "too many objects": (
        with_objects(*(config_map(f"map-{number}") for number in range(1001))),
        ("spec.components", "1001 objects, and the limit is 1000 (max_objects)"),
    ),
    "a document of too many bytes": (
        with_objects(*(config_map(f"map-{number}", "x" * 300_000) for number in range(14))),
        ("-:", "and the limit is 4 MiB"),
    ),
    "a bundle of too many bytes": (
        with_objects(*(config_map(f"map-{number}", noise(700_000, number)) for number in range(5))),
        ("application default/shop in group shops", "and the limit is 1 MiB (max_encoded_bytes)"),
    ),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    require(Part.MOSQUITTO)
    with sites.desk(tmp_path_factory.mktemp("desk")) as started:
        started.controller.apply(FLEET)
        started.controller.apply(application(name="spread", groups="[shops, plants, north]"))
        yield started


def picture(desk: World) -> dict[str, Any]:
    """Everything that a refused apply could have changed."""
    return {path: desk.controller.ask(path) for path in ("/applications", "/groups", "/nodes", "/verdicts")}


def refused(desk: World, *arguments: str, stdin: str | None = None) -> tuple[int, str]:
    """The exit code and what was said; nothing has changed."""
    before = picture(desk)
    with pytest.raises(CommandFailed) as caught:
        desk.controller.cli(*arguments, stdin=stdin)
    assert picture(desk) == before
    assert "Traceback" not in caught.value.stderr
    return caught.value.code, " ".join(caught.value.stderr.split())


def accepted(desk: World, text: str) -> list[dict[str, Any]]:
    answer = desk.controller.ask("/apply", {"sources": [{"name": "-", "text": text}]})
    items: list[dict[str, Any]] = answer["items"]
    return items


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named_with_its_place_and_nothing_is_stored(desk: World, case: str) -> None:
    document, wanted = CASES[case]
    code, said = refused(desk, "apply", "-f", "-", stdin=f"{GOOD}---\n{document}")
    assert code == Exit.REFUSED
    assert [text for text in wanted if text not in said] == [], said
    assert "nothing was done" in said
    (again,) = accepted(
        desk, application(name="spread", version=case.replace(" ", "-"), groups="[shops, plants, north]")
    )
    assert again["change"] == "configured"


def test_every_error_of_form_is_shown_at_once(desk: World) -> None:
    first = application().replace("type: webservice", "typ: webservice")
    second = application().replace("\nspec:", "\nspce: {}\nspec:")
    code, said = refused(desk, "apply", "-f", "-", stdin=f"{GOOD}---\n{first}---\n{second}---\nkind: 7\n")
    assert code == Exit.REFUSED
    wanted = ("spec.components[0].typ:", "spec.components[0].type:", "spce:", "apiVersion:")
    assert [text for text in wanted if text not in said] == [], said


def test_every_error_of_content_is_shown_at_once(desk: World) -> None:
    first = with_component(f"{{name: job, type: webservce}}, {SCALED}")
    second = application(name="other", groups="[shosp]")
    code, said = refused(desk, "apply", "-f", "-", stdin=f"{GOOD}---\n{first}---\n{second}")
    assert code == Exit.REFUSED
    assert [text for text in ("webservce", "scalar", "shosp") if text not in said] == [], said


def test_a_wrong_token_is_refused_and_said_so(desk: World, tmp_path: Path) -> None:
    wrong = tmp_path / "token"
    wrong.touch(mode=0o600)
    wrong.write_text("pinnace-of-somebody-else")
    code, said = refused(desk, "apply", "--token-file", str(wrong), "-f", "-", stdin=GOOD)
    assert code == Exit.DENIED
    assert "token" in said
    assert "pinnace-of-somebody-else" not in said


@pytest.mark.parametrize(
    ("code", "says", "arguments"),
    [
        (Exit.USAGE, "no-such-file.yaml", ("apply", "-f", "no-such-file.yaml")),
        (Exit.USAGE, "--nonsense", ("apply", "--nonsense")),
        (Exit.NOT_FOUND, "nothing", ("status", "nothing")),
        (Exit.NOT_FOUND, "nowhere", ("journal", "nowhere")),
        (Exit.UNREACHABLE, "127.0.0.1:1", ("get", "nodes", "--server", "http://127.0.0.1:1")),
        (Exit.USAGE, "DNS label", ("token", "create", "no blanks")),
    ],
)
def test_exit_code_tells_what_kind_of_wrong_it_was(
    desk: World, code: Exit, says: str, arguments: tuple[str, ...]
) -> None:
    ended, said = refused(desk, *arguments)
    assert ended == code
    assert says in said
