"""Health of built-in kinds that make no pods, and of pods. Rules of kstatus in our words, except where noted."""

from pinnace_edge.model import Health, KubeObject, Status
from pinnace_edge.rules.health_reading import (
    FALSE,
    TRUE,
    condition,
    conditions,
    current,
    failed,
    in_progress,
    items,
    number,
    text,
    value,
)


def pod(item: KubeObject) -> Health:
    """A pod that ended badly is Failed (kstatus: Current). How long one may be unschedulable, the caller decides."""
    phase = text(item, "status", "phase")
    if phase == "Succeeded":
        return current("completed")
    if phase == "Failed":
        return failed(f"the pod failed: {text(item, 'status', 'message') or _why_waiting(item) or 'no reason given'}")
    if phase == "Running":
        return _running_pod(item)
    scheduled = condition(item, "PodScheduled")
    if scheduled.status == FALSE:
        return in_progress(scheduled.explained("not scheduled"))
    return in_progress(f"pending{_after_colon(_why_waiting(item))}")


def _running_pod(item: KubeObject) -> Health:
    ready = condition(item, "Ready")
    if ready.status == TRUE:
        return current("ready")
    crashing = [str(each.get("name")) for each in _containers(item) if _waits_for(each) == "CrashLoopBackOff"]
    if crashing:
        return failed(f"containers crash again and again: {', '.join(crashing)}")
    return in_progress(ready.explained("running, not ready"))


def service(item: KubeObject) -> Health:
    """As kstatus, an address outside is not waited for: where no load balancer runs there would never be one."""
    if text(item, "spec", "type") != "LoadBalancer":
        return current()
    if not text(item, "spec", "clusterIP"):
        return in_progress("no cluster address yet")
    if not items(item, "status", "loadBalancer", "ingress"):
        return current("no address outside the cluster yet")
    return current()


def persistent_volume_claim(item: KubeObject) -> Health:
    """A lost volume does not come back: Failed (kstatus: InProgress)."""
    phase = text(item, "status", "phase")
    if phase == "Bound":
        return current("bound")
    if phase == "Lost":
        return failed("its volume was lost")
    return in_progress(f"not bound to a volume ({phase or 'no phase'})")


def custom_resource_definition(item: KubeObject) -> Health:
    accepted, established = condition(item, "NamesAccepted"), condition(item, "Established")
    if accepted.status == FALSE:
        return failed(accepted.explained("its names are not accepted"))
    if established.status == TRUE:
        return current("established")
    if established.status == FALSE and established.reason != "Installing":
        return failed(established.explained("not established"))
    return in_progress("being installed")


def api_service(item: KubeObject) -> Health:
    """Not in kstatus; its only condition is Available."""
    available = condition(item, "Available")
    if available.status == TRUE:
        return current("available")
    return in_progress(available.explained("not available"))


def namespace(item: KubeObject) -> Health:
    """Not in kstatus; deletionTimestamp is set with the phase, a namespace that is left over may show only that."""
    if text(item, "status", "phase") == "Terminating":
        stuck = [each.message for each in conditions(item).values() if each.status == TRUE and each.message]
        return Health(Status.TERMINATING, "; ".join(stuck) or "being deleted")
    return current()


# Of api/types/state.go of the Terraform controller: what stays so until a person changes the object.
_TERRAFORM_FAILED = frozenset(
    {"ApplyFailed", "DestroyFailed", "TerraformInitError", "ConfigurationSpecNotValid", "InvalidRegion"}
)


def terraform_configuration(item: KubeObject) -> Health:
    """Not in kstatus: the Terraform controller sets no conditions and writes a state of its own."""
    state, message = text(item, "status", "apply", "state"), text(item, "status", "apply", "message")
    said = f"{state or 'not yet looked at'}{f': {message}' if message else ''}"
    if state == "Available":
        return current(said)
    return failed(said) if state in _TERRAFORM_FAILED else in_progress(said)


def always(_: KubeObject) -> Health:
    """Kinds whose status says nothing about health, such as Ingress (kstatus: always current)."""
    return current()


def by_conditions(item: KubeObject) -> Health:
    """Custom resources: the convention of a Ready condition. Without one, existing is all there is.

    A condition says of which generation it is where the status as a whole does not (kstatus: not looked at), as in the
    conventions of the Kubernetes API.
    """
    ready = condition(item, "Ready")
    generation = number(item, "metadata", "generation")
    is_said = value(item, "status", "observedGeneration") is not None
    if ready.observed is not None and ready.observed < generation and not is_said:
        return in_progress(f"generation {generation} not yet looked at by its controller (Ready: {ready.observed})")
    if ready.status in (TRUE, ""):
        return current()
    return in_progress(ready.explained("not ready"))


def _containers(item: KubeObject) -> tuple[KubeObject, ...]:
    found = (*items(item, "status", "initContainerStatuses"), *items(item, "status", "containerStatuses"))
    return tuple(dict(each) for each in found)


def _waits_for(container: KubeObject) -> str:
    return text(container, "state", "waiting", "reason")


def _why_waiting(item: KubeObject) -> str:
    for each in _containers(item):
        waiting = value(each, "state", "waiting") or value(each, "state", "terminated")
        if isinstance(waiting, dict) and waiting.get("reason"):
            return f"container {each.get('name')}: {waiting['reason']}"
    return ""


def _after_colon(why: str) -> str:
    return f", {why}" if why else ""
