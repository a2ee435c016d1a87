"""Checks plain values against pydantic models and says what is wrong as diagnostics with field paths.

All errors are found, not the first; an unknown field hides no other error. Knows no file: a document adds the lines.
"""

import types
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    Strict,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError

from pinnace_schemas import diagnostics
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.names import DNS_LABEL, is_dns_label
from pinnace_schemas.reasons import Reason

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)

NO_DNS_LABEL = "'{text}' is no DNS label: 1 to 63 of a-z, 0-9 and '-', a letter or digit at both ends"


class Strictly(BaseModel):
    """Base of what people write: camelCase, frozen, no conversion of types; what it does not declare is reported.

    `closed`: an undeclared field is an error here, whatever the caller thinks of undeclared fields.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        protected_namespaces=(),
    )
    closed: ClassVar[bool] = False


def _label(text: str) -> str:
    if not is_dns_label(text):
        raise PydanticCustomError("name", NO_DNS_LABEL, {"text": text})
    return text


def _given(value: Any) -> Any:
    if value is None:
        raise PydanticCustomError("null", "must not be null; leave it out instead")
    return value


class _WithoutNull:
    """Takes null out of the JSON Schema of an optional field."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = handler(schema)
        rest = [item for item in found.get("anyOf", (found,)) if item != {"type": "null"}]
        return rest[0] if len(rest) == 1 else {"anyOf": rest}


DnsLabel = Annotated[str, AfterValidator(_label), Field(json_schema_extra={"pattern": DNS_LABEL})]
# JSON has lists, frozen models hold tuples.
Many = Annotated[tuple[T, ...], Strict(False)]
# May be left out, but not written as null.
Given = Annotated[T | None, BeforeValidator(_given), _WithoutNull()]

_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
}


def check(
    model: type[Model], value: Any, unknown: Severity, prefix: Parts = ()
) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """The model, or None where anything is an error; and everything that was found, at paths below `prefix`.

    Fields that the model does not declare are reported with severity `unknown` and left out.
    """
    found: list[Diagnostic] = []
    try:
        return model.model_validate(value), ()
    except ValidationError as exc:
        details = exc.errors(include_url=False)
    extras = [item["loc"] for item in details if item["type"] == "extra_forbidden"]
    if extras:
        found += [_undeclared(model, loc, unknown) for loc in extras]
        checked, more = check(model, _without(value, extras), unknown)
        found += more
    else:
        checked, found = None, [_problem(item) for item in details]
    return (None if diagnostics.errors(found) else checked), tuple(item.under(*prefix) for item in found)


def describe(value: Any) -> str:
    """What a person wrote, in a few words: `the number 80`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {_short(value)!r}"
    return "a map" if isinstance(value, dict) else "a list"


def _undeclared(model: type[BaseModel], loc: Parts, severity: Severity) -> Diagnostic:
    owner = _owner(model, loc)
    known = [field.alias or name for name, field in owner.model_fields.items()] if owner else []
    if owner is not None and getattr(owner, "closed", False):
        severity = Severity.ERROR
    name = str(loc[-1])
    hint = diagnostics.did_you_mean(name, known)
    path = diagnostics.join_path(loc)
    return Diagnostic(severity, Reason.UNKNOWN_FIELD, f"unknown field '{name}'", path=path, hint=hint)


def _problem(item: ErrorDetails) -> Diagnostic:
    kind, hint = item["type"], ""
    loc = tuple(part for part in item["loc"] if part != "[key]")
    message = item["msg"].removeprefix("Value error, ")
    if kind in _EXPECTED:
        message = f"must be {_EXPECTED[kind]}, got {describe(item['input'])}"
        hint = "put it in quotes" if kind == "string_type" and not isinstance(item["input"], dict | list) else ""
    elif kind == "missing":
        message = "is required"
    elif kind == "literal_error":
        message = f"must be {item['ctx']['expected']}, got {describe(item['input'])}"
    return diagnostics.error(Reason.INVALID, message, *loc, hint=hint)


def _owner(model: type[BaseModel], loc: Parts) -> type[BaseModel] | None:
    """The model class that was asked for the last part of `loc`."""
    current: Any = model
    for part in loc[:-1]:
        current = _inner(current, part)
    current = _bare(current)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _inner(annotation: Any, part: str | int) -> Any:
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        fields = bare.model_fields
        return next((field.annotation for name, field in fields.items() if part in (name, field.alias)), None)
    arguments = get_args(bare)
    return arguments[-1] if get_origin(bare) is dict else arguments[0] if arguments else None


def _bare(annotation: Any) -> Any:
    """Without Annotated and Optional."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _bare(next(item for item in get_args(annotation) if item is not type(None)))
    return annotation


def _without(value: Any, locs: Iterable[Parts]) -> Any:
    """A copy of a plain value without the named fields."""
    gone = {loc[0] for loc in locs if len(loc) == 1}
    deeper: dict[str | int, list[Parts]] = {}
    for loc in locs:
        if len(loc) > 1:
            deeper.setdefault(loc[0], []).append(loc[1:])
    if isinstance(value, dict):
        return {key: _without(item, deeper.get(key, ())) for key, item in value.items() if key not in gone}
    if isinstance(value, list):
        return [_without(item, deeper.get(at, ())) for at, item in enumerate(value)]
    return value


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
