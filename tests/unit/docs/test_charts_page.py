"""The page about charts shows its example as it is, and names the numbers that hold."""

from tests.unit.docs import pages
from tests.unit.docs.pages import ROOT

from pinnace_cloud.adapters import programs
from pinnace_cloud.adapters.sandbox import Bounds
from pinnace_cloud.materials import charts, packages

PAGE = ROOT / "docs" / "charts.md"
MIB = 1024 * 1024


def test_the_files_of_the_example_are_those_of_the_page() -> None:
    shown = pages.excerpts(PAGE)
    assert set(shown) == {"docs/examples/charts/app.yaml", "docs/examples/charts/given.yaml"}
    assert {name: (ROOT / name).read_text(encoding="utf-8") for name in shown} == shown


def test_the_page_names_the_limits_and_the_version() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for said in (
        f"up to {packages.MAX_FOLDER_BYTES // MIB} MiB. It lies",
        f"over https, up to {packages.MAX_BYTES // MIB} MiB",
        f"a version of Kubernetes: {charts.KUBE_VERSION}",
        f"{programs.BOUNDS.memory_bytes // MIB // 1024} GiB of memory",
        f"{programs.BOUNDS.output_bytes // MIB} MiB of output",
    ):
        assert said in text


def test_the_page_about_definitions_names_the_bounds_of_a_template() -> None:
    text = " ".join((ROOT / "docs" / "definitions.md").read_text(encoding="utf-8").split())
    bounds = Bounds()
    times = f"limits: {bounds.wall_s:g} s, {bounds.cpu_s} s of processor time"
    assert f"{times}, {bounds.memory_bytes // MIB} MiB of memory, {bounds.output_bytes // MIB} MiB of output" in text
