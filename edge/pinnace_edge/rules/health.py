"""Says what an object's own status says about it: one rule per kind, nothing remembered, no clock.

The rules are those of kstatus (https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus); where ours differ
the rule says so. How long something may be InProgress or Unknown is decided by the caller's deadline.
"""

from collections.abc import Callable, Mapping

from pinnace_edge.model import Health, KubeObject, Status
from pinnace_edge.rules import health_others, health_workloads
from pinnace_edge.rules.health_reading import TRUE, condition, failed, in_progress, number, text, value

NOT_FOUND = Health(Status.NOT_FOUND, "does not exist")

Rule = Callable[[KubeObject], Health]

# By (group, kind): the version does not matter, all of a kind share one stored form.
RULES: Mapping[tuple[str, str], Rule] = {
    ("apps", "Deployment"): health_workloads.deployment,
    ("apps", "StatefulSet"): health_workloads.stateful_set,
    ("apps", "DaemonSet"): health_workloads.daemon_set,
    ("apps", "ReplicaSet"): health_workloads.replica_set,
    ("", "ReplicationController"): health_workloads.replication_controller,
    ("batch", "Job"): health_workloads.job,
    ("batch", "CronJob"): health_others.always,
    ("", "Pod"): health_others.pod,
    ("", "Service"): health_others.service,
    ("", "PersistentVolumeClaim"): health_others.persistent_volume_claim,
    ("", "Namespace"): health_others.namespace,
    ("policy", "PodDisruptionBudget"): health_others.always,
    ("networking.k8s.io", "Ingress"): health_others.always,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): health_others.custom_resource_definition,
    ("apiregistration.k8s.io", "APIService"): health_others.api_service,
    ("terraform.core.oam.dev", "Configuration"): health_others.terraform_configuration,
}


def health(item: KubeObject | None) -> Health:
    """The status of one whole object; None is an object that does not exist."""
    if item is None:
        return NOT_FOUND
    if "status" in item and not isinstance(item["status"], dict):
        return Health(Status.UNKNOWN, "its status is not an object")
    group = text(item, "apiVersion").rpartition("/")[0]
    rule = RULES.get((group, text(item, "kind")), health_others.by_conditions)
    return _generic(item) or rule(item)


def _generic(item: KubeObject) -> Health | None:
    """What holds for every kind, before its own rule is asked."""
    if text(item, "metadata", "deletionTimestamp"):
        return Health(Status.TERMINATING, _what_holds(item))
    generation, observed = number(item, "metadata", "generation"), value(item, "status", "observedGeneration")
    if isinstance(observed, int) and observed < generation:
        return in_progress(f"generation {generation} not yet looked at by its controller (it has seen {observed})")
    reconciling, stalled = condition(item, "Reconciling"), condition(item, "Stalled")
    if reconciling.status == TRUE:
        return in_progress(reconciling.explained("being reconciled"))
    return failed(stalled.explained("stalled")) if stalled.status == TRUE else None


def _what_holds(item: KubeObject) -> str:
    finalizers = value(item, "metadata", "finalizers")
    return f"being deleted, waiting for {', '.join(map(str, finalizers))}" if finalizers else "being deleted"
