"""The policy `apply-once`: what others set since an object was made is left so, in whole or at some paths.

Without rules all objects are left alone between revisions, and a new revision is applied. A rule leaves its paths
alone also as a new revision is applied, unless `affect` says otherwise. `*` is the whole object.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from pinnace_cloud.render.policies import selecting
from pinnace_cloud.render.policies.selecting import Selector
from pinnace_cloud.render.treatment import USUAL, Asked, Subject, Treated, Treatment
from pinnace_schemas import field_paths, labels
from pinnace_schemas.diagnostics import Severity
from pinnace_schemas.fields import Many
from pinnace_schemas.handling import Once, When
from pinnace_schemas.metadata import Written

_WHOLE = "*"
# By these an object is found and known as ours.
_IDENTITY = (
    ("apiVersion",),
    ("kind",),
    ("metadata",),
    ("metadata", "name"),
    ("metadata", "namespace"),
    ("metadata", "labels"),
    ("metadata", "ownerReferences"),
    ("metadata", "finalizers"),
    *(("metadata", "labels", name) for name in labels.WRITTEN_AT_SITES),
)
_WHEN = {"onUpdate": When.UPDATE, "onStateKeep": When.KEEP}


def _left(text: str) -> str:
    if text == _WHOLE:
        return text
    if field_paths.parse(selecting.field_path(text)) in _IDENTITY:
        raise PydanticCustomError(
            "path", "'{text}' cannot be left to others: the object is known by it", {"text": text}
        )
    return text


class Strategy(Written):
    """What is left to others, and when."""

    closed: ClassVar[bool] = True

    path: Many[Annotated[str, AfterValidator(_left)]]
    """Fields such as `spec.replicas` or `spec.template.spec.containers[0].resources`; `*` is the whole object."""
    affect: Literal["", "onUpdate", "onStateKeep", "always"] = ""
    """As a revision is applied (`onUpdate`), between revisions (`onStateKeep`), or both, which is usual."""


class ApplyOnceRule(Written):
    """Objects, and what of them is left to others."""

    closed: ClassVar[bool] = True

    selector: Selector | None = None
    """Which objects are meant."""
    strategy: Strategy | None = None
    """What is left to others."""


class ApplyOnceParameters(Written):
    closed: ClassVar[bool] = True

    enable: bool = False
    """Whether the policy holds."""
    rules: Many[ApplyOnceRule] | None = None
    """What is left to others of which objects; without it all objects are, between revisions."""


class ApplyOnce:
    """Leaves alone what others set on objects since they were made, in whole or at some paths."""

    name = "apply-once"
    parameters = ApplyOnceParameters

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:  # noqa: ARG002
        """Several policies count as one that is enabled if any is."""
        if not any(item.parameters.enable for item in policies):
            return Treated((USUAL,) * len(subjects))
        if all(item.parameters.rules is None for item in policies):
            return Treated((Treatment(once=Once(when=When.KEEP)),) * len(subjects))
        return selecting.by_rules(policies, subjects, _treatment)


def _treatment(rule: ApplyOnceRule) -> Treatment:
    if rule.strategy is None or not rule.strategy.path:
        return USUAL
    when = _WHEN.get(rule.strategy.affect, When.ALWAYS)
    paths = rule.strategy.path
    return Treatment(once=Once(when=when, paths=None if _WHOLE in paths else paths))
