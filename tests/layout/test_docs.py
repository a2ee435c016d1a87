"""The documents are true where a machine can tell: printed tables, links, names of commands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*DOCS, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PROGRAM = re.compile(r"(?:^|[`$(]| )(pinnace(?:-edge)?) ([a-z][a-z-]*[a-z])(?![\w.-])", re.MULTILINE)
# Words after a program's name in running text that are no commands.
PROSE = frozenset({"and", "asks", "is", "says", "what"})
DEADLINE_S = 60


def names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


def slugs(page: Path) -> set[str]:
    """Anchors of the headings, made as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.slow
def test_printed_tables_are_those_of_the_code() -> None:
    answer = subprocess.run(
        [sys.executable, ROOT / "docs" / "tables.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in slugs(target)):
            broken.append(link)
    assert broken == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index] == []


def test_changelog_has_a_place_for_what_is_not_released() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    from pinnace_cloud.cli.app import Commands

    known = {"pinnace": set(Commands.entries), "pinnace-edge": {"run", "join", "status"}}
    text = page.read_text(encoding="utf-8")
    asked = {(program, word) for program, word in PROGRAM.findall(text) if word not in PROSE}
    assert {(program, word) for program, word in asked if word not in known[program]} == set()
