"""The node's identity: one Ed25519 key, made on the node, kept in one file of mode 0600, shown to nobody.

With `verifier` the only module of the daemon that imports cryptography.
"""

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pinnace_schemas import codec, envelope
from pinnace_schemas.envelope import Envelope, Signature
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.messages import Addressed, JoinRequest
from pinnace_schemas.reasons import Reason

_MAX_FILE_BYTES = 4096  # a PKCS8 PEM of an Ed25519 key has 119


class NodeKey:
    """The `Signer` port. Its repr shows no key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public = private.public_key().public_bytes_raw()

    @property
    def public_key(self) -> str:
        """Hex of the 32 raw bytes."""
        return self._public.hex()

    def sign(self, message: Addressed) -> Envelope:
        """An envelope with the node's signature."""
        return _signed(message, (self._private,))

    def join_envelope(self, request: JoinRequest, secret: str) -> Envelope:
        """Signed by the key whose seed is the token's secret (hex), and by the node's own, which `request` names."""
        if request.public_key != self.public_key:
            raise ValueError("a join request names the key that signs it")
        return _signed(request, (Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)), self._private))


def create(path: Path) -> NodeKey:
    """Makes the key; it is on the disk when this returns.

    Raises Rejected: IN_USE for a file that exists, INVALID or DISK_FULL when it cannot be written (and leaves none).
    """
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as exc:
        message = "this node has a key already; it is kept. Remove the file to give up the node's identity"
        raise Rejected(Reason.IN_USE, message, str(path)) from exc
    except OSError as exc:
        raise Misconfigured(Reason.INVALID, f"cannot be made: {exc.strerror}", str(path)) from exc
    _write(descriptor, pem, path)
    return NodeKey(private)


def load(path: Path) -> NodeKey:
    """Raises Rejected for a file that is missing, open to others or damaged, with what to do."""
    try:
        with path.open("rb") as file:
            _refuse_others(os.fstat(file.fileno()).st_mode, path)
            private = serialization.load_pem_private_key(file.read(_MAX_FILE_BYTES), password=None)
    except FileNotFoundError as exc:
        raise Rejected(Reason.NOT_JOINED, "no node key; join with 'pinnace-edge join TOKEN'", str(path)) from exc
    except OSError as exc:
        raise Misconfigured(Reason.INVALID, f"cannot be read: {exc.strerror}", str(path)) from exc
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise _damaged(path) from exc
    if not isinstance(private, Ed25519PrivateKey):
        raise _damaged(path)
    return NodeKey(private)


def _signed(message: Addressed, keys: tuple[Ed25519PrivateKey, ...]) -> Envelope:
    signed = envelope.payload(message)
    plain = codec.canonical(signed)
    return Envelope(signed=signed, signatures=tuple(_signature(key, plain) for key in keys))


def _signature(key: Ed25519PrivateKey, plain: bytes) -> Signature:
    return Signature(keyid=codec.sha256(key.public_key().public_bytes_raw()), sig=key.sign(plain).hex())


def _refuse_others(mode: int, path: Path) -> None:
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"is open to group or others (mode {stat.S_IMODE(mode):o}); run 'chmod 600 {path}'"
        raise Misconfigured(Reason.INVALID, message, str(path))


def _write(descriptor: int, pem: bytes, path: Path) -> None:
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(descriptor)
        _sync_directory(path.parent)
    except OSError as exc:
        path.unlink()
        raise Rejected(Reason.DISK_FULL, f"cannot be written: {exc.strerror}", str(path)) from exc


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(path: Path) -> Misconfigured:
    message = "is not an Ed25519 key; move it away and join again with a new token"
    return Misconfigured(Reason.MALFORMED, message, str(path))
