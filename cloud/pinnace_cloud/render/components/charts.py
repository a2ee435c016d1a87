"""What the component types that render a Helm chart have in common: values from objects, the chart's objects as parts.

The chart itself is rendered elsewhere (`materials.charts`); CRDs and Namespaces stand first among its objects, as in
KubeVela, and are established first at every site.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from pinnace_cloud.materials import charts as rules
from pinnace_cloud.materials import given
from pinnace_cloud.materials.charts import Chart, Values
from pinnace_cloud.materials.given import Selector
from pinnace_cloud.materials.needs import Answer
from pinnace_cloud.render import dress, kinds, objects
from pinnace_cloud.render.components import hooks
from pinnace_cloud.render.kinds import Kind
from pinnace_cloud.render.parts import Context, Origin, Output, Part
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.fields import Given, Strictly
from pinnace_schemas.reasons import Reason

VALUES_KEY = "values.yaml"
_FIRST = (Kind("apiextensions.k8s.io", "CustomResourceDefinition"), Kind("", "Namespace"))


class ValuesFrom(Strictly):
    """Values in an object that is given at apply time."""

    kind: Literal["Secret", "ConfigMap"]
    """The kind of the object."""
    name: str
    """Its name."""
    namespace: Given[str] = None
    """Its namespace; the release's unless given."""
    optional: bool = False
    """Go on without it where it, or the key, is missing."""


def merged(
    context: Context,
    given_values: Iterable[tuple[ValuesFrom, str]],
    inline: Mapping[str, Any] | None,
    namespace: str | None,
) -> tuple[tuple[Values, ...], Output]:
    """Values in the order in which Helm merges them, and what is open or wrong about any of them.

    Args:
        given_values: each with the key of its text.
        inline: those that win.
        namespace: where an object is that names none; None stands for the Application's.
    """
    found: list[Values] = []
    reading = Output()
    for index, (item, key) in enumerate(given_values):
        text, more = _values(context, item, key, namespace, ("properties", "valuesFrom", index))
        found += [] if text is None else [text]
        reading = Output((), (*reading.diagnostics, *more.diagnostics), (*reading.needs, *more.needs))
    if inline is not None:
        found.append(inline)
    return tuple(found), reading


def output(context: Context, chart: Chart, made_by: str, *, skip_hooks: bool) -> Output:
    """The objects of the chart as auxiliary parts, or what is missing for them."""
    if problem := rules.release_problem(chart.release):
        return Output(diagnostics=(diagnostics.error(Reason.INVALID, problem, "properties"),))
    answer = context.materials.get(chart.need.key)
    if answer is None:
        return Output(needs=(chart.need,))
    if answer.value is None:
        return Output(diagnostics=answer.problems)
    if invalid := objects.of_program(answer.value, "the chart"):
        return Output(diagnostics=invalid)
    parts = tuple(_parts(answer, chart, made_by))
    problems = tuple(_problems(answer, skip_hooks=skip_hooks))
    return Output(parts, problems if parts else (*problems, objects.nothing("the chart")))


def led(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The same with the first as the workload."""
    return (replace(parts[0], origin=Origin.WORKLOAD, key=""), *parts[1:]) if parts else ()


def _values(
    context: Context, item: ValuesFrom, key: str, namespace: str | None, path: Parts
) -> tuple[Values | None, Output]:
    """The text under a key of the object, if there is one."""
    wanted = Selector(item.namespace or namespace or "", api_version="v1", kind=item.kind, name=item.name)
    answer = context.materials.get(wanted.need.key)
    if answer is None:
        return None, Output(needs=(wanted.need,))
    if not answer.value:
        return None, Output(diagnostics=() if item.optional else (given.missing(wanted, *path),))
    text = _text(answer.value[-1], key)
    if text is None and not item.optional:
        message = f"the {item.kind} '{item.name}' has no text under '{key}'"
        return None, Output(diagnostics=(diagnostics.error(Reason.NOT_FOUND, message, *path),))
    return text, Output()


def _parts(answer: Answer, chart: Chart, made_by: str) -> Iterator[Part]:
    items = _in_order(hooks.delivered(answer.value))
    defined = dress.cluster_kinds(items)
    for index, item in enumerate(items):
        is_global = kinds.is_global(item) or kinds.kind_of(item) in defined
        placed = item if is_global else _in_namespace(item, chart.namespace)
        yield Part(placed, Origin.AUXILIARY, made_by, key=f"helm-resource-{index}")


def _in_order(items: tuple[KubeObject, ...]) -> list[KubeObject]:
    """The order of kinds in `_FIRST`, then Helm's order."""
    ranks = {kind: rank for rank, kind in enumerate(_FIRST)}
    return sorted(items, key=lambda item: ranks.get(kinds.kind_of(item), len(ranks)))


def _in_namespace(item: KubeObject, namespace: str) -> KubeObject:
    metadata = item.get("metadata") or {}
    return item if metadata.get("namespace") else {**item, "metadata": {**metadata, "namespace": namespace}}


def _problems(answer: Answer, *, skip_hooks: bool) -> Iterator[Diagnostic]:
    yield from answer.problems
    for problem in hooks.problems(answer.value, is_left_out=skip_hooks):
        yield problem.under("properties")


def _text(item: KubeObject, key: str) -> str | None:
    plain = {**(item.get("data") or {}), **(item.get("stringData") or {})}
    text = plain.get(key)
    if not isinstance(text, str):
        return None
    if item.get("kind") == "Secret" and key not in (item.get("stringData") or {}):
        try:
            return base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    return text
