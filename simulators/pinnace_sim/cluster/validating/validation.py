"""Puts the rules together, kind by kind. Custom resources are checked by their schema and their metadata only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from pinnace_sim.cluster import errors, selectors
from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.schema import strict
from pinnace_sim.cluster.validating import causes, metadata, pods, words
from pinnace_sim.cluster.validating.causes import Cause

Rule = Callable[[Object], Iterator[Cause]]
ChangeRule = Callable[[Object, Object], Iterator[Cause]]

STATEFUL_SET_MAY_CHANGE = frozenset(
    {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    }
)


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
    return strict.missing_fields(resource.fields(), {name: each for name, each in item.items() if name != "status"})


def _refuse(resource: Resource, item: Object, found: Iterable[Cause]) -> None:
    told = list(found)
    if told:
        raise errors.invalid(resource.kind, resource.group, item["metadata"].get("name") or "", told)


def _keys(item: Object) -> Iterator[Cause]:
    for field in ("data", "binaryData"):
        for key in item.get(field) or {}:
            if why := words.config_key(key):
                yield causes.wrong(f"{field}[{key}]", key, why)


def _pod(item: Object) -> Iterator[Cause]:
    yield from pods.problems("spec", item["spec"])


def _workload(item: Object) -> Iterator[Cause]:
    """Of a kind with a selector and a template."""
    spec = item["spec"]
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    selector = spec.get("selector")
    if selector is not None and not selector:
        yield causes.wrong("spec.selector", selector, f"empty selector is invalid for {item['kind'].lower()}")
    elif not selectors.select(selector)(labels):
        told = labels or None
        yield causes.wrong("spec.template.metadata.labels", told, "`selector` does not match template `labels`")
    if isinstance(spec.get("replicas"), int) and spec["replicas"] < 0:
        yield causes.wrong("spec.replicas", spec["replicas"], "must be greater than or equal to 0")
    yield from metadata.labels("spec.template.labels", labels)
    yield from pods.problems("spec.template.spec", template.get("spec") or {})
    policy = (template.get("spec") or {}).get("restartPolicy", "Always")
    if policy != "Always":
        yield causes.unsupported("spec.template.spec.restartPolicy", policy, ("Always",))


def _job(item: Object) -> Iterator[Cause]:
    yield from _job_template("spec.template", item["spec"].get("template") or {})


def _cron_job(item: Object) -> Iterator[Cause]:
    if not item["spec"].get("schedule"):
        yield causes.required("spec.schedule")
    spec = (item["spec"].get("jobTemplate") or {}).get("spec") or {}
    yield from _job_template("spec.jobTemplate.spec.template", spec.get("template") or {})


def _job_template(field: str, template: Mapping[str, Object]) -> Iterator[Cause]:
    spec = template.get("spec") or {}
    yield from pods.problems(f"{field}.spec", spec)
    if spec.get("restartPolicy", "Always") == "Always":
        yield causes.required(f"{field}.spec.restartPolicy", 'valid values: "OnFailure", "Never"')


def _service(item: Object) -> Iterator[Cause]:
    spec = item["spec"]
    ports = spec.get("ports") or ()
    if not ports and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        yield causes.required("spec.ports")
    for number, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            yield causes.required(f"spec.ports[{number}].name")
        if not 1 <= port.get("port", 0) <= pods.PORT_MOST:
            place = f"spec.ports[{number}].port"
            yield causes.wrong(place, port.get("port", 0), f"must be between 1 and {pods.PORT_MOST}, inclusive")


def _ingress(item: Object) -> Iterator[Cause]:
    if not item["spec"].get("rules") and not item["spec"].get("defaultBackend"):
        yield causes.wrong("spec", [], "either `defaultBackend` or `rules` must be specified")


def _definition(item: Object) -> Iterator[Cause]:
    spec = item["spec"]
    wanted = f"{spec['names'].get('plural')}.{spec.get('group')}"
    if item["metadata"]["name"] != wanted:
        yield causes.wrong("metadata.name", item["metadata"]["name"], 'must be spec.names.plural+"."+spec.group')
    stored = [each["name"] for each in spec.get("versions") or () if each.get("storage")]
    if len(stored) != 1:
        yield causes.wrong("spec.versions", "", "must have exactly one version marked as storage version")
    for number, version in enumerate(spec.get("versions") or ()):
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            yield causes.required(f"spec.versions[{number}].schema.openAPIV3Schema", "schemas are required")


def _same(*path: str) -> ChangeRule:
    """The field at this path may not change."""

    def rule(item: Object, live: Object) -> Iterator[Cause]:
        now, before = _at(item, path), _at(live, path)
        if now != before:
            yield causes.immutable(".".join(path), now)

    return rule


def _stateful_set(item: Object, live: Object) -> Iterator[Cause]:
    def fixed(found: Object) -> Object:
        return {name: each for name, each in found["spec"].items() if name not in STATEFUL_SET_MAY_CHANGE}

    if fixed(item) != fixed(live):
        why = (
            "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
            "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
        )
        yield causes.forbidden("spec", why)


def _kept(item: Object, live: Object) -> Iterator[Cause]:
    """An immutable ConfigMap or Secret."""
    if not live.get("immutable"):
        return
    for name in ("data", "binaryData"):
        if item.get(name) != live.get(name):
            yield causes.forbidden(name, "field is immutable when `immutable` is set")


def _secret(item: Object, live: Object) -> Iterator[Cause]:
    yield from _same("type")(item, live)
    yield from _kept(item, live)


def _address(item: Object, live: Object) -> Iterator[Cause]:
    before, now = live["spec"].get("clusterIP"), item["spec"].get("clusterIP")
    if before and now != before and item["spec"].get("type") != "ExternalName":
        yield causes.wrong("spec.clusterIPs[0]", [now], "may not change once set")


def _at(item: Object, path: tuple[str, ...]) -> object:
    found: object = item
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


_RULES: Mapping[str, Rule] = {
    "configmaps": _keys,
    "secrets": _keys,
    "pods": _pod,
    "deployments.apps": _workload,
    "daemonsets.apps": _workload,
    "statefulsets.apps": _workload,
    "replicasets.apps": _workload,
    "jobs.batch": _job,
    "cronjobs.batch": _cron_job,
    "services": _service,
    "ingresses.networking.k8s.io": _ingress,
    "customresourcedefinitions.apiextensions.k8s.io": _definition,
}
_CHANGES: Mapping[str, ChangeRule] = {
    "configmaps": _kept,
    "secrets": _secret,
    "services": _address,
    "deployments.apps": _same("spec", "selector"),
    "daemonsets.apps": _same("spec", "selector"),
    "replicasets.apps": _same("spec", "selector"),
    "statefulsets.apps": _stateful_set,
    "jobs.batch": _same("spec", "template"),
    "rolebindings.rbac.authorization.k8s.io": _same("roleRef"),
    "clusterrolebindings.rbac.authorization.k8s.io": _same("roleRef"),
}
