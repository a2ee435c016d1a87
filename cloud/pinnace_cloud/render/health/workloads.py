"""When workloads are healthy, and what is said of them: the rules and words of KubeVela's built-in component types.

`spec.replicas` and `metadata.generation` are written by every cluster; a rule that misses them fails. What a status
does not say counts as zero.
"""

from pinnace_cloud.render import paths
from pinnace_cloud.render.health import reading
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_schemas.bundle import KubeObject

# On a workload: healthy whatever its status says. Any value will do.
UNCHECKED = "app.oam.dev/disable-health-check"

_REPLICAS = ("readyReplicas", "updatedReplicas", "replicas")
_PODS_OF_NODES = ("numberReady", "updatedNumberScheduled", "currentNumberScheduled")
_ENDS_OF_PODS = ("active", "failed", "succeeded")


def replicated(live: Live) -> Health:
    """All replicas are ready and of the newest kind, and none is left over. For `worker`."""
    item = _workload(live)
    return reading.evaluated(lambda: _has_replicas(item), lambda: _replicas_ready(item))


def replicated_or_unchecked(live: Live) -> Health:
    """As `replicated`, and healthy in any case where the annotation says so. For `webservice`, `statefulset`."""
    item = _workload(live)
    is_unchecked = paths.get(item, ("metadata", "annotations", UNCHECKED)) is not None
    return reading.evaluated(lambda: is_unchecked or _has_replicas(item), lambda: _replicas_ready(item))


def replicated_or_other(live: Live) -> Health:
    """A Deployment as `replicated`; anything else is healthy. For `ref-objects`."""
    item = _workload(live)
    is_deployment = (item.get("apiVersion"), item.get("kind")) == ("apps/v1", "Deployment")
    return replicated(live) if is_deployment else Health(is_healthy=True)


def on_nodes(live: Live) -> Health:
    """Each node that it is for has its pod, new and ready; also if it is for none. For `daemon`."""
    item = _workload(live)
    return reading.evaluated(lambda: _is_on_nodes(item), lambda: _nodes_ready(item))


def done(live: Live) -> Health:
    """As many pods ended well as may run at a time, which a `task` makes equal to those that must."""
    item = _workload(live)
    return reading.evaluated(lambda: _is_done(item), lambda: _ends(item))


def _workload(live: Live) -> KubeObject:
    return live.output or {}


def _has_replicas(item: KubeObject) -> bool:
    wanted = reading.number(item, "spec", "replicas")
    return all(reading.count(item, name) == wanted for name in _REPLICAS) and _is_seen(item)


def _replicas_ready(item: KubeObject) -> str:
    return f"Ready:{reading.count(item, 'readyReplicas')}/{reading.number(item, 'spec', 'replicas')}"


def _is_on_nodes(item: KubeObject) -> bool:
    wanted = reading.count(item, "desiredNumberScheduled")
    return all(reading.count(item, name) == wanted for name in _PODS_OF_NODES) and _is_seen(item)


def _nodes_ready(item: KubeObject) -> str:
    return f"Ready:{reading.count(item, 'numberReady')}/{reading.count(item, 'desiredNumberScheduled')}"


def _is_done(item: KubeObject) -> bool:
    return reading.count(item, "succeeded") == reading.number(item, "spec", "parallelism")


def _ends(item: KubeObject) -> str:
    counts = "/".join(str(reading.count(item, name)) for name in _ENDS_OF_PODS)
    return f"Active/Failed/Succeeded:{counts}"


def _is_seen(item: KubeObject) -> bool:
    """The status is about the newest spec."""
    return reading.count(item, "observedGeneration") >= reading.number(item, "metadata", "generation")
