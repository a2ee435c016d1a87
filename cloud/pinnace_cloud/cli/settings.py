"""Where the controller is and who asks: flags, then environment, then ~/.config/pinnace/config.toml.

A token is read from a file or a variable, never from an argument, which every
user of the machine could see.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pinnace_schemas import api
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.reasons import Reason

DEFAULT_SERVER = f"http://127.0.0.1:{api.DEFAULT_PORT}"

_KEYS = frozenset({"server", "token_file", "ca_file"})


@dataclass(frozen=True, slots=True)
class Place:
    """`ca_file` is for a controller whose certificate no public authority signed."""

    server: str
    token: str = field(repr=False)
    ca_file: Path | None = None


def resolve(
    server: str | None,
    token_file: Path | None,
    ca_file: Path | None,
    environment: Mapping[str, str] | None = None,
) -> Place:
    """Raises Misconfigured for a wrong file, Rejected(UNAUTHENTICATED) where no token is found."""
    environment = os.environ if environment is None else environment
    kept = _read(_config_path(environment))
    found_ca = ca_file or _path(environment.get("PINNACE_CA_FILE") or kept.get("ca_file"))
    found_server = server or environment.get("PINNACE_SERVER") or kept.get("server") or DEFAULT_SERVER
    return Place(found_server, _token(token_file, environment, kept), found_ca)


def is_named(server: str | None, token_file: Path | None, environment: Mapping[str, str] | None = None) -> bool:
    """True if a controller or a token for one is named anywhere: then somebody works with a controller here.

    Raises Misconfigured for a wrong configuration file.
    """
    environment = os.environ if environment is None else environment
    named = any(environment.get(name) for name in ("PINNACE_SERVER", "PINNACE_TOKEN", "PINNACE_TOKEN_FILE"))
    kept = _read(_config_path(environment))
    return bool(named or server or token_file or kept.get("server") or kept.get("token_file"))


def _token(token_file: Path | None, environment: Mapping[str, str], kept: Mapping[str, str]) -> str:
    if token_file is None and environment.get("PINNACE_TOKEN"):
        return environment["PINNACE_TOKEN"].strip()
    path = token_file or _path(environment.get("PINNACE_TOKEN_FILE") or kept.get("token_file"))
    if path is None:
        message = "no API token: set PINNACE_TOKEN, or name a file with --token-file"
        raise Rejected(Reason.UNAUTHENTICATED, message)
    token = _text(path, "token file").strip()
    if not token:
        raise Rejected(Reason.UNAUTHENTICATED, "is empty; write the API token into it", str(path))
    return token


def _config_path(environment: Mapping[str, str]) -> Path:
    base = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME") or Path.home()) / ".config"
    return Path(base) / "pinnace" / "config.toml"


def _read(path: Path) -> Mapping[str, str]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(_text(path, "configuration file"))
    except tomllib.TOMLDecodeError as exc:
        raise Misconfigured(Reason.MALFORMED, f"not valid TOML: {exc}", str(path)) from exc
    _check(values, path)
    return values


def _check(values: Mapping[str, Any], path: Path) -> None:
    unknown = sorted(values.keys() - _KEYS)
    if unknown:
        message = f"unknown key '{unknown[0]}'; known: {', '.join(sorted(_KEYS))}"
        raise Misconfigured(Reason.UNKNOWN_FIELD, message, str(path))
    wrong = sorted(name for name, value in values.items() if not isinstance(value, str))
    if wrong:
        raise Misconfigured(Reason.INVALID, f"'{wrong[0]}' must be a text in quotes", str(path))


def _text(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise Misconfigured(Reason.INVALID, f"the {what} cannot be read: {exc.strerror}", str(path)) from exc
    except UnicodeDecodeError as exc:
        raise Misconfigured(Reason.MALFORMED, f"the {what} is no UTF-8 text", str(path)) from exc


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None
