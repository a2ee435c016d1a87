"""What component types have in common whose container runs to its end: `task` and `cron-task`.

As in KubeVela, probes are accepted but not written; we say so.
"""

from collections.abc import Iterator

from pinnace_cloud.render.components import pods, selection
from pinnace_cloud.render.components.pod_parameters import PodParameters
from pinnace_cloud.render.components.pods import Json
from pinnace_cloud.render.parts import Context
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given
from pinnace_schemas.reasons import Reason

# What Kubernetes lets a Job do with a pod that ended: https://kubernetes.io/docs/concepts/workloads/controllers/job/
_RESTART = ("Never", "OnFailure")


class JobParameters(PodParameters):
    """`count` pods must end well; that many run at a time."""

    labels: Given[dict[str, str]] = None
    """Labels of the pods."""
    annotations: Given[dict[str, str]] = None
    """Annotations of the pods."""
    count: int = 1
    """How many pods must end well; as many run at a time."""
    restart: str = "Never"
    """`Never` or `OnFailure`: whether a container that failed is started again."""


def spec(context: Context, parameters: JobParameters) -> Json:
    """Of a Job."""
    probeless = parameters.model_copy(update={"liveness_probe": None, "readiness_probe": None})
    pod = {**pods.pod(pods.container(context.component, probeless), probeless), "restartPolicy": parameters.restart}
    template = pods.template(selection.labels(context, parameters.labels), parameters.annotations, pod)
    return {"parallelism": parameters.count, "completions": parameters.count, "template": template}


def problems(context: Context, parameters: JobParameters, kind: str, name: str, max_name: int) -> Iterator[Diagnostic]:
    """What no cluster takes, and what has no effect.

    Args:
        kind: of the object, called `name`, which may have `max_name` characters.
    """
    yield from pods.doubts(context, parameters)
    if parameters.restart not in _RESTART:
        message = f"must be one of {', '.join(_RESTART)}, got '{parameters.restart}'"
        yield Diagnostic(context.doubts, Reason.INVALID, message, path="properties.restart")
    if len(name) > max_name:
        message = f"the {kind} would be called '{name}', which is longer than {max_name} characters"
        yield Diagnostic(context.doubts, Reason.INVALID, message, path="name")
    yield from _without_effect(parameters)


def _without_effect(parameters: JobParameters) -> Iterator[Diagnostic]:
    for name in ("liveness_probe", "readiness_probe"):
        if getattr(parameters, name) is not None:
            field = type(parameters).model_fields[name].alias or name
            message = "has no effect in what runs to its end, as in KubeVela"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", field)
