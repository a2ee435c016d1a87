"""Passwords of repositories and registries: found by host, in the form that others write, and never shown."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from pinnace_cloud import workshop
from pinnace_cloud.adapters import credentials
from pinnace_cloud.adapters.credentials import Login
from pinnace_cloud.workshop import Programs
from pinnace_schemas.errors import Misconfigured
from pinnace_schemas.reasons import Reason


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def written(folder: Path, content: Any) -> Path:
    file = folder / "config.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def one(folder: Path, host: str, text: str = "anna:s@cret:1") -> Path:
    return written(folder, {"auths": {host: {"auth": encoded(text)}}})


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("charts.example.org", "https://charts.example.org/stable"),
        ("registry.example.org:5000", "oci://registry.example.org:5000/charts/shop"),
        ("https://registry.example.org/v1/", "oci://registry.example.org/charts/shop"),
        ("registry.example.org/charts", "oci://registry.example.org/charts/shop"),
    ],
)
def test_who_asks_is_found_by_host_and_port(tmp_path: Path, host: str, address: str) -> None:
    found = credentials.login(one(tmp_path, host), address)
    assert found is not None
    assert (found.user, found.password) == ("anna", "s@cret:1")


@pytest.mark.parametrize(
    "address", ["https://example.org", "https://charts.example.org:444", "https://x.charts.example.org"]
)
def test_another_host_gets_no_password(tmp_path: Path, address: str) -> None:
    assert credentials.login(one(tmp_path, "charts.example.org"), address) is None
    assert credentials.login(None, address) is None


def test_a_changed_file_counts_at_once(tmp_path: Path) -> None:
    file = one(tmp_path, "example.org", "anna:old")
    assert credentials.login(file, "https://example.org") == Login("example.org", "anna", "old")
    assert credentials.login(one(tmp_path, "example.org", "anna:new"), "https://example.org") == Login(
        "example.org", "anna", "new"
    )


def test_the_file_of_a_run_knows_one_host_only(tmp_path: Path) -> None:
    file = written(tmp_path, {"auths": {name: {"auth": encoded(f"anna:{name}")} for name in ("a.org", "b.org")}})
    found = credentials.login(file, "oci://a.org/charts")
    assert found is not None
    assert json.loads(found.registry_config) == {"auths": {"a.org": {"auth": encoded("anna:a.org")}}}


def test_a_password_that_is_with_a_helper_is_passed_over(tmp_path: Path) -> None:
    auths = {"a.org": {}, "b.org": {"auth": encoded("anna:b")}}
    file = written(tmp_path, {"auths": auths, "credsStore": "desktop"})
    assert set(credentials.read(file)) == {"b.org"}


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    assert "s@cret" not in repr(credentials.login(one(tmp_path, "a.org"), "https://a.org"))


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        [],
        {},
        {"auths": []},
        {"auths": {"a.org": {"auth": "hunter2"}}},
        {"auths": {"a.org": {"auth": encoded("hunter2")}}},
        {"auths": {"a.org": {"auth": 5}}},
        {"auths": {"a.org": "x"}},
        {"credsStore": "desktop"},
    ],
)
def test_a_file_that_is_none_is_refused_at_the_start_without_what_is_in_it(tmp_path: Path, content: Any) -> None:
    file = written(tmp_path, content)
    with pytest.raises(Misconfigured) as refused:
        workshop.make(Programs(passwords=file), {})
    assert (refused.value.reason, refused.value.where) == (Reason.INVALID, str(file))
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read: No such file"):
        workshop.make(Programs(passwords=tmp_path / "none"), {})


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_refused_at_the_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Misconfigured, match="certificates of authorities") as refused:
        workshop.make(Programs(ca_file=file), {})
    assert refused.value.where == str(file)
