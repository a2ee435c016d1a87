"""Puts the rules together, kind by kind. Custom resources are checked by their schema and their metadata only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.schema import strict
from pinnace_sim.cluster.validating import causes, change_rules, metadata, object_rules, workload_rules
from pinnace_sim.cluster.validating.causes import Cause

Rule = Callable[[Object], Iterator[Cause]]


def check_new(resource: Resource, item: Object) -> None:
    """Raises Refused (422)."""
    _refuse(resource, item, _problems(resource, item))


def check_changed(resource: Resource, item: Object, live: Object) -> None:
    """Raises Refused (422)."""
    found = [*metadata.changed(item["metadata"], live["metadata"]), *_problems(resource, item)]
    if resource.key in _CHANGES:
        found += _CHANGES[resource.key](item, live)
    _refuse(resource, item, found)


def _problems(resource: Resource, item: Object) -> Iterator[Cause]:
    yield from metadata.problems(resource, item["metadata"])
    own = list(_RULES[resource.key](item)) if resource.key in _RULES else []
    known = {cause["field"] for cause in own}
    yield from (causes.required(field) for field in _missing(resource, item) if field not in known)
    yield from own


def _missing(resource: Resource, item: Object) -> tuple[str, ...]:
    """The status of built-in kinds is their controllers' affair."""
    if resource.is_custom:
        return strict.missing_fields(resource.fields(), item)
    # Of metadata there are rules of its own.
    told = {name: each for name, each in item.items() if name not in ("metadata", "status")}
    return strict.missing_fields(resource.fields(), told)


def _refuse(resource: Resource, item: Object, found: Iterable[Cause]) -> None:
    told = list(found)
    if told:
        raise errors.invalid(resource.kind, resource.group, item["metadata"].get("name") or "", told)


_RULES: Mapping[str, Rule] = {
    "configmaps": object_rules.keys,
    "secrets": object_rules.keys,
    "pods": workload_rules.pod,
    "deployments.apps": workload_rules.deployment,
    "daemonsets.apps": workload_rules.workload,
    "statefulsets.apps": workload_rules.workload,
    "replicasets.apps": workload_rules.workload,
    "replicationcontrollers": workload_rules.replication_controller,
    "jobs.batch": workload_rules.job,
    "cronjobs.batch": workload_rules.cron_job,
    "services": object_rules.service,
    "persistentvolumeclaims": object_rules.claim,
    "ingresses.networking.k8s.io": object_rules.ingress,
    "poddisruptionbudgets.policy": object_rules.budget,
    "roles.rbac.authorization.k8s.io": object_rules.role,
    "clusterroles.rbac.authorization.k8s.io": object_rules.role,
    "customresourcedefinitions.apiextensions.k8s.io": object_rules.definition,
}
_CHANGES: Mapping[str, change_rules.ChangeRule] = {
    "configmaps": change_rules.kept,
    "secrets": change_rules.secret,
    "services": change_rules.address,
    "deployments.apps": change_rules.same("spec", "selector"),
    "daemonsets.apps": change_rules.same("spec", "selector"),
    "replicasets.apps": change_rules.same("spec", "selector"),
    "statefulsets.apps": change_rules.stateful_set,
    "jobs.batch": change_rules.same("spec", "template"),
    "rolebindings.rbac.authorization.k8s.io": change_rules.binding,
    "clusterrolebindings.rbac.authorization.k8s.io": change_rules.binding,
    "persistentvolumeclaims": change_rules.claim,
}
