"""Reads the settings: from the environment, then the file, then what joining wrote down. Nothing else is asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pinnace_edge.settings import JOINED_FILE, Joined, Settings
from pinnace_schemas import codec, settings_text
from pinnace_schemas.errors import Misconfigured
from pinnace_schemas.reasons import Reason
from pinnace_schemas.settings_text import Said, Written

DEFAULT_FILE: Final = Path("/etc/pinnace/edge.toml")
PREFIX: Final = "PINNACE_EDGE_"
_FILE_VARIABLE: Final = settings_text.file_variable(PREFIX)
_MAX_JOINED_BYTES: Final = 4096


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Settings for this process. Raises Misconfigured naming file and line, or the variable, that is wrong.

    `file` (from `--config`) goes before PINNACE_EDGE_CONFIG, that before DEFAULT_FILE, which alone may be missing.
    """
    path = file or Path(environ.get(_FILE_VARIABLE) or DEFAULT_FILE)
    text = settings_text.text_of(path, _read_text, PREFIX, may_be_missing=path == DEFAULT_FILE)
    written = Written.parse(Settings, text, str(path))
    said = Said.parse(Settings, environ, PREFIX)
    own = settings_text.merged(written.values, said.values)
    data_dir = Path(str(own.get("data_dir", Settings.model_fields["data_dir"].default)))
    return settings_text.settings(Settings, written, said, _read_joined(data_dir))


def _read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _read_joined(data_dir: Path) -> dict[str, Any]:
    path = data_dir / JOINED_FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise Misconfigured(Reason.INVALID, f"cannot be read: {exc.strerror}; check its owner", str(path)) from exc
    return codec.parse(Joined, data, max_bytes=_MAX_JOINED_BYTES, max_depth=2, where=str(path)).model_dump()
