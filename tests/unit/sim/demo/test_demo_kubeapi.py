"""What a person does with a KubeAPI, and with which kubeconfigs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.sim.demo.builders import kubeconfig

from pinnace_sim.cluster import EmbeddedKubeApi
from pinnace_sim.demo import kubeapi, places
from pinnace_sim.demo.contexts import Context, Unusable
from pinnace_sim.demo.kubeapi import KubeApi, KubeApiFailed
from pinnace_sim.provision import ports

SPACE = "pinnace-demo"


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    with EmbeddedKubeApi.start() as api:
        yield api.kubeconfig(tmp_path / "config")


@pytest.fixture
def person(config: Path) -> KubeApi:
    return KubeApi(kubeapi.login(config), SPACE)


def test_a_person_edits_reads_and_deletes(person: KubeApi) -> None:
    assert person.make_namespace(places.OURS)
    person.edit("ConfigMap", "settings", {"data": {"greeting": "hello"}}, "somebody")
    found = person.get("ConfigMap", "settings")
    assert found is not None
    assert (found["data"], found["metadata"]["managedFields"][0]["manager"]) == ({"greeting": "hello"}, "somebody")
    person.delete("ConfigMap", "settings")
    person.delete("ConfigMap", "settings")
    assert person.get("ConfigMap", "settings") is None


def test_a_namespace_is_made_once(person: KubeApi) -> None:
    assert person.make_namespace({"a": "b"})
    assert not person.make_namespace({})
    found = person.read_namespace()
    assert found is not None
    assert found["metadata"]["labels"]["a"] == "b"


def test_a_namespace_that_is_there_is_refused_and_not_touched(person: KubeApi, config: Path) -> None:
    person.make_namespace({"owner": "somebody"})
    context = Context("theirs", "", config.read_text())
    says = f"'theirs' has a namespace {SPACE} already"
    with pytest.raises(Unusable, match=says), places.named(context, config, SPACE):
        pytest.fail("it was used")
    assert person.read_namespace() is not None


def test_the_namespace_of_a_run_goes_with_it_even_after_a_failure(person: KubeApi, config: Path) -> None:
    context = Context("theirs", "", config.read_text())
    with places.named(context, config, SPACE):
        found = person.read_namespace()
        assert found is not None
        assert found["metadata"]["labels"].items() >= places.OURS.items()
    assert person.read_namespace() is None


def test_one_cluster_has_one_identity(config: Path, tmp_path: Path) -> None:
    with EmbeddedKubeApi.start(seed=1) as other:
        assert places.identity(config) == places.identity(config)
        assert places.identity(config) != places.identity(other.kubeconfig(tmp_path / "other"))


def test_a_refusal_says_what_was_asked_and_answered(person: KubeApi) -> None:
    with pytest.raises(KubeApiFailed, match=rf"PATCH http://.*/namespaces/{SPACE}/configmaps/it.*: 404 .*{SPACE}"):
        person.edit("ConfigMap", "it", {}, "somebody")


def test_silence_is_named() -> None:
    nobody = KubeApi(kubeapi.Login(f"http://{ports.LOOPBACK}:{ports.free_port()}", None), SPACE)
    with pytest.raises(KubeApiFailed, match="refused"):
        nobody.read_namespace()


def _file(folder: Path, user: dict[str, Any]) -> Path:
    config = kubeconfig({"a": "http://127.0.0.1"}, "a")
    config["users"] = [{"name": "a", "user": user}]
    path = folder / "config"
    path.write_text(json.dumps(config))
    return path


@pytest.mark.parametrize("way", ["exec", "auth-provider", "username"])
def test_a_login_that_needs_more_than_a_file_is_refused(tmp_path: Path, way: str) -> None:
    with pytest.raises(KubeApiFailed, match=f"logs in by '{way}'; use a kubeconfig with a token"):
        kubeapi.login(_file(tmp_path, {way: {}}))


def test_a_token_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    assert kubeapi.login(_file(tmp_path, {"tokenFile": str(tmp_path / "token")})).token == "secret"
    assert kubeapi.login(_file(tmp_path, {"token": "other"})).token == "other"
