"""When what a Terraform controller makes is healthy, and what is said of it: KubeVela's rule for a `Configuration`."""

from pinnace_cloud.render import paths
from pinnace_cloud.render.health import reading
from pinnace_cloud.render.health.rule import Health, Live
from pinnace_schemas.bundle import KubeObject


def provisioned(live: Live) -> Health:
    """Terraform has applied the newest module. For `terraform`."""
    item = live.output or {}
    return reading.evaluated(lambda: _is_available(item), lambda: _message(item))


def _is_available(item: KubeObject) -> bool:
    """A controller that does not say which generation it has seen is believed."""
    observed = reading.count(item, "observedGeneration")
    is_newest = not observed or observed == reading.number(item, "metadata", "generation")
    return is_newest and paths.get(item, ("status", "apply", "state")) == "Available"


def _message(item: KubeObject) -> str:
    message = paths.get(item, ("status", "apply", "message"))
    return message if isinstance(message, str) else ""
