"""Finds the path of one object, or says why it can have none. The KubeAPI would resolve some wrong names elsewhere."""

from pinnace_edge.adapters.kube.discovery import Discovery, GroupAway, Resource
from pinnace_edge.adapters.kube.problems import Problem
from pinnace_edge.model import Ref
from pinnace_schemas.reasons import Reason

# What Kubernetes forbids in names because it is part of a path ("path segment name", apimachinery).
FORBIDDEN_NAMES = frozenset({"", ".", ".."})
FORBIDDEN_IN_NAMES = ("/", "%")


def find(discovery: Discovery, ref: Ref) -> str | Problem:
    """The path of the object. Raises Unavailable when the KubeAPI is away as a whole."""
    if _is_bad_name(ref.name) or (ref.namespace and _is_bad_name(ref.namespace)):
        return Problem(Reason.INVALID, f"{ref}: the name is not one that Kubernetes allows")
    try:
        resource = discovery.find(ref.kind)
    except GroupAway as exc:
        return Problem(Reason.CLUSTER_UNAVAILABLE, str(exc), is_temporary=True)
    if resource is None:
        return Problem(Reason.UNKNOWN_KIND, f"the KubeAPI does not know {ref.kind}")
    return _in_scope(ref, resource)


def _in_scope(ref: Ref, resource: Resource) -> str | Problem:
    if resource.is_namespaced and not ref.namespace:
        return Problem(Reason.INVALID, f"{ref}: {ref.kind.kind} needs a namespace")
    if ref.namespace and not resource.is_namespaced:
        return Problem(Reason.INVALID, f"{ref}: {ref.kind.kind} has no namespace")
    return resource.path(ref.namespace, ref.name)


def _is_bad_name(name: str) -> bool:
    return name in FORBIDDEN_NAMES or any(part in name for part in FORBIDDEN_IN_NAMES)
