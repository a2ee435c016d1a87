"""Reads the settings: what the environment says goes before the file. Every refusal names the line or the variable."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from pinnace_cloud.settings import DEFAULT_FILE, Settings
from pinnace_schemas import diagnostics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

PREFIX: Final = "PINNACE_CONTROLLER_"
_FILE_VARIABLE: Final = PREFIX + "CONFIG"
# Kubernetes puts these into every container when a Service is called pinnace-controller.
_OF_KUBERNETES: Final = re.compile(PREFIX + r"(SERVICE_(HOST|PORT\w*)|PORT(_\d+_\w+)?)\Z")

Place = tuple[str, ...]


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """`file` (from `--config`) goes before PINNACE_CONTROLLER_CONFIG, that before DEFAULT_FILE, which may be missing.

    Raises Rejected.
    """
    path = file or Path(environ.get(_FILE_VARIABLE) or DEFAULT_FILE)
    text = _read(path, may_be_missing=path == DEFAULT_FILE)
    written = _parse(text, path)
    _refuse_unknown(written, Settings, (), text, path)
    said = _said(environ)
    try:
        return Settings.model_validate_json(json.dumps(_merged(written, said), default=str), strict=True)
    except ValidationError as exc:
        place = tuple(str(part) for part in exc.errors()[0]["loc"])
        where = _variable(place) if place in _places(said) else _line(place, text, path)
        raise Rejected(Reason.INVALID, _message(exc), where) from exc


def _read(path: Path, *, may_be_missing: bool) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        if may_be_missing:
            return ""
        message = f"there is no such file; check --config and {_FILE_VARIABLE}"
        raise Rejected(Reason.NOT_FOUND, message, str(path)) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise Rejected(Reason.INVALID, f"cannot be read: {exc}", str(path)) from exc


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise Rejected(Reason.MALFORMED, f"not valid TOML: {exc}", str(path)) from exc


def _refuse_unknown(values: Mapping[str, Any], model: type[BaseModel], table: Place, text: str, path: Path) -> None:
    for name, value in values.items():
        if name not in model.model_fields:
            raise _unknown(".".join((*table, name)), name, model.model_fields, _line((*table, name), text, path))
        if name == "limits" and isinstance(value, dict):
            _refuse_unknown(value, Limits, (name,), text, path)


def _said(environ: Mapping[str, str]) -> dict[str, Any]:
    """What the environment sets."""
    known: dict[str, Place] = {_variable((name,)): (name,) for name in Settings.model_fields if name != "limits"}
    known |= {_variable(("limits", name)): ("limits", name) for name in Limits.model_fields}
    said: dict[str, Any] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable == _FILE_VARIABLE or _OF_KUBERNETES.match(variable):
            continue
        if variable not in known:
            raise _unknown(variable, variable, (*known, _FILE_VARIABLE), "the environment")
        place = known[variable]
        table = said.setdefault("limits", {}) if len(place) > 1 else said
        table[place[-1]] = _typed(place, environ[variable])
    return said


def _typed(place: Place, text: str) -> Any:
    """As a number or a truth where the setting is one; what it cannot be is left for the validation to refuse."""
    annotation = (Limits if len(place) > 1 else Settings).model_fields[place[-1]].annotation
    if _leaves(annotation) & {int, float, bool, 0, 1}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _leaves(annotation: Any) -> set[Any]:
    """The plain types and values that an annotation is made of, however deep in unions and constraints."""
    arguments = get_args(annotation)
    nested = [leaf for argument in arguments for leaf in _leaves(argument)]
    return {annotation, *nested} if annotation.__hash__ else set(nested)


def _merged(written: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**written, **said}
    if isinstance(written.get("limits"), dict) and "limits" in said:
        merged["limits"] = {**written["limits"], **said["limits"]}
    return merged


def _places(said: Mapping[str, Any]) -> set[Place]:
    places: set[Place] = {(name,) for name in said if name != "limits"}
    return places | {("limits", name) for name in said.get("limits", {})}


def _variable(place: Place) -> str:
    return PREFIX + "_".join(place).upper()


def _line(place: Place, text: str, path: Path) -> str:
    """`path:line` of a setting; the path alone for what stands nowhere."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        table = header[1].strip() if header else table
        key = re.match(r"""\s*["']?([\w-]+)["']?\s*=""", line)
        if key and tuple(filter(None, (table, key[1]))) == place:
            return f"{path}:{number}"
    return str(path)


def _unknown(shown: str, name: str, known: Iterable[str], where: str) -> Rejected:
    nearest = diagnostics.nearest_first(name, known)[0]
    return Rejected(Reason.UNKNOWN_FIELD, f"there is no setting '{shown}'; the nearest is '{nearest}'", where)


def _message(exc: ValidationError) -> str:
    error = exc.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in error["loc"])
    text = error["msg"].removeprefix("Value error, ")
    return f"{place}: {text}" if place else text
