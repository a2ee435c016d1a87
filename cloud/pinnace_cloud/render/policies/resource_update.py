"""The policy `resource-update`: how objects are changed that are there already.

Makes objects anew where fields are another that no cluster changes in place, and takes off what others have added
(`op: replace`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from pinnace_cloud.render.policies import selecting
from pinnace_cloud.render.policies.selecting import FieldPath, Placed, Rule
from pinnace_cloud.render.treatment import Asked, Subject, Treated, Treatment
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Written
from pinnace_schemas.reasons import Reason

# A cluster fills in fields of these that nobody may change then, such as the volume of a claim or the selector of a
# Job: written without them, the object would be refused for ever.
_PATCHED_ONLY = frozenset({"Job", "PersistentVolume", "PersistentVolumeClaim", "Pod"})


class Strategy(Written):
    """How objects are updated."""

    closed: ClassVar[bool] = True

    op: Literal["patch", "replace"] = "patch"
    """`patch` leaves what others have added; with `replace` it goes each time that the object is applied."""
    recreate_fields: Many[FieldPath] = ()
    """Fields such as `spec.template`: where one is another, the object is deleted and made anew."""


class ResourceUpdateRule(Rule):
    """Objects, and how they are updated."""

    strategy: Strategy = Strategy()
    """How they are updated."""


class ResourceUpdateParameters(Written):
    closed: ClassVar[bool] = True

    rules: Many[ResourceUpdateRule] = ()
    """How which objects are updated."""


class ResourceUpdate:
    """Makes objects anew where fields have changed that no cluster changes in place; replaces objects as a whole."""

    name = "resource-update"
    parameters = ResourceUpdateParameters

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:  # noqa: ARG002
        treated = selecting.by_rules(policies, subjects, _treatment)
        pairs = zip(subjects, treated.treatments, strict=True)
        kept = tuple(replace(item, replace=item.replace and _is_replaceable(subject)) for subject, item in pairs)
        found = _patched(selecting.chosen(policies, subjects), subjects)
        return replace(treated, treatments=kept, diagnostics=(*treated.diagnostics, *found))


def _treatment(rule: ResourceUpdateRule) -> Treatment:
    return Treatment(recreate=rule.strategy.recreate_fields, replace=rule.strategy.op == "replace")


def _is_replaceable(subject: Subject) -> bool:
    return subject.kind not in _PATCHED_ONLY


def _patched(chosen: Iterable[Placed | None], subjects: Iterable[Subject]) -> Iterator[Diagnostic]:
    for item, subject in zip(chosen, subjects, strict=True):
        if item and item.rule.strategy.op == "replace" and not _is_replaceable(subject):
            what = f"{subject.kind} '{subject.name}' is patched, not replaced"
            why = "clusters fill in fields of this kind that nobody may change then"
            yield diagnostics.warning(Reason.UNSUPPORTED, f"{what}: {why}", *item.path, "strategy", "op")
