"""The policy `garbage-collect`: when objects go that a newer revision does not name, and whether with the application.

A rule with `propagation: orphan` leaves the object itself in place too, as KubeVela does. A rule that says
`onAppUpdate` in so many words takes also what may hold data: claims and definitions of kinds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import ClassVar, Literal

from pinnace_cloud.render.policies import selecting
from pinnace_cloud.render.policies.selecting import Rule
from pinnace_cloud.render.treatment import Asked, Subject, Treated, Treatment
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.fields import Many
from pinnace_schemas.handling import Prune
from pinnace_schemas.metadata import Written
from pinnace_schemas.reasons import Reason

_STRATEGIES = {"onAppUpdate": Prune.ON_UPDATE, "onAppDelete": Prune.ON_DELETE, "never": Prune.NEVER}


class GarbageCollectRule(Rule):
    """Objects of this revision, and when they go later; what only earlier revisions named goes as these said."""

    strategy: Literal["onAppUpdate", "onAppDelete", "never"] | None = None
    """With the revision that no longer names them, with the application, or never."""
    propagation: Literal["orphan", "cascading"] | None = None
    """`orphan` leaves the objects, and what depends on them; `cascading` is usual."""


class GarbageCollectParameters(Written):
    closed: ClassVar[bool] = True

    application_revision_limit: int | None = None
    """Has no effect."""
    keep_legacy_resource: bool = False
    """Whether what earlier revisions named stays until the application goes."""
    continue_on_failure: bool = False
    """Has no effect."""
    order: Literal["", "dependency"] = ""
    """`dependency`: when the application goes, a component goes once those are gone that wait for it."""
    rules: Many[GarbageCollectRule] = ()
    """When which objects go; of several rules that mean an object the first counts."""


class GarbageCollect:
    """Says when objects go that a newer revision does not name, and which stay when the application goes."""

    name = "garbage-collect"
    parameters = GarbageCollectParameters

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:  # noqa: ARG002
        """Several policies count as one with all rules."""
        treated = selecting.by_rules(policies, subjects, _treatment)
        keep_legacy = any(item.parameters.keep_legacy_resource for item in policies)
        found = (*treated.diagnostics, *chain.from_iterable(_vain(item) for item in policies))
        in_order = any(item.parameters.order == "dependency" for item in policies)
        return replace(treated, diagnostics=found, keep_legacy=keep_legacy, remove_in_order=in_order)


def _treatment(rule: GarbageCollectRule) -> Treatment:
    if rule.propagation == "orphan":
        return Treatment(prune=Prune.NEVER)
    return Treatment(prune=_STRATEGIES[rule.strategy] if rule.strategy else None)


_NO_EFFECT = {
    "application_revision_limit": "the controller keeps all revisions",
    "continue_on_failure": "nothing is removed as long as something of the new revision is refused",
}


def _vain(policy: Asked) -> Iterator[Diagnostic]:
    for name, why in _NO_EFFECT.items():
        if getattr(policy.parameters, name):
            alias = GarbageCollectParameters.model_fields[name].alias or name
            message = f"has no effect: {why}"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, *policy.path, "properties", alias)
