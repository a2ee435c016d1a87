"""Objects that are given at apply time beside an Application, and how a component picks some of them.

As KubeVela picks from a cluster: by resource or kind, then by name or labels, in one namespace. Nothing here knows a
cluster: what is not given is not there.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.materials.needs import Answer, Need
from pinnace_schemas import diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.reasons import Reason

MAKER = "objects"
# What a cluster adds to an object, which says nothing about what it should be elsewhere.
_OF_ITS_CLUSTER = frozenset(
    {
        *("resourceVersion", "uid", "generation", "creationTimestamp", "deletionTimestamp"),
        *("managedFields", "ownerReferences", "selfLink"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """An object of a file; `source` is the file's name."""

    object: KubeObject
    source: str


@dataclass(frozen=True, slots=True)
class Selector:
    """Which objects are meant. '' and None stand for any, but for `namespace`: there '' is the Application's.

    `resource` is what the API calls a kind, in singular or plural; `file` a path relative to the Application's.
    """

    namespace: str = ""
    resource: str = ""
    group: str | None = None
    api_version: str = ""
    kind: str = ""
    name: str = ""
    labels: Mapping[str, str] | None = None
    file: str = ""

    @property
    def need(self) -> Need:
        """The question to ask for these objects."""
        return Need(MAKER, {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)})

    def __str__(self) -> str:
        if self.file:
            return f"in {self.file}"
        what = self.resource or self.kind or "object"
        called = f" '{self.name}'" if self.name else ""
        labels = ",".join(f"{key}={value}" for key, value in sorted((self.labels or {}).items()))
        place = f" of namespace {self.namespace}" if self.namespace else ""
        return f"{what}{called}{f' with {labels}' if labels else ''}{place}"


def selector(question: Mapping[str, Any]) -> Selector:
    """The inverse of `Selector.need`."""
    return Selector(**question)


def answer(need: Need, given: Iterable[Given], source: str, namespace: str) -> tuple[Answer, tuple[Given, ...]]:
    """The objects as they are applied elsewhere, none too, and which they are.

    Args:
        source: the file of the Application.
        namespace: the Application's; an object without one belongs to it.
    """
    wanted = selector(need.question)
    chosen = tuple(item for item in given if _matches(wanted, item, source, namespace))
    return Answer([cleaned(item.object) for item in chosen]), chosen


def missing(wanted: Selector, *path: str | int) -> diagnostics.Diagnostic:
    """None was found."""
    hint = "nothing is read from a cluster: give the object at apply time in a file of its own (-f)"
    return diagnostics.error(Reason.NOT_FOUND, f"no object is given: {wanted}", *path, hint=hint)


def cleaned(item: KubeObject) -> KubeObject:
    """Without what the cluster that it was read from has added, by KubeVela's rules."""
    metadata = {key: value for key, value in item["metadata"].items() if key not in _OF_ITS_CLUSTER}
    found = {key: value for key, value in item.items() if key != "status"} | {"metadata": metadata}
    spec = found.get("spec")
    is_service = (item["apiVersion"], item["kind"]) == ("v1", "Service")
    if is_service and isinstance(spec, dict) and spec.get("clusterIP") not in (None, "None"):
        found["spec"] = {key: value for key, value in spec.items() if key not in ("clusterIP", "clusterIPs")}
    return found


def _matches(wanted: Selector, item: Given, source: str, namespace: str) -> bool:
    if wanted.file:
        return item.source == posixpath.normpath(posixpath.join(posixpath.dirname(source), wanted.file))
    metadata = item.object["metadata"]
    labels = metadata.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    return (
        _is_of_kind(wanted, item.object)
        and wanted.name in ("", metadata["name"])
        and all(labels.get(key) == value for key, value in (wanted.labels or {}).items())
        and (metadata.get("namespace") or namespace) == (wanted.namespace or namespace)
    )


def _is_of_kind(wanted: Selector, item: KubeObject) -> bool:
    group = item["apiVersion"].rpartition("/")[0]
    if wanted.resource:
        is_resource = wanted.resource.lower() in _resources(item["kind"].lower())
        return is_resource and wanted.group in (None, "", group)
    return wanted.kind in ("", item["kind"]) and wanted.api_version in ("", item["apiVersion"])


def _resources(kind: str) -> Iterator[str]:
    """Singular and plural, as Kubernetes guesses them."""
    yield kind
    if kind.endswith("s"):
        yield kind if kind == "endpoints" else f"{kind}es"
    else:
        yield f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
