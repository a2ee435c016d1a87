"""The deprecated policy `env-binding`: environments, each with places and changes of its own.

It is checked and not carried out: printing shows the components as they are written, as KubeVela's dry run does, and
nothing is delivered.
"""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from pinnace_cloud.render.policies.override_parameters import ComponentPatch
from pinnace_cloud.render.treatment import USUAL, Asked, Subject, Treated
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Text
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Written
from pinnace_schemas.reasons import Reason


class Choice(Written):
    """A cluster or a namespace."""

    closed: ClassVar[bool] = True

    name: str = ""
    """Its name."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Labels that it has."""


class Placement(Written):
    """Where an environment is."""

    closed: ClassVar[bool] = True

    cluster_selector: Choice | None = None
    """In which clusters."""
    namespace_selector: Choice | None = None
    """In which namespace."""


class Members(Written):
    """Components of an environment."""

    closed: ClassVar[bool] = True

    components: Many[str] = ()
    """Their names."""


class Patch(Written):
    """What is different in an environment."""

    closed: ClassVar[bool] = True

    components: Many[ComponentPatch] = ()
    """Changed and further components, as in the policy `override`."""


class Environment(Written):
    """A place with changes of its own."""

    closed: ClassVar[bool] = True

    name: Text
    """Its name, by which steps find it."""
    placement: Placement | None = None
    """Where it is."""
    selector: Members | None = None
    """The components that it has; all without it."""
    patch: Patch | None = None
    """What is different there."""


class EnvBindingParameters(Written):
    closed: ClassVar[bool] = True

    envs: Many[Environment] = ()
    """The environments."""
    created: bool | None = None
    """Has no effect."""


class EnvBinding:
    """Environments with places and changes of their own; not carried out."""

    name = "env-binding"
    parameters = EnvBindingParameters
    replacement = "topology and override, which a step deploy brings together"

    def treat(self, policies: Sequence[Asked], subjects: Sequence[Subject], doubts: Severity) -> Treated:
        found = tuple(_not_carried_out(item, doubts) for item in policies)
        return Treated((USUAL,) * len(subjects), found)


def _not_carried_out(policy: Asked, severity: Severity) -> Diagnostic:
    message = "'env-binding' is not carried out: its environments get nothing"
    hint = f"write {EnvBinding.replacement}"
    return Diagnostic(severity, Reason.UNSUPPORTED, message, path=diagnostics.join_path(policy.path), hint=hint)
