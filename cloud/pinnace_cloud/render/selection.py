"""The labels by which a component's workload, pods and Services find each other."""

from pinnace_cloud.render.dress import APPLICATION, COMPONENT
from pinnace_cloud.render.parts import Context
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import NO_DNS_LABEL
from pinnace_schemas.names import is_dns_label
from pinnace_schemas.reasons import Reason


def selector(context: Context) -> dict[str, str]:
    """What selects the pods."""
    return {COMPONENT: context.component}


def labels(context: Context, own: dict[str, str] | None = None) -> dict[str, str]:
    """What the pods carry: their own labels, and those that select them."""
    return {**(own or {}), APPLICATION: context.application, **selector(context)}


def name_problems(context: Context) -> tuple[Diagnostic, ...]:
    """The container is called like the component. The path is below the component."""
    if is_dns_label(context.component):
        return ()
    message = NO_DNS_LABEL.format(text=context.component)
    return (Diagnostic(context.doubts, Reason.INVALID, message, path="name"),)
