"""The node's key file: made once, closed to others, never replaced; every other state says what to do."""

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pinnace_edge.adapters import identity
from pinnace_edge.adapters.identity import NodeKey
from pinnace_schemas.errors import Rejected
from pinnace_schemas.messages import Question
from pinnace_schemas.reasons import Reason

MESSAGE = Question(tenant="default", node="shop-1", sent_at="2026-03-01T12:00:00Z")


@pytest.fixture
def key(tmp_path: Path) -> NodeKey:
    return identity.create(tmp_path / "node.pem")


def test_loaded_key_is_the_one_that_was_made(tmp_path: Path, key: NodeKey) -> None:
    loaded = identity.load(tmp_path / "node.pem")
    assert (loaded.public_key, loaded.sign(MESSAGE)) == (key.public_key, key.sign(MESSAGE))


def test_key_file_is_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        identity.create(tmp_path / "node.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "node.pem").stat().st_mode) == 0o600


def test_existing_key_is_kept(tmp_path: Path, key: NodeKey) -> None:
    with pytest.raises(Rejected, match="it is kept") as caught:
        identity.create(tmp_path / "node.pem")
    assert caught.value.reason is Reason.IN_USE
    assert identity.load(tmp_path / "node.pem").public_key == key.public_key


def test_key_open_to_others_is_refused(tmp_path: Path, key: NodeKey) -> None:
    (tmp_path / "node.pem").chmod(0o640)
    with pytest.raises(Rejected, match="chmod 600"):
        identity.load(tmp_path / "node.pem")


def test_missing_key_says_how_to_join(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="pinnace-edge join") as caught:
        identity.load(tmp_path / "node.pem")
    assert caught.value.reason is Reason.NOT_JOINED


@pytest.mark.parametrize("content", [b"", b"garbage", b"\xff" * 5000])
def test_damaged_key_says_what_to_do(tmp_path: Path, key: NodeKey, content: bytes) -> None:
    (tmp_path / "node.pem").write_bytes(content)
    with pytest.raises(Rejected, match="join again") as caught:
        identity.load(tmp_path / "node.pem")
    assert caught.value.reason is Reason.MALFORMED


def test_directory_in_the_place_of_the_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="Is a directory") as caught:
        identity.load(tmp_path)
    assert caught.value.reason is Reason.INVALID


def test_key_in_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="No such file or directory") as caught:
        identity.create(tmp_path / "absent" / "node.pem")
    assert caught.value.reason is Reason.INVALID


def test_full_disk_leaves_no_half_key(tmp_path: Path) -> None:
    with _files_of_at_most(10), pytest.raises(Rejected, match="cannot be written") as caught:
        identity.create(tmp_path / "node.pem")
    assert (caught.value.reason, list(tmp_path.iterdir())) == (Reason.DISK_FULL, [])


def test_no_key_shows_in_a_repr(key: NodeKey) -> None:
    assert "Ed25519" not in repr(key)


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """A disk that takes no more than that of a file: as on a full one, the write fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
