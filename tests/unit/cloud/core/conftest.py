"""The desk: the controller's core on a real store and real keys, new for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud.signing.keys import KeySet


@pytest.fixture(scope="session")
def keyset(tmp_path_factory: pytest.TempPathFactory) -> KeySet:
    return desks.new_keys(tmp_path_factory.mktemp("keyset") / "keys")


@pytest.fixture
def desk(tmp_path: Path, keyset: KeySet) -> Iterator[Desk]:
    made = Desk(tmp_path, keyset)
    yield made
    made.close()
