"""Every command of ours that a document lets its reader type exists, with these flags; and bash can read the block."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.unit.docs import pages
from tests.unit.docs.pages import Block
from typer.core import TyperGroup

from pinnace_cloud.cli.app import app
from pinnace_edge.__main__ import parser

BLOCKS = [block for page in pages.PAGES for block in pages.commands(page)]
# Not what is piped, compared or listed after a command; `\` joins lines.
_END = re.compile(r"\s(?:\||&&|\|\||;|>>?|2>|<|&|#)(?:\s|$)")
_VALUE = re.compile(r"\$\([^()]*\)")
_STARTS = re.compile(r"(?:^|[|;&(]\s*|\$\(|-- )(pinnace(?:-edge)?) ", re.MULTILINE)


def typed(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Program and words of each command of ours in a block, here-documents left out."""
    text = re.sub(r"<<'?(\w+)'?\n.*?^\1$", "", block.text, flags=re.MULTILINE | re.DOTALL).replace("\\\n", " ")
    for match in _STARTS.finditer(text):
        line = _VALUE.sub("VALUE", text[match.end() :].split("\n", 1)[0])
        words = shlex.split(_END.split(f"{line} ", maxsplit=1)[0].rstrip(' )"`&;'))
        yield match[1], words


OURS = [(block.place, program, words) for block in BLOCKS for program, words in typed(block)]


@pytest.mark.parametrize(("place", "program", "words"), OURS, ids=[f"{item[0]} {item[2][0]}" for item in OURS])
def test_command_is_read_by_its_program(place: str, program: str, words: list[str]) -> None:
    if words == ["--version"]:
        return
    if program == "pinnace":
        parse_pinnace(words)
    else:
        parser().parse_args(words)


def parse_pinnace(words: list[str]) -> None:
    """Reads the words without running the command; raises typer's error for what does not exist or is missing."""
    group = typer.main.get_command(app)
    context = typer.Context(group)
    while isinstance(group, TyperGroup) and not words[0].startswith("-"):
        name, *words = words
        command = group.get_command(context, name)
        assert command is not None, f"no command {name}"
        group = command
    group.make_context("pinnace", words)


@pytest.mark.parametrize("page", pages.PAGES, ids=[page.name for page in pages.PAGES])
def test_what_a_page_lets_its_reader_type_is_a_script_that_a_shell_can_read(page: Path) -> None:
    script = "\n".join(block.text for block in pages.commands(page))
    answer = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
