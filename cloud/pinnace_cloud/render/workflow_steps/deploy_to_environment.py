"""The deprecated workflow step `deploy2env`, which delivers an environment of a policy `env-binding`."""

from pinnace_cloud.render.parts import Deployed
from pinnace_schemas import diagnostics
from pinnace_schemas.application import Text
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.fields import Given, Strictly
from pinnace_schemas.reasons import Reason


class DeployToEnvironmentParameters(Strictly):
    """Which environment."""

    policy: str = ""
    """Name of the policy that has it; the first policy with environments where it is left out."""
    env: Text
    """Name of the environment."""
    parallel: Given[bool] = None
    """No effect: components wait only for those that `dependsOn` and `inputs` name."""


class DeployToEnvironment:
    """Delivers the Application to where an environment is, changed by it."""

    name = "deploy2env"
    parameters = DeployToEnvironmentParameters
    replacement = "deploy with topology and override"

    def deploys(self, parameters: DeployToEnvironmentParameters, doubts: Severity) -> Deployed:  # noqa: ARG002
        policies = (parameters.policy,) if parameters.policy else ()
        return Deployed(policies, _no_effect(parameters), parameters.env)


def _no_effect(parameters: DeployToEnvironmentParameters) -> tuple[Diagnostic, ...]:
    if parameters.parallel is not False:
        return ()
    message = "has no effect: components wait only for those that their 'dependsOn' and 'inputs' name"
    return (diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "parallel"),)
