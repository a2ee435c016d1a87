"""The policy `resource-update`: makes objects anew where fields are another that no cluster changes in place.

`op: replace` is not supported: at each revision it would undo what others have set, such as an autoscaler's replicas.
What an earlier revision set and this one does not goes without it: server-side apply takes it off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import ClassVar, Literal

from pinnace_cloud.render.policies import selecting
from pinnace_cloud.render.policies.selecting import FieldPath, Rule
from pinnace_cloud.render.treatment import Asked, Subject, Treated, Treatment
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Written
from pinnace_schemas.reasons import Reason


class Strategy(Written):
    """How objects are updated."""

    closed: ClassVar[bool] = True

    op: Literal["patch", "replace"] = "patch"
    """`replace` is not supported."""
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
    """Makes objects anew where fields have changed that no cluster changes in place."""

    name = "resource-update"
    parameters = ResourceUpdateParameters

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:
        treated = selecting.by_rules(policies, subjects, _treatment)
        found = (*treated.diagnostics, *chain.from_iterable(_replacing(item, doubts) for item in policies))
        return replace(treated, diagnostics=found)


def _treatment(rule: ResourceUpdateRule) -> Treatment:
    return Treatment(recreate=rule.strategy.recreate_fields)


def _replacing(policy: Asked, doubts: Severity) -> Iterator[Diagnostic]:
    for index, rule in enumerate(policy.parameters.rules):
        if rule.strategy.op == "replace":
            message = (
                "'replace' is not supported: it would undo what others have set;"
                " what an earlier revision set goes without it"
            )
            place = (*policy.path, "properties", "rules", index, "strategy", "op")
            yield Diagnostic(doubts, Reason.UNSUPPORTED, message, path=diagnostics.join_path(place))
