"""Reads the settings: what the environment says goes before the file.

The only reader of the environment besides the command line.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pinnace_cloud.settings import DEFAULT_FILE, Settings
from pinnace_schemas import settings_text
from pinnace_schemas.settings_text import Said, Written

PREFIX: Final = "PINNACE_CONTROLLER_"
_FILE_VARIABLE: Final = settings_text.file_variable(PREFIX)


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Raises Misconfigured naming file and line, or the variable, that is wrong.

    `file` (from `--config`) goes before PINNACE_CONTROLLER_CONFIG, that before DEFAULT_FILE, which may be missing.
    """
    path = file or Path(environ.get(_FILE_VARIABLE) or DEFAULT_FILE)
    text = settings_text.text_of(path, _read_text, PREFIX, may_be_missing=path == DEFAULT_FILE)
    written = Written.parse(Settings, text, str(path))
    return settings_text.settings(Settings, written, Said.parse(Settings, environ, PREFIX))


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
