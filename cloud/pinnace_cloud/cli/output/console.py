"""The two streams. Colour and movement only on a terminal, and never where NO_COLOR or TERM=dumb ask for none."""

import sys

from rich.console import Console
from rich.text import Text


def out() -> Console:
    """Answers."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)


def err() -> Console:
    """Everything else."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def say(text: str) -> None:
    """One line of an answer, as it is."""
    sys.stdout.write(f"{clean(text)}\n")


def note(text: str) -> None:
    """One line beside the answer."""
    err().print(Text(clean(text)))


def clean(text: str) -> str:
    """Without control characters: messages come from sites, and a terminal obeys what it is sent."""
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return " " if sign in "\n\t" else sign.encode("unicode_escape").decode("ascii")
