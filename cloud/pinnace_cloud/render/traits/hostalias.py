"""The trait `hostalias`: lines in the hosts file of the pods.

Names that several traits give to one address add up; KubeVela unites them by position, and mostly fails.
"""

from collections.abc import Iterable
from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.components import pods
from pinnace_cloud.render.components.pod_parameters import HostAlias
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template
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
        old = paths.get(output.workload, (*pod_template.POD, "hostAliases")) or []
        found = [_with(old, pods.plain(item)) for item in parameters.host_aliases]
        path = ("properties", "hostAliases")
        return pod_template.patched(context, output, {"hostAliases": found}, {"hostAliases": BY_IP}, path)


def _with(old: Iterable[Any], alias: KubeObject) -> KubeObject:
    """The alias with the names that its address has, these first."""
    names = next((paths.get(item, ("hostnames",)) for item in old if paths.get(item, ("ip",)) == alias["ip"]), None)
    return {**alias, "hostnames": pod_template.appended(names, alias["hostnames"])}
