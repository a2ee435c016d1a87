"""The component type `cron-task`: one container that runs to its end again and again, in a CronJob.

The CronJob is that of Kubernetes 1.25 and later (`batch/v1`), whatever cluster a site has.
"""

from typing import Any, Literal

from pinnace_cloud.render.components import jobs, pods
from pinnace_cloud.render.components.jobs import JobParameters
from pinnace_cloud.render.components.pod_parameters import ContainerParameters, HostAlias
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.fields import Given, Many

# Kubernetes appends 11 characters for the name of each Job, which may have 63.
_MAX_NAME = 52


class CronTaskParameters(JobParameters, ContainerParameters):
    """What runs, and when."""

    schedule: str
    """When it runs, as five fields of cron, such as */5 * * * *."""
    starting_deadline_seconds: Given[int] = None
    """Seconds after which a missed run is left out."""
    suspend: bool = False
    """Whether no more runs begin."""
    concurrency_policy: Literal["Allow", "Forbid", "Replace"] = "Allow"
    """What becomes of a run that is due while another one goes on."""
    successful_jobs_history_limit: int = 3
    """Runs that ended well and are kept to be looked at."""
    failed_jobs_history_limit: int = 1
    """Runs that failed and are kept to be looked at."""
    host_aliases: Given[Many[HostAlias]] = None
    """Further lines for the pod's /etc/hosts."""
    ttl_seconds_after_finished: Given[int] = None
    """Seconds after which an ended run is deleted."""
    active_deadline_seconds: Given[int] = None
    """Seconds that a run may take."""
    backoff_limit: int = 6
    """Attempts before a run counts as failed."""


class CronTask:
    """A CronJob."""

    name = "cron-task"
    parameters = CronTaskParameters

    def render(self, context: Context, parameters: CronTaskParameters) -> Output:
        item = {"apiVersion": "batch/v1", "kind": "CronJob", "spec": _spec(context, parameters)}
        problems = tuple(jobs.problems(context, parameters, "CronJob", context.component, _MAX_NAME))
        return Output((Part(item, Origin.WORKLOAD, self.name),), problems)


def _spec(context: Context, parameters: CronTaskParameters) -> KubeObject:
    found: dict[str, Any] = {
        "schedule": parameters.schedule,
        "concurrencyPolicy": parameters.concurrency_policy,
        "suspend": parameters.suspend,
        "successfulJobsHistoryLimit": parameters.successful_jobs_history_limit,
        "failedJobsHistoryLimit": parameters.failed_jobs_history_limit,
        "jobTemplate": _job(context, parameters),
    }
    return found | pods.if_given("startingDeadlineSeconds", parameters.starting_deadline_seconds)


def _job(context: Context, parameters: CronTaskParameters) -> dict[str, Any]:
    spec = jobs.spec(context, parameters) | {"backoffLimit": parameters.backoff_limit}
    spec |= pods.if_given("ttlSecondsAfterFinished", parameters.ttl_seconds_after_finished)
    spec |= pods.if_given("activeDeadlineSeconds", parameters.active_deadline_seconds)
    spec["template"]["spec"] |= pods.if_given("hostAliases", parameters.host_aliases)
    # Its metadata is that of its pods.
    return {"metadata": spec["template"]["metadata"], "spec": spec}
