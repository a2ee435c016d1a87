"""What templates find under `context`, with KubeVela's names.

There is no revision of the Application, no publish version and no cluster to ask: those are empty, and the cluster's
version is that of the Kubernetes that rendering is for.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pinnace_cloud.render.parts import Context, Output, Part
from pinnace_schemas.application import Component

# As the built-in types assume it; KubeVela asks the cluster.
_CLUSTER_VERSION = {"major": "1", "minor": 28, "gitVersion": "v1.28.0", "platform": "linux/amd64"}


def of_component(context: Context, template: str = "") -> dict[str, Any]:
    """What a component's template sees. The Application's components are left out where it does not speak of any, as
    are objects in that of a trait: then all that share parameters share the answer.
    """
    return {
        **({"components": [_as_written(item) for item in context.components]} if "components" in template else {}),
        "name": context.component,
        "namespace": context.namespace,
        "appName": context.application,
        "appRevision": "",
        "appRevisionNum": 0,
        "appLabels": dict(context.labels),
        "appAnnotations": dict(context.annotations),
        "cluster": "",
        "clusterVersion": _CLUSTER_VERSION,
        "publishVersion": "",
        "replicaKey": context.replica,
        "revision": "",
        "workflowName": "",
    }


def of_trait(context: Context, output: Output, template: str) -> dict[str, Any]:
    """The same, with what the component and earlier traits have made."""
    found = of_component(context, template) | {"componentType": output.parts[0].made_by}
    if "output" in template:
        found["output"] = output.workload
        if named := outputs(output.parts[1:]):
            found["outputs"] = named
    return found


def _as_written(component: Component) -> Mapping[str, Any]:
    """Without what is empty, as in KubeVela."""
    return component.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def outputs(parts: Iterable[Part]) -> Mapping[str, Any]:
    """Further objects by name; of two with one name the later."""
    return {part.key: part.object for part in parts if part.key}
