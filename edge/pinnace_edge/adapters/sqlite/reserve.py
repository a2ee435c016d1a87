"""Space kept back on the disk, so that the store can still be opened, told of the problem and made smaller when the
disk is full: deleting in WAL mode writes first, and opening needs a shared-memory file.

The space is a preallocated file beside the store. The first write that fails for lack of space gives it up; it is
taken back when the disk has plenty again. The write itself has failed and says so: what follows it has room.
"""

import contextlib
import errno
import os
from pathlib import Path

# Deleting one 4 MiB bundle writes about 20 KiB and opening 32 KiB; a journal entry writes 12 KiB of log, which is used
# again from its start after 512 KiB. The other half holds about 1,500 entries: the daemon can go on for days.
RESERVE_BYTES = 1024 * 1024
# Taken back only with this many times the reserve free, or the store itself would make a scarce disk full.
_PLENTY = 4


class Reserve:
    """`path` is the preallocated file. No method raises for a full disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_held(self) -> bool:
        """False: the disk has been full and is not yet known to have plenty."""
        return self._path.exists()

    def give_up(self) -> bool:
        """True when there was something to give."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True

    def take(self) -> bool:
        """Allocates the file, if the disk has plenty. True when it is held afterwards."""
        if self.is_held:
            return True
        return self.has_plenty and self._allocate()

    @property
    def has_plenty(self) -> bool:
        """The disk could hold the reserve and more. Some file systems cannot set space aside, whatever they have."""
        space = os.statvfs(self._path.parent)
        return space.f_bavail * space.f_frsize >= _PLENTY * RESERVE_BYTES

    def _allocate(self) -> bool:
        handle = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, RESERVE_BYTES)
        except OSError as exc:
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            if exc.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EOPNOTSUPP):
                raise
            return False
        finally:
            os.close(handle)
        return True
