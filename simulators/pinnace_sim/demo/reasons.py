"""Why something failed, in one line for a person: programs that end early bring the end of their log, which is long.

Pure but for one look: a full disk is behind failures of all kinds, and none of them names it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

MAX_LINES = 2
MAX_LENGTH = 400
# Below this no program here can start or go on.
FULL_BYTES = 256 * 1024
_SEVERE = re.compile(r"error|fatal|panic|fail|cannot|can't|\[(FTL|ERR)\]", re.IGNORECASE)


def short(text: str) -> str:
    """What failed, then the last lines of its log that say why, or the last lines at all."""
    head, *rest = text.splitlines() or [""]
    told = [line.strip() for line in rest if line.strip() and not line.startswith("--- ")]
    why = [line for line in told if _SEVERE.search(line)] or told
    return ": ".join([head.partition("; the end of ")[0].rstrip(":"), *why[-MAX_LINES:]])[:MAX_LENGTH]


def full_disk(folder: Path) -> str:
    """What to do where the disk of the folder has no room; empty where it has."""
    if shutil.disk_usage(folder).free > FULL_BYTES:
        return ""
    return f"the disk of {folder.parent} is full: free some room, or name another folder in TMPDIR"
