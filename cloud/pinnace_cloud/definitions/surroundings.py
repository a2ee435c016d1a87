"""What templates find under `context`, with KubeVela's names.

There is no revision of the Application, no publish version and no cluster to ask: those are empty, and the cluster's
version is that of the Kubernetes that rendering is for.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pinnace_cloud.render.parts import Context, Output, Part

# As the built-in types assume it; KubeVela asks the cluster.
_CLUSTER_VERSION = {"major": "1", "minor": 28, "gitVersion": "v1.28.0", "platform": "linux/amd64"}


def of_component(context: Context) -> dict[str, Any]:
    """What a component's template sees."""
    return {
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
    """The same, with what the component and earlier traits have made.

    Objects are left out where the template does not speak of any: then all that share parameters share the answer.
    """
    found = of_component(context) | {"componentType": output.parts[0].made_by}
    if "output" in template:
        found["output"] = output.workload
        if named := outputs(output.parts[1:]):
            found["outputs"] = named
    return found


def outputs(parts: Iterable[Part]) -> Mapping[str, Any]:
    """Further objects by name; of two with one name the later."""
    return {part.key: part.object for part in parts if part.key}
