"""Which topology of an Application is shown where one rendering is asked for: the one that is named, or all if they are
alike. Environments count only where they are named, as in a dry run of KubeVela.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from pinnace_cloud.materials.needs import NOTHING, Materials
from pinnace_cloud.render.engine import Purpose, Renderer, Rendering
from pinnace_cloud.render.registry import Registry
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason


def render(
    application: Application,
    topology: str | None = None,
    *,
    strict: bool = False,
    purpose: Purpose = Purpose.APPLY,
    registry: Registry | None = None,
    materials: Materials = NOTHING,
) -> Rendering:
    """The objects for one topology of the Application; None as in `rendering`. See `Renderer`."""
    renderer = Renderer(application, strict=strict, purpose=purpose, registry=registry, materials=materials)
    return rendering(renderer, topology)


def rendering(renderer: Renderer, topology: str | None = None) -> Rendering:
    """The objects for one topology; None where there is none, or all are alike. Without one that is named, environments
    leave the components as they are written.
    """
    topology, problems = _choice(renderer, topology)
    made = renderer.render(topology)
    if not diagnostics.errors(problems):
        return replace(made, diagnostics=(*made.diagnostics, *problems)) if problems else made
    # Nothing is shown, so that all that is wrong anywhere can be.
    found = dict.fromkeys(chain.from_iterable(each.diagnostics for each in renderer.each()))
    return Rendering((), (*found, *problems), made.needs)


def _choice(renderer: Renderer, topology: str | None) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The topology that is meant."""
    chosen = renderer.targets.chosen
    known = [name for name in chosen if name is not None]
    if topology is not None and topology not in known:
        message, hint = f"no topology '{topology}' is chosen here", f"chosen: {', '.join(known) or 'none'}"
        return None, (diagnostics.error(Reason.NOT_FOUND, message, "spec", "policies", hint=hint),)
    if topology is not None or None in chosen or not known:
        return topology, ()
    known = [name for name in known if name not in renderer.targets.environments]
    if not known:
        return None, tuple(_unlike_written(renderer))
    if len({renderer.likeness(name) for name in known}) > 1:
        message, hint = "several topologies are chosen, which render differently", f"ask for one of {', '.join(known)}"
        return known[0], (diagnostics.error(Reason.INVALID, message, "spec", "policies", hint=hint),)
    return known[0], ()


def _unlike_written(renderer: Renderer) -> Iterator[Diagnostic]:
    """At most one, for all environments that are not as the components are written."""
    plain, chosen = renderer.likeness(None), renderer.targets.chosen
    if names := [name for name in chosen if name is not None and renderer.likeness(name) != plain]:
        message = "components are shown as they are written; environments change them, or where they go"
        hint = f"ask for one of {', '.join(names)} as for a topology"
        yield diagnostics.warning(Reason.DEPRECATED, message, "spec", "policies", hint=hint)
