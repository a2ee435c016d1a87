"""The trait `affinity`: which nodes the pods run on, by other pods, by labels of nodes, and in spite of which taints.

What several traits ask for adds up. Only required nodes do not: of these one alternative suffices, so that the pods
could run where one trait forbids it; traits that differ there are refused.
"""

from collections.abc import Iterator
from typing import Any

from pinnace_cloud.render.components import pods
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.traits import pod_template, shapes
from pinnace_cloud.render.traits.affinity_parameters import AffinityParameters
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_SORTS = {"pod_affinity": "podAffinity", "pod_anti_affinity": "podAntiAffinity", "node_affinity": "nodeAffinity"}


class Affinity:
    """Chooses the nodes that pods run on."""

    name = "affinity"
    parameters = AffinityParameters

    def apply(self, context: Context, parameters: AffinityParameters, output: Output) -> Output:
        old = shapes.mapping(output.workload, *pod_template.POD)
        asked = {_SORTS[name]: getattr(parameters, name) for name in _SORTS}
        terms = {name: _terms(old, name, value) for name, value in asked.items() if value is not None}
        pod: KubeObject = {"affinity": terms} if terms else {}
        if parameters.tolerations is not None:
            new = [pods.plain(item) for item in parameters.tolerations]
            pod["tolerations"] = pod_template.appended(shapes.entries(old, "tolerations"), new)
        after = pod_template.patched(context, output, pod)
        return pod_template.reported(after, *_doubts(context, parameters))


def _terms(old: KubeObject, name: str, asked: Any) -> KubeObject:
    """One sort of affinity, with the terms that are there."""
    plain = pods.plain(asked)
    found = {_REQUIRED: plain.get("required"), _PREFERRED: plain.get("preferred")}
    return {
        key: pod_template.appended(shapes.entries(old, "affinity", name, key), value)
        if isinstance(value, list)
        else value
        for key, value in found.items()
        if value is not None
    }


def _doubts(context: Context, parameters: AffinityParameters) -> Iterator[Diagnostic]:
    """KubeVela writes a field that Kubernetes does not have."""
    for name, asked in (("podAffinity", parameters.pod_affinity), ("podAntiAffinity", parameters.pod_anti_affinity)):
        required = [(("required", index), term) for index, term in enumerate((asked and asked.required) or ())]
        preferred = [
            (("preferred", index, "podAffinityTerm"), item.pod_affinity_term)
            for index, item in enumerate((asked and asked.preferred) or ())
        ]
        for place, term in (*required, *preferred):
            if term.namespace is not None:
                path = diagnostics.join_path(("properties", name, *place, "namespace"))
                message = "Kubernetes has no field 'namespace' here"
                yield Diagnostic(context.doubts, Reason.INVALID, message, path=path, hint="use 'namespaces'")
