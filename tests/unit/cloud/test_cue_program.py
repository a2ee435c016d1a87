"""Which program `cue` is taken: what a setting names is looked at before it is asked about definitions."""

import os
from pathlib import Path

import pytest
from tests.unit.cloud.shells import Shell

from pinnace_cloud import workshop
from pinnace_cloud.adapters.cue import program
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.errors import PartMissing
from pinnace_cloud.workshop import Programs
from pinnace_schemas.reasons import Reason

FOLDER = Path(__file__).parent / "definitions"


def script(folder: Path, text: str, name: str = "cue") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def refusal(named: Path) -> str:
    with pytest.raises(PartMissing) as caught:
        program.locate(named, {})
    assert caught.value.reason is Reason.PART_MISSING
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("echo cue version v0.9.0; echo go version go1.24", "says 'cue version v0.9.0' of its version"),
        ("echo 'GNU sed 4.9'", "says 'GNU sed 4.9' of its version"),
        ("echo unknown option version >&2; exit 1", "says 'unknown option version' of its version"),
        ("printf '\\033[31mred'", "says '[31mred' of its version"),
        ("exit 0", "says nothing of its version"),
    ],
)
def test_another_program_is_refused_with_its_setting_its_place_and_what_it_said(
    tmp_path: Path, text: str, told: str
) -> None:
    named = script(tmp_path, text)
    assert refusal(named).startswith(
        f"cue_program (PINNACE_CUE) is to name the program cue v0.14.1, but {named} {told}."
    )
    assert "go install cuelang.org/go/cmd/cue@v0.14.1" in refusal(named)


def test_what_is_no_program_is_refused_with_why(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("cue version v0.14.1\n", encoding="utf-8")
    assert "cannot be started: Permission denied" in refusal(text)
    assert "is no file" in refusal(tmp_path)
    assert "cannot be read: No such file or directory" in refusal(tmp_path / "none")


def test_a_program_is_asked_for_its_version_once_and_again_when_it_is_another_one(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    named = script(tmp_path, f"echo asked >>{asked}; echo cue version v0.14.2")
    assert [program.locate(named, {}) for _ in range(3)] == [named] * 3
    assert asked.read_text() == "asked\n"
    script(tmp_path, "echo cue version v0.15.0 of another size")
    assert "v0.15.0" in refusal(named)


def test_a_program_that_is_named_from_here_is_found_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "echo cue version v0.14.1")
    monkeypatch.chdir(tmp_path)
    assert program.locate(Path("cue"), {}) == tmp_path / "cue"


def test_the_settings_of_a_controller_are_checked_before_it_starts(tmp_path: Path) -> None:
    workshop.check(Programs(), {"PATH": str(tmp_path)})  # nobody may ever need it
    with pytest.raises(PartMissing, match="cue_program"):
        workshop.check(Programs(cue=tmp_path / "none"), os.environ)


@pytest.mark.parametrize("command", [("types",), ("explain", "kiosk"), ("render",)])
def test_a_variable_that_names_another_program_is_no_bug(
    shell: Shell, tmp_path: Path, command: tuple[str, ...]
) -> None:
    named = str(script(tmp_path, "exit 0"))
    ended = shell.run(*command, "-f", str(FOLDER / "kiosk.yaml"), PINNACE_CUE=named)
    assert ended.code == Exit.REFUSED
    assert f"PINNACE_CUE) is to name the program cue v0.14.1, but {named} says nothing" in ended.err
