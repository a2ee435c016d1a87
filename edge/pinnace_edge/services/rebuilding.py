"""After the store was damaged: finds in the cluster, by our labels, what this node had applied."""

from collections import defaultdict
from collections.abc import Iterable

from pinnace_edge.model import AppKey, Deployment, Live, Owned
from pinnace_edge.ports import Clock, Cluster, Store
from pinnace_edge.rules import ownership
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.problems import Problems
from pinnace_schemas import amounts, labels
from pinnace_schemas.journal import Event
from pinnace_schemas.names import is_dns_label
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

# An aggregated API whose server is away: listing every kind costs some sixty requests.
INCOMPLETE_WAIT_S = 60.0


class Rebuilding:
    """What is found waits as Pending until a head says whether it is still wanted; nothing is removed before that."""

    def __init__(self, store: Store, cluster: Cluster, journal: Journal, problems: Problems, clock: Clock) -> None:
        self._store = store
        self._cluster = cluster
        self._journal = journal
        self._problems = problems
        self._clock = clock
        self._again_at = 0.0

    def is_due(self) -> bool:
        """True from the damage until the inventory is rebuilt, over restarts, but for the waits between attempts."""
        is_needed = any(problem.reason is Reason.STORE_DAMAGED for problem in self._store.problems())
        return is_needed and self._clock.monotonic() >= self._again_at

    def run(self) -> None:
        """Raises Unavailable when the KubeAPI does not answer; then it is to be repeated.

        Kinds whose own server is away are waited for; what was found of the others is taken up, and healed, meanwhile.
        """
        listing = self._cluster.owned_anywhere()
        by_key = _by_application(listing.objects.values())
        is_whole = all(reason is not Reason.CLUSTER_UNAVAILABLE for reason, _ in listing.refused.values())
        self._again_at = self._clock.monotonic() + INCOMPLETE_WAIT_S
        with self._store.transaction():
            known = {item.key for item in self._store.deployments()}
            for key, found in by_key.items():
                self._adopt(key, found, is_known=key in known)
            if is_whole:
                count = sum(len(found) for found in by_key.values())
                self._journal.note(
                    Event.STORE_REBUILT,
                    message=f"{amounts.count(count, 'object')} of {amounts.count(len(by_key), 'application')}",
                )
                self._problems.solve(Reason.STORE_DAMAGED)

    def _adopt(self, key: AppKey, found: list[Live], *, is_known: bool) -> None:
        there = self._store.inventory(key)
        rows = [Owned(live.ref, "", live.uid, live.resource_version, live.our_fields) for live in found]
        self._store.save_owned(key, [row for row in rows if row.ref not in there])
        group = found[0].labels.get(labels.GROUP, "")
        if not is_known and is_dns_label(group):
            message = "found in the cluster; waiting for a head that says whether it is wanted"
            reason = Reason.STORE_DAMAGED
            now = self._clock.now()
            self._store.save_deployment(Deployment(key, group, Phase.PENDING, now, reason=reason, message=message))


def _by_application(found: Iterable[Live]) -> dict[AppKey, list[Live]]:
    """Controllers copy labels, such as those of a Service to its EndpointSlices; what we applied has fields of ours."""
    by_key: dict[AppKey, list[Live]] = defaultdict(list)
    for live in found:
        key = ownership.owner(live.labels)
        if key and live.our_fields and is_dns_label(key.name) and is_dns_label(key.namespace):
            by_key[key].append(live)
    return by_key
