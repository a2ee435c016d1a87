"""Looks at the cluster for one application: what of it exists, and what stands in the way. Requests grow with kinds."""

from collections.abc import Collection, Mapping

from pinnace_edge.model import AppKey, Kind, Live, Owned, Ref
from pinnace_edge.ports import Cluster
from pinnace_edge.rules import ownership
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import World
from pinnace_schemas.reasons import Reason


def survey(
    cluster: Cluster,
    key: AppKey,
    wanted: Collection[Desired],
    inventory: Mapping[Ref, Owned],
    deferred: Collection[Kind] = (),
) -> World:
    """One LIST per kind of which the inventory has something; one metadata LIST per kind and namespace that lacks
    something, which also shows what is ours without being in the inventory.

    `deferred` kinds are those whose CRD comes with the bundle: that they are unknown is no refusal.
    """
    listed = cluster.owned({ref.kind for ref in inventory}, key)
    ours, foreign, refused = dict(listed.objects), dict[Ref, Live](), dict(listed.refused)
    missing = {(item.ref.kind, item.ref.namespace) for item in wanted if item.ref not in ours}
    for kind, namespace in sorted(missing):
        if kind not in listed.refused:
            found = cluster.present(kind, namespace)
            refused.update(found.refused)
            for ref, live in found.objects.items():
                (ours if ownership.owner(live.labels) == key else foreign).setdefault(ref, live)
    lasting = {kind: why for kind, why in refused.items() if not _is_deferred(kind, why, deferred)}
    return World(inventory, ours, foreign, lasting)


def _is_deferred(kind: Kind, why: tuple[Reason, str], deferred: Collection[Kind]) -> bool:
    return why[0] is Reason.UNKNOWN_KIND and kind in deferred
