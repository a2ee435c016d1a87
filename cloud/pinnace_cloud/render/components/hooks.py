"""Hooks of Helm charts: objects that Helm applies at a moment of its own, and takes away again.

At a site nothing knows these moments: the wanted state is applied, and again whenever it differs. So test hooks are
left out, and any other hook is refused, unless a person says that the chart works without them. The events are those of
https://helm.sh/docs/topics/charts_hooks/.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pinnace_cloud.materials import manifests
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.reasons import Reason

_ANNOTATION = "helm.sh/hook"
# The two long ones are Helm 2's.
_TESTS = frozenset({"test", "test-success", "test-failure"})
# Helm 3 knows it no more and leaves such an object out.
_GONE = frozenset({"crd-install"})


def events(item: KubeObject) -> frozenset[str]:
    """When Helm would apply the object; empty for one that is no hook."""
    metadata: Any = item.get("metadata") or {}
    text = (metadata.get("annotations") or {}).get(_ANNOTATION) or ""
    return frozenset(part.strip() for part in str(text).split(",")) - {""}


def delivered(items: Iterable[KubeObject]) -> tuple[KubeObject, ...]:
    """Everything that is no hook."""
    return tuple(item for item in items if not events(item))


def problems(items: Iterable[KubeObject], *, is_left_out: bool) -> Iterator[Diagnostic]:
    """Of each hook that matters: an error, or a warning where a person wants them left out."""
    for item in items:
        moments = events(item) - _TESTS - _GONE
        if not moments:
            continue
        message = f"{manifests.name(item)} is a hook ({', '.join(sorted(moments))})"
        if is_left_out:
            yield diagnostics.warning(Reason.UNSUPPORTED, f"{message} and left out")
        else:
            hint = "if the chart works without them, leave them out: type helmchart, 'options.skipHooks: true'"
            yield diagnostics.error(Reason.UNSUPPORTED, f"{message}, which no site runs at its moment", hint=hint)
