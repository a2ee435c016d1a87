"""The controller's key set: one Ed25519 key per role, the trust root that names them, and the control delegation.

`init` makes all of it once; `load` refuses a set that is incomplete, open to others, or does not belong together.
The root key is needed by nobody after `init` until the set is rotated: move it offline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.bindings import crypto_sign, crypto_sign_BYTES
from securesystemslib.signer import CryptoSigner, Signature
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import TOP_LEVEL_ROLE_NAMES, Metadata, Root, Targets
from tuf.api.serialization import DeserializationError

from pinnace_cloud.signing import keyfiles, metadata
from pinnace_schemas import head, names
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.head import Scope
from pinnace_schemas.reasons import Reason

# Root and control delegation are renewed by hand, with a new root that reaches nodes which were away for years.
ROOT_LIFETIME = timedelta(days=3650)

_ROOT_FILE = "root.json"
_CONTROL_FILE = "control.json"


class KeyRole(StrEnum):
    """What a key signs. Its file is `<role>.pem`."""

    ROOT = "root"
    TARGETS = "targets"
    SNAPSHOT = "snapshot"
    TIMESTAMP = "timestamp"
    RELEASE = "release"
    CONTROL = "control"


class RoleSigner(CryptoSigner):
    """Signs with one Ed25519 key. A release makes thousands of signatures and every report gets one: libsodium makes
    the same ones as OpenSSL in two thirds of the time, and the base class asks each time how."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        super().__init__(key)
        self._key = key.private_bytes_raw() + key.public_key().public_bytes_raw()
        self._keyid = self.public_key.keyid

    def sign(self, payload: bytes) -> Signature:
        return Signature(self._keyid, crypto_sign(payload, self._key)[:crypto_sign_BYTES].hex())


@dataclass(frozen=True, slots=True)
class KeySet:
    """`root_text` and `control_text` are the signed documents as published; `signers` never shows in a repr."""

    tenant: str
    root_text: str
    control_text: str
    signers: Mapping[KeyRole, CryptoSigner] = field(repr=False)


def init(directory: Path, tenant: str, now: datetime, lifetime: timedelta = ROOT_LIFETIME) -> KeySet:
    """Makes a new set in `directory` (created with mode 0700). Raises Rejected, and then leaves no file of its own.

    `root.json` is written last: a set without it was interrupted.
    """
    if not names.is_dns_label(tenant):
        raise Rejected(Reason.INVALID, "a tenant is a DNS label: at most 63 of a-z, 0-9 and '-'", repr(tenant))
    _refuse_existing(directory)
    keyfiles.make_directory(directory)
    private = {role: Ed25519PrivateKey.generate() for role in KeyRole}
    keyset = _new_set(private, tenant, now + lifetime)
    files = [(_key_path(directory, role), keyfiles.pem(key), 0o600) for role, key in private.items()]
    files.append((directory / _CONTROL_FILE, keyset.control_text.encode("utf-8"), 0o644))
    files.append((directory / _ROOT_FILE, keyset.root_text.encode("utf-8"), 0o644))
    _write_all(files)
    keyfiles.sync_directory(directory)
    return keyset


def load(directory: Path, *, with_root: bool = False) -> KeySet:
    """The set, without the root key unless asked for. Raises Misconfigured, naming the file and what to do."""
    root_text = _read_text(directory / _ROOT_FILE)
    control_text = _read_text(directory / _CONTROL_FILE)
    root, tenant = _read_root(root_text, directory / _ROOT_FILE)
    control = _read_control(control_text, root, directory / _CONTROL_FILE)
    wanted = [role for role in KeyRole if with_root or role is not KeyRole.ROOT]
    signers = {role: RoleSigner(keyfiles.read_key(_key_path(directory, role))) for role in wanted}
    for role, signer in signers.items():
        _refuse_stranger(role, signer, root, control, _key_path(directory, role))
    return KeySet(tenant, root_text, control_text, signers)


def _key_path(directory: Path, role: KeyRole) -> Path:
    return directory / f"{role}.pem"


def _write_all(files: Sequence[tuple[Path, bytes, int]]) -> None:
    for count, (path, data, mode) in enumerate(files):
        try:
            keyfiles.write_new(path, data, mode)
        except Rejected:
            for written, _, _ in files[:count]:
                written.unlink()
            raise


def _refuse_existing(directory: Path) -> None:
    files = [_key_path(directory, role) for role in KeyRole] + [directory / _CONTROL_FILE, directory / _ROOT_FILE]
    for path in files:
        if path.is_symlink() or path.exists():
            message = "exists and is not overwritten; name another directory, or move the old key set away"
            raise Rejected(Reason.INVALID, message, str(path))


def _new_set(private: Mapping[KeyRole, Ed25519PrivateKey], tenant: str, expires: datetime) -> KeySet:
    signers = {role: RoleSigner(key) for role, key in private.items()}
    public = {str(role): signer.public_key for role, signer in signers.items()}
    root = metadata.root(public, Scope(tenant=tenant, scope=head.ROOT_SCOPE), 1, expires)
    nodes = Scope(tenant=tenant, scope=head.NODES_SCOPE)
    control = metadata.delegation(head.CONTROL, head.NODES_SCOPE, public[KeyRole.CONTROL], nodes, 1, expires)
    return KeySet(
        tenant,
        metadata.text(root, signers[KeyRole.ROOT]),
        metadata.text(control, signers[KeyRole.TARGETS]),
        signers,
    )


def _read_text(path: Path) -> str:
    try:
        return keyfiles.read(path, is_private=False).decode("utf-8")
    except UnicodeDecodeError as exc:
        raise _damaged(path) from exc


def _read_root(text: str, path: Path) -> tuple[Root, str]:
    try:
        document = Metadata[Root].from_bytes(text.encode("utf-8"))
        document.signed.verify_delegate(Root.type, document.signed_bytes, document.signatures)
        return document.signed, Scope.model_validate(document.signed.unrecognized_fields[head.SCOPE_KEY]).tenant
    except (DeserializationError, RepositoryError, TypeError, KeyError, ValueError) as exc:
        raise _damaged(path) from exc


def _read_control(text: str, root: Root, path: Path) -> Targets:
    try:
        document = Metadata[Targets].from_bytes(text.encode("utf-8"))
        root.verify_delegate(Targets.type, document.signed_bytes, document.signatures)
        document.signed.get_delegated_role(head.CONTROL)
    except (DeserializationError, RepositoryError, TypeError, AttributeError, ValueError) as exc:
        raise _damaged(path) from exc
    return document.signed


def _damaged(path: Path) -> Misconfigured:
    message = "is damaged, or not signed by the keys of this set; put it back from your backup"
    return Misconfigured(Reason.MALFORMED, message, str(path))


def _refuse_stranger(role: KeyRole, signer: CryptoSigner, root: Root, control: Targets, path: Path) -> None:
    keyid = signer.public_key.keyid
    if role in TOP_LEVEL_ROLE_NAMES:
        is_known = keyid in root.roles[role].keyids
    else:
        is_known = role is not KeyRole.CONTROL or keyid in control.get_delegated_role(head.CONTROL).keyids
    if not is_known:
        message = f"is not the {role} key that {_ROOT_FILE} and {_CONTROL_FILE} name; put the whole set back"
        raise Misconfigured(Reason.INCONSISTENT, message, str(path))
