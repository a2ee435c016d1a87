"""Reads the settings: what the environment says goes before the file.

The only reader of the environment besides the command line.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pinnace_cloud.settings import DEFAULT_FILE, Settings
from pinnace_schemas import settings_text
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason
from pinnace_schemas.settings_text import Said, Written

PREFIX: Final = "PINNACE_CONTROLLER_"
_FILE_VARIABLE: Final = settings_text.file_variable(PREFIX)


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Raises Rejected naming file and line, or the variable, that is wrong.

    `file` (from `--config`) goes before PINNACE_CONTROLLER_CONFIG, that before DEFAULT_FILE, which may be missing.
    """
    path = file or Path(environ.get(_FILE_VARIABLE) or DEFAULT_FILE)
    written = Written.parse(Settings, _read(path, may_be_missing=path == DEFAULT_FILE), str(path))
    return settings_text.settings(Settings, written, Said.parse(Settings, environ, PREFIX))


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
