"""The API server that tests of the rim share; each test gets its own empty controller behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.cloud import controllers, serving
from tests.unit.cloud.serving import Server
from tests.unit.cloud.shells import Shell

from pinnace_cloud import api


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Server]:
    with serving.serve() as server:
        server.use(controllers.MemoryController(), api.ApiSettings("0.1.0"))
        yield server


@pytest.fixture
def server(shared_server: Server) -> Server:
    shared_server.use(controllers.MemoryController(), api.ApiSettings("0.1.0"))
    return shared_server


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> Shell:
    return Shell(server, tmp_path / "home")
