"""Lets definitions judge their objects: reads these whole, evaluates the rules, and gives the verdicts."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pinnace_edge.model import AppKey, KubeObject, Live, Ref, Status
from pinnace_edge.ports import Clock, Cluster
from pinnace_edge.rules import defined
from pinnace_edge.rules.defined import Said
from pinnace_schemas.errors import Rejected
from pinnace_schemas.health_rules import HealthRules, Ruled

log = logging.getLogger(__name__)

# Seconds for the rules of one application at a time. A bundle may have 1,000 that each run to the end of their steps,
# which would keep all other applications from being healed for minutes. What is left comes with the next pass.
RULES_S = 10.0
_OTHERS_FIRST, _DELETED = "its rules wait, as others take long", "one of its objects was deleted just now"
_ENDED = (Status.CURRENT, Status.FAILED)
# What a rule has seen of its objects: uid, version, status by the kind, and whether something is still to be done.
_Seen = tuple[tuple[str, str, Status, bool], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """`live` with the verdicts of definitions; `message` of what is as wanted; `unmet`: what is said of what is not."""

    live: tuple[Live, ...]
    message: str = ""
    unmet: tuple[str, ...] = ()


@dataclass(slots=True)
class _Known:
    """What the rules of one bundle have said, by their place, and of what."""

    bundle: str
    said: dict[int, tuple[_Seen, Said]] = field(default_factory=dict)


class Judging:
    """One GET for each object of a rule that has changed since the rule was last evaluated; none at rest."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self._known: dict[AppKey, _Known] = {}

    def run(
        self, key: AppKey, bundle: str, rules: HealthRules | None, places: Mapping[int, Ref], live: Sequence[Live]
    ) -> Judged:
        """`bundle` is the digest, `places` has the objects by their place in it. Raises Unavailable.

        A rule counts only if all of its objects are there and can be read; else they are judged by their kinds. One
        that is not evaluated now, as others take long or an object has just gone, is not met. Of what ended by itself
        and was removed the last word stands.
        """
        if rules is None:
            self.forget(key)
            return Judged(tuple(live))
        known = self._known.get(key)
        if known is None or known.bundle != bundle:
            known = self._known[key] = _Known(bundle)
        by_ref = {item.ref: item for item in live}
        told = list(self._told(rules, places, by_ref, known))
        return _judged(live, told)

    def forget(self, key: AppKey) -> None:
        """The application is gone, or has no rules any more."""
        self._known.pop(key, None)

    def _told(
        self, rules: HealthRules, places: Mapping[int, Ref], live: Mapping[Ref, Live], known: _Known
    ) -> Iterator[tuple[Sequence[Ref], Said]]:
        until = self._clock.monotonic() + RULES_S
        for index, ruled in enumerate(rules.ruled):
            refs = {place: places[place] for place in ruled.places if places.get(place) in live}
            if len(refs) < len(ruled.places):
                continue
            about = {place: live[ref] for place, ref in refs.items()}
            said = self._said(index, ruled, rules, about, known, until)
            if said is not None:
                yield tuple(refs.values()), said

    def _said(
        self,
        index: int,
        ruled: Ruled,
        rules: HealthRules,
        about: Mapping[int, Live],
        known: _Known,
        until: float,
    ) -> Said | None:
        before = known.said.get(index)
        if before is not None and before[0] == _seen(about.values()):
            return before[1]
        if any(item.health.is_over for item in about.values()):
            return before[1] if before is not None and _is_last(before[0], about.values()) else None
        if self._clock.monotonic() >= until:
            return defined.unknown(ruled, rules.of(ruled), _OTHERS_FIRST)
        try:
            objects = self._read(about)
        except Rejected:
            return None
        if objects is None:
            return defined.unknown(ruled, rules.of(ruled), _DELETED)
        found = [_as_read(about[place], item) for place, item in objects.items()]
        said = _evaluated(ruled, rules, objects, kinds_say=all(item.health.status is Status.CURRENT for item in found))
        if all(item.resource_version for item in found):  # some aggregated APIs have none
            known.said[index] = _seen(found), said
        return said

    def _read(self, about: Mapping[int, Live]) -> Mapping[int, KubeObject] | None:
        """None where one of them is gone. Raises Rejected where our role may not get it."""
        objects: dict[int, KubeObject] = {}
        for place, item in about.items():
            found = self._cluster.read(item.ref)
            if found is None:
                return None
            objects[place] = found
        return objects


def _evaluated(ruled: Ruled, rules: HealthRules, objects: Mapping[int, KubeObject], *, kinds_say: bool) -> Said:
    try:
        return defined.said(ruled, rules.of(ruled), objects, kinds_say=kinds_say)
    except Exception as exc:  # a bug in the evaluation of one rule must not stop a site
        log.exception("the health rule of %s could not be evaluated", ruled.name)
        return Said(ruled.name, is_healthy=False, why=f"its health rule hit a bug of the daemon ({type(exc).__name__})")


def _judged(live: Sequence[Live], told: Sequence[tuple[Sequence[Ref], Said]]) -> Judged:
    by_ref = {ref: said for refs, said in told for ref in refs}
    after = tuple(
        replace(item, health=defined.judged(item.health, by_ref[item.ref])) if item.ref in by_ref else item
        for item in live
    )
    unmet = tuple(f"{said.name}: {said.text}" for _, said in told if said.is_healthy is False)
    return Judged(after, defined.summary([said for _, said in told]), unmet)


def _seen(items: Iterable[Live]) -> _Seen:
    return tuple((item.uid, item.resource_version, item.health.status, item.health.is_unfinished) for item in items)


def _is_last(seen: _Seen, items: Iterable[Live]) -> bool:
    """Whether what is over now had been seen at its end: nothing of it was still to be done."""
    ends = {uid: not is_unfinished and status in _ENDED for uid, _, status, is_unfinished in seen}
    return all(ends.get(item.uid, False) for item in items if item.health.is_over)


def _as_read(live: Live, item: KubeObject) -> Live:
    """It may be newer than what was listed or applied: the next pass compares with what was evaluated."""
    metadata = item["metadata"]
    return replace(live, uid=metadata.get("uid", ""), resource_version=metadata.get("resourceVersion", ""))
