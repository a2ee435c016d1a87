"""Compares what a command printed with what a page shows, but for what differs from run to run. Pure.

Times, ages, addresses, sizes, process and entry numbers match others of their kind; blanks match blanks; empty lines
do not count. A line `...` stands for any lines.
"""

import re

_AGE = r"\d+(?:\.\d+)? ?(?:ms|s|min|m|h|d)(?![A-Za-z])"
_ALIKE = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?", "TIME"),
    (rf"\b(?:{_AGE} ?)+(?:ago\b)?|\bnow\b", "AGE "),
    (r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b", "ADDRESS"),
    (r"\b\d+(?:\.\d+)? (?:B|KiB|MiB)(?!\w)", "SIZE"),
    (r"\bprocess \d+\b", "process NUMBER"),
    (r"^\[\d+\] \d+$", "[JOB] NUMBER"),
    (r"\b[0-9a-f]{12,64}\b", "DIGEST"),
    (r"^ *\d+ +TIME", "NUMBER TIME"),
    (r"\s+", " "),
)
ANY_LINES = "..."


def matches(shown: str, printed: str) -> bool:
    """Whether `printed` is what the page shows."""
    return re.fullmatch(_pattern(shown), "".join(f"{line}\n" for line in _plain(printed))) is not None


def _pattern(shown: str) -> str:
    lines = (r"(?:.*\n)*" if line == ANY_LINES else re.escape(line) + r"\n" for line in _plain(shown))
    return "".join(lines)


def _plain(text: str) -> list[str]:
    """The lines that count, with what varies named by its kind."""
    return [line for line in map(_alike, text.splitlines()) if line]


def _alike(line: str) -> str:
    for pattern, name in _ALIKE:
        line = re.sub(pattern, name, line)
    return line.strip()
