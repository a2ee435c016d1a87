"""Settings as people write them: a TOML text and variables in, a checked model out. Reads no file and no environment.

Works for any frozen pydantic model whose fields are plain or models of their own, which are tables in the TOML text. An
unknown name is refused with the nearest known one: a misspelt limit that was ignored is found in a bad night. Every
refusal names the line or the variable.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pinnace_schemas import diagnostics, errors, wording
from pinnace_schemas.errors import Misconfigured
from pinnace_schemas.reasons import Reason

Model = TypeVar("Model", bound=BaseModel)
Values = Mapping[str, Any]
ReadText = Callable[[Path], str]
Place = tuple[str, ...]  # the name of a setting, after that of its table

_SYNTAX_LINE = re.compile(r"at line (\d+)")
_HEADER = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=""")
_OF_KUBERNETES = re.compile(r"SERVICE_(HOST|PORT\w*)|PORT(_\d+_\w+)?")
_TRUTHS: Final = {"true": True, "false": False}
_READERS: Final[Mapping[type, Callable[[str], float]]] = {bool: _TRUTHS.__getitem__, int: int, float: float}


@dataclass(frozen=True, slots=True)
class Written:
    """The settings of a TOML text; `name` is its file, for messages."""

    name: str
    text: str
    values: Values

    @classmethod
    def parse(cls, model: type[BaseModel], text: str, name: str) -> Self:
        """Raises Misconfigured: MALFORMED for what is no TOML, UNKNOWN_FIELD for a name that `model` lacks."""
        try:
            written = cls(name, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as exc:
            line = _SYNTAX_LINE.search(str(exc))
            where = f"{name}:{line[1]}" if line else name
            raise Misconfigured(Reason.MALFORMED, f"not valid TOML: {exc}", where) from exc
        written._refuse_unknown(model, written.values, ())
        return written

    def where(self, place: Place) -> str:
        """`name:line` of a setting; the name alone for what stands nowhere."""
        table = ""
        for number, line in enumerate(self.text.splitlines(), start=1):
            header = _HEADER.match(line)
            table = header[1].strip() if header else table
            key = _KEY.match(line)
            if key and ".".join(filter(None, (table, key[1]))) == ".".join(place):
                return f"{self.name}:{number}"
        return self.name

    def _refuse_unknown(self, model: type[BaseModel], values: Values, table: Place) -> None:
        for name, value in values.items():
            place = (*table, name)
            if name not in model.model_fields:
                raise _unknown(".".join(place), name, model.model_fields, self.where(place))
            nested = _table(model, name)
            if nested and isinstance(value, dict):
                self._refuse_unknown(nested, value, place)


@dataclass(frozen=True, slots=True)
class Said:
    """The settings of variables: the prefix, then the place in capitals, as in `PINNACE_EDGE_LIMITS_MAX_DEPTH`."""

    prefix: str
    values: Values

    @classmethod
    def parse(cls, model: type[BaseModel], variables: Mapping[str, str], prefix: str) -> Self:
        """Those of `variables` that begin with `prefix`, but for the one that names the file, and for those that
        Kubernetes puts into every container when a Service has our name (PINNACE_EDGE_SERVICE_HOST and the like).

        Raises Misconfigured(UNKNOWN_FIELD).
        """
        known = {_variable(prefix, place): (place, annotation) for place, annotation in _settings(model, ())}
        naming_the_file = file_variable(prefix)
        values: dict[str, Any] = {}
        for variable in sorted(variables):
            if not variable.startswith(prefix) or variable == naming_the_file:
                continue
            if _OF_KUBERNETES.fullmatch(variable.removeprefix(prefix)):
                continue
            if variable not in known:
                raise _unknown(variable, variable, (*known, naming_the_file), "the environment")
            place, annotation = known[variable]
            _put(values, place, _typed(annotation, variables[variable]))
        return cls(prefix, values)

    def where(self, place: Place) -> str:
        """The variable that sets a setting, '' where none does."""
        values: Any = self.values
        for part in place:
            if part not in values:
                return ""
            values = values[part]
        return _variable(self.prefix, place) if place else ""


def file_variable(prefix: str) -> str:
    """The variable that names the file."""
    return prefix + "CONFIG"


def text_of(path: Path, read_text: ReadText, prefix: str, *, may_be_missing: bool) -> str:
    """The text of the settings file, '' for one that may be missing and is. Raises Misconfigured."""
    try:
        return read_text(path)
    except FileNotFoundError as exc:
        if may_be_missing:
            return ""
        message = f"there is no such file; check --config and {file_variable(prefix)}"
        raise Misconfigured(Reason.NOT_FOUND, message, str(path)) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise Misconfigured(Reason.INVALID, f"cannot be read: {errors.plain(exc)}", str(path)) from exc


def merged(below: Values, above: Values) -> dict[str, Any]:
    """What `above` says goes before what `below` says, table by table."""
    tables = {
        name: merged(below[name], value)
        for name, value in above.items()
        if isinstance(value, dict) and isinstance(below.get(name), dict)
    }
    return {**below, **above, **tables}


def settings(model: type[Model], written: Written, said: Said, beneath: Values | None = None) -> Model:
    """What variables say goes before the text, that before `beneath`. Raises Misconfigured(INVALID)."""
    values = merged(merged(beneath or {}, written.values), said.values)
    try:
        # By way of JSON: strict about numbers and truths, yet paths and enumerations may be texts.
        return model.model_validate_json(json.dumps(values, default=str), strict=True)
    except ValidationError as exc:
        place = _place(model, exc)
        where = said.where(place) or written.where(place)
        raise Misconfigured(Reason.INVALID, _message(place, exc), where) from exc


def _table(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    annotation = model.model_fields[name].annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _settings(model: type[BaseModel], table: Place) -> Iterator[tuple[Place, Any]]:
    """All places of a model that hold a value, and their annotations."""
    for name, field in model.model_fields.items():
        nested = _table(model, name)
        if nested:
            yield from _settings(nested, (*table, name))
        else:
            yield (*table, name), field.annotation


def _variable(prefix: str, place: Place) -> str:
    return prefix + "_".join(place).upper()


def _typed(annotation: Any, text: str) -> Any:
    """As a truth or a number where the setting is one; what it cannot be is left for the validation to refuse."""
    kinds = set(_kinds(annotation))
    for kind, read in _READERS.items():
        if kind in kinds:
            try:
                return read(text)
            except (ValueError, KeyError):
                continue
    return text


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types of which an annotation is made, however deep in unions and constraints; of a literal, its values'."""
    yield annotation if isinstance(annotation, type) else type(annotation)
    for argument in get_args(annotation):
        yield from _kinds(argument)


def _put(values: dict[str, Any], place: Place, value: Any) -> None:
    for part in place[:-1]:
        values = values.setdefault(part, {})
    values[place[-1]] = value


def _unknown(shown: str, name: str, known: Iterable[str], where: str) -> Misconfigured:
    nearest = diagnostics.nearest_first(name, known)[0]
    return Misconfigured(Reason.UNKNOWN_FIELD, f"there is no setting '{shown}'; the nearest is '{nearest}'", where)


def _place(model: type[BaseModel], exc: ValidationError) -> Place:
    """The setting that is wrong, without what pydantic adds for the branches of a union."""
    place: Place = ()
    table: type[BaseModel] | None = model
    for part in exc.errors()[0]["loc"]:
        if table is None:
            break
        place = (*place, str(part))
        table = _table(table, str(part)) if part in table.model_fields else None
    return place


def _message(place: Place, exc: ValidationError) -> str:
    text = wording.of(exc.errors(include_url=False, include_input=False)[0])
    return f"{'.'.join(place)}: {text}" if place else text
