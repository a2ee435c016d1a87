"""Fetching a file: only over https, from a server that is known, and no more than is allowed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real import https_server
from tests.real.https_server import Files

from pinnace_cloud.adapters import https
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Files]:
    with https_server.serving(tmp_path) as files:
        files.content["chart.tgz"] = b"chart"
        yield files


def refusal(server: Files, path: str, max_bytes: int = 5, ca: Path | None = None) -> Rejected:
    with pytest.raises(Rejected) as error:
        https.fetch(f"{server.address}/{path}", max_bytes, ca or server.ca)
    return error.value


def test_file_is_given_as_it_is_served(server: Files) -> None:
    server.redirects["old"] = f"{server.address}/chart.tgz"
    assert https.fetch(f"{server.address}/chart.tgz", 5, server.ca) == b"chart"
    assert https.fetch(f"{server.address}/old", 5, server.ca) == b"chart"


def test_file_that_is_not_there_is_refused(server: Files) -> None:
    assert refusal(server, "none").reason is Reason.NOT_FOUND


def test_more_than_is_allowed_is_refused(server: Files) -> None:
    assert refusal(server, "chart.tgz", max_bytes=4).reason is Reason.TOO_LARGE


def test_way_that_leaves_https_is_not_gone(server: Files) -> None:
    server.redirects["old"] = server.address.replace("https", "http") + "/chart.tgz"
    assert "not https" in refusal(server, "old").message
    assert server.asked == ["old"]


def test_server_whose_certificate_nobody_knows_is_refused(server: Files) -> None:
    with pytest.raises(Rejected, match="certificate"):
        https.fetch(f"{server.address}/chart.tgz", 5)
    assert server.asked == []


def test_server_that_does_not_answer_may_be_asked_later(tmp_path: Path) -> None:
    with https_server.serving(tmp_path) as files:
        address, ca = files.address, files.ca
    with pytest.raises(Unavailable, match="does not answer"):
        https.fetch(f"{address}/chart.tgz", 5, ca)
