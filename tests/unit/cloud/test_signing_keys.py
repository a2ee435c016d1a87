"""Key sets on disk: made once, never overwritten, loaded only when whole, closed to others and belonging together."""

import json
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pinnace_cloud.signing import keys
from pinnace_cloud.signing.keys import KeyRole
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRIVATE = [f"{role}.pem" for role in KeyRole]
ONLINE = [name for name in PRIVATE if name != "root.pem"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    keys.init(tmp_path / "keys", "default", NOW)
    return tmp_path / "keys"


def test_set_has_one_private_file_per_role_and_the_public_documents(directory: Path) -> None:
    assert sorted(path.name for path in directory.iterdir()) == sorted([*PRIVATE, "root.json", "control.json"])
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE((directory / name).stat().st_mode) for name in PRIVATE} == {0o600}
    assert all((directory / name).read_text().startswith("-----BEGIN PRIVATE KEY-----") for name in PRIVATE)


def test_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys.init(tmp_path / "keys", "default", NOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys/release.pem").stat().st_mode) == 0o600


def test_a_data_folder_that_is_made_for_the_keys_is_private_too(tmp_path: Path) -> None:
    keys.init(tmp_path / "hub" / "keys", "default", NOW)
    assert stat.S_IMODE((tmp_path / "hub").stat().st_mode) == 0o700


def test_root_lasts_ten_years_and_names_its_tenant(directory: Path) -> None:
    signed = json.loads((directory / "root.json").read_text())["signed"]
    assert (signed["version"], signed["expires"]) == (1, "2036-02-27T12:00:00Z")
    assert signed["x-pinnace"] == {"tenant": "default", "scope": "root"}
    assert sorted(signed["roles"]) == ["root", "snapshot", "targets", "timestamp"]
    assert len({role["keyids"][0] for role in signed["roles"].values()}) == 4


def test_loaded_set_is_the_one_that_was_made(tmp_path: Path) -> None:
    made = keys.init(tmp_path / "keys", "shops-eu", NOW)
    loaded = keys.load(tmp_path / "keys", with_root=True)
    assert (loaded.tenant, loaded.root_text, loaded.control_text) == ("shops-eu", made.root_text, made.control_text)
    assert {role: key.private_bytes for role, key in loaded.signers.items()} == {
        role: key.private_bytes for role, key in made.signers.items()
    }


def test_controller_runs_without_the_root_key(directory: Path) -> None:
    (directory / "root.pem").unlink()
    assert KeyRole.ROOT not in keys.load(directory).signers
    with pytest.raises(Rejected, match=r"root\.pem: does not exist"):
        keys.load(directory, with_root=True)


def test_no_key_shows_in_a_repr(directory: Path) -> None:
    assert "Private" not in repr(keys.load(directory))
    assert "CryptoSigner" not in repr(keys.load(directory))


@pytest.mark.parametrize("name", [*PRIVATE, "root.json", "control.json"])
def test_no_file_is_ever_overwritten(tmp_path: Path, name: str) -> None:
    directory = tmp_path / "keys"
    directory.mkdir(mode=0o700)
    (directory / name).write_text("mine")
    with pytest.raises(Rejected, match="not overwritten") as caught:
        keys.init(directory, "default", NOW)
    assert caught.value.where == str(directory / name)
    assert [(path.name, path.read_text()) for path in directory.iterdir()] == [(name, "mine")]


def test_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys/root.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Rejected, match=r"root\.json: exists"):
        keys.init(tmp_path / "keys", "default", NOW)
    assert not (tmp_path / "elsewhere").exists()


def test_directory_open_to_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys").chmod(0o755)
    with pytest.raises(Rejected, match="chmod 700"):
        keys.init(tmp_path / "keys", "default", NOW)
    assert not list((tmp_path / "keys").iterdir())


def test_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(Rejected, match="cannot be made: File exists"):
        keys.init(tmp_path / "keys", "default", NOW)


@pytest.mark.parametrize("tenant", ["", "Default", "a b", "a/b", "x" * 64])
def test_tenant_must_be_a_name(tmp_path: Path, tenant: str) -> None:
    with pytest.raises(Rejected, match="DNS label") as caught:
        keys.init(tmp_path / "keys", tenant, NOW)
    assert (caught.value.reason, (tmp_path / "keys").exists()) == (Reason.INVALID, False)


@pytest.mark.parametrize("name", ONLINE)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_key_open_to_others_is_refused(directory: Path, name: str, mode: int) -> None:
    (directory / name).chmod(mode)
    with pytest.raises(Rejected, match=f"mode {mode:o}.*chmod 600 {directory / name}"):
        keys.load(directory)


@pytest.mark.parametrize("name", [*ONLINE, "root.json", "control.json"])
def test_missing_file_is_named_with_what_to_do(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(Rejected, match="backup") as caught:
        keys.load(directory)
    assert (caught.value.reason, caught.value.where) == (Reason.NOT_FOUND, str(directory / name))


@pytest.mark.parametrize("name", [*ONLINE, "root.json", "control.json"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"{}", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_damaged_file_is_named(directory: Path, name: str, content: bytes) -> None:
    (directory / name).write_bytes(content)
    with pytest.raises(Rejected) as caught:
        keys.load(directory)
    assert (caught.value.reason, caught.value.where) == (Reason.MALFORMED, str(directory / name))


@pytest.mark.parametrize("name", ["root.json", "control.json"])
def test_changed_document_is_refused(directory: Path, name: str) -> None:
    path = directory / name
    path.write_text(path.read_text().replace("2036-02-27", "2037-02-27"))
    with pytest.raises(Rejected, match="not signed by the keys of this set") as caught:
        keys.load(directory)
    assert caught.value.where == str(path)


def test_endless_file_is_refused(directory: Path) -> None:
    (directory / "root.json").write_bytes(b" " * (1024 * 1024 + 1))
    with pytest.raises(Rejected) as caught:
        keys.load(directory)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("name", ["targets.pem", "snapshot.pem", "timestamp.pem", "control.pem"])
def test_key_of_another_set_is_refused(directory: Path, tmp_path: Path, name: str) -> None:
    keys.init(tmp_path / "other", "default", NOW)
    (directory / name).write_bytes((tmp_path / "other" / name).read_bytes())
    with pytest.raises(Rejected) as caught:
        keys.load(directory)
    assert (caught.value.reason, caught.value.where) == (Reason.INCONSISTENT, str(directory / name))


@pytest.mark.parametrize("name", ["root.json", "control.json"])
def test_document_of_another_set_is_refused(directory: Path, tmp_path: Path, name: str) -> None:
    keys.init(tmp_path / "other", "default", NOW)
    (directory / name).write_bytes((tmp_path / "other" / name).read_bytes())
    with pytest.raises(Rejected, match=r"control\.json: is damaged, or not signed by the keys of this set"):
        keys.load(directory)


def test_key_of_another_algorithm_is_refused(directory: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (directory / "release.pem").write_bytes(pem)
    with pytest.raises(Rejected, match="not an Ed25519 key"):
        keys.load(directory)


def test_full_disk_leaves_no_half_set(tmp_path: Path) -> None:
    with (
        _files_of_at_most(200),
        pytest.raises(Rejected, match="cannot be written"),
    ):
        keys.init(tmp_path / "keys", "default", NOW)
    assert list((tmp_path / "keys").iterdir()) == []
    keys.init(tmp_path / "keys", "default", NOW)
    assert keys.load(tmp_path / "keys").tenant == "default"


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """A disk that takes no more than that of a file: as on a full one, the write fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
