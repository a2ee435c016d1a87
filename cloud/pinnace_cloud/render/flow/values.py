"""What `valueFrom` of an output comes to: a value that stands in a rendered object, or one that exists at a site only.

The outputs of Terraform are of the second sort: its controller writes them into a Secret, under their names.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pinnace_cloud.render import kinds, paths
from pinnace_cloud.render.flow import notation
from pinnace_cloud.render.flow.errors import PassingError
from pinnace_cloud.render.kinds import Kind
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Parts


@dataclass(frozen=True, slots=True)
class Objects:
    """A rendered component: its workload, and its further objects by their keys."""

    output: KubeObject
    outputs: Mapping[str, KubeObject]


@dataclass(frozen=True, slots=True)
class Known:
    """A plain JSON value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Later:
    """A value that a key of a Secret will have, once a controller at the site has written it."""

    secret: str
    namespace: str
    key: str


_CONFIGURATION = Kind("terraform.core.oam.dev", "Configuration")
_HCL_OUTPUT = re.compile(r'^[ \t]*output[ \t]+"?([-\w]+)"?[ \t]*\{', re.MULTILINE)
_NOTATION = 'write a path, such as output.metadata.name, or a sum: output.metadata.name + ".svc"'
_RENDERED = "'pinnace render' shows the objects; what a cluster adds cannot be passed on"


def of(value_from: str, objects: Objects) -> Known | Later:
    """The value of an output of the component that was rendered to these objects. Raises PassingError."""
    terms = notation.terms(value_from)
    if terms is None:
        raise PassingError(f"'{value_from}' is not understood", _NOTATION)
    found = [Known(term) if isinstance(term, str) else _at(term, objects) for term in terms]
    return found[0] if len(found) == 1 else Known("".join(_texts(found)))


def _texts(found: Iterable[Known | Later]) -> Iterable[str]:
    for item in found:
        if isinstance(item, Later):
            raise PassingError("it exists only at a site, and cannot be joined with other texts")
        if not isinstance(item.value, str):
            raise PassingError(f"only texts can be joined, got {fields.describe(item.value)}")
        yield item.value


def _at(path: Parts, objects: Objects) -> Known | Later:
    match path:
        case ("output", *rest):
            return _inside(objects.output, tuple(rest), path)
        case ("outputs", str(key), *rest) if key in objects.outputs:
            return _inside(objects.outputs[key], tuple(rest), path)
        case ("outputs", *_):
            names = ", ".join(sorted(objects.outputs))
            raise PassingError(f"'{diagnostics.join_path(path)}' is not there", f"further objects: {names or 'none'}")
    raise PassingError(f"'{path[0]}' is not known", "a path begins with 'output' or 'outputs'")


def _inside(item: KubeObject, path: Parts, whole: Parts) -> Known | Later:
    """`whole` is the path as written."""
    match path:
        case ("status", "apply", "outputs", str(name), "value") if kinds.kind_of(item) == _CONFIGURATION:
            return _of_terraform(item, name)
        case ("status", *_):
            raise PassingError(f"'{diagnostics.join_path(whole)}' exists only in a cluster", _RENDERED)
    found: Any = item
    for part in path:
        if not _has(found, part):
            raise PassingError(f"'{diagnostics.join_path(whole)}' does not stand in the rendered object", _RENDERED)
        found = found[part]
    return Known(found)


def _has(value: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, dict) and part in value


def _of_terraform(item: KubeObject, name: str) -> Later:
    """Source: getTFOutputs of the Terraform controller, which writes all outputs into the Secret."""
    secret = paths.get(item, ("spec", "writeConnectionSecretToRef", "name"))
    if not isinstance(secret, str):
        message = f"the Terraform output '{name}' exists only at a site, and is written nowhere"
        raise PassingError(message, "name a Secret for it in 'writeConnectionSecretToRef'")
    hcl = paths.get(item, ("spec", "hcl"))
    declared = _HCL_OUTPUT.findall(hcl) if isinstance(hcl, str) else [name]
    if name not in declared:
        raise PassingError(f"the HCL has no output '{name}'", f"outputs: {', '.join(declared) or 'none'}")
    namespace = paths.get(item, ("spec", "writeConnectionSecretToRef", "namespace"))
    return Later(secret, namespace if isinstance(namespace, str) else "default", name)
