"""Which templates of a chart read the clock. Rendering twice does not show it: both fall on the same day."""

import re
from collections.abc import Iterable, Iterator

# Functions of Helm's templates whose result is the time, inside of an action: {{ now | date "2006" }}.
_CLOCK = re.compile(rb"\{\{(?:(?!\}\}).)*(?<![\w.$\"-])(?:now|ago|htmlDate)(?![\w\"-])", re.DOTALL)
_COMMENT = re.compile(rb"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)


def readers(files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """Paths of the templates. Takes files as `packages.opened` gives them."""
    for path, data in files:
        if "/templates/" in f"/{path}" and _CLOCK.search(_COMMENT.sub(b"", data)):
            yield path
