"""The trait `hostalias`: lines in the hosts file of the pods.

Names that several traits give to one address add up; KubeVela unites them by position, and mostly fails.
"""

from collections.abc import Iterable

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.pod_parameters import HostAlias
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template, shapes
from pinnace_cloud.render.traits.pod_template import BY_IP
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Many, Strictly


class HostAliasParameters(Strictly):
    """Names of addresses."""

    host_aliases: Many[HostAlias] = ()
    """Addresses and their names."""


class HostAliases:
    """Names addresses in the hosts file of the pods."""

    name = "hostalias"
    parameters = HostAliasParameters

    def apply(self, context: Context, parameters: HostAliasParameters, output: Output) -> Output:
        old = shapes.maps(output.workload, *pod_template.POD, "hostAliases")
        found = [_with(old, pods.plain(item)) for item in parameters.host_aliases]
        path = ("properties", "hostAliases")
        return pod_template.patched(context, output, {"hostAliases": found}, {"hostAliases": BY_IP}, path)


def _with(old: Iterable[KubeObject], alias: KubeObject) -> KubeObject:
    """The alias with the names that its address has, these first."""
    own = next((item for item in old if item.get("ip") == alias["ip"]), None)
    return {**alias, "hostnames": pod_template.appended(shapes.entries(own, "hostnames"), alias["hostnames"])}
