"""Models of the properties of types that are written in CUE: so that they are checked and explained as all others are.

A model says which properties there are, which must be given, which are plain texts, numbers or truth values, and
what there is to choose from. All else is judged by the evaluation of the template.
"""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from pinnace_cloud.definitions.properties import Declared
from pinnace_schemas.fields import Many, Strictly

_PLAIN = {"string": str, "int": int, "bool": bool}


class Anything(BaseModel):
    """Properties of which nothing is known before they are evaluated."""

    model_config = ConfigDict(extra="allow", frozen=True, protected_namespaces=())


class _Aliased(Strictly):
    """Fields are known by what people write only: a property may be called like a method of a model."""

    model_config = ConfigDict(populate_by_name=False, alias_generator=None)


class _Closed(_Aliased):
    """What the template's own definitions have no field for is wrong, as in CUE."""

    closed: ClassVar[bool] = True


def of(name: str, fields: tuple[Declared, ...] | None, *, is_closed: bool = False) -> type[BaseModel]:
    """`name` is that of the type; it stands in JSON Schemas."""
    if fields is None:
        return Anything
    base = _Closed if is_closed else _Aliased
    own = {f"p{number}": _field(f"{name}-{item.name}", item) for number, item in enumerate(fields)}
    model: type[BaseModel] = create_model(name, __base__=base, **own)  # type: ignore[call-overload]  # names are data
    return model


def _field(name: str, item: Declared) -> tuple[Any, Any]:
    default = ... if item.is_needed else item.default
    return _type(name, item), Field(default=default, alias=item.name, description=_description(item))


def _type(name: str, item: Declared) -> Any:
    one = _one(name, item)
    return Many[one] if item.is_list else one  # type: ignore[valid-type]  # made here


def _one(name: str, item: Declared) -> Any:
    if item.fields is not None:
        return of(name, item.fields, is_closed=item.is_closed)
    return Literal[item.options] if item.options else _PLAIN.get(item.kind, Any)


def _description(item: Declared) -> str:
    return f"{item.description} ({item.value})".strip() if item.value else item.description
