"""What each extra brings: a site works without the controller's libraries, and a program names what it lacks.

Each case runs in a process of its own, in which the blocked libraries cannot be imported.
"""

import subprocess
import sys

import pytest

BLOCKER = """
import sys
from importlib.abc import MetaPathFinder

class Blocker(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
"""
IMPORT_ALL = """
import importlib, pkgutil, {package}
for module in pkgutil.walk_packages({package}.__path__, "{package}."):
    if not module.name.endswith("__main__") and not module.name.startswith({without!r}):
        importlib.import_module(module.name)
"""
RUN = """
import sys
from {package}.__main__ import main
sys.argv = {arguments!r}
sys.exit(main())
"""
NOT_AT_A_SITE = {
    "aiomqtt",
    "apscheduler",
    "fastapi",
    "httpx",
    "nacl",
    "prometheus_client",
    "rich",
    "starlette",
    "typer",
    "uvicorn",
}
NOT_WITH_THE_CLI = {
    "apscheduler",
    "cryptography",
    "fastapi",
    "kubernetes",
    "nacl",
    "paho",
    "prometheus_client",
    "securesystemslib",
    "sqlite_utils",
    "starlette",
    "tuf",
    "urllib3",
    "uvicorn",
    "zstandard",
}
# These run a controller, which takes the extra [cloud].
CONTROLLER_COMMANDS = tuple(f"pinnace_cloud.cli.commands.{name}" for name in ("api_token", "backup", "keys", "serve"))
DEADLINE_S = 60

pytestmark = pytest.mark.slow


def run(blocked: set[str], program: str) -> subprocess.CompletedProcess[str]:
    code = BLOCKER.format(blocked=blocked) + program
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE_S)


@pytest.mark.parametrize(
    ("package", "blocked", "without"),
    [
        ("pinnace_edge", NOT_AT_A_SITE | {"pinnace_cloud", "pinnace_sim"}, ()),
        ("pinnace_cloud.cli", NOT_WITH_THE_CLI | {"pinnace_edge", "pinnace_sim"}, CONTROLLER_COMMANDS),
        ("pinnace_cloud.render", NOT_WITH_THE_CLI | {"typer", "rich", "httpx"}, ()),
        ("pinnace_schemas", NOT_WITH_THE_CLI | NOT_AT_A_SITE, ()),
    ],
)
def test_package_needs_nothing_but_its_own_extra(package: str, blocked: set[str], without: tuple[str, ...]) -> None:
    answer = run(blocked, IMPORT_ALL.format(package=package, without=without))
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize(
    ("package", "blocked", "arguments", "extra"),
    [
        ("pinnace_cloud", {"typer", "rich", "httpx", "yaml"}, ["pinnace", "get", "nodes"], "pinnace[cli]"),
        ("pinnace_cloud", NOT_WITH_THE_CLI, ["pinnace", "serve"], "pinnace[cloud]"),
        ("pinnace_cloud", NOT_WITH_THE_CLI, ["pinnace", "keys", "init"], "pinnace[cloud]"),
        ("pinnace_edge", {"paho", "tuf", "kubernetes", "sqlite_utils"}, ["pinnace-edge", "run"], "pinnace[edge]"),
        ("pinnace_sim", {"typer", "rich", "httpx"}, ["pinnace-sim", "demo"], "pinnace[demo]"),
        ("pinnace_edge", {"paho", "tuf", "kubernetes", "sqlite_utils"}, ["pinnace-edge", "status"], "pinnace[edge]"),
    ],
)
def test_program_names_the_extra_that_is_missing(
    package: str, blocked: set[str], arguments: list[str], extra: str
) -> None:
    answer = run(blocked, RUN.format(package=package, arguments=arguments))
    assert answer.returncode not in (0, 1)
    assert f"pip install '{extra}'" in answer.stderr
    assert "Traceback" not in answer.stderr
