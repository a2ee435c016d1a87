"""Brings together what the policies of an Application ask of its objects at the sites: the policy of their bundle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.treatment import USUAL, Asked, SitePolicyType, Subject, Treatment
from pinnace_schemas.bundle import ApplyPolicy
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.handling import Handling

_USUAL = ApplyPolicy()


@dataclass(frozen=True, slots=True)
class Sites:
    """All policies of one type."""

    kind: SitePolicyType
    policies: tuple[Asked, ...]


def policy(
    asked: Sequence[Sites], rendered: Sequence[Rendered], doubts: Severity
) -> tuple[ApplyPolicy, tuple[Diagnostic, ...]]:
    """The policy for a bundle of exactly these objects, in this order."""
    if not asked:
        return _USUAL, ()
    subjects = [_subject(item) for item in rendered]
    treatments, found = [USUAL] * len(subjects), list[Diagnostic]()
    keep_legacy = remove_in_order = False
    for sites in asked:
        treated = sites.kind.treat(sites.policies, subjects, doubts)
        treatments = [one.joined(other) for one, other in zip(treatments, treated.treatments, strict=True)]
        keep_legacy |= treated.keep_legacy
        remove_in_order |= treated.remove_in_order
        found += treated.diagnostics
    handling = tuple(_handling(item, objects) for item, objects in _places(treatments).items())
    made = ApplyPolicy(
        keep_legacy=keep_legacy or None, handling=handling or None, remove_in_order=remove_in_order or None
    )
    return made, tuple(found)


def _subject(item: Rendered) -> Subject:
    return Subject(item.component, item.origin, item.made_by, item.identity.kind.kind, item.identity.name)


def _places(treatments: Iterable[Treatment]) -> Mapping[Treatment, list[int]]:
    """Where each unusual treatment is asked for, in the order of the first of these."""
    found: dict[Treatment, list[int]] = {}
    for index, item in enumerate(treatments):
        if item != USUAL:
            found.setdefault(item, []).append(index)
    return found


def _handling(item: Treatment, objects: Iterable[int]) -> Handling:
    return Handling(
        objects=tuple(objects),
        observe=item.observe or None,
        adopt=item.adopt or None,
        shared=item.shared or None,
        prune=item.prune,
        once=item.once,
        recreate=item.recreate or None,
        replace=item.replace or None,
    )
