"""The component type `helmchart`: a Helm chart, rendered in the cloud.

As in KubeVela the workload is a ConfigMap that says what was released, which traits patch; the chart's own objects come
after it. Helm itself does not run at a site: there is no release, no history and nothing that Helm would wait for.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from pinnace_cloud.materials import charts as rules
from pinnace_cloud.materials import sources
from pinnace_cloud.materials.charts import Chart
from pinnace_cloud.materials.sources import Source
from pinnace_cloud.render.components import charts
from pinnace_cloud.render.components.charts import ValuesFrom
from pinnace_cloud.render.health import releases
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.errors import Rejected
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason

_CHART = "helm.oam.dev/chart"
_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?\Z")


class SecretRef(Strictly):
    name: str
    """Name of the Secret."""
    namespace: Given[str] = None
    """Its namespace."""


class Auth(Strictly):
    secret_ref: Given[SecretRef] = None
    """The Secret with the credentials."""


class ChartParameters(Strictly):
    source: str
    """`oci://...`, `https://...tgz`, a folder beside the file such as `./shop`, or the name of a chart in `repoURL`."""
    repo_url: Given[str] = Field(default=None, alias="repoURL")
    """The https address of the chart repository."""
    version: Given[str] = None
    """Version or range of versions; the newest unless given. Ignored for an archive or a folder."""
    digest: Given[str] = None
    """The sha256 that the chart's archive has to have; anything else is refused. Not in KubeVela."""
    auth: Given[Auth] = None
    """No effect: the controller has a file of passwords."""


class Release(Strictly):
    name: Given[str] = None
    """Name of the release; the component's unless given."""
    namespace: Given[str] = None
    """Its namespace; that of the Application or topology unless given."""


class HelmValuesFrom(ValuesFrom):
    key: str = charts.VALUES_KEY
    """The key whose text holds the values."""


class Cache(Strictly):
    key: Given[str] = None
    """No effect: charts are kept by their digest."""
    ttl: Given[str] = None
    """No effect."""
    immutable_ttl: Given[str] = Field(default=None, alias="immutableTTL")
    """No effect."""
    mutable_ttl: Given[str] = Field(default=None, alias="mutableTTL")
    """No effect."""


class Options(Strictly):
    include_crds: bool = Field(default=True, alias="includeCRDs")
    """Deliver the CRDs of the chart's folder `crds`."""
    skip_tests: bool = True
    """Leave test hooks out; they are left out in any case."""
    skip_hooks: bool = False
    """Leave hooks out instead of refusing them."""
    create_namespace: bool = True
    """Make a missing namespace; a site does so in any case."""
    timeout: Given[str] = None
    """No effect: nothing waits."""
    max_history: Given[int] = None
    """No effect: the controller keeps the revisions."""
    atomic: bool = False
    """No effect."""
    wait: bool = False
    """No effect."""
    force: bool = False
    """No effect."""
    recreate_pods: bool = False
    """No effect."""
    cleanup_on_fail: bool = False
    """No effect."""
    cache: Given[Cache] = None
    """No effect."""
    kube_version: str = rules.KUBE_VERSION
    """The version of Kubernetes that the chart is told. Not in KubeVela, which asks its cluster."""
    api_versions: Many[str] = ()
    """API versions that the chart finds beside those of Kubernetes. Not in KubeVela."""


class ConditionOf(Strictly):
    kind: str
    """Kind of the object."""
    name: Given[str] = None
    """Name of the object; the first of the kind unless given."""


class Condition(Strictly):
    type: str
    """Type of the condition."""
    status: Literal["True", "False"] = "True"
    """The status that it has to have."""


class HealthCriterion(Strictly):
    resource: ConditionOf
    """The object to look at."""
    condition: Condition
    """What has to hold."""


