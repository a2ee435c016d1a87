"""What should be there: the objects of a cached bundle, labelled and placed in their namespaces."""

from pinnace_edge.model import Deployment, Kind, KubeObject, Ref
from pinnace_edge.ports import Cluster, Store
from pinnace_edge.rules import ownership
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import Refuse
from pinnace_schemas import bundle, codec
from pinnace_schemas.bundle import Bundle
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

_CRD = "CustomResourceDefinition"


def load(store: Store, digest: str, limits: Limits) -> Bundle | None:
    """The cached bundle. None when it is not there, or when its bytes no longer have the digest (a bad disk)."""
    plain = store.bundle(digest)
    if plain is None or codec.sha256(plain) != digest:
        return None
    return bundle.decode(plain, limits, f"bundle {digest[:12]}")


class Placer:
    """Finds out which kinds live in namespaces: from the KubeAPI, and from CRDs of the same bundle."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def place(self, deployment: Deployment, found: Bundle) -> tuple[tuple[Desired, ...], tuple[Refuse, ...]]:
        """The objects to send, and those whose kind nobody knows."""
        own = kinds_of_crds(found)
        wanted, unknown = [], []
        for item in found.objects:
            kind = ownership.kind_of(item)
            is_namespaced = own[kind] if kind in own else self._cluster.is_namespaced(kind)
            if is_namespaced is None:
                unknown.append(_unknown(item, kind))
                continue
            namespace = _namespace(item, deployment) if is_namespaced else ""
            wanted.append(ownership.desired(item, deployment.key, deployment.group, namespace))
        return tuple(wanted), tuple(unknown)


def _namespace(item: KubeObject, deployment: Deployment) -> str:
    return str(item["metadata"].get("namespace") or deployment.key.namespace)


def _unknown(item: KubeObject, kind: Kind) -> Refuse:
    ref = Ref(kind, item["metadata"].get("namespace") or "", item["metadata"]["name"])
    return Refuse(ref, Reason.UNKNOWN_KIND, f"the KubeAPI does not know {kind}; deliver the CRD that defines it")


def kinds_of_crds(found: Bundle) -> dict[Kind, bool]:
    """Kinds that this bundle's own CRDs define, with whether they are namespaced."""
    kinds: dict[Kind, bool] = {}
    for item in found.objects:
        spec = item.get("spec")
        if item["kind"] != _CRD or not isinstance(spec, dict):
            continue
        name = (spec.get("names") or {}).get("kind", "")
        for version in spec.get("versions") or ():
            kinds[Kind(f"{spec.get('group')}/{version.get('name')}", name)] = spec.get("scope") == "Namespaced"
    return kinds
