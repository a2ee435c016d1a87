"""When traits that let traffic in are healthy, and what is said of them: the rules and words of KubeVela's.

Two of their oddities are kept, so that messages mean the same: a LoadBalancer that waits for its address has none, and
that of a gateway names the host only if the gateway has a `name`, and never an address.
"""

from typing import Any

from pinnace_cloud.render import paths
from pinnace_cloud.render.health import reading
from pinnace_cloud.render.health.reading import ReadingError
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_schemas.bundle import KubeObject

_NO_HOST = "Host not specified, visit the cluster or load balancer in front of the cluster\n"
# The key of the Service that the trait `expose` makes.
SERVICE = "service"


def exposed(live: Live) -> Health:
    """A LoadBalancer has an IP address outside; any other Service is healthy. For `expose`."""
    service = live.outputs.get(SERVICE, {})
    return reading.evaluated(lambda: _is_reachable(service), lambda: _address(service))


def _is_reachable(service: KubeObject) -> bool:
    return _service_type(service) != "LoadBalancer" or bool(_external_ip(service))


def _address(service: KubeObject) -> str:
    match _service_type(service):
        case "ClusterIP":
            return f"ClusterIP: {_text(service, 'spec', 'clusterIP')}"
        case "LoadBalancer" if not _external_ip(service):
            raise ReadingError("the load balancer has given no IP address yet")
        case "LoadBalancer":
            return f"ExternalIP: {_external_ip(service)}"
    return ""


def _service_type(service: KubeObject) -> str:
    return _text(service, "spec", "type")


def _external_ip(service: KubeObject) -> str:
    """The first address, if it is an IP address: a host name does not count."""
    ip = paths.get(_first(service, "status", "loadBalancer", "ingress"), ("ip",))
    return ip if isinstance(ip, str) else ""


def _text(item: KubeObject, *path: str) -> str:
    found = paths.get(item, path)
    if not isinstance(found, str):
        raise ReadingError(f"{'.'.join(path)} is missing")
    return found


def _first(item: KubeObject, *path: str) -> Any:
    """Of a list; None where there is none."""
    found = paths.get(item, path)
    return found[0] if isinstance(found, list) and found else None


def routed(live: Live) -> Health:
    """The Ingress is there; nobody asks whether it has an address. For `gateway`."""
    name = live.properties.get("name")
    wanted = live.component if name is None else f"{live.component}-{name}"
    found = [item for item in live.outputs.values() if _is_ingress(item, wanted)]
    host = paths.get(_first(found[0], "spec", "rules"), ("host",)) if found and name is not None else None
    return Health(bool(found), _NO_HOST if host is None else f"Visiting URL: {host}\n")


def _is_ingress(item: KubeObject, name: str) -> bool:
    return item.get("kind") == "Ingress" and paths.get(item, ("metadata", "name")) == name
