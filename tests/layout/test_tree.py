"""Rules of the tree itself: short files, and nothing that ties it to one machine or one registry."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("cloud", "edge", "schemas", "simulators")
MOST_LINES = 350
# Paths of a person's or a build machine's own, and hosts from which packages and images come. The parts are joined
# here so that this file does not find itself. `nocalhost-dev` is the folder that its containers have.
PATHS = "|".join(("/" + "work/", "/tmp/" + "venv", "/" + "home/(?!nocalhost-dev)[a-z]"))
HOSTS = "|".join(
    re.escape(".".join(parts))
    for parts in (
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("k8s", "io/", "pause"),
        ("registry", "k8s", "io"),
        ("public", "ecr", "aws"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("proxy", "golang", "org"),
        ("npmjs", "org"),
    )
)


def tracked() -> list[Path]:
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in answer.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_module_is_so_long_that_it_should_be_two() -> None:
    modules = [path for folder in PACKAGES for path in (ROOT / folder).rglob("*.py")]
    lengths = {str(path.relative_to(ROOT)): len(text_of(path).splitlines()) for path in modules}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


@pytest.mark.parametrize("pattern", [PATHS, HOSTS], ids=["machine paths", "registry hosts"])
def test_nothing_names_a_machine_path_or_a_registry(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.name != "go.sum" and (match := re.search(pattern, text_of(path)))
    ]
    assert found == []


def test_kubernetes_package_is_loaded_in_one_place_of_the_daemon() -> None:
    """Loaded by name, so the import contracts do not see it."""
    pattern = re.compile(r"^\s*(?:from|import) kubernetes\b|import_module\(.kubernetes", re.MULTILINE)
    modules = [path for folder in PACKAGES for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in modules if pattern.search(text_of(path))] == ["lean.py"]
