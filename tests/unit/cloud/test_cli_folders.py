"""Folders that go along with a file: what is packed, and what is never read."""

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer
from tests.unit.cloud.controllers import MemoryController
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli import folders
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.materials import packages
from pinnace_schemas import api

TEXT = """\
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - {name: web, type: helmchart, properties: {chart: {source: ./chart/}}}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder `apps` with a file and a chart; beside it something that is nobody's business."""
    chart = tmp_path / "apps" / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("name: shop\n")
    (chart / "templates" / "a.yaml").write_bytes(b"\xff")
    (tmp_path / "apps" / "app.yaml").write_text(TEXT)
    (tmp_path / "secret").write_text("secret")
    return tmp_path


def read(place: Path, text: str = TEXT) -> dict[str, bytes]:
    (folder,) = folders.read([api.Source(name=str(place / "apps" / "app.yaml"), text=text)])
    assert folder.source == str(place / "apps" / "app.yaml")
    assert folder.path == "./chart"
    return {name: base64.b64decode(data) for name, data in folder.files.items()}


def refused(place: Path, text: str = TEXT) -> str:
    with pytest.raises(typer.BadParameter) as error:
        read(place, text)
    return str(error.value)


def test_all_files_of_the_folder_go_along_in_order(place: Path) -> None:
    assert list(read(place).items()) == [("Chart.yaml", b"name: shop\n"), ("templates/a.yaml", b"\xff")]


def test_history_of_version_control_stays_behind(place: Path) -> None:
    (place / "apps" / "chart" / ".git").mkdir()
    (place / "apps" / "chart" / ".git" / "config").write_text("")
    (place / "apps" / "chart" / ".helmignore").write_text("")
    assert set(read(place)) == {".helmignore", "Chart.yaml", "templates/a.yaml"}


@dataclass
class Recording(MemoryController):
    """Remembers requests as they came through the API."""

    requests: list[api.ApplyRequest] = field(default_factory=list)

    def apply(self, request: api.ApplyRequest, actor: str) -> api.ApplyResponse:
        self.requests.append(request)
        return super().apply(request, actor)

    def diff(self, request: api.ApplyRequest) -> api.DiffResponse:
        self.requests.append(request)
        return super().diff(request)


@pytest.mark.parametrize("command", ["apply", "diff"])
def test_folder_and_wish_to_look_again_reach_the_controller(shell: Shell, place: Path, command: str) -> None:
    controller = Recording()
    shell.use(controller)
    file = str(place / "apps" / "app.yaml")
    shell.run(command, "-f", file, "--refresh")
    shell.run(command, "-f", file)
    assert [request.refresh for request in controller.requests] == [True, False]
    (folder,) = controller.requests[0].folders
    assert (folder.source, folder.path, set(folder.files)) == (file, "./chart", {"Chart.yaml", "templates/a.yaml"})


def test_file_without_a_folder_sends_none() -> None:
    assert folders.read([api.Source(name="a.yaml", text=TEXT.replace("./chart/", "postgresql"))]) == ()


def test_link_within_the_folder_is_read_as_a_file(place: Path) -> None:
    (place / "apps" / "chart" / "values.yaml").symlink_to("Chart.yaml")
    assert read(place)["values.yaml"] == b"name: shop\n"


@pytest.mark.parametrize("target", ["../../secret", "/etc/hostname", "../app.yaml"])
def test_link_that_leads_out_is_refused(place: Path, target: str) -> None:
    (place / "apps" / "chart" / "values.yaml").symlink_to(target)
    assert "leads out of its folder" in refused(place)


def test_link_to_a_folder_is_refused(place: Path) -> None:
    (place / "apps" / "chart" / "more").symlink_to("templates")
    assert "no plain file" in refused(place)


def test_folder_that_is_a_link_to_elsewhere_is_refused(place: Path) -> None:
    (place / "elsewhere").mkdir()
    (place / "apps" / "other").symlink_to(place / "elsewhere")
    assert "leads out" in refused(place, TEXT.replace("./chart/", "./other"))


def test_path_that_leads_out_is_never_read(place: Path) -> None:
    source = api.Source(name=str(place / "apps" / "app.yaml"), text=TEXT.replace("./chart/", "../secret"))
    assert folders.read([source]) == ()


def test_what_is_no_file_is_refused(place: Path) -> None:
    os.mkfifo(place / "apps" / "chart" / "pipe")
    assert "no plain file" in refused(place)


def test_folder_that_is_not_there_is_shown_at_its_place_with_everything_else(shell: Shell, place: Path) -> None:
    file = place / "apps" / "app.yaml"
    file.write_text(TEXT.replace("./chart/", "./none") + "    - {name: other, type: unheard}\n", encoding="utf-8")
    assert folders.read([api.Source(name=str(file), text=file.read_text(encoding="utf-8"))]) == ()

    done = shell.run("render", "-f", str(file))

    assert done.code == Exit.REFUSED
    assert "no such folder came along" in done.err
    assert "unheard" in done.err


def test_empty_folder_is_refused(place: Path) -> None:
    (place / "apps" / "empty").mkdir()
    assert "no file" in refused(place, TEXT.replace("./chart/", "./empty"))


def test_folder_beyond_the_limit_is_refused_before_it_is_read(place: Path) -> None:
    with (place / "apps" / "chart" / "large").open("wb") as stream:
        stream.truncate(packages.MAX_FOLDER_BYTES + 1)
    assert str(packages.MAX_FOLDER_BYTES) in refused(place)
