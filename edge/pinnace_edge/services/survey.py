"""Looks at the cluster for one application: what of it exists, and what stands in the way. Requests grow with kinds."""

from collections.abc import Collection, Mapping

from pinnace_edge.model import AppKey, Kind, Live, Owned, Ref
from pinnace_edge.ports import Cluster
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
    """One LIST per kind of what is the application's; one metadata LIST per kind and namespace that lacks something.

    `deferred` kinds are those whose CRD comes with the bundle: that they are unknown is no refusal.
    """
    kinds = {item.ref.kind for item in wanted} | {ref.kind for ref in inventory}
    ours = cluster.owned(kinds, key)
    foreign: dict[Ref, Live] = {}
    refused = {kind: why for kind, why in ours.refused.items() if not _is_deferred(kind, why, deferred)}
    missing = {(item.ref.kind, item.ref.namespace) for item in wanted if item.ref not in ours.objects}
    for kind, namespace in sorted(missing):
        if kind not in ours.refused:
            found = cluster.present(kind, namespace)
            foreign.update({ref: live for ref, live in found.objects.items() if ref not in ours.objects})
            refused.update(found.refused)
    return World(inventory, ours.objects, foreign, refused)


def _is_deferred(kind: Kind, why: tuple[Reason, str], deferred: Collection[Kind]) -> bool:
    return why[0] is Reason.UNKNOWN_KIND and kind in deferred