class HelmchartParameters(Strictly):
    chart: ChartParameters
    """Where the chart comes from."""
    release: Given[Release] = None
    """Name and namespace of the release."""
    values: Given[dict[str, Any]] = None
    """Values; they win over those of `valuesFrom` and of the chart. Null takes a default away."""
    values_from: Given[Many[HelmValuesFrom]] = None
    """Values from ConfigMaps and Secrets that are given at apply time; later ones win."""
    health_status: Given[Many[HealthCriterion]] = None
    """When the release is healthy, for 'pinnace health'; a site judges every object by its own status."""
    options: Options = Options()
    """How to render."""


class Helmchart:
    """A Helm chart: its objects, and a ConfigMap that says what was released."""

    name = "helmchart"
    parameters = HelmchartParameters
    health = staticmethod(releases.released)

    def render(self, context: Context, parameters: HelmchartParameters) -> Output:
        source = _source(parameters.chart)
        if isinstance(source, Diagnostic):
            return Output(diagnostics=(source,))
        release, namespace = _release(context, parameters)
        given = [(item, item.key) for item in parameters.values_from or ()]
        own = parameters.release.namespace if parameters.release else None
        values, reading = charts.merged(context, given, parameters.values, own)
        if reading.needs or reading.diagnostics:
            return reading
        options = parameters.options
        chart = Chart(
            *(source, release, namespace, values, options.include_crds, options.kube_version, options.api_versions)
        )
        made = charts.output(context, chart, self.name, skip_hooks=options.skip_hooks)
        if not made.parts:
            return made
        record = Part(_record(context, parameters.chart, chart, len(made.parts)), Origin.WORKLOAD, self.name)
        return Output((record, *made.parts), (*_without_effect(parameters), *made.diagnostics))


def _source(chart: ChartParameters) -> Source | Diagnostic:
    try:
        return sources.of_chart(chart.source, chart.repo_url or "", chart.version or "", chart.digest or "")
    except Rejected as exc:
        field = "repoURL" if exc.where == "repository" else exc.where
        return diagnostics.error(exc.reason, exc.message, "properties", "chart", field)


def _release(context: Context, parameters: HelmchartParameters) -> tuple[str, str]:
    release = parameters.release or Release()
    return release.name or context.component, release.namespace or context.namespace


def _record(context: Context, parameters: ChartParameters, chart: Chart, count: int) -> KubeObject:
    """What KubeVela calls the release's audit."""
    labels = {"app.oam.dev/name": context.application, "app.oam.dev/component": context.component}
    if _LABEL_VALUE.match(parameters.source):
        labels[_CHART] = parameters.source
    data = {
        "chartSource": parameters.source,
        "releaseName": chart.release,
        "releaseNamespace": chart.namespace,
        "resourceCount": str(count),
    }
    data |= {"repoURL": parameters.repo_url} if parameters.repo_url is not None else {}
    data |= {"chartVersion": parameters.version} if parameters.version is not None else {}
    metadata = {
        "name": f"{chart.release}-helm-release",
        "namespace": chart.namespace,
        "labels": labels,
        "annotations": {_CHART: parameters.source},
    }
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


# Of what Helm does while it applies: nothing of it happens at a site.
_OF_APPLYING = ("timeout", "max_history", "atomic", "wait", "force", "recreate_pods", "cleanup_on_fail", "cache")


def _without_effect(parameters: HelmchartParameters) -> Iterator[Diagnostic]:
    options = parameters.options
    for name in _OF_APPLYING:
        if getattr(options, name):
            field = Options.model_fields[name].alias or name
            message = "has no effect: Helm does not run at a site"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "options", field)
    if not options.skip_tests:
        message = "has no effect: test hooks are never delivered"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "options", "skipTests")
    if not options.create_namespace:
        message = "has no effect: a site makes a namespace that is missing"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "options", "createNamespace")
    if parameters.chart.auth is not None and parameters.chart.auth.secret_ref is not None:
        yield diagnostics.warning(Reason.UNSUPPORTED, sources.NO_SECRET, "properties", "chart", "auth")
    if parameters.health_status:
        message = "is not looked at by a site, which judges every object of the chart by its own status"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", "healthStatus")
