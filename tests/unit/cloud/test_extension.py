"""A package of others, installed beside Pinnace: its types are known like Pinnace's own.

It is the package that docs/extending.md shows, built as a wheel and unpacked where a process of its own imports from.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from pinnace_cloud.cli.exits import Exit

PACKAGE = Path(__file__).parents[3] / "docs" / "examples" / "extension"
APPLICATION = PACKAGE / "application.yaml"
DEADLINE_S = 60


@dataclass(frozen=True)
class Installation:
    """A folder of packages that is looked through before the others."""

    folder: Path

    def run(self, *arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """`pinnace`, in a process of its own."""
        known = {**os.environ, "PYTHONPATH": str(self.folder)}
        command = [sys.executable, "-m", "pinnace_cloud", *map(str, arguments)]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, check=False, timeout=DEADLINE_S, env=known
        )

    def answer(self, *arguments: str | Path) -> str:
        """What a command prints that says nothing else."""
        done = self.run(*arguments)
        assert (done.returncode, done.stderr) == (Exit.OK, "")
        return done.stdout

    def add(self, name: str, source: str, *points: str) -> None:
        """A module with entry points, each `SORT = OBJECT`, as a distribution of the same name."""
        (self.folder / f"{name}.py").write_text(source)
        about = self.folder / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        pairs = [point.split(" = ") for point in points]
        lines = [f"[pinnace.{group}]\n{name} = {name}:{value}\n" for group, value in pairs]
        (about / "entry_points.txt").write_text("".join(lines))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = shutil.copytree(PACKAGE, folder / "source")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=DEADLINE_S)
    return next(folder.glob("*.whl"))


@pytest.fixture
def installation(wheel: Path, tmp_path: Path) -> Installation:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    return Installation(tmp_path)


def imports() -> Iterator[str]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                yield str(node.module)


def test_the_package_imports_nothing_of_pinnace_but_the_facade() -> None:
    ours = {name for name in imports() if name.startswith("pinnace")}
    assert ours == {"pinnace_cloud.extension"}


@pytest.mark.slow
def test_its_types_are_listed_with_its_name(installation: Installation) -> None:
    found = json.loads(installation.answer("types", "-o", "json"))
    theirs = [(item["sort"], item["name"]) for item in found if item["distribution"] == "acme-pinnace"]
    assert theirs == [("component", "pages"), ("trait", "node-pool"), ("policy", "mirror"), ("step", "ring")]


@pytest.mark.slow
def test_its_types_are_explained(installation: Installation) -> None:
    assert installation.answer("explain", "pages.texts").splitlines() == [
        "COMPONENT  pages (acme-pinnace)",
        "FIELD  texts <map of texts>",
        "",
        "Pages by the name of their file.",
    ]


@pytest.mark.slow
def test_its_types_are_in_the_schema_of_an_application(installation: Installation) -> None:
    found = json.loads(installation.answer("schema"))["$defs"]
    for place, name in {"Component": "pages", "Trait": "node-pool", "Policy": "mirror", "Step": "ring"}.items():
        assert name in found[place]["properties"]["type"]["enum"]
    assert "ring" in found["step.RingParameters"]["properties"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("topology", "image"), [("to-pilots", "mirror.acme.example/nginx:1.29"), ("to-shops", "nginx:1.29")]
)
def test_its_types_render(installation: Installation, topology: str, image: str) -> None:
    done = installation.run("render", "-f", APPLICATION, "--topology", topology)
    assert done.returncode == Exit.OK, done.stderr
    server, texts = yaml.safe_load_all(done.stdout)
    pod = server["spec"]["template"]["spec"]
    assert (pod["containers"][0]["image"], pod["nodeSelector"]) == (image, {"acme.example/pool": "kiosks"})
    assert (texts["kind"], texts["data"]) == ("ConfigMap", {"index.html": "<h1>Welcome</h1>"})


BROKEN: dict[str, Any] = {
    "apiVersion": "core.oam.dev/v1beta1",
    "kind": "Application",
    "metadata": {"name": "welcome"},
    "spec": {
        "components": [
            {
                "name": "welcome",
                "type": "pages",
                "properties": {"txets": {}, "image": 1},
                "traits": [{"type": "node-pool", "properties": {"pol": "kiosks"}}],
            }
        ],
        "policies": [{"name": "m", "type": "mirror", "properties": {"registri": "x"}}],
        "workflow": {"steps": [{"type": "ring", "properties": {"ring": "moon"}}]},
    },
}


@pytest.mark.slow
def test_mistakes_in_their_properties_are_shown_with_place_and_nearest_name(installation: Installation) -> None:
    done = installation.run("render", "-f", "-", stdin=json.dumps(BROKEN))
    assert done.returncode == Exit.REFUSED
    said = {line.partition(": ")[2].partition(" [")[0] for line in done.stderr.splitlines()}
    component = "spec.components[0].properties"
    policy = "spec.policies[0].properties"
    trait = "spec.components[0].traits[0].properties"
    assert {
        f"warning: {component}.txets: unknown field 'txets' (did you mean 'texts'?)",
        f"error: {component}.texts: is required",
        f"error: {component}.image: must be a text, got the number 1 (put it in quotes)",
        f"warning: {trait}.pol: unknown field 'pol' (did you mean 'pool'?)",
        f"error: {trait}.pool: is required",
        f"error: {policy}.registri: unknown field 'registri' (did you mean 'registry'?)",
        f"error: {policy}.registry: is required",
        "error: spec.workflow.steps[0].properties.ring: must be 'pilots' or 'shops', got the text 'moon'",
    } <= said
    strict = installation.run("render", "--strict", "-f", "-", stdin=json.dumps(BROKEN)).stderr
    assert f"error: {component}.txets: unknown field 'txets'" in strict


FAILING = """
from acme_pinnace.components import PagesParameters

