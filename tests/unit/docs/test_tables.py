"""`docs/tables.py --check` finds what a person forgot: a page that differs, a thing without a text."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
DEADLINE_S = 60


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    for path in (*DOCS.glob("*.py"), *DOCS.glob("*.md")):
        shutil.copy(path, tmp_path)
    return tmp_path


def check(docs: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(docs / "tables.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=DEADLINE_S)


@pytest.mark.slow
def test_page_that_was_edited_by_hand_is_named(docs: Path) -> None:
    page = docs / "states.md"
    page.write_text(page.read_text(encoding="utf-8").replace("| Pending |", "| Waiting |"), encoding="utf-8")
    answer = check(docs)
    assert answer.returncode == 1
    assert "states.md" in answer.stderr


@pytest.mark.slow
def test_page_that_is_missing_is_named(docs: Path) -> None:
    (docs / "reasons.md").unlink()
    answer = check(docs)
    assert answer.returncode == 1
    assert "reasons.md" in answer.stderr


@pytest.mark.slow
def test_setting_without_a_text_is_named(docs: Path) -> None:
    words = docs / "words.py"
    words.write_text(words.read_text(encoding="utf-8").replace('"keepalive_s"', '"keepalive"'), encoding="utf-8")
    answer = check(docs)
    assert answer.returncode == 1
    assert "keepalive_s" in answer.stderr
