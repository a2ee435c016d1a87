"""Services of Kubernetes as component types and traits write them."""

from typing import Any, Literal

from pinnace_schemas.bundle import KubeObject

Protocol = Literal["TCP", "UDP", "SCTP"]


def port_name(number: int, protocol: str) -> str:
    """`port-80`, or `port-53-udp` where it is not TCP."""
    return f"port-{number}" if protocol == "TCP" else f"port-{number}-{protocol.lower()}"


def service(name: str, selector: dict[str, str], ports: list[dict[str, Any]] | None, service_type: str) -> KubeObject:
    """`ports` None leaves the field out."""
    spec: dict[str, Any] = {"selector": selector, "type": service_type}
    if ports is not None:
        spec["ports"] = ports
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}
