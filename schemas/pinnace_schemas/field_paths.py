"""Paths that people write to name a field of a Kubernetes object: `spec.template.spec.containers[0].resources`.

As in KubeVela: names with dots stand in brackets (`metadata.annotations[example.com/size]`), and so do the numbers of
list items. No wildcards.
"""

import re

Parts = tuple[str | int, ...]

_PART = re.compile(r"\[(\d{1,6})\]|\[([^\[\]*]+)\]|(?:^|(?<=.)\.)([^.\[\]*]+)")


def parse(text: str) -> Parts:
    """Its parts, never none. Raises ValueError for what is no path."""
    parts: list[str | int] = []
    end = 0
    for match in _PART.finditer(text):
        if match.start() != end:
            break
        number, quoted, plain = match.groups()
        parts.append(int(number) if number else (quoted or plain).strip("\"'"))
        end = match.end()
    if not parts or end != len(text):
        raise ValueError(f"'{text}' is no path of a field")
    return tuple(parts)
