"""The traits `securitycontext` and `podsecuritycontext`: what containers and pods may do on their node.

Both forbid to run as root unless told otherwise, as in KubeVela. Settings are united with those that are there (see
`settings`): a setting that contradicts one of another trait is refused. Capabilities of several traits add up.
"""

from typing import Literal

from pydantic import Field

from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.patching import Conflicting
from pinnace_cloud.render.traits import addressing, pod_template, settings, shapes
from pinnace_cloud.render.traits.addressing import Addressed, OneOrSeveral
from pinnace_cloud.render.traits.pod_template import REPLACED
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many, Strictly


class SecurityPatch(Addressed):
    """What one container may do."""

    add_capabilities: Given[Many[str]] = None
    """Linux capabilities to add, without `CAP_`."""
    drop_capabilities: Given[Many[str]] = None
    """Linux capabilities to take away; `ALL` for all."""
    allow_privilege_escalation: bool = False
    """Processes may gain more rights than their parent has."""
    privileged: bool = False
    """Runs with the rights of root on the node."""
    read_only_root_filesystem: bool = False
    """The files of the image cannot be changed."""
    run_as_non_root: bool = True
    """Refuses to start as root."""
    run_as_user: Given[int] = None
    """Number of the user (UID)."""
    run_as_group: Given[int] = None
    """Number of the group (GID)."""


class SecurityOfContainer(SecurityPatch):
    """What the named container may do."""

    container_name: str = Field(min_length=1)
    """Name of the container."""


class SecurityParameters(SecurityPatch, OneOrSeveral[SecurityOfContainer]):
    """What one container may do, by default the component's own; or several."""


class SecurityContext:
    """Sets the security context of containers."""

    name = "securitycontext"
    parameters = SecurityParameters

    def apply(self, context: Context, parameters: SecurityParameters, output: Output) -> Output:
        return addressing.patched(context, output, parameters.patches, _patched)


_CAPABILITIES = {"add_capabilities": "add", "drop_capabilities": "drop"}
_OTHER = ("container_name", "containers")


def _patched(container: KubeObject, patch: SecurityPatch) -> KubeObject:
    base = shapes.mapping(container, "securityContext")
    found = settings.united(base, patch, without=(*_OTHER, *_CAPABILITIES))
    old = shapes.mapping(base, "capabilities")
    added = {name: getattr(patch, field) for field, name in _CAPABILITIES.items()}
    capabilities = {
        name: pod_template.appended(shapes.entries(old, name), new) for name, new in added.items() if new is not None
    }
    return {**container, "securityContext": {**found, "capabilities": {**old, **capabilities}}}


class Profile(Strictly):
    """What the kernel allows the processes."""

    type: Literal["RuntimeDefault", "Unconfined", "Localhost"]
    """Where the profile comes from."""
    localhost_profile: Given[str] = None
    """Name of the profile on the node, with `type: Localhost`."""


class PodSecurityParameters(Strictly):
    """What all containers of the pod may do."""

    app_armor_profile: Given[Profile] = None
    """AppArmor profile."""
    fs_group: Given[int] = None
    """Number of the group (GID) that owns the volumes."""
    run_as_group: Given[int] = None
    """Number of the group (GID)."""
    run_as_user: Given[int] = None
    """Number of the user (UID)."""
    run_as_non_root: bool = True
    """Refuses to start as root."""
    seccomp_profile: Given[Profile] = None
    """Profile of the system calls."""


class PodSecurityContext:
    """Sets the security context of the pod."""

    name = "podsecuritycontext"
    parameters = PodSecurityParameters

    def apply(self, context: Context, parameters: PodSecurityParameters, output: Output) -> Output:
        try:
            base = shapes.mapping(output.workload, *pod_template.POD, "securityContext")
            found = settings.united(base, parameters)
        except Conflicting as exc:
            return pod_template.reported(output, *pod_template.conflicts(exc, "in the pod", ("properties",)))
        return pod_template.patched(context, output, {"securityContext": found}, {"securityContext": REPLACED})
