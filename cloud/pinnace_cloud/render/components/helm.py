"""The component type `helm` of KubeVela's FluxCD addon, as far as it means something without Flux: a chart of a chart
repository or registry, rendered in the cloud. `helmchart` is the type for anything new.

Flux would make a HelmRelease of it; here the chart's own objects are delivered, and the first is what traits patch.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pinnace_cloud.materials import sources
from pinnace_cloud.materials.charts import Chart
from pinnace_cloud.materials.sources import Source
from pinnace_cloud.render.components import charts
from pinnace_cloud.render.components.charts import ValuesFrom
from pinnace_cloud.render.parts import Context, Output
from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.errors import Rejected
from pinnace_schemas.fields import Given, Many, Strictly
from pinnace_schemas.reasons import Reason

_FOLDER = "give the chart as a folder: type helmchart, 'chart.source: ./FOLDER'"


class FluxValuesFrom(ValuesFrom):
    values_key: str = charts.VALUES_KEY
    """The key whose text holds the values."""
    target_path: Given[str] = None
    """Not supported: write a whole values file into the key."""


class HelmParameters(Strictly):
    url: str
    """The https address of a chart repository; `oci://...` of a registry."""
    chart: str
    """The chart's name."""
    repo_type: Literal["helm", "git", "oss", "oci"] = "helm"
    """`helm` or `oci`; `git` and `oss` are not supported."""
    version: str = "*"
    """Version or range of versions."""
    target_namespace: Given[str] = None
    """Namespace of the release; that of the Application or topology unless given."""
    release_name: Given[str] = None
    """Name of the release; the component's unless given, as in Flux after the target namespace if there is one."""
    values: Given[dict[str, Any]] = None
    """Values; they win over those of `valuesFrom` and of the chart."""
    values_from: Given[Many[FluxValuesFrom]] = None
    """Values from ConfigMaps and Secrets that are given at apply time; later ones win."""
    values_files: Given[Many[str]] = None
    """Values files within the chart, in the place of its values.yaml; later ones win, and all else wins over them."""
    secret_ref: Given[str] = None
    """No effect: the controller has a file of passwords."""
    source_name: Given[str] = None
    """Not supported."""
    git: Given[dict[str, Any]] = None
    """Not supported."""
    oss: Given[dict[str, Any]] = None
    """Not supported."""
    helmrepository: Given[dict[str, Any]] = None
    """Not supported."""
    interval: Given[str] = None
    """No effect: what was fetched stays until the next apply."""
    pull_interval: Given[str] = None
    """No effect."""
    timeout: Given[str] = None
    """No effect."""
    install_timeout: Given[str] = None
    """No effect."""
    retries: Given[int] = None
    """No effect."""
    upgrade_crd: Given[bool] = None
    """No effect: CRDs are always brought to what the chart says."""


_REFUSED = {
    "source_name": "there are no Flux sources here; name the repository under 'url'",
    "git": f"git repositories are not read; {_FOLDER}",
    "oss": f"buckets are not read; {_FOLDER}",
    "helmrepository": f"what asks for a cloud's identity is not fetched; {_FOLDER}",
}
_IDLE = ("interval", "pull_interval", "timeout", "install_timeout", "retries")


class Helm:
    """The objects of a Helm chart."""

    name = "helm"
    parameters = HelmParameters

    def render(self, context: Context, parameters: HelmParameters) -> Output:
        problems = tuple(_problems(parameters))
        source = _source(parameters)
        if problems or isinstance(source, Diagnostic):
            return Output(diagnostics=(*problems, *((source,) if isinstance(source, Diagnostic) else ())))
        namespace = parameters.target_namespace or context.namespace
        given = [(item, item.values_key) for item in parameters.values_from or ()]
        values, reading = charts.merged(context, given, parameters.values, parameters.target_namespace)
        if reading.needs or reading.diagnostics:
            return reading
        files = tuple(parameters.values_files or ())
        chart = Chart(source, _release(context, parameters), namespace, values, values_files=files)
        made = charts.output(context, chart, self.name, skip_hooks=False)
        return Output(charts.led(made.parts), (*_without_effect(parameters), *made.diagnostics), made.needs)


def _source(parameters: HelmParameters) -> Source | Diagnostic:
    try:
        if parameters.repo_type == "oci":
            return sources.of_chart(f"{parameters.url.rstrip('/')}/{parameters.chart}", version=parameters.version)
        return sources.of_chart(parameters.chart, parameters.url, parameters.version)
    except Rejected as exc:
        return diagnostics.error(exc.reason, exc.message, "properties", "url")


def _release(context: Context, parameters: HelmParameters) -> str:
    if parameters.release_name:
        return parameters.release_name
    return "-".join(part for part in (parameters.target_namespace, context.component) if part)


def _problems(parameters: HelmParameters) -> Iterator[Diagnostic]:
    if parameters.repo_type in ("git", "oss"):
        message = f"'{parameters.repo_type}' is not read; {_FOLDER}"
        yield diagnostics.error(Reason.UNSUPPORTED, message, "properties", "repoType")
    for name, message in _REFUSED.items():
        if getattr(parameters, name):
            yield diagnostics.error(Reason.UNSUPPORTED, message, "properties", _alias(name))
    for index, item in enumerate(parameters.values_from or ()):
        if item.target_path:
            message = "is not supported; write a whole values file into the key"
            yield diagnostics.error(Reason.UNSUPPORTED, message, "properties", "valuesFrom", index, "targetPath")


def _without_effect(parameters: HelmParameters) -> Iterator[Diagnostic]:
    if parameters.secret_ref:
        yield diagnostics.warning(Reason.UNSUPPORTED, sources.NO_SECRET, "properties", _alias("secret_ref"))
    for name in _IDLE:
        if getattr(parameters, name):
            message = "has no effect: there is no Flux here"
            yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties", _alias(name))


def _alias(name: str) -> str:
    return HelmParameters.model_fields[name].alias or name
