"""What no cluster takes of the fields that say where a pod runs: conditions without values, taints, constraints.

By the validation of Kubernetes (k8s.io/kubernetes/pkg/apis/core/validation).
"""

from collections.abc import Iterator
from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.traits import repetitions
from pinnace_schemas.bundle import KubeObject

_CONDITIONS = ("matchExpressions", "matchFields")
_NEED_VALUES = ("In", "NotIn")
_REFUSE_VALUES = ("Exists", "DoesNotExist")


def messages(pod: Any) -> Iterator[str]:
    """In the words of a person; none for what is no pod."""
    for field in ("affinity", "topologySpreadConstraints"):
        yield from _of_conditions(paths.get(pod, (field,)))
    for item in paths.maps(pod, ("tolerations",)):
        yield from _of_toleration(item)
    constraints = paths.maps(pod, ("topologySpreadConstraints",))
    yield from repetitions.messages("constraint", [" ".join(topology(item)) for item in constraints])
    for item in constraints:
        if "minDomains" in item and item.get("whenUnsatisfiable") != "DoNotSchedule":
            yield f"'minDomains' of '{item.get('topologyKey')}' needs 'whenUnsatisfiable: DoNotSchedule'"


def topology(constraint: KubeObject) -> tuple[str, str]:
    """By which no two constraints of a pod may be alike: label of the nodes, and what happens where it cannot hold."""
    return str(constraint.get("topologyKey")), str(constraint.get("whenUnsatisfiable"))


def _of_toleration(item: KubeObject) -> Iterator[str]:
    if not item.get("key") and item.get("operator") != "Exists":
        yield "a toleration without 'key' needs 'operator: Exists'"
    if item.get("operator") == "Exists" and item.get("value"):
        yield f"a toleration of '{item.get('key')}' with 'operator: Exists' has a value"


def _of_conditions(value: Any) -> Iterator[str]:
    """Conditions on labels and fields, at whatever depth."""
    if isinstance(value, list):
        for item in value:
            yield from _of_conditions(item)
    elif isinstance(value, dict):
        for field in _CONDITIONS:
            for item in paths.maps(value, (field,)):
                yield from _of_condition(item)
        for field in sorted(value.keys() - set(_CONDITIONS)):
            yield from _of_conditions(value[field])


def _of_condition(item: KubeObject) -> Iterator[str]:
    operator = item.get("operator")
    if operator in _NEED_VALUES and not item.get("values"):
        yield f"a condition on '{item.get('key')}' with 'operator: {operator}' needs values"
    if operator in _REFUSE_VALUES and item.get("values"):
        yield f"a condition on '{item.get('key')}' with 'operator: {operator}' has values"
