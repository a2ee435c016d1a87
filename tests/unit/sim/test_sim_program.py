"""`pinnace-sim` hands over to its commands, and says which there are."""

import pytest

from pinnace_sim.__main__ import COMMANDS, USAGE, main


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in COMMANDS)


@pytest.mark.parametrize(("words", "says"), [([], "which command?"), (["dance"], "'dance' is no command")])
def test_no_command_is_a_mistake_of_writing(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == USAGE
    assert capsys.readouterr().err.startswith(f"error: {says}\nusage: pinnace-sim COMMAND")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_shows_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out
