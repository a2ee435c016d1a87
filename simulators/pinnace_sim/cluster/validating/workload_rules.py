"""Rules for what makes pods, and for pods themselves (kubernetes, pkg/apis/{apps,batch,core}/validation)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pinnace_sim.cluster import selectors
from pinnace_sim.cluster.item import Object
from pinnace_sim.cluster.validating import causes, metadata, pods
from pinnace_sim.cluster.validating.causes import Cause


def pod(item: Object) -> Iterator[Cause]:
    yield from pods.problems("spec", item["spec"])


def workload(item: Object) -> Iterator[Cause]:
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


def deployment(item: Object) -> Iterator[Cause]:
    yield from workload(item)
    strategy = item["spec"].get("strategy") or {}
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate") is not None:
        why = "may not be specified when strategy `type` is 'Recreate'"
        yield causes.forbidden("spec.strategy.rollingUpdate", why)


def replication_controller(item: Object) -> Iterator[Cause]:
    template = (item.get("spec") or {}).get("template")
    if not template:
        yield causes.required("spec.template")
    else:
        yield from pods.problems("spec.template.spec", template.get("spec") or {})


def job(item: Object) -> Iterator[Cause]:
    yield from _job_template("spec.template", item["spec"].get("template") or {})


def cron_job(item: Object) -> Iterator[Cause]:
    if not item["spec"].get("schedule"):
        yield causes.required("spec.schedule")
    spec = (item["spec"].get("jobTemplate") or {}).get("spec") or {}
    yield from _job_template("spec.jobTemplate.spec.template", spec.get("template") or {})


def _job_template(field: str, template: Mapping[str, Object]) -> Iterator[Cause]:
    spec = template.get("spec") or {}
    yield from pods.problems(f"{field}.spec", spec)
    if spec.get("restartPolicy", "Always") == "Always":
        yield causes.required(f"{field}.spec.restartPolicy", 'valid values: "OnFailure", "Never"')
