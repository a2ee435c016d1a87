"""The systemd units of deploy/ have no line that systemd does not understand."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"


@pytest.mark.parametrize("name", ["pinnace.service", "pinnace-edge.service"])
def test_systemd_understands_every_line_of_the_unit(name: str, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine")
    unit = tmp_path / name
    text = (UNITS / name).read_text(encoding="utf-8")
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text), encoding="utf-8")
    answer = subprocess.run([program, "verify", unit], capture_output=True, text=True, check=False, timeout=60)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("name", ["pinnace.service", "pinnace-edge.service"])
def test_unit_is_started_again_for_ever_and_gains_no_privileges(name: str) -> None:
    lines = set((UNITS / name).read_text(encoding="utf-8").splitlines())
    assert {"Restart=always", "StartLimitIntervalSec=0", "NoNewPrivileges=yes", "ProtectSystem=strict"} <= lines
    assert "MemoryMax=96M" in lines or name != "pinnace-edge.service"
