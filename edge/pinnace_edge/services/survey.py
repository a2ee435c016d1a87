"""Looks at the cluster for one application: what of it exists, and what stands in the way. Requests grow with kinds."""

from collections.abc import Callable, Collection, Mapping

from pinnace_edge.model import AppKey, Kind, Live, Owned, Ref
from pinnace_edge.ports import Cluster
from pinnace_edge.rules import ownership
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import World
from pinnace_schemas.handling import Prune
from pinnace_schemas.reasons import Reason


def survey(
    cluster: Cluster,
    key: AppKey,
    wanted: Collection[Desired],
    inventory: Mapping[Ref, Owned],
    holders: Callable[[Ref], Collection[AppKey]],
    deferred: Collection[Kind] = (),
) -> World:
    """One LIST per kind of which the inventory has something; one metadata LIST per kind and namespace that lacks
    something, which also shows what is ours without being in the inventory. What is only looked at lacks nothing.

    `holders` says which applications of this node hold an object. `deferred` kinds are those whose CRD comes with the
    bundle: that they are unknown is no refusal.
    """
    listed = cluster.owned({ref.kind for ref in inventory}, key)
    ours, foreign, refused = dict(listed.objects), dict[Ref, Live](), dict(listed.refused)
    refs = {item.ref for item in wanted if not item.handling.observe}
    shares = {ref for ref, row in inventory.items() if row.is_share}
    missing = {(ref.kind, ref.namespace) for ref in refs | shares if ref not in ours}
    for kind, namespace in sorted(missing):
        if kind not in listed.refused:
            found = cluster.present(kind, namespace)
            refused.update(found.refused)
            for ref, live in found.objects.items():
                (ours if ownership.owner(live.labels) == key else foreign).setdefault(ref, live)
    lasting = {kind: why for kind, why in refused.items() if not _is_deferred(kind, why, deferred)}
    asked = (ref for ref in refs | inventory.keys() if _may_change_hands(ours.get(ref) or foreign.get(ref)))
    held = {ref: tuple(other for other in holders(ref) if other != key) for ref in asked}
    return World(inventory, ours, foreign, lasting, held)


def _may_change_hands(live: Live | None) -> bool:
    found = live.labels if live is not None else {}
    return ownership.is_shared(found) or ownership.prune_of(found) is Prune.NEVER


def _is_deferred(kind: Kind, why: tuple[Reason, str], deferred: Collection[Kind]) -> bool:
    return why[0] is Reason.UNKNOWN_KIND and kind in deferred
