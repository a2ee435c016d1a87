"""The program `pinnace-edge`: wrong settings are named once, with no advice that does not fit."""

from pathlib import Path

import pytest

from pinnace_edge.__main__ import Exit, main


def test_a_settings_file_that_is_missing_is_named_and_nothing_is_said_of_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "edge.toml"
    assert main(["--config", str(missing), "status"]) == Exit.REFUSED
    said = capsys.readouterr().err
    assert said == f"pinnace-edge: {missing}: there is no such file; check --config and PINNACE_EDGE_CONFIG\n"


@pytest.mark.parametrize("text", ["-1", "0", "nan", "inf", "soon"])
def test_a_time_that_nobody_can_wait_for_is_a_wrong_command_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["join", "--timeout", text, "TOKEN"])
    assert ended.value.code == Exit.USAGE
    assert "--timeout" in capsys.readouterr().err
