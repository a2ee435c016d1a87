"""When the objects of a Helm chart are healthy, and what is said of them: KubeVela's rule for a `helmchart`.

Two of its oddities are kept: a criterion has to name its object, although its type lets it be left out, and a condition
that has to be False never is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.health import reading
from pinnace_cloud.render.health.reading import ReadingError
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_schemas.bundle import KubeObject


def released(live: Live) -> Health:
    """Every criterion of `healthStatus` holds; without any it is healthy. For `helmchart`."""
    criteria = live.properties.get("healthStatus") or ()
    found = reading.evaluated(lambda: all(_holds(item, live.outputs) for item in criteria), lambda: "")
    return replace(found, message="Deployed" if found.is_healthy else "Deploying")


def _holds(criterion: Any, outputs: Mapping[str, KubeObject]) -> bool:
    kind, name = (paths.get(criterion, ("resource", field)) for field in ("kind", "name"))
    if name is None:
        raise ReadingError(f"a criterion of 'healthStatus' does not name its {kind}")
    wanted = paths.get(criterion, ("condition", "type"))
    found = [
        item for item in outputs.values() if (item.get("kind"), paths.get(item, ("metadata", "name"))) == (kind, name)
    ]
    return bool(found) and any(_is_true(item, wanted) for item in paths.get(found[0], ("status", "conditions")) or ())


def _is_true(condition: Any, wanted: Any) -> bool:
    return (paths.get(condition, ("type",)), paths.get(condition, ("status",))) == (wanted, "True")
