"""What else is wrong with an Application whose envelope has errors, so that all of it is shown at once."""

from itertools import chain

from pinnace_cloud.render.engine import Purpose, Renderer
from pinnace_cloud.render.registry import Registry
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.manifest import Broken
from pinnace_schemas.reasons import Reason


def problems(
    broken: Broken, *, strict: bool, purpose: Purpose, registry: Registry | None = None
) -> tuple[Diagnostic, ...]:
    """With their lines; see `Renderer` for the arguments. Nobody is asked for anything: what is open is not wrong."""
    renderer = Renderer(broken.remains.application, strict=strict, purpose=purpose, registry=registry)
    every = chain.from_iterable(rendering.diagnostics for rendering in renderer.each())
    found = dict.fromkeys(item for item in every if item.reason is not Reason.UNAVAILABLE)
    return tuple(broken.document.locate(item) for item in broken.remains.further(found))
