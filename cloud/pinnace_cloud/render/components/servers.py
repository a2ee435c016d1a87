"""What component types have in common whose pods may be called: labels, ports, a Service for those that are exposed."""

from collections.abc import Iterable
from typing import Any, Literal

from pinnace_cloud.render.components import pods, selection
from pinnace_cloud.render.components.pod_parameters import ContainerParameters, HostAlias, Limit, ServerProbe
from pinnace_cloud.render.components.pods import Json
from pinnace_cloud.render.components.services import service
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Given, Many
from pinnace_schemas.reasons import Reason


class ServerParameters(ContainerParameters):
    """`port` is the old form of `ports`, which each type declares for itself."""

    labels: Given[dict[str, str]] = None
    """Labels of the pods."""
    annotations: Given[dict[str, str]] = None
    """Annotations of the pods."""
    port: Given[int] = None
    """A port of the container; `ports` wins over it."""
    expose_type: Literal["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] = "ClusterIP"
    """Type of the Service."""
    add_revision_label: bool = False
    """Has no effect here."""
    host_aliases: Given[Many[HostAlias]] = None
    """Lines for the hosts file of the pods."""
    liveness_probe: Given[ServerProbe] = None
    """A container that fails it is started again."""
    readiness_probe: Given[ServerProbe] = None
    """A pod that fails it is sent no requests."""


# KubeVela's names, by which other components ask for the Service.
_SERVICE = {"Deployment": "webserviceExpose", "DaemonSet": "webserviceExpose", "StatefulSet": "statefulsetsExpose"}


def output(
    context: Context, kind: str, made_by: str, parameters: ServerParameters, pod: Json, exposed: list[dict[str, Any]]
) -> Output:
    """A workload of this kind around the pod, and a Service for the ports that are exposed."""
    labels, selector = selection.labels(context, parameters.labels), selection.selector(context)
    workload = pods.workload(kind, labels, selector, parameters.annotations, pod)
    parts = [Part(workload, Origin.WORKLOAD, made_by)]
    if exposed:
        extra = service(context.component, selector, exposed, parameters.expose_type)
        parts.append(Part(extra, Origin.AUXILIARY, made_by, ("properties", "ports"), key=_SERVICE.get(kind, "")))
    return Output(tuple(parts), (*pods.doubts(context, parameters), *_no_revision(parameters)))


def pod(
    context: Context,
    parameters: ServerParameters,
    ports: Iterable[Json] | None,
    *,
    args: Iterable[str] | None = None,
    limit: Limit | None = None,
) -> Json:
    """The pod's spec; `ports` are those of its container."""
    main = pods.container(context.component, parameters, limit)
    if args is not None:
        main["args"] = list(args)
    if ports is not None:
        main["ports"] = list(ports)
    elif parameters.port is not None:
        main["ports"] = [{"containerPort": parameters.port}]
    found = pods.pod(main, parameters)
    if parameters.host_aliases is not None:
        found["hostAliases"] = [pods.plain(alias) for alias in parameters.host_aliases]
    return found


def _no_revision(parameters: ServerParameters) -> tuple[Diagnostic, ...]:
    if not parameters.add_revision_label:
        return ()
    message = "has no effect: a label that changes with the revision would restart every pod at each revision"
    return (diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "addRevisionLabel"),)
