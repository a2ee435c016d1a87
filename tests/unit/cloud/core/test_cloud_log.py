"""What of its libraries' talk the controller lets into its log."""

import io
import logging
from collections.abc import Iterator

import pytest

from pinnace_cloud import log
from pinnace_schemas.common_settings import LogFormat


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    """`configure` replaces the root logger's handlers; the test runner wants its own back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # so that they are not closed
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("library", ["apscheduler.scheduler", "uvicorn.access", "httpx", "tuf.api._payload"])
def test_a_library_is_heard_only_when_something_is_wrong(library: str) -> None:
    stream = io.StringIO()
    log.configure(LogFormat.TEXT, "debug", stream)

    logging.getLogger(library).info("No signature for keyid ab")
    logging.getLogger(library).warning("something is wrong")

    (line,) = stream.getvalue().splitlines()
    assert line.endswith("something is wrong")
