"""What the kinds of Kubernetes look like: enough to merge, check and default objects as kube-apiserver does. Pure.

table.of(group, version, kind) -> Type | None          built-in kinds, from the committed table
openapi.structural(schema) -> Type                     a CRD's openAPIV3Schema, with metadata and all
types.Type, Items, Members, Scalar, ListType           the values
checking.problems(kind, object) -> tuple[Problem, ...] structured-merge-diff's words: ".spec.x: field not declared"
strict.unknown_fields(kind, object) -> tuple[str, ...] fieldValidation's words: 'unknown field "spec.x"'
strict.missing_fields(kind, object) -> tuple[str, ...] required fields: "spec.selector"
strict.wrong_types(kind, object) -> tuple[str, ...]    what does not decode: 'spec.replicas: ...'
defaults.defaulted(kind, object, gvk) -> object        a copy with the server's defaults
"""
