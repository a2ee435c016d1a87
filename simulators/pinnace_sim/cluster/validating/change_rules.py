"""What may not change once an object is there (kubernetes, pkg/apis/*/validation, the update rules)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.validating import causes
from pinnace_sim.cluster.validating.causes import Cause

ChangeRule = Callable[[Object, Object], Iterator[Cause]]

# A claim gets its volume after its creation.
CLAIM_MAY_CHANGE = frozenset({"resources", "volumeAttributesClassName", "volumeName"})
STATEFUL_SET_MAY_CHANGE = frozenset(
    {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    }
)


def same(*path: str) -> ChangeRule:
    """The field at this path may not change."""

    def rule(item: Object, live: Object) -> Iterator[Cause]:
        now, before = _at(item, path), _at(live, path)
        if now != before:
            yield causes.immutable(".".join(path), now)

    return rule


def stateful_set(item: Object, live: Object) -> Iterator[Cause]:
    def fixed(found: Object) -> Object:
        return {name: each for name, each in found["spec"].items() if name not in STATEFUL_SET_MAY_CHANGE}

    if fixed(item) != fixed(live):
        why = (
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
        )
        yield causes.forbidden("spec", why)


def claim(item: Object, live: Object) -> Iterator[Cause]:
    def fixed(found: Object) -> Object:
        return {name: each for name, each in found["spec"].items() if name not in CLAIM_MAY_CHANGE}

    if fixed(item) != fixed(live):
        why = "spec is immutable after creation except resources.requests and volumeAttributesClassName"
        yield causes.forbidden("spec", f"{why} for bound claims")


def binding(item: Object, live: Object) -> Iterator[Cause]:
    if item["roleRef"] != live["roleRef"]:
        yield causes.wrong("roleRef", item["roleRef"], "cannot change roleRef")


def kept(item: Object, live: Object) -> Iterator[Cause]:
    """An immutable ConfigMap or Secret."""
    if not live.get("immutable"):
        return
    for name in ("data", "binaryData"):
        if item.get(name) != live.get(name):
            yield causes.forbidden(name, "field is immutable when `immutable` is set")


def secret(item: Object, live: Object) -> Iterator[Cause]:
    yield from same("type")(item, live)
    yield from kept(item, live)


def address(item: Object, live: Object) -> Iterator[Cause]:
    before, now = live["spec"].get("clusterIP"), item["spec"].get("clusterIP")
    if before and now != before and item["spec"].get("type") != "ExternalName":
        yield causes.wrong("spec.clusterIPs[0]", [now], "may not change once set")


def _at(item: Object, path: tuple[str, ...]) -> object:
    found: object = item
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
