"""The deprecated policy `env-binding`: environments, each with a place and changes of its own.

A place means what `topology` means, changes what `override` means, by the same code, as KubeVela too patches the
components of both with one function. Labels of clusters, which KubeVela refuses since 1.2, select NodeGroups here.
"""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from pinnace_cloud.render.drafts import Draft
from pinnace_cloud.render.environments import Change, Environment
from pinnace_cloud.render.policies import override
from pinnace_cloud.render.policies.override_parameters import ComponentPatch
from pinnace_cloud.render.topology import Place, Topology
from pinnace_schemas import diagnostics, fields, names
from pinnace_schemas.application import Text
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.fields import Many
from pinnace_schemas.metadata import Written
from pinnace_schemas.reasons import Reason


class ClusterChoice(Written):
    """NodeGroups, by name or by labels."""

    closed: ClassVar[bool] = True

    name: str = ""
    """Name of a NodeGroup."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Labels of NodeGroups."""


class NamespaceChoice(Written):
    """A namespace."""

    closed: ClassVar[bool] = True

    name: str = ""
    """Its name."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Not supported: labels of namespaces are known at the sites only."""


class PlacementChoice(Written):
    """Where an environment is."""

    closed: ClassVar[bool] = True

    cluster_selector: ClusterChoice = Field(default_factory=ClusterChoice)
    """In which NodeGroups; in `local` without it."""
    namespace_selector: NamespaceChoice = Field(default_factory=NamespaceChoice)
    """Where objects go that name no namespace; the Application's without it."""


class Members(Written):
    """Components of an environment."""

    closed: ClassVar[bool] = True

    components: Many[str] | None = None
    """Their names; all others are left out."""


class Patch(Written):
    """What is different in an environment."""

    closed: ClassVar[bool] = True

    components: Many[ComponentPatch] = ()
    """Changed and further components, as in the policy `override`."""


class EnvironmentParameters(Written):
    """A place with changes of its own."""

    closed: ClassVar[bool] = True

    name: Text
    """Its name, by which steps find it."""
    placement: PlacementChoice = Field(default_factory=PlacementChoice)
    """Where it is."""
    selector: Members = Field(default_factory=Members)
    """The components that it has; all without it."""
    patch: Patch = Field(default_factory=Patch)
    """What is different there."""


class EnvBindingParameters(Written):
    closed: ClassVar[bool] = True

    envs: Many[EnvironmentParameters] = ()
    """The environments."""
    created: bool | None = None
    """Has no effect."""


class Difference:
    """What an environment does to components."""

    name = "env-binding"
    parameters = EnvironmentParameters

    def change(
        self, parameters: EnvironmentParameters, path: Parts, components: tuple[Draft, ...]
    ) -> tuple[tuple[Draft, ...], tuple[Diagnostic, ...]]:
        """`path` is that of the environment."""
        at = (*path, "patch", "components"), (*path, "selector", "components")
        return override.changed(components, parameters.patch.components, parameters.selector.components, at)


class EnvBinding:
    """Environments with places and changes of their own, which `deploy2env` steps deliver."""

    name = "env-binding"
    parameters = EnvBindingParameters
    replacement = "topology and override, which a step deploy brings together"

    def environments(
        self, parameters: EnvBindingParameters, path: Parts, doubts: Severity
    ) -> tuple[tuple[Environment, ...], tuple[Diagnostic, ...]]:
        found: dict[str, Environment] = {}
        problems: list[Diagnostic] = []
        for index, item in enumerate(parameters.envs):
            at = (*path, "properties", "envs", index)
            problems += [problem.under(*at) for problem in _problems(item, item.name in found, doubts)]
            found.setdefault(item.name, _environment(item, at))
        return tuple(found.values()), tuple(problems)


_NAMES, _LABELS = ("placement", "clusterSelector", "name"), ("placement", "clusterSelector", "labels")


def _environment(item: EnvironmentParameters, path: Parts) -> Environment:
    is_different = item.patch.components or item.selector.components is not None
    place = Place(_topology(item.placement), path, _NAMES, _LABELS, is_list=False)
    return Environment(item.name, place, Change(Difference(), item, path) if is_different else None)


def _topology(placement: PlacementChoice) -> Topology:
    """Not validated: what is wrong is only warned of where nothing is delivered."""
    clusters = placement.cluster_selector
    return Topology.model_construct(
        clusters=(clusters.name,) if clusters.name else None,
        cluster_label_selector=clusters.labels or None,
        namespace=placement.namespace_selector.name or None,
    )


def _problems(item: EnvironmentParameters, is_repeated: bool, severity: Severity) -> Iterator[Diagnostic]:
    """Paths below the environment."""
    clusters, namespace = item.placement.cluster_selector, item.placement.namespace_selector
    if is_repeated:
        yield _problem(severity, Reason.INVALID, f"an environment '{item.name}' stands here already", "name")
    if clusters.name and clusters.labels:
        yield _problem(severity, Reason.INVALID, "'name' and 'labels' exclude each other", *_NAMES[:-1])
    if namespace.labels:
        message = "a namespace cannot be chosen by labels, which only sites know; name it"
        yield _problem(severity, Reason.UNSUPPORTED, message, "placement", "namespaceSelector", "labels")
    if namespace.name and not names.is_dns_label(namespace.name):
        message = fields.NO_DNS_LABEL.format(text=namespace.name)
        yield _problem(severity, Reason.INVALID, message, "placement", "namespaceSelector", "name")


def _problem(severity: Severity, reason: Reason, message: str, *path: str | int) -> Diagnostic:
    return Diagnostic(severity, reason, message, path=diagnostics.join_path(path))
