"""What no cluster takes of the fields that say where a pod runs: conditions without values, taints, constraints.

By the validation of Kubernetes (k8s.io/kubernetes/pkg/apis/core/validation).
"""

from collections.abc import Iterator
from typing import Any

from pinnace_cloud.render import paths

_NEED_VALUES = ("In", "NotIn")
_REFUSE_VALUES = ("Exists", "DoesNotExist")


def messages(pod: Any) -> Iterator[str]:
    """In the words of a person; none for what is no pod."""
    for field in ("affinity", "topologySpreadConstraints"):
        yield from _of_conditions(paths.get(pod, (field,)))
    for item in paths.maps(pod, ("tolerations",)):
        if not item.get("key") and item.get("operator") != "Exists":
            yield "a toleration without 'key' needs 'operator: Exists'"
        if item.get("operator") == "Exists" and item.get("value"):
            yield f"a toleration of '{item.get('key')}' with 'operator: Exists' has a value"
    for item in paths.maps(pod, ("topologySpreadConstraints",)):
        if "minDomains" in item and item.get("whenUnsatisfiable") != "DoNotSchedule":
            yield f"'minDomains' of '{item.get('topologyKey')}' needs 'whenUnsatisfiable: DoNotSchedule'"


def _of_conditions(value: Any) -> Iterator[str]:
    """Conditions on labels and fields, at whatever depth."""
    if isinstance(value, list):
        for item in value:
            yield from _of_conditions(item)
    elif isinstance(value, dict):
        yield from _of_condition(value)
        for item in value.values():
            if isinstance(item, dict | list):
                yield from _of_conditions(item)


def _of_condition(item: dict[str, Any]) -> Iterator[str]:
    operator = item.get("operator")
    if operator in _NEED_VALUES and not item.get("values"):
        yield f"a condition on '{item.get('key')}' with 'operator: {operator}' needs values"
    if operator in _REFUSE_VALUES and item.get("values"):
        yield f"a condition on '{item.get('key')}' with 'operator: {operator}' has values"
