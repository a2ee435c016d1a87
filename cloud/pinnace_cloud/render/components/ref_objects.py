"""The component type `ref-objects`: objects of other documents that are given at apply time. Traits patch the first.

KubeVela takes them from a cluster; here they stand in files beside the Application and are kept with its revision.
"""

from collections.abc import Iterator, Mapping

from pinnace_cloud.materials import given, manifests
from pinnace_cloud.materials.given import Selector
from pinnace_cloud.render import kinds, objects
from pinnace_cloud.render.health import workloads
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason

_LOCAL = "local"  # KubeVela's name of its own cluster


class Reference(Strictly):
    """Objects of one kind, by name or labels."""

    resource: Given[str] = None
    """What the API calls the kind, such as `deployment`."""
    group: Given[str] = None
    """Its API group; any unless given."""
    api_version: Given[str] = None
    """Instead of `resource`, with `kind`: the API version."""
    kind: Given[str] = None
    """Instead of `resource`, with `apiVersion`: the kind."""
    name: Given[str] = None
    """The name; the component's unless given."""
    namespace: Given[str] = None
    """The namespace; the Application's unless given."""
    cluster: Given[str] = None
    """Not supported: nothing is read from a cluster."""
    label_selector: Given[dict[str, str]] = None
    """Instead of `name`: labels that the objects have."""


class RefObjectsParameters(Strictly):
    objects: Given[Many[Reference]] = None
    """Which of the given objects."""
    urls: Given[Many[str]] = None
    """Files, relative to the Application's, whose objects are all meant."""


class RefObjects:
    """Objects that are given at apply time."""

    name = "ref-objects"
    parameters = RefObjectsParameters
    health = staticmethod(workloads.replicated_or_other)

    def render(self, context: Context, parameters: RefObjectsParameters) -> Output:
        problems = tuple(_problems(parameters))
        wanted = dict(_selectors(context, parameters))
        answers = {path: context.materials.get(item.need.key) for path, item in wanted.items()}
        needs = tuple(item.need for path, item in wanted.items() if answers[path] is None)
        if problems or needs:
            return Output(diagnostics=problems, needs=() if problems else needs)
        found = {path: answer.value for path, answer in answers.items() if answer is not None}
        wrong = tuple(_wrong(wanted, found))
        return Output(diagnostics=wrong) if wrong else Output(self._parts(found))

    def _parts(self, found: Mapping[Parts, list[KubeObject]]) -> tuple[Part, ...]:
        """An object that is meant twice stands where it was meant first."""
        chosen = {kinds.identity(item): (item, path) for path, items in found.items() for item in items}
        return tuple(
            Part(item, Origin.AUXILIARY if index else Origin.WORKLOAD, self.name, path, f"objects-{index}")
            for index, (item, path) in enumerate(chosen.values())
        )


def _selectors(context: Context, parameters: RefObjectsParameters) -> Iterator[tuple[Parts, Selector]]:
    for index, item in enumerate(parameters.objects or ()):
        name = item.name or ("" if item.label_selector is not None else context.component)
        yield (
            ("properties", "objects", index),
            Selector(
                item.namespace or "",
                *(item.resource or "", item.group, item.api_version or "", item.kind or ""),
                name=name,
                labels=item.label_selector,
            ),
        )
    for index, file in enumerate(parameters.urls or ()):
        yield ("properties", "urls", index), Selector(file=file)


def _wrong(wanted: Mapping[Parts, Selector], found: Mapping[Parts, list[KubeObject]]) -> Iterator[Diagnostic]:
    """What is not given, and what is given and no object."""
    for path, items in found.items():
        if not items:
            yield given.missing(wanted[path], *path)
        for item in items:
            for problem in objects.problems(item, needs_name=True):
                message = f"{manifests.name(item)}: {problem.path} {problem.message}"
                yield diagnostics.error(problem.reason, message, *path)


def _problems(parameters: RefObjectsParameters) -> Iterator[Diagnostic]:
    if not (parameters.objects or parameters.urls):
        yield diagnostics.error(Reason.INVALID, "needs 'objects' or 'urls'", "properties")
    for index, item in enumerate(parameters.objects or ()):
        for problem in _reference_problems(item):
            yield problem.under("properties", "objects", index)
    for index, url in enumerate(parameters.urls or ()):
        if "://" in url:
            hint = "download the file, give it with -f, and write its path here"
            message = "is not fetched"
            yield diagnostics.error(Reason.UNSUPPORTED, message, "properties", "urls", index, hint=hint)


def _reference_problems(item: Reference) -> Iterator[Diagnostic]:
    if item.cluster not in (None, "", _LOCAL):
        hint = "save the object with 'kubectl get -o yaml' and give the file with -f"
        yield diagnostics.error(Reason.UNSUPPORTED, "nothing is read from a cluster", "cluster", hint=hint)
    if item.name and item.label_selector is not None:
        yield diagnostics.error(Reason.INVALID, "'name' and 'labelSelector' exclude each other", "labelSelector")
    if not (item.resource or (item.kind and item.api_version)):
        yield diagnostics.error(Reason.INVALID, "is required, or 'apiVersion' and 'kind'", "resource")
