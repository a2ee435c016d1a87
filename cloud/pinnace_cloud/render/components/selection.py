"""The labels by which a component's workload, pods and Services find each other."""

from pinnace_cloud.render.dress import APPLICATION, COMPONENT
from pinnace_cloud.render.parts import Context


def selector(context: Context) -> dict[str, str]:
    """What selects the pods."""
    return {COMPONENT: context.component}


def labels(context: Context, own: dict[str, str] | None = None) -> dict[str, str]:
    """What the pods carry: their own labels, and those that select them."""
    return {**(own or {}), APPLICATION: context.application, **selector(context)}
