"""What should be there: the objects of a cached bundle, labelled and placed in their namespaces."""

from collections.abc import Mapping
from dataclasses import replace

from pinnace_edge.model import Deployment, Kind, KubeObject, Ref
from pinnace_edge.ports import Cluster, Store
from pinnace_edge.rules import ownership
from pinnace_edge.rules.health_reading import items, text
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import Refuse
from pinnace_schemas import bundle, codec
from pinnace_schemas.bundle import Bundle
from pinnace_schemas.handling import USUAL, Handling
from pinnace_schemas.limits import Limits
from pinnace_schemas.names import is_dns_label
from pinnace_schemas.reasons import Reason

_CRD = "CustomResourceDefinition"
_SHOWN = 100  # characters of a name that may be anything


def cached(store: Store, digest: str) -> bytes | None:
    """The plain bytes. None when they are not there, or no longer have the digest (a bad disk)."""
    plain = store.bundle(digest)
    return plain if plain is not None and codec.sha256(plain) == digest else None


def load(store: Store, digest: str, limits: Limits) -> Bundle | None:
    """The cached bundle, if it is there and intact. Raises Rejected when it is beyond the limits of today."""
    plain = cached(store, digest)
    return None if plain is None else bundle.decode(plain, limits, f"bundle {digest[:12]}")


class Placer:
    """Finds out which kinds live in namespaces: from the KubeAPI, and from CRDs of the same bundle."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def place(self, deployment: Deployment, found: Bundle) -> tuple[tuple[Desired, ...], tuple[Refuse, ...]]:
        """The objects to send, and those that cannot be: nobody knows their kind, or they have no proper place."""
        own, handling = kinds_of_crds(found), found.policy.by_object
        placed = [
            self._place(item, deployment, own, handling.get(index, USUAL)) for index, item in enumerate(found.objects)
        ]
        _order(placed, found)
        wanted = tuple(replace(each, place=at) for at, each in enumerate(placed) if isinstance(each, Desired))
        return wanted, tuple(each for each in placed if isinstance(each, Refuse))

    def _place(
        self, item: KubeObject, deployment: Deployment, own: Mapping[Kind, bool], handling: Handling
    ) -> Desired | Refuse:
        kind = ownership.kind_of(item)
        is_namespaced = own[kind] if kind in own else self._cluster.is_namespaced(kind)
        if is_namespaced is None:
            message = f"the KubeAPI does not know {kind}; deliver the CRD that defines it"
            return _refusal(item, Reason.UNKNOWN_KIND, message)
        namespace = _namespace(item, deployment) if is_namespaced else ""
        if namespace and not is_dns_label(namespace):
            return _refusal(item, Reason.INVALID, f"{namespace[:_SHOWN]!r} is no name of a namespace")
        if not isinstance(item["metadata"].get("labels") or {}, dict):
            return _refusal(item, Reason.INVALID, "metadata.labels is not a map")
        return ownership.desired(item, deployment.key, deployment.group, namespace, handling)


def _order(placed: list[Desired | Refuse], found: Bundle) -> None:
    """What waits for the same has the very same tuple: hundreds of objects may wait for hundreds. A kind that is not
    known may come with what its object waits for: an operator brings its own."""
    for entry in found.policy.order or ():
        after = tuple(placed[place].ref for place in entry.after)
        for index in entry.objects:
            each = placed[index]
            if isinstance(each, Desired) or each.reason is Reason.UNKNOWN_KIND:
                placed[index] = replace(each, after=after)


def _namespace(item: KubeObject, deployment: Deployment) -> str:
    return str(item["metadata"].get("namespace") or deployment.key.namespace)


def _refusal(item: KubeObject, reason: Reason, message: str) -> Refuse:
    namespace = str(item["metadata"].get("namespace") or "")[:_SHOWN]
    return Refuse(Ref(ownership.kind_of(item), namespace, item["metadata"]["name"]), reason, message)


def kinds_of_crds(found: Bundle) -> dict[Kind, bool]:
    """Kinds that this bundle's own CRDs serve, with whether they are namespaced. Reads whatever stands there: the
    KubeAPI refuses what is no CRD."""
    kinds: dict[Kind, bool] = {}
    for item in found.objects:
        if item["kind"] != _CRD:
            continue
        is_namespaced = text(item, "spec", "scope") == "Namespaced"
        for version in items(item, "spec", "versions"):
            if version.get("served") is not False:
                api_version = f"{text(item, 'spec', 'group')}/{version.get('name')}"
                kinds[Kind(api_version, text(item, "spec", "names", "kind"))] = is_namespaced
    return kinds
