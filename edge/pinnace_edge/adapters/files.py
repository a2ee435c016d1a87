"""Small private files that are replaced in one step: after a kill or a power cut the old or the new one is there."""

import os
from pathlib import Path


def replace(path: Path, data: bytes) -> None:
    """Write beside it, fsync, rename, fsync of the folder. Mode 0600. Raises OSError; the old one stays."""
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a rename or a new name in `folder` last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
