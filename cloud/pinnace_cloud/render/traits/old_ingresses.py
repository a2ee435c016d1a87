"""The traits `ingress` and `ingress-1-20`, which KubeVela has given up for `gateway`.

`ingress` makes an object that clusters have not taken since Kubernetes 1.22; we say so. As in KubeVela, neither names
the ports of its Service, which clusters want where there are several; we say so too.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import Field

from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import ingresses
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.fields import Strictly
from pinnace_schemas.reasons import Reason

_OLD_API_VERSION = "networking.k8s.io/v1beta1"


class IngressParameters(Strictly):
    """Which requests from outside reach which port of the component."""

    domain: str
    """Host name of the requests."""
    http: dict[str, int]
    """Port of the component's pods, by the path of the request."""


class Ingress120Parameters(IngressParameters):
    """Which requests from outside reach which port of the component."""

    ingress_class: str = Field("nginx", alias="class")
    """Ingress class: which controller in the cluster serves it."""


class Ingress:
    """An Ingress of an API that has ended, and a Service."""

    name = "ingress"
    parameters = IngressParameters
    replacement = "gateway"

    def apply(self, context: Context, parameters: IngressParameters, output: Output) -> Output:
        message = f"makes an Ingress of {_OLD_API_VERSION}, which no cluster takes since Kubernetes 1.22"
        ended = diagnostics.warning(Reason.DEPRECATED, message, "type", hint=f"use {self.replacement}")
        after = _with_parts(context, parameters, output, self.name, _ingress(context, parameters))
        return replace(after, diagnostics=(ended, *after.diagnostics))


class Ingress120:
    """An Ingress and a Service."""

    name = "ingress-1-20"
    parameters = Ingress120Parameters
    replacement = "gateway"

    def apply(self, context: Context, parameters: Ingress120Parameters, output: Output) -> Output:
        metadata = _metadata(context) | {"annotations": {ingresses.CLASS_ANNOTATION: parameters.ingress_class}}
        paths = ingresses.paths(parameters.http, context.component, ingresses.IMPLEMENTATION_SPECIFIC)
        ingress = ingresses.ingress(metadata, {"host": parameters.domain, "http": {"paths": paths}})
        return _with_parts(context, parameters, output, self.name, ingress)


def _metadata(context: Context) -> dict[str, Any]:
    return {"name": context.component}


def _ingress(context: Context, parameters: IngressParameters) -> KubeObject:
    paths = [
        {"path": path, "backend": {"serviceName": context.component, "servicePort": port}}
        for path, port in sorted(parameters.http.items())
    ]
    rule = {"host": parameters.domain, "http": {"paths": paths}}
    return {
        "apiVersion": _OLD_API_VERSION,
        "kind": "Ingress",
        "metadata": _metadata(context),
        "spec": {"rules": [rule]},
    }


def _with_parts(
    context: Context, parameters: IngressParameters, output: Output, made_by: str, ingress: KubeObject
) -> Output:
    ports = [{"port": port, "targetPort": port} for _, port in sorted(parameters.http.items())]
    service = ingresses.service(context, context.component, ports)
    after = output.with_parts(*ingresses.parts(made_by, service, ingress))
    return replace(after, diagnostics=tuple(_problems(context, parameters)))


def _problems(context: Context, parameters: IngressParameters) -> Iterator[Diagnostic]:
    if len(parameters.http) > 1:
        message = "makes a Service with several ports without names, which no cluster takes; gateway gives them names"
        yield Diagnostic(context.doubts, Reason.INVALID, message, path=diagnostics.join_path(ingresses.HTTP))
