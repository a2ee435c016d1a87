"""Reads the settings: from the environment, then the file, then what joining wrote down. Nothing else is asked.

An unknown name is refused with the nearest known one: a misspelt limit that was ignored is found in a bad night.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from pinnace_edge.settings import JOINED_FILE, Joined, Settings
from pinnace_schemas import codec, diagnostics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

DEFAULT_FILE: Final = Path("/etc/pinnace/edge.toml")
PREFIX: Final = "PINNACE_EDGE_"
_FILE_VARIABLE = PREFIX + "CONFIG"
_MAX_JOINED_BYTES = 4096


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Settings for this process. Raises Rejected naming file and line, or the variable, that is wrong.

    `file` (from `--config`) goes before PINNACE_EDGE_CONFIG, that before DEFAULT_FILE, which alone may be missing.
    """
    path = file or Path(environ.get(_FILE_VARIABLE) or DEFAULT_FILE)
    source = _read_file(path, may_be_missing=path == DEFAULT_FILE)
    from_environment = _from_environment(environ)
    own = _merged(source.values, from_environment)
    data_dir = Path(str(own.get("data_dir", Settings.model_fields["data_dir"].default)))
    return source.settings(_merged(_read_joined(data_dir), own), from_environment)


class _Source:
    """A parsed file that can tell on which line a setting stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self.values = self._parse()
        self._check_names(self.values, Settings, ())

    def settings(self, values: dict[str, Any], from_environment: Mapping[str, Any]) -> Settings:
        try:
            return Settings.model_validate_json(json.dumps(values, default=str), strict=True)
        except ValidationError as exc:
            place = _place(exc)
            where = _variable(place) if _holds(from_environment, place) else self._where(place)
            raise Rejected(Reason.INVALID, _message(exc), where) from exc

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as exc:
            line = re.search(r"line (\d+)", str(exc))
            where = f"{self._path}:{line[1]}" if line else str(self._path)
            raise Rejected(Reason.MALFORMED, f"not valid TOML: {exc}", where) from exc

    def _check_names(self, values: Mapping[str, Any], model: type[BaseModel], table: tuple[str, ...]) -> None:
        for name, value in values.items():
            if name not in model.model_fields:
                raise _unknown(".".join((*table, name)), name, model.model_fields, self._where((*table, name)))
            if name == "limits" and isinstance(value, dict):
                self._check_names(value, Limits, (name,))

    def _where(self, place: tuple[str, ...]) -> str:
        table = ""
        for number, line in enumerate(self._text.splitlines(), start=1):
            header = re.match(r"\s*\[([^\[\]]+)\]", line)
            table = header[1].strip() if header else table
            key = re.match(r"""\s*["']?([\w.-]+)["']?\s*=""", line)
            if key and ".".join(filter(None, (table, key[1]))) == ".".join(place):
                return f"{self._path}:{number}"
        return str(self._path)


def _read_file(path: Path, *, may_be_missing: bool) -> _Source:
    try:
        return _Source(path, path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        if may_be_missing:
            return _Source(path, "")
        raise Rejected(
            Reason.NOT_FOUND, "there is no such file; check --config and " + _FILE_VARIABLE, str(path)
        ) from exc
    except UnicodeDecodeError as exc:
        raise Rejected(Reason.MALFORMED, f"not UTF-8 text: {exc}", str(path)) from exc
    except OSError as exc:
        raise Rejected(Reason.INVALID, f"cannot be read: {exc.strerror}", str(path)) from exc


def _read_joined(data_dir: Path) -> dict[str, Any]:
    path = data_dir / JOINED_FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise Rejected(Reason.INVALID, f"cannot be read: {exc.strerror}; check its owner", str(path)) from exc
    return codec.parse(Joined, data, max_bytes=_MAX_JOINED_BYTES, max_depth=2, where=str(path)).model_dump()


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    known: dict[str, tuple[str, ...]] = {
        _variable((name,)): (name,) for name in Settings.model_fields if name != "limits"
    }
    known |= {_variable(("limits", name)): ("limits", name) for name in Limits.model_fields}
    values: dict[str, Any] = {}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable == _FILE_VARIABLE:
            continue
        if variable not in known:
            raise _unknown(variable, variable, (*known, _FILE_VARIABLE), "the environment")
        _put(values, known[variable], _typed(known[variable], environ[variable]))
    return values


def _typed(place: tuple[str, ...], text: str) -> Any:
    """The text as a number where the default is one; what it cannot be is left for the validation to refuse."""
    kind = type((Limits if place[0] == "limits" else Settings).model_fields[place[-1]].default)
    if kind not in (int, float):
        return text
    try:
        return kind(text)
    except ValueError:
        return text


def _put(values: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    for part in place[:-1]:
        values = values.setdefault(part, {})
    values[place[-1]] = value


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**below, **above}
    if isinstance(below.get("limits"), dict) and isinstance(above.get("limits"), dict):
        merged["limits"] = {**below["limits"], **above["limits"]}
    return merged


def _holds(values: Mapping[str, Any], place: tuple[str, ...]) -> bool:
    for part in place:
        if part not in values:
            return False
        values = values[part]
    return bool(place)


def _variable(place: tuple[str, ...]) -> str:
    return PREFIX + "_".join(place).upper()


def _unknown(shown: str, name: str, known: Iterable[str], where: str) -> Rejected:
    nearest = diagnostics.nearest_first(name, known)[0]
    return Rejected(Reason.UNKNOWN_FIELD, f"there is no setting '{shown}'; the nearest is '{nearest}'", where)


def _message(exc: ValidationError) -> str:
    place = ".".join(_place(exc))
    text = exc.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
    return f"{place}: {text}" if place else text


def _place(exc: ValidationError) -> tuple[str, ...]:
    """The setting that is wrong, without what pydantic adds for the branches of a union."""
    parts = tuple(str(part) for part in exc.errors()[0]["loc"])
    return parts[:2] if parts[:1] == ("limits",) else parts[:1]
