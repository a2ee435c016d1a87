"""The pod template of a workload, as traits find and patch it: `spec.template.spec` of a Deployment and its like.

Refuses a workload without one; KubeVela would write a template into it that nothing reads (as into a CronJob).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pinnace_cloud.render import patching, paths
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.patching import Conflicting, Strategy, Tag, Tags
from pinnace_cloud.render.traits import pod_doubts, shapes
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.reasons import Reason

POD = ("spec", "template", "spec")
CONTAINERS = (*POD, "containers")
BY_NAME = Tag(key="name")
BY_IP = Tag(key="ip")
# A shorter list does not fit in a longer one.
CLOSED = Tag(is_closed=True)
REPLACED = Tag(strategy=Strategy.RETAIN_KEYS)
REPLACED_LIST = Tag(strategy=Strategy.REPLACE)


def containers(output: Output, field: str = "containers") -> list[KubeObject]:
    """Of the workload's pods; none where there are no pods. `field` may be `initContainers`. Raises Conflicting."""
    return shapes.maps(output.workload, *POD, field)


def names(items: Sequence[Any]) -> list[str]:
    """Of containers."""
    return [str(paths.get(item, ("name",))) for item in items]


def missing(name: str, known: Sequence[str], path: Parts) -> Diagnostic:
    """The error for a container that is not there; `known` are those that are."""
    message = f"there is no container '{name}' here" if known else "there is no pod with containers here"
    hint = f"containers: {', '.join(diagnostics.nearest_first(name, known))}" if known else ""
    return diagnostics.error(Reason.INVALID, message, *path, hint=hint)


def appended(old: Sequence[Any] | None, new: Iterable[Any]) -> list[Any]:
    """Both lists, each new entry only if it is not there yet.

    So several traits write into one list. KubeVela unites some lists by position, and mounts by the name of the volume:
    it fails where entries differ, or loses one.
    """
    found = list(old or ())
    for item in new:
        if item not in found:
            found.append(item)
    return found


def patched(
    context: Context, output: Output, pod: KubeObject, tags: Tags | None = None, path: Parts = ("properties",)
) -> Output:
    """The output with the pod template merged with `pod` (see `patching.merge`), or the same with errors.

    Args:
        pod: a part of a pod's spec.
        tags: by path in `pod`.
        path: where the trait says it, below the trait.
    """
    if not isinstance(paths.get(output.workload, POD[:-1]), dict):
        kind = (output.workload or {}).get("kind")
        message = f"a {kind} has no template of pods that this trait could shape"
        return reported(output, diagnostics.error(Reason.INVALID, message, "type"))
    placed = {f"{'.'.join(POD)}.{place}": tag for place, tag in (tags or {}).items()}
    after = patching.workload(output, {"spec": {"template": {"spec": pod}}}, placed, path)
    return reported(after, *doubts(context, output, after, path))


def conflicts(exc: Conflicting, place: str, path: Parts) -> Iterator[Diagnostic]:
    """As errors at `path`; `place` says what the patch does not fit in."""
    return (diagnostics.error(exc.reason, f"does not fit {place}: {item}", *path) for item in exc.conflicts)


def reported(output: Output, *found: Diagnostic) -> Output:
    """The same with further diagnostics."""
    return replace(output, diagnostics=(*output.diagnostics, *found))


def doubts(context: Context, before: Output, after: Output, path: Parts) -> Iterator[Diagnostic]:
    """What no cluster takes of the pods, and was not so before."""
    found = list(pod_doubts.messages(paths.get(after.workload, POD)))
    known = set(pod_doubts.messages(paths.get(before.workload, POD))) if found else set()
    for message in found:
        if message not in known:
            yield Diagnostic(context.doubts, Reason.INVALID, message, path=diagnostics.join_path(path))
