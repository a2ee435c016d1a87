"""The trait `service-account`: as whom the pods talk to the cluster, and what they may do there.

Roles of the whole cluster are called after namespace and account, as in KubeVela.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.pod_parameters import Closed
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_cloud.render.traits import pod_template
from pinnace_cloud.render.traits.pod_template import REPLACED
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason


class Privileges(Closed):
    """What the account may do."""

    verbs: Many[str]
    """What it may do: `get`, `list`, `watch`, `create`, ..., `*`."""
    api_groups: Given[Many[str]] = None
    """API groups of the objects; '' is the core."""
    resources: Given[Many[str]] = None
    """Sorts of objects: `pods`."""
    resource_names: Given[Many[str]] = None
    """Names of objects; all without it."""
    non_resource_urls: Given[Many[str]] = Field(default=None, alias="nonResourceURLs")
    """Paths of the API that are no objects."""
    scope: Literal["namespace", "cluster"] = "namespace"
    """In the namespace of the component, or everywhere."""


class ServiceAccountParameters(Strictly):
    """As whom the pods talk to the cluster."""

    name: str
    """Name of the account."""
    create: bool = False
    """Makes the account; else it must be there."""
    privileges: Given[Many[Privileges]] = None
    """What the account may do."""


class ServiceAccount:
    """Gives the pods an account and rights in the cluster."""

    name = "service-account"
    parameters = ServiceAccountParameters

    def apply(self, context: Context, parameters: ServiceAccountParameters, output: Output) -> Output:
        pod = {"serviceAccountName": parameters.name}
        after = pod_template.patched(context, output, pod, {"serviceAccountName": REPLACED})
        after = after.with_parts(*_parts(context, parameters, self.name))
        return pod_template.reported(after, *_doubts(context, parameters))


def _parts(context: Context, parameters: ServiceAccountParameters, trait: str) -> Iterator[Part]:
    if parameters.create:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": parameters.name}}
        yield Part(account, Origin.TRAIT, trait, key="service-account")
    everywhere = [item for item in parameters.privileges or () if item.scope == "cluster"]
    here = [item for item in parameters.privileges or () if item.scope == "namespace"]
    subject = {"kind": "ServiceAccount", "name": parameters.name}
    path = ("properties", "privileges")
    if everywhere:
        name = f"{context.namespace}:{parameters.name}"
        role, binding = _role("ClusterRole", name, everywhere, {**subject, "namespace": context.namespace})
        yield Part(role, Origin.TRAIT, trait, path, "cluster-role")
        yield Part(binding, Origin.TRAIT, trait, path, "cluster-role-binding")
    if here:
        role, binding = _role("Role", parameters.name, here, subject)
        yield Part(role, Origin.TRAIT, trait, path, "role")
        yield Part(binding, Origin.TRAIT, trait, path, "role-binding")


_GROUP = "rbac.authorization.k8s.io"


def _role(kind: str, name: str, allowed: Sequence[Privileges], subject: KubeObject) -> tuple[KubeObject, KubeObject]:
    """A role and its binding."""
    head = {"apiVersion": f"{_GROUP}/v1", "metadata": {"name": name}}
    rules = [{key: value for key, value in pods.plain(item).items() if key != "scope"} for item in allowed]
    reference = {"apiGroup": _GROUP, "kind": kind, "name": name}
    binding = {**head, "kind": f"{kind}Binding", "roleRef": reference, "subjects": [subject]}
    return {**head, "kind": kind, "rules": rules}, binding


def _doubts(context: Context, parameters: ServiceAccountParameters) -> Iterator[Diagnostic]:
    for index, item in enumerate(parameters.privileges or ()):
        for message in _refused(item):
            path = diagnostics.join_path(("properties", "privileges", index))
            yield Diagnostic(context.doubts, Reason.INVALID, message, path=path)


def _refused(item: Privileges) -> Iterator[str]:
    """What no cluster takes in a rule."""
    is_about_objects = bool(item.api_groups or item.resources or item.resource_names)
    if is_about_objects and not (item.api_groups and item.resources):
        yield "rules about objects need 'apiGroups' ('' is the core) and 'resources'"
    if item.non_resource_urls and (is_about_objects or item.scope != "cluster"):
        yield "'nonResourceURLs' need 'scope: cluster' and a rule of their own"
    if not is_about_objects and not item.non_resource_urls:
        yield "a rule needs 'apiGroups' and 'resources', or 'nonResourceURLs'"
