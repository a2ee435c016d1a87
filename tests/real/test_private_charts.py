"""Charts that ask for a password: a real registry, a repository and an archive, each over TLS."""

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.compat import compare
from tests.real import https_server, registry_server
from tests.real.https_server import Files
from tests.real.registry_server import Registry
from tests.real.test_charts import CHARTS, NAMESPACE, Json, helmchart, of_chart, publish, rendered, template

from pinnace_cloud.workshop import Programs
from pinnace_schemas.reasons import Reason
from pinnace_sim.provision import Part, installed, require

pytestmark = pytest.mark.real

USER, PASSWORD = "anna", "s@cret:1"
# By bcrypt, for the line of an htpasswd file, which is all that the registry takes.
HASHED = "$2b$05$sX3Okroxndti7brVUhftfu9r/3zqKT4ZR4v6GvdU5ZT/x9p7RtMH2"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
WRONG = base64.b64encode(f"{USER}:other".encode()).decode()


@pytest.fixture(scope="module")
def helm() -> Path:
    require(Part.HELM)
    return installed.locate("helm")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """With the chart `shop`."""
    folder = tmp_path_factory.mktemp("private")
    (folder / "passwords").write_text(f"{USER}:{HASHED}\n")
    auth = {"htpasswd": {"realm": "shops", "path": str(folder / "passwords")}}
    with registry_server.serving(folder, auth=auth) as found:
        archive = ["package", str(CHARTS / "shop"), "--destination", str(folder)]
        subprocess.run([str(found.helm), *archive], check=True, capture_output=True)
        logged_in = passwords(folder, found.address)
        found.push(folder / "shop-1.2.0.tgz", HELM_REGISTRY_CONFIG=str(logged_in))
        yield found


@pytest.fixture
def repository(tmp_path: Path, helm: Path) -> Iterator[Files]:
    """With the chart `shop`."""
    (tmp_path / "keys").mkdir()
    with https_server.serving(tmp_path / "keys") as files:
        publish(helm, CHARTS / "shop", files, tmp_path / "made")
        files.password = BASIC
        yield files


def passwords(folder: Path, address: str, basic: str = BASIC) -> Path:
    """The file that `helm registry login` writes."""
    file = folder / "config.json"
    host = address.partition("://")[2].partition("/")[0]
    file.write_text(json.dumps({"auths": {host: {"auth": basic}, "other.example.org": {"auth": WRONG}}}))
    return file


def sources(address: str) -> dict[str, Json]:
    archive = {"source": f"{address}/shop-1.2.0.tgz"}
    return {"archive": archive, "repository": {"source": "shop", "repoURL": address, "version": "1.2.x"}}


def test_chart_of_a_registry_with_a_password_is_delivered_as_helm_templates_it(
    registry: Registry, tmp_path: Path
) -> None:
    wanted = template(registry.helm, CHARTS / "shop", tmp_path, {})
    programs = Programs(registry.helm, ca_file=registry.ca, passwords=passwords(tmp_path, registry.address))
    got = rendered(programs, helmchart({"source": f"{registry.address}/shop", "version": "1.2.x"}))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []


@pytest.mark.parametrize("basic", ["", WRONG])
def test_registry_without_the_right_password_is_refused_with_where_to_write_it(
    registry: Registry, tmp_path: Path, basic: str
) -> None:
    file = passwords(tmp_path, registry.address, basic) if basic else None
    component = helmchart({"source": f"{registry.address}/shop", "version": "1.2.0"})
    (error,) = rendered(Programs(registry.helm, ca_file=registry.ca, passwords=file), component).errors
    assert error.reason is Reason.UNAUTHENTICATED
    assert "sources_credentials" in error.message
    assert basic not in error.message or not basic


@pytest.mark.parametrize("name", ["archive", "repository"])
def test_chart_of_an_address_with_a_password_is_delivered_as_helm_templates_it(
    helm: Path, tmp_path: Path, repository: Files, name: str
) -> None:
    wanted = template(helm, CHARTS / "shop", tmp_path, {})
    programs = Programs(helm, ca_file=repository.ca, passwords=passwords(tmp_path, repository.address))
    got = rendered(programs, helmchart(sources(repository.address)[name]))
    assert compare.differences(wanted, of_chart(got), NAMESPACE) == []


@pytest.mark.parametrize("name", ["archive", "repository"])
@pytest.mark.parametrize("basic", ["", WRONG])
def test_address_without_the_right_password_is_refused_with_where_to_write_it(
    helm: Path, tmp_path: Path, repository: Files, name: str, basic: str
) -> None:
    file = passwords(tmp_path, repository.address, basic) if basic else None
    programs = Programs(helm, ca_file=repository.ca, passwords=file)
    (error,) = rendered(programs, helmchart(sources(repository.address)[name])).errors
    assert error.reason is Reason.UNAUTHENTICATED
    assert "sources_credentials" in error.message


def test_password_of_a_repository_is_not_sent_to_another_host(helm: Path, tmp_path: Path, repository: Files) -> None:
    (tmp_path / "others").mkdir()
    with https_server.serving(tmp_path / "others") as other:
        other.content["shop-1.2.0.tgz"] = repository.content["shop-1.2.0.tgz"]
        index = repository.content["index.yaml"].decode()
        repository.content["index.yaml"] = index.replace(
            "- shop-1.2.0.tgz", f"- {other.address}/shop-1.2.0.tgz"
        ).encode()
        both = tmp_path / "both.pem"
        both.write_bytes(repository.ca.read_bytes() + other.ca.read_bytes())
        programs = Programs(helm, ca_file=both, passwords=passwords(tmp_path, repository.address))
        got = rendered(programs, helmchart(sources(repository.address)["repository"]))
        assert of_chart(got)
        assert set(other.passwords) == {""}
    assert set(repository.passwords) == {BASIC}
