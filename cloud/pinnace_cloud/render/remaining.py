"""What else is wrong with an Application whose envelope has errors, so that all of it is shown at once."""

from itertools import chain

from pinnace_cloud.render.engine import Purpose, Renderer
from pinnace_cloud.render.registry import Registry
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.manifest import Broken


def problems(
    broken: Broken, *, strict: bool, purpose: Purpose, registry: Registry | None = None
) -> tuple[Diagnostic, ...]:
    """With their lines; see `Renderer` for the arguments."""
    renderer = Renderer(broken.remains.application, strict=strict, purpose=purpose, registry=registry)
    found = dict.fromkeys(chain.from_iterable(rendering.diagnostics for rendering in renderer.each()))
    return tuple(broken.document.locate(item) for item in broken.remains.further(found))
