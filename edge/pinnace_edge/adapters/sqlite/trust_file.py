"""A second, tiny copy of what must outlive the store: `trust.json` beside it, written after a commit that changes it.

Root, control keys, accepted versions, assignment and time floor are what refuses a replay. A node that forgets them
with a damaged store would accept any old signed head. The store is the truth; the copy is read only when the store
had to be set aside. A kill between commit and copy leaves the copy one commit behind until the store is next opened.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pinnace_edge.adapters import files
from pinnace_schemas import codec
from pinnace_schemas.codec import Wire
from pinnace_schemas.names import Digest, Name

_LOG = logging.getLogger(__name__)


class Remembered(Wire):
    """What the store says about trust. `time_floor` is ISO 8601 or ''."""

    root: str = ""
    control: str = ""
    versions: Mapping[str, int] = {}
    assignment: int = 0
    groups: tuple[Name, ...] = ()
    time_floor: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Remembered()


class _Sealed(Wire):
    """The digest tells a torn or rotten file from a whole one; against people the file's mode has to do."""

    sha256: Digest
    remembered: str


class TrustFile:
    """Owns the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failed = False

    def write(self, remembered: Remembered) -> bool:
        """Replaces the file in one step. False, and one warning, when it could not be written: try again later."""
        try:
            files.replace(self._path, _seal(remembered))
        except OSError as exc:
            if not self._failed:
                _LOG.warning("the copy of the trust state is behind, and is tried again: %s", exc)
            self._failed = True
            return False
        self._failed = False
        return True

    def read(self) -> Remembered | None:
        """None: there is no file, or it cannot be trusted to be whole (which is logged)."""
        try:
            return _unseal(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as exc:
            _LOG.warning("%s cannot be used: %s", self._path, exc)
            return None


def _seal(remembered: Remembered) -> bytes:
    plain = codec.encode(remembered)
    document: dict[str, Any] = {"sha256": codec.sha256(plain), "remembered": plain.decode()}
    return json.dumps(document).encode()


def _unseal(data: bytes) -> Remembered:
    """Raises ValueError (a ValidationError is one)."""
    sealed = _Sealed.model_validate_json(data)
    if codec.sha256(sealed.remembered.encode()) != sealed.sha256:
        raise ValueError("its digest differs")
    return Remembered.model_validate_json(sealed.remembered)
