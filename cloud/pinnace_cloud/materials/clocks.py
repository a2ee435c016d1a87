"""Which templates of a chart read the clock. Rendering twice does not show it: both fall on the same day."""

import re
from collections.abc import Iterator

from pinnace_cloud.materials import packages
from pinnace_cloud.materials.packages import Files
from pinnace_schemas.errors import Rejected

# Functions of Helm's templates whose result is the time, inside of an action: {{ now | date "2006" }}.
_CLOCK = re.compile(rb"\{\{(?:(?!\}\}).)*(?<![\w.$\"-])(?:now|ago|htmlDate)(?![\w\"-])", re.DOTALL)
_COMMENT = re.compile(rb"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)


def readers(files: Files) -> Iterator[str]:
    """Paths of the templates, also of charts that are packed within the chart."""
    for path, data in files.items():
        if "/templates/" in f"/{path}" and _CLOCK.search(_COMMENT.sub(b"", data)):
            yield path
        elif path.endswith(".tgz") and "charts/" in path:
            yield from (f"{path}:{inner}" for inner in readers(_packed(data, path)))


def _packed(data: bytes, path: str) -> Files:
    """What cannot be opened is left to Helm to refuse."""
    try:
        return packages.unpack(data, path)
    except Rejected:
        return {}
