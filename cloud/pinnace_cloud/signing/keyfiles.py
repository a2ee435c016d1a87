"""Private keys as files: unencrypted PKCS8 PEM, mode 0600, written once, never overwritten.

A key is on the disk (file and directory fsynced) before anything that names it is. No message holds key material.
"""

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pinnace_schemas import amounts
from pinnace_schemas.errors import Misconfigured
from pinnace_schemas.reasons import Reason

# A PKCS8 PEM of an Ed25519 key has 119 bytes; signed roots of many keys stay far below too.
_MAX_FILE_BYTES = 1024 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_directory(directory: Path) -> None:
    """Creates it with mode 0700, or accepts an existing one that only its owner can enter. Raises Misconfigured.

    A folder around it that is missing is made with the same mode: it will hold the store.
    """
    try:
        directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        directory.mkdir(mode=0o700)
    except OSError as exc:
        if not directory.is_dir():
            raise Misconfigured(Reason.INVALID, f"cannot be made: {exc.strerror}", str(directory)) from exc
        _refuse_others(directory.stat().st_mode, directory, "700")


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Creates the file and fsyncs it, or raises Misconfigured and leaves none; never follows or replaces one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as exc:
        raise Misconfigured(Reason.INVALID, f"cannot be made: {exc.strerror}", str(path)) from exc
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except OSError as exc:
        path.unlink()
        raise Misconfigured(Reason.INVALID, f"cannot be written: {exc.strerror}", str(path)) from exc


def sync_directory(directory: Path) -> None:
    """Makes the names of new files survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, *, is_private: bool) -> bytes:
    """The content. Raises Misconfigured: missing (NOT_FOUND), readable by others when private (INVALID), too large."""
    try:
        with path.open("rb") as file:
            if is_private:
                _refuse_others(os.fstat(file.fileno()).st_mode, path, "600")
            data = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError as exc:
        action = "put it back from your backup, or make a new set with 'pinnace keys init'"
        raise Misconfigured(Reason.NOT_FOUND, f"does not exist; {action}", str(path)) from exc
    except OSError as exc:
        raise Misconfigured(Reason.INVALID, f"cannot be read: {exc.strerror}", str(path)) from exc
    if len(data) > _MAX_FILE_BYTES:
        raise Misconfigured(
            Reason.TOO_LARGE, f"is larger than {amounts.size(_MAX_FILE_BYTES)}, so not a file of ours", str(path)
        )
    return data


def pem(key: Ed25519PrivateKey) -> bytes:
    """The form of the file."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_key(path: Path) -> Ed25519PrivateKey:
    """Raises Misconfigured for anything that is not an unencrypted Ed25519 key in PKCS8 PEM, and as `read` does."""
    data = read(path, is_private=True)
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise Misconfigured(Reason.MALFORMED, "is damaged; put it back from your backup", str(path)) from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(Reason.MALFORMED, "is not an Ed25519 key; only those are used", str(path))
    return key


def _refuse_others(mode: int, path: Path, wanted: str) -> None:
    if stat.S_IMODE(mode) & _OTHERS:
        message = f"is open to group or others (mode {stat.S_IMODE(mode):o}); run 'chmod {wanted} {path}'"
        raise Misconfigured(Reason.INVALID, message, str(path))
