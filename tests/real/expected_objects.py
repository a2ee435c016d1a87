"""What must stand at a site for objects that KubeVela would render. Each way in which that differs has a rule here.

The example set's README says what KubeVela does; `docs/kubevela.md` says what we do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Object = dict[str, Any]
Key = tuple[str, str, str, str]

# Labels and annotations of KubeVela's controller that say nothing to a site without one.
_CONTROLLERS = ("app.oam.dev/", "oam.dev/", "workload.oam.dev/", "trait.oam.dev/")
_KEPT = ("app.oam.dev/name", "app.oam.dev/component")
_GLOBAL = ("Namespace",)
# The KubeAPI leaves out a number that is zero and a text that is empty where the field may be absent.
_UNSAID = (0, "")
_SUFFIXES = {"m": Decimal("0.001"), "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30)}


@dataclass(frozen=True)
class Delivery:
    """Where an Application goes: `moved_to` is the namespace that its topology names, if any."""

    application: str
    namespace: str
    group: str
    moved_to: str | None = None


def expected(objects: Iterable[Object], delivery: Delivery) -> dict[Key, Object]:
    """What must stand there, by kind and name."""
    rules: tuple[Callable[[Object, Delivery], Object], ...] = (
        _labels_of_the_controller_are_left_out,
        _an_empty_map_of_annotations_is_left_out,
        _the_topology_decides_on_the_namespace,
        _a_kind_without_namespaces_has_none,
        _our_labels_say_whose_it_is,
    )
    found: dict[Key, Object] = {}
    for item in objects:
        for rule in rules:
            item = rule(item, delivery)
        # Of an object that is rendered twice a cluster gets the last one.
        found[key(item)] = item
    return found


def key(item: Object) -> Key:
    metadata = item["metadata"]
    return item["apiVersion"], item["kind"], metadata.get("namespace", ""), metadata["name"]


def covers(wanted: Any, live: Any, path: str = "") -> list[str]:
    """Where what is wanted is missing or another; the live object may have more fields, but no longer lists."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        missing = [f"{path}.{name} is missing" for name in wanted if name not in live and wanted[name] not in _UNSAID]
        pairs = [(f"{path}.{name}", wanted[name], live[name]) for name in wanted if name in live]
        return [*missing, *(line for at, one, other in pairs for line in covers(one, other, at))]
    if isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(live):
        numbered = enumerate(zip(wanted, live, strict=True))
        return [line for at, (one, other) in numbered for line in covers(one, other, f"{path}[{at}]")]
    if wanted == live or (".resources." in path and _amount(wanted) == _amount(live)):
        return []
    return [f"{path} is {live!r}, not {wanted!r}"]


def _amount(text: Any) -> Decimal:
    """The KubeAPI writes quantities in its own form: 0.5 becomes 500m."""
    for suffix, factor in _SUFFIXES.items():
        if str(text).endswith(suffix):
            return Decimal(str(text).removesuffix(suffix)) * factor
    return Decimal(str(text))


def _labels_of_the_controller_are_left_out(item: Any, delivery: Delivery) -> Any:
    """At every depth; name and component are kept, since selectors rest on them."""
    if isinstance(item, list):
        return [_labels_of_the_controller_are_left_out(inner, delivery) for inner in item]
    if not isinstance(item, dict):
        return item
    kept = {name: inner for name, inner in item.items() if name in _KEPT or not name.startswith(_CONTROLLERS)}
    return {name: _labels_of_the_controller_are_left_out(inner, delivery) for name, inner in kept.items()}


def _an_empty_map_of_annotations_is_left_out(item: Object, _: Delivery) -> Object:
    metadata = {name: value for name, value in item["metadata"].items() if name != "annotations" or value}
    return {**item, "metadata": metadata}


def _the_topology_decides_on_the_namespace(item: Object, delivery: Delivery) -> Object:
    """KubeVela's dry run does not apply it; a namespace that the object names itself stays."""
    namespace = item["metadata"].get("namespace", delivery.namespace)
    if namespace == delivery.namespace:
        namespace = delivery.moved_to or namespace
    return {**item, "metadata": {**item["metadata"], "namespace": namespace}}


def _a_kind_without_namespaces_has_none(item: Object, _: Delivery) -> Object:
    metadata = {name: value for name, value in item["metadata"].items() if name != "namespace"}
    return {**item, "metadata": metadata} if item["kind"] in _GLOBAL else item


def _our_labels_say_whose_it_is(item: Object, delivery: Delivery) -> Object:
    """On the object alone: pods would restart if they changed in a pod's template."""
    ours = {
        "pinnace.dev/application": delivery.application,
        "pinnace.dev/namespace": delivery.namespace,
        "pinnace.dev/group": delivery.group,
    }
    metadata = item["metadata"]
    return {**item, "metadata": {**metadata, "labels": {**metadata.get("labels", {}), **ours}}}
