"""Runs a program that turns what is in a folder into text: within limits, and with nothing of this machine around it.

The program sees an environment of its own, in which no address outside answers, unless it is told to fetch. What it
cannot do with its input is Rejected; that it is missing, or needs too much, is too.
"""

import os
import resource
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

# Nothing listens there: who follows a link fails at once instead of waiting.
_NOWHERE = "http://127.0.0.1:9"
OFFLINE: Mapping[str, str] = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
_OUTPUT, _ERRORS = ".output", ".errors"
_MAX_ERROR = 2000  # characters of what a program said; the last ones say why


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may take. Bytes are of memory (data) and of each file that it writes, its output too."""

    seconds: float = 60.0
    memory_bytes: int = 1024 * 1024 * 1024
    file_bytes: int = 64 * 1024 * 1024


DEFAULT_BOUNDS = Bounds()


def find(setting: Path | None, *names: str) -> Path | None:
    """The program of the settings, else the first of these names on PATH."""
    if setting is not None:
        return setting if os.access(setting, os.X_OK) else None
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    """Writes files to a folder that is made for them; their paths have been checked."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def run(
    command: Sequence[str | Path],
    folder: Path,
    where: str,
    environment: Mapping[str, str] = OFFLINE,
    bounds: Bounds = DEFAULT_BOUNDS,
) -> str:
    """What it prints. Raises Rejected with the end of what it said, if it fails or takes more than it may.

    Args:
        folder: its working folder and home; nothing else is its own.
        where: what it works on, for messages.
        environment: beside its home; the rest of this process's environment does not reach it.
    """
    own = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "", "LC_ALL": "C.UTF-8", **environment}
    with (folder / _OUTPUT).open("w+b") as output, (folder / _ERRORS).open("w+b") as errors:
        code = _ended(command, folder, own, (output.fileno(), errors.fileno()), bounds, where)
        text, said = _read(output.fileno()), _read(errors.fileno())
    if len(text) >= bounds.file_bytes:
        raise Rejected(Reason.TOO_LARGE, f"its output exceeds {bounds.file_bytes} bytes", where)
    if code != 0:
        raise Rejected(Reason.INVALID, _reason(said, code), where)
    return text.decode("utf-8", "replace")


def _ended(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    outputs: tuple[int, int],
    bounds: Bounds,
    where: str,
) -> int:
    """Its exit code; negative if a signal ended it."""
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=outputs[0], stderr=outputs[1]
        )
    except OSError as exc:
        raise Rejected(Reason.UNAVAILABLE, f"{command[0]} cannot be started: {exc.strerror}", where) from exc
    with process:
        _bind(process.pid, bounds)
        try:
            return process.wait(bounds.seconds)
        except subprocess.TimeoutExpired as exc:
            process.kill()
            raise Rejected(Reason.TOO_LARGE, f"takes longer than {bounds.seconds:g} seconds", where) from exc


def _bind(process: int, bounds: Bounds) -> None:
    """Limits are set from outside: code between fork and exec is not safe in a process with threads."""
    limits = {
        resource.RLIMIT_DATA: bounds.memory_bytes,
        resource.RLIMIT_FSIZE: bounds.file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for name, limit in limits.items():
        try:
            resource.prlimit(process, name, (limit, limit))
        except ProcessLookupError:
            return  # it has ended already


def _read(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        return stream.read()


def _reason(said: bytes, code: int) -> str:
    text = said.decode("utf-8", "replace").strip()
    return text[-_MAX_ERROR:] if text else f"the program ended with {code} and said nothing"
