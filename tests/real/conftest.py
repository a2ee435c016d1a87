"""What tests on real parts share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real import https_server
from tests.real.https_server import Files
from tests.unit.cloud.core import desk as desks

from pinnace_cloud.signing.keys import KeySet
from pinnace_sim.provision import Part, installed, require


@pytest.fixture(scope="module")
def helm() -> Path:
    require(Part.HELM)
    return installed.locate("helm")


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Files]:
    folder = tmp_path / "served"
    folder.mkdir()
    with https_server.serving(folder) as files:
        yield files


@pytest.fixture(scope="module")
def keyset(tmp_path_factory: pytest.TempPathFactory) -> KeySet:
    """The signing keys of a controller."""
    return desks.new_keys(tmp_path_factory.mktemp("keyset") / "keys")
