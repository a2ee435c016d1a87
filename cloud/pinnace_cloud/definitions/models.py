"""Models of the properties of types that are written in CUE: so that they are checked and explained as all others are.

A model says which properties there are, which must be given, and which are plain texts, numbers or truth values. All
else is judged by the evaluation of the template.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from pinnace_cloud.definitions.declared import Declared
from pinnace_schemas.fields import Many, Strictly

_PLAIN = {"string": str, "int": int, "bool": bool}


class Anything(BaseModel):
    """Properties of which nothing is known before they are evaluated."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())


class _Aliased(Strictly):
    """Fields are known by what people write only: a property may be called like a method of a model."""

    model_config = ConfigDict(populate_by_name=False, alias_generator=None)


def of(name: str, fields: tuple[Declared, ...] | None) -> type[BaseModel]:
    """`name` is that of the type; it stands in JSON Schemas."""
    if fields is None:
        return Anything
    own = {f"p{number}": _field(f"{name}-{item.name}", item) for number, item in enumerate(fields)}
    model: type[BaseModel] = create_model(name, __base__=_Aliased, **own)  # type: ignore[call-overload]  # names are data
    return model


def _field(name: str, item: Declared) -> tuple[Any, Any]:
    default = ... if item.is_needed else None
    return _type(name, item), Field(default=default, alias=item.name, description=_description(item))


def _type(name: str, item: Declared) -> Any:
    if item.fields is not None:
        inner = of(name, item.fields)
        return Many[inner] if item.is_list else inner  # type: ignore[valid-type]  # made here
    plain = item.value.rpartition(" | ")[2] if item.value.startswith("*") else item.value
    return _PLAIN.get(plain, Any)


def _description(item: Declared) -> str:
    is_told = item.fields is not None or not item.value or item.value in _PLAIN
    return item.description if is_told else f"{item.description} ({item.value})".strip()
