"""The types of custom resources, from the `openAPIV3Schema` of a version of their CRD. Pure.

As apiextensions-apiserver's controller/openapi/builder does: the root gets `apiVersion`, `kind` and `metadata`. A CRD
without a schema, or with one that preserves unknown fields, takes anything: then maps are taken apart and lists are
owned as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pinnace_sim.cluster.schema import openapi, table
from pinnace_sim.cluster.schema.types import DEDUCED, Members, Type


def structural(schema: Mapping[str, Any] | None) -> Type:
    """The type of whole objects. `schema` is `spec.versions[].schema.openAPIV3Schema`; None takes anything."""
    own = openapi.Reader(_named, is_built_in=False).read(schema or {}).members or Members({}, DEDUCED)
    string = openapi.SCALARS["string"]
    fields = {**own.fields, "apiVersion": string, "kind": string, "metadata": table.object_meta()}
    return Type(members=Members(fields, own.element, own.is_atomic, own.required, own.defaults))


def _named(name: str) -> Type:
    if name != openapi.OBJECT_META:
        raise ValueError(f"$ref {name}: a structural schema contains no references")
    return table.object_meta()
