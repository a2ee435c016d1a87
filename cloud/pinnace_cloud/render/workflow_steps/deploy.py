"""The workflow step `deploy`, and the deprecated `apply-application`, which deploys all to the group `local`."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pinnace_cloud.render.parts import Deployed
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason


class DeployParameters(Strictly):
    """Properties of a deploy step. Only `policies` is understood; the rest is refused where it asks for something."""

    closed: ClassVar[bool] = True

    policies: Many[str] = ()
    """Names of the policies to bring together: topologies, overrides, replications."""
    auto: bool = True
    """Only `true` is supported."""
    parallelism: Given[int] = None
    """Not supported."""
    ignore_terraform_component: bool = False
    """No effect: a component of the type `terraform` is delivered like any other."""


_DEFAULTS: Mapping[str, Any] = {"auto": True, "parallelism": None}


class Deploy:
    """Delivers the Application to where topologies say, changed by other policies."""

    name = "deploy"
    parameters = DeployParameters

    def deploys(self, parameters: DeployParameters, doubts: Severity) -> Deployed:
        return Deployed(parameters.policies, tuple(_unsupported(parameters, doubts)))


def _unsupported(parameters: DeployParameters, severity: Severity) -> Iterator[Diagnostic]:
    for name, default in _DEFAULTS.items():
        if getattr(parameters, name) != default:
            path = diagnostics.join_path(("properties", DeployParameters.model_fields[name].alias or name))
            yield Diagnostic(severity, Reason.UNSUPPORTED, "is not supported yet; leave it out", path=path)
    if parameters.ignore_terraform_component:
        message = "has no effect: keep components of the type 'terraform' out with the selector of an override"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "ignoreTerraformComponent")


class NoParameters(Strictly):
    """No properties."""


class ApplyApplication:
    """Delivers the whole Application to the group `local`."""

    name = "apply-application"
    parameters = NoParameters
    replacement = "deploy"

    def deploys(self, parameters: NoParameters, doubts: Severity) -> Deployed:  # noqa: ARG002 - of the protocol
        return Deployed(())
