"""Finds programs that turn files into text, and runs them: shut in, and out of reach of any address unless they fetch.

What a program cannot do with its input is Rejected, and so is what takes more than it may.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from pinnace_cloud.adapters import sandbox
from pinnace_cloud.adapters.sandbox import Bounds, Finished
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

# Where a program that was shut in works; `home` around it holds what it prints.
WORK = "work"
# Nothing listens there: who follows a link fails at once instead of waiting.
_NOWHERE = "http://127.0.0.1:9"
# For who fetches: what would come in the clear, after a redirect too, does not come.
ONLY_HTTPS: Mapping[str, str] = dict.fromkeys(("HTTP_PROXY", "http_proxy"), _NOWHERE)
OFFLINE: Mapping[str, str] = {**ONLY_HTTPS, **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), _NOWHERE)}
# A chart at the limit of its size takes 0.5 GiB, and helm reserves 1.5 GiB of addresses beside what it uses.
BOUNDS = Bounds(memory_bytes=2 * 1024 * 1024 * 1024, address_bytes=4 * 1024 * 1024 * 1024)
# Go's collector works harder from here on.
_SOFT_MEMORY = "1GiB"
_MAX_ERROR = 2000  # characters of what a program said; the last ones say why


def find(named: Path | None, *names: str) -> Path | None:
    """The named program, else the first of these on PATH."""
    if named is not None:
        return named if os.access(named, os.X_OK) else None
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    """Writes files to a folder that is made for them; their paths have been checked."""
    folder.mkdir(parents=True)
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def run(
    command: Sequence[str],
    home: Path,
    where: str,
    environment: Mapping[str, str] = OFFLINE,
    bounds: Bounds = BOUNDS,
) -> str:
    """What it prints. Raises Rejected with the end of what it said, if it fails or takes more than it may.

    Args:
        home: holds the folder `work`, in which it runs.
        where: what it works on, for messages.
        environment: beside its home; nothing else of this process's environment reaches it.
    """
    own = {"HOME": str(home), "TMPDIR": str(home), "PATH": "", "GOMEMLIMIT": _SOFT_MEMORY, **environment}
    finished = sandbox.run(command, home, own, bounds)
    if finished.excess:
        raise Rejected(Reason.TOO_LARGE, f"takes {finished.excess}", where)
    if not finished.is_good:
        raise Rejected(Reason.INVALID, _said(finished, home), where)
    return finished.out


def _said(finished: Finished, home: Path) -> str:
    """Why it failed, with paths as they are within its folder."""
    text = finished.errors.replace(f"{home / WORK}/", "").replace(str(home / WORK), ".").strip()
    return text[-_MAX_ERROR:] or f"the program ended with {finished.code} and said nothing"
