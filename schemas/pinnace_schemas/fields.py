"""Checks plain values against pydantic models and says what is wrong as diagnostics with field paths.

All errors are found, not the first; an unknown field hides no other error. Knows no file: a document adds the lines.
"""

import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    Strict,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError

from pinnace_schemas import diagnostics, members, wording
from pinnace_schemas.diagnostics import Diagnostic, Parts, Severity
from pinnace_schemas.members import Error
from pinnace_schemas.names import DNS_LABEL, LABEL, is_dns_label
from pinnace_schemas.reasons import Reason

T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)

NO_DNS_LABEL = f"'{{text}}' is not {LABEL}"


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
        defer_build=True,  # until first used: a command uses few of the models of all types
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


def check(
    model: type[Model], value: Any, unknown: Severity, prefix: Parts = ()
) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """The model, or None where anything is an error; and everything that was found, at paths below `prefix`.

    Fields that the model does not declare are reported with severity `unknown` and left out.
    """
    found: list[Diagnostic] = []
    try:
        return model.model_validate(value, by_alias=True, by_name=False), ()
    except ValidationError as exc:
        errors = members.told(exc.errors(include_url=False), value)
    extras = [item.path for item in errors if item.kind == "extra_forbidden" and item.path]
    if extras:
        found += [_undeclared(model, loc, unknown) for loc in extras]
        checked, more = check(model, _without(value, extras), unknown)
        found += more
    else:
        checked, found = None, [_problem(item) for item in errors]
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
    owners = tuple(_owners(model, loc))
    known = [field.alias or name for owner in owners for name, field in owner.model_fields.items()]
    if owners and all(getattr(owner, "closed", False) for owner in owners):
        severity = Severity.ERROR
    name = str(loc[-1])
    hint = diagnostics.did_you_mean(name, known)
    path = diagnostics.join_path(loc)
    return Diagnostic(severity, Reason.UNKNOWN_FIELD, f"unknown field '{name}'", path=path, hint=hint)


def _problem(error: Error) -> Diagnostic:
    item, hint = error.details[0], ""
    kinds = [one["type"] for one in error.details]
    message = wording.of(item)
    if all(kind in wording.EXPECTED for kind in kinds):
        wanted = " or ".join(dict.fromkeys(wording.EXPECTED[kind] for kind in kinds))
        message = f"must be {wanted}, got {describe(item['input'])}"
        hint = "put it in quotes" if "string_type" in kinds and not isinstance(item["input"], dict | list) else ""
    elif error.kind == "literal_error":
        message = f"{message}, got {describe(item['input'])}"
    return diagnostics.error(Reason.INVALID, message, *error.path, hint=hint)


def _owners(annotation: Any, loc: Parts) -> Iterator[type[BaseModel]]:
    """The model classes that were asked for the last part of `loc`: of a union all that have the way to it."""
    for kind in _members(annotation):
        if len(loc) > 1:
            yield from _owners(_inner(kind, loc[0]), loc[1:])
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield kind


def _inner(kind: Any, part: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, RootModel):
        return _inner(kind.model_fields["root"].annotation, part)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return next(
            (field.annotation for name, field in kind.model_fields.items() if part == (field.alias or name)), None
        )
    arguments = get_args(kind)
    return arguments[-1] if get_origin(kind) is dict else arguments[0] if arguments else None


def _members(annotation: Any) -> Iterator[Any]:
    """Without Annotated; of a union all members."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for item in get_args(annotation):
            yield from _members(item)
    else:
        yield annotation


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
