"""Prints a digest for each file whose path is read from stdin: of all that its Applications render to, and of all that
is said of them. A program of its own, which needs nothing but what renders.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from pinnace_cloud.render import Purpose, Renderer, output
from pinnace_schemas import codec, manifest
from pinnace_schemas.diagnostics import Severity


def said(path: Path) -> Iterator[str]:
    """Every byte that could differ: documents as they print and as they travel, and diagnostics in their order."""
    read = manifest.read(path.read_text(encoding="utf-8"), path.name, unknown_fields=Severity.WARNING)
    yield from map(str, read.diagnostics)
    for application, document in manifest.applications(read):
        renderer = Renderer(application, purpose=Purpose.PRINT)
        for topology in renderer.targets.chosen or (None,):
            rendering = renderer.render(topology)
            yield str(topology)
            yield output.to_yaml(rendering.rendered)
            yield codec.canonical(list(rendering.objects)).decode()
            yield from (str(document.locate(item)) for item in rendering.diagnostics)


def main() -> None:
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        digest = hashlib.sha256("\n".join(said(path)).encode()).hexdigest()
        sys.stdout.write(f"{digest}  {path}\n")


if __name__ == "__main__":
    main()
