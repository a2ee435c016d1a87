"""The component type `task`: one container that runs to its end, in a Job.

As in KubeVela the Job is called `APPLICATION-COMPONENT`, and probes are accepted but not written.
"""

from collections.abc import Iterator

from pinnace_cloud.render.components import pods, selection
from pinnace_cloud.render.components.pod_parameters import PodParameters
from pinnace_cloud.render.health import workloads
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given
from pinnace_schemas.reasons import Reason

# What Kubernetes lets a Job do with a pod that ended: https://kubernetes.io/docs/concepts/workloads/controllers/job/
_RESTART = ("Never", "OnFailure")
# The pods of a Job carry its name as the value of a label.
_MAX_NAME = 63


class TaskParameters(PodParameters):
    """`count` pods must end well; that many run at a time."""

    labels: Given[dict[str, str]] = None
    """Labels of the pods."""
    annotations: Given[dict[str, str]] = None
    """Annotations of the pods."""
    count: int = 1
    """How many pods must end well; as many run at a time."""
    restart: str = "Never"
    """`Never` or `OnFailure`: whether a container that failed is started again."""


class Task:
    """A Job."""

    name = "task"
    parameters = TaskParameters
    health = staticmethod(workloads.done)

    def render(self, context: Context, parameters: TaskParameters) -> Output:
        problems = (*pods.doubts(context, parameters), *_problems(context, parameters), *_without_effect(parameters))
        return Output((Part(_job(context, parameters), Origin.WORKLOAD, self.name),), problems)


def _job(context: Context, parameters: TaskParameters) -> KubeObject:
    probeless = parameters.model_copy(update={"liveness_probe": None, "readiness_probe": None})
    pod = {**pods.pod(pods.container(context.component, probeless), probeless), "restartPolicy": parameters.restart}
    template = pods.template(selection.labels(context, parameters.labels), parameters.annotations, pod)
    spec = {"parallelism": parameters.count, "completions": parameters.count, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": _name(context)}, "spec": spec}


def _name(context: Context) -> str:
    return f"{context.application}-{context.component}"


def _problems(context: Context, parameters: TaskParameters) -> Iterator[Diagnostic]:
    """What no cluster takes."""
    if parameters.restart not in _RESTART:
        message = f"must be one of {', '.join(_RESTART)}, got '{parameters.restart}'"
        yield Diagnostic(context.doubts, Reason.INVALID, message, path="properties.restart")
    if len(_name(context)) > _MAX_NAME:
        message = f"the Job would be called '{_name(context)}', which is longer than {_MAX_NAME} characters"
        yield Diagnostic(context.doubts, Reason.INVALID, message, path="name")


def _without_effect(parameters: TaskParameters) -> Iterator[Diagnostic]:
    for name in ("liveness_probe", "readiness_probe"):
        if getattr(parameters, name) is not None:
            field = TaskParameters.model_fields[name].alias or name
            message = "has no effect in a task, as in KubeVela"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", field)
