"""The trait `service-binding`: environment variables of the component's own container from Secrets.

KubeVela has given it up. What the container has keeps its place, new variables follow in the order of names.
"""

from pydantic import Field

from pinnace_cloud.render.components.pod_parameters import Closed
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template
from pinnace_cloud.render.traits.pod_template import BY_NAME
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Strictly


class KeySecret(Closed):
    """A key of a Secret."""

    secret: str
    """Name of the Secret."""
    key: Given[str] = None
    """Key in the Secret; the name of the variable without it."""


class ServiceBindingParameters(Strictly):
    """Variables from Secrets."""

    env_mappings: dict[str, KeySecret] = Field(default_factory=dict)
    """Where each variable comes from, by name."""


class ServiceBinding:
    """Sets environment variables from Secrets."""

    name = "service-binding"
    parameters = ServiceBindingParameters
    replacement = "storage, with a secret and mountToEnvs"

    def apply(self, context: Context, parameters: ServiceBindingParameters, output: Output) -> Output:
        known = pod_template.names(pod_template.containers(output))
        if context.component not in known:
            return pod_template.reported(output, pod_template.missing(context.component, known, ("type",)))
        variables = [_variable(name, parameters.env_mappings[name]) for name in sorted(parameters.env_mappings)]
        pod = {"containers": [{"name": context.component, "env": variables}]}
        tags = {"containers": BY_NAME, "containers[].env": BY_NAME}
        return pod_template.patched(context, output, pod, tags, ("properties", "envMappings"))


def _variable(name: str, item: KeySecret) -> KubeObject:
    reference = {"name": item.secret, "key": name if item.key is None else item.key}
    return {"name": name, "valueFrom": {"secretKeyRef": reference}}
