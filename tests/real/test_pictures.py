"""The pictures of the README can be drawn anew: the demo in a terminal, and a watch on what it leaves running."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "docs" / "pictures.py"


@pytest.mark.real
def test_pictures_are_drawn_of_what_really_runs(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("demo", "status"):
        shown = "".join(ElementTree.parse(tmp_path / f"{name}.svg").getroot().itertext()).replace("\xa0", " ")
        assert all(word in shown for word in ("kiosk r2", "north r2", "south r2", "▼r2", "✔", "█", "healed"))
