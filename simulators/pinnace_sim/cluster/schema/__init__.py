"""What the kinds of Kubernetes look like: enough to merge, check and default objects as kube-apiserver does. Pure.

table.of(group, version, kind) -> Type | None           built-in kinds, from the committed table
custom.structural(schema) -> Type                       a CRD's openAPIV3Schema, with metadata and all
types.Type, Items, Members, Scalar, ListType            the values
checking.problems(kind, object) -> tuple[Problem, ...]  an apply's words: ".spec.x: field not declared in schema"
strict.unknown_fields(kind, object) -> tuple[str, ...]  a decoder's words: 'unknown field "spec.x"'
strict.wrong_types(kind, object) -> tuple[str, ...]     'json: cannot unmarshal string into Go struct field ...'
strict.missing_fields(kind, object) -> tuple[str, ...]  required fields: "spec.selector"
defaults.defaulted(kind, object, gvk) -> object         a copy as it is stored: with the server's defaults
"""
