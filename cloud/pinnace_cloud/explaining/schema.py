"""JSON Schemas (draft 2020-12) of the properties of types, as `pinnace apply` judges them.

An undeclared property is right for a schema where it is only a warning; with `strict` it is an error everywhere.
Rules that a schema cannot say, such as fields that exclude each other, are left to `pinnace render`.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from pinnace_cloud.explaining import docstrings
from pinnace_cloud.render.registry import Known, Sort

Json = dict[str, Any]

REF = "#/$defs/"
# Of these, an undeclared property is an error whoever asks.
STRICT_SORTS = (Sort.POLICY, Sort.STEP)


class _Generator(GenerateJsonSchema):
    """As pydantic's, with the texts of the fields and without titles made of names."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        found = super().model_schema(schema)
        found.pop("title", None)
        model = schema["cls"]
        properties = found.get("properties", {})
        for name, text in docstrings.of_fields(model).items():
            field = model.model_fields.get(name)
            if field is not None and (place := properties.get(field.alias or name)) is not None:
                place.setdefault("description", text)
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - of the base class
        return False


class _OpenGenerator(_Generator):
    """Lets undeclared properties pass where they are warned of."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        found = super().model_schema(schema)
        if found.get("additionalProperties") is False and not getattr(schema["cls"], "closed", False):
            del found["additionalProperties"]
        return found


def of_type(known: Known, *, strict: bool = False) -> Json:
    """Of the properties of one type, with what it refers to under `$defs`."""
    (found,), definitions = of_models([known.type.parameters], strict=strict or known.sort in STRICT_SORTS)
    return {**found, "$defs": definitions}


def of_models(models: Iterable[type[BaseModel]], *, strict: bool, prefix: str = "") -> tuple[tuple[Json, ...], Json]:
    """A schema for each, and the definitions that they share, whose names begin with `prefix`."""
    asked: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in models]
    generator = _Generator if strict else _OpenGenerator
    found, shared = models_json_schema(asked, ref_template=f"{REF}{prefix}{{model}}", schema_generator=generator)
    definitions = {f"{prefix}{name}": _without_null_defaults(item) for name, item in shared.get("$defs", {}).items()}
    return tuple(found[item] for item in asked), definitions


def _without_null_defaults(value: Any) -> Any:
    """A field without a default has none, rather than null."""
    if isinstance(value, dict):
        return {
            key: _without_null_defaults(item) for key, item in value.items() if not (key == "default" and item is None)
        }
    return [_without_null_defaults(item) for item in value] if isinstance(value, list) else value