class Failing:
    name = "failing"
    parameters = PagesParameters

    def render(self, context, parameters):
        BODY

TYPE = Failing()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('raise LookupError("a slip of the pen")', "LookupError: a slip of the pen\n"),
        ("pass", "TypeError: returned NoneType, not an Output\n"),
    ],
)
def test_a_bug_in_a_type_says_whose_it_is(installation: Installation, body: str, said: str) -> None:
    installation.add("failing", FAILING.replace("BODY", body), "components = TYPE")
    application = APPLICATION.read_text("utf-8").replace("type: pages", "type: failing")
    done = installation.run("render", "-f", "-", "--topology", "to-shops", stdin=application)
    assert done.returncode == Exit.BUG
    assert said in done.stderr
    assert "in the type 'failing' (failing.Failing), component 'welcome'\n" in done.stderr


@pytest.mark.slow
def test_packages_that_are_broken_are_all_named_and_nothing_is_rendered(installation: Installation) -> None:
    installation.add("gone", "import nowhere_to_be_found", "traits = TRAIT")
    installation.add("twin", "from acme_pinnace.components import COMPONENTS", "components = COMPONENTS")
    done = installation.run("render", "-f", APPLICATION, "--topology", "to-shops")
    assert (done.returncode, done.stdout) == (Exit.REFUSED, "")
    twice = "given twice, also by acme-pinnace; rename one of them, or uninstall one"
    problems = [
        f"twin: error: the component type 'pages' is {twice}",
        "gone (gone:TRAIT): error: cannot be loaded: ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    ]
    assert done.stderr.splitlines() == [*problems, "error: 2 errors; nothing was done"]
    listed = installation.run("types")
    assert (listed.returncode, listed.stderr) == (Exit.REFUSED, done.stderr)
    assert "node-pool" in listed.stdout


@pytest.mark.slow
def test_a_controller_with_a_broken_package_does_not_start(installation: Installation) -> None:
    installation.add("gone", "import nowhere_to_be_found", "steps = STEP")
    done = installation.run("serve")
    assert done.returncode == Exit.REFUSED
    assert done.stderr.startswith("gone (gone:STEP): error: cannot be loaded: ModuleNotFoundError")
