"""The trait `k8s-update-strategy`: how old pods give way to new ones.

KubeVela fails where `RollingUpdate` comes without `rollingStrategy`; here its defaults count then.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from pinnace_cloud.render import patching
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.patching import Strategy, Tag
from pinnace_cloud.render.traits import pod_template
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.fields import Given, Strictly
from pinnace_schemas.reasons import Reason


class RollingStrategy(Strictly):
    """How many pods are exchanged at once; which of these count depends on the kind."""

    max_surge: str = "25%"
    """Which share of the pods there may be too many: `25%`. Deployment; DaemonSet, if none may be missing."""
    max_unavailable: str = "25%"
    """Which share of the pods may be missing: `25%`. Deployment, DaemonSet."""
    partition: int = 0
    """Pods below this number stay old. StatefulSet."""


class UpdateStrategy(Strictly):
    """How pods are exchanged."""

    type: Literal["RollingUpdate", "Recreate", "OnDelete"] = "RollingUpdate"
    """One after the other; all at once (Deployment); or when somebody deletes them (StatefulSet, DaemonSet)."""
    rolling_strategy: Given[RollingStrategy] = None
    """How many at once, with `type: RollingUpdate`."""


class UpdateStrategyParameters(Strictly):
    """How pods are exchanged."""

    target_api_version: str = Field(default="apps/v1", alias="targetAPIVersion")
    """No effect, as in KubeVela."""
    target_kind: Literal["Deployment", "StatefulSet", "DaemonSet"] = "Deployment"
    """Kind of the workload."""
    strategy: UpdateStrategy = Field(default_factory=UpdateStrategy)
    """How pods are exchanged."""


_FIELDS = {"Deployment": "strategy", "StatefulSet": "updateStrategy", "DaemonSet": "updateStrategy"}
# Kubernetes takes numbers too, but not as texts, and KubeVela takes nothing but texts.
_SHARE = re.compile(r"[0-9]+%")
# What a kind does not know; KubeVela passes over it.
_FOREIGN = {"Deployment": "OnDelete", "StatefulSet": "Recreate", "DaemonSet": "Recreate"}
_COUNTED = {
    "Deployment": {"max_surge", "max_unavailable"},
    "StatefulSet": {"partition"},
    "DaemonSet": {"max_surge", "max_unavailable"},
}


class K8sUpdateStrategy:
    """Says how old pods give way to new ones."""

    name = "k8s-update-strategy"
    parameters = UpdateStrategyParameters

    def apply(self, context: Context, parameters: UpdateStrategyParameters, output: Output) -> Output:
        found = list(_vain(parameters))
        kind, strategy = parameters.target_kind, parameters.strategy
        if strategy.type != _FOREIGN[kind]:
            found += _doubts(context, parameters, output)
            path = f"spec.{_FIELDS[kind]}"
            patch = {"spec": {_FIELDS[kind]: _written(kind, strategy)}}
            output = patching.workload(output, patch, {path: Tag(strategy=Strategy.RETAIN_KEYS)})
        return pod_template.reported(output, *found)


def _written(kind: str, strategy: UpdateStrategy) -> KubeObject:
    if strategy.type != "RollingUpdate":
        return {"type": strategy.type}
    rolling = strategy.rolling_strategy or RollingStrategy()
    return {"type": strategy.type, "rollingUpdate": rolling.model_dump(by_alias=True, include=_COUNTED[kind])}


def _doubts(context: Context, parameters: UpdateStrategyParameters, output: Output) -> Iterator[Diagnostic]:
    for path, message in _refused(parameters, (output.workload or {}).get("kind")):
        yield Diagnostic(context.doubts, Reason.INVALID, message, path=diagnostics.join_path(("properties", *path)))


def _refused(parameters: UpdateStrategyParameters, kind: object) -> Iterator[tuple[Parts, str]]:
    """What no cluster takes, and where it stands below the properties."""
    if kind != parameters.target_kind:
        yield ("targetKind",), f"the workload is a {kind}, not a {parameters.target_kind}"
    if parameters.strategy.type != "RollingUpdate" or parameters.target_kind == "StatefulSet":
        return
    rolling = parameters.strategy.rolling_strategy or RollingStrategy()
    shares = {"maxSurge": rolling.max_surge, "maxUnavailable": rolling.max_unavailable}
    for name, share in shares.items():
        if not _SHARE.fullmatch(share):
            yield ("strategy", "rollingStrategy", name), f"'{share}' is no share of the pods, such as 25%"
    zeros = [name for name, share in shares.items() if _SHARE.fullmatch(share) and int(share[:-1]) == 0]
    if len(zeros) != 1 and (zeros or parameters.target_kind == "DaemonSet"):
        message = "of 'maxSurge' and 'maxUnavailable' one must be 0%" if not zeros else "both are 0%: no pod could move"
        yield ("strategy", "rollingStrategy"), message


def _vain(parameters: UpdateStrategyParameters) -> Iterator[Diagnostic]:
    """What KubeVela passes over."""
    kind, strategy = parameters.target_kind, parameters.strategy
    place = ("properties", "strategy")
    if strategy.type == _FOREIGN[kind]:
        message = f"a {kind} does not know '{strategy.type}'; the trait has no effect, as in KubeVela"
        yield diagnostics.warning(Reason.INVALID, message, *place, "type")
    elif strategy.rolling_strategy is not None and strategy.type != "RollingUpdate":
        message = f"'rollingStrategy' has no effect with '{strategy.type}', as in KubeVela"
        yield diagnostics.warning(Reason.INVALID, message, *place, "rollingStrategy")
    elif strategy.rolling_strategy is not None:
        for name in sorted(strategy.rolling_strategy.model_fields_set - _COUNTED[kind]):
            alias = RollingStrategy.model_fields[name].alias or name
            message = f"'{alias}' has no effect on a {kind}, as in KubeVela"
            yield diagnostics.warning(Reason.INVALID, message, *place, "rollingStrategy", alias)
