"""Addresses and ports that a Service was given stay its own when a PUT does not name them.

As in kubernetes, pkg/registry/core/service/storage (patchAllocatedValues).
"""

from __future__ import annotations

from collections.abc import Sequence

from pinnace_sim.cluster.item import Object

_ADDRESSES = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
_WITH_NODE_PORTS = ("NodePort", "LoadBalancer")


def keep(spec: Object, before: Object) -> None:
    """Fills in what `before` was given and `spec` leaves out, where both types have such a thing."""
    if "ExternalName" not in (spec.get("type"), before.get("type")):
        for name in _ADDRESSES:
            if name in before:
                spec.setdefault(name, before[name])
    if spec.get("type") in _WITH_NODE_PORTS and before.get("type") in _WITH_NODE_PORTS:
        _keep_ports(spec.get("ports") or (), before.get("ports") or ())


def _keep_ports(ports: Sequence[Object], before: Sequence[Object]) -> None:
    """By the name of the port, unless another port of the Service names that number."""
    had = {each.get("name"): each["nodePort"] for each in before if "nodePort" in each}
    taken = {each.get("nodePort") for each in ports}
    for port in ports:
        found = had.get(port.get("name"))
        if found is not None and found not in taken:
            port.setdefault("nodePort", found)
