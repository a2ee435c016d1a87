"""The demo as a newcomer runs it: it observes all it claims, names what it does not, and leaves nothing behind."""

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from pinnace_cloud.cli.session import Clock
from pinnace_sim.brokers import Mosquitto, MosquittoOptions, Nats, User
from pinnace_sim.brokers.retained import Session
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.demo import run, story
from pinnace_sim.demo.acting import Actors
from pinnace_sim.demo.cast import CUT_OFF
from pinnace_sim.demo.director import Troupe
from pinnace_sim.demo.looking import Observer
from pinnace_sim.demo.options import Options
from pinnace_sim.demo.record import Exit
from pinnace_sim.demo.stage import Stage
from pinnace_sim.demo.story import Act
from pinnace_sim.demo.telling import Teller
from pinnace_sim.provision import Part, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

DEADLINE_S = 240.0
ENDED_S = 20.0
Demo = subprocess.Popen[str]


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[Demo]:
    """A demo whose temporary files lie in `folder`."""
    folder.mkdir()
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "pinnace_sim", "demo", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


def finish(started: Demo) -> tuple[int, str]:
    """Exit code and everything that was said."""
    said, _ = started.communicate(timeout=DEADLINE_S)
    return started.returncode, said


def read_until(started: Demo, text: str) -> None:
    """Reads lines up to the one with this text."""
    assert started.stdout is not None
    said = []
    for line in started.stdout:
        if text in line:
            return
        said.append(line)
    pytest.fail(f"the demo ended before it said {text!r}:\n{''.join(said)}")


def leaves_nothing(folder: Path) -> bool:
    """No file, and no process that works there."""
    return not any(folder.iterdir()) and not working_in(folder)


def working_in(folder: Path) -> list[int]:
    """Processes whose working folder is this one or below."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place = (process / "cwd").readlink()
        except OSError:
            continue
        if place.is_relative_to(folder):
            found.append(int(process.name))
    return found


def test_two_demos_at_once_observe_everything_and_leave_nothing(tmp_path: Path) -> None:
    require(Part.NATS)
    with demo(tmp_path / "one") as one, demo(tmp_path / "two") as two:
        answers = [finish(one), finish(two)]
    for code, said in answers:
        assert code == Exit.OBSERVED, said
        table = said[said.index("WHERE  CLAIM") :].splitlines()[1:]
        claims = story.claims(story.story(has_end=False))
        assert len(table) == len(claims)
        for claim, line in zip(claims, table, strict=True):
            assert line.split()[0] == claim.site
            assert f"{claim.text}  " in line
            assert "  observed  " in line
    assert leaves_nothing(tmp_path / "one")
    assert leaves_nothing(tmp_path / "two")


def test_a_site_that_cannot_heal_is_named_and_the_demo_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    require(Part.NATS)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def frozen_when_damaged(stage: Stage, teller: Teller, clock: Clock) -> Troupe:
        actors = Actors(stage)

        def perform(act: Act) -> None:
            if act is Act.DAMAGE:
                stage.sites[CUT_OFF.name].edge.program.signal(signal.SIGSTOP)
            actors.perform(act)

        return Troupe(perform, Observer(stage, actors.notes).look, clock, teller, deadline_s=15)

    assert run.run(Options(), engage=frozen_when_damaged) is Exit.NOT_OBSERVED
    said = capsys.readouterr()
    assert "not observed: north: heals itself while cut off; no ConfigMap settings" in said.err
    assert "is shown as not converged, with the reason    observed" in said.out
    (kept,) = tmp_path.glob("pinnace-demo-*")
    assert str(kept / "logs") in said.err
    logs = {path.name for path in (kept / "logs").iterdir()}
    assert {"north-edge.log", "south-edge.log", "kiosk-edge.log"} < logs
    assert any(name.endswith("nats-server.log") for name in logs)
    assert working_in(kept) == []


@pytest.mark.parametrize("moment", ["starting a broker", "join, each with a token", "the link goes dead"])
def test_ctrl_c_ends_everything_at_any_time(tmp_path: Path, moment: str) -> None:
    require(Part.NATS)
    with demo(tmp_path / "demo") as started:
        read_until(started, moment)
        started.send_signal(signal.SIGINT)
        code, said = finish(started)
    assert code == Exit.INTERRUPTED, said
    assert "Traceback" not in said
    assert leaves_nothing(tmp_path / "demo")


def test_what_is_kept_can_be_looked_at_with_the_printed_commands_until_ctrl_c(tmp_path: Path) -> None:
    """At a NATS that somebody else runs, which is left without our messages."""
    require(Part.NATS)
    with Nats.start() as theirs, demo(tmp_path / "demo", "--keep", "--broker", theirs.url) as started:
        read_until(started, "Everything stays until Ctrl-C")
        assert started.stdout is not None
        export, status = started.stdout.readline().strip(), started.stdout.readline().strip()
        seen = subprocess.run(
            ["bash", "-c", shown(export, status)], capture_output=True, text=True, check=False, env={}
        )
        started.send_signal(signal.SIGINT)
        code, said = finish(started)
        with Session.open("localhost", theirs.port) as session:
            assert session.retained("pinnace/#") == []
    assert code == Exit.OBSERVED, said
    assert seen.returncode == 0, seen.stderr
    assert seen.stdout.count("Converged") == 3
    assert leaves_nothing(tmp_path / "demo")


def shown(export: str, status: str) -> str:
    """The printed lines as a script, once instead of watching."""
    return f"{export}\n{status.removesuffix(' --watch')}\n"


def test_a_demo_that_is_killed_takes_everything_with_it(tmp_path: Path) -> None:
    require(Part.NATS)
    with demo(tmp_path / "demo") as started:
        read_until(started, "the link goes dead")
        assert working_in(tmp_path / "demo")
        started.kill()
    wait_until(lambda: leaves_nothing(tmp_path / "demo"), "everything of the demo to be gone", ENDED_S)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    require(Part.MOSQUITTO)
    users = (User("operator", "s@cret"),)
    with Mosquitto.start(MosquittoOptions(users=users, use_tls=True)) as running:
        yield running


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    require(Part.CONTROLPLANE)
    with ControlPlane.start("others") as running:
        yield running


def _contexts(plane: ControlPlane, path: Path, *names: str) -> Path:
    """A kubeconfig in which all these contexts are the cluster."""
    config = yaml.safe_load(plane.admin_kubeconfig.read_text())
    (context,) = config["contexts"]
    config["contexts"] = [context | {"name": name} for name in names]
    config["current-context"] = names[0]
    path.write_text(json.dumps(config))
    return path


def _namespaces(plane: ControlPlane) -> set[str]:
    return set(plane.kubectl("get", "namespaces", "-o", "name").split())


def theirs(folder: Path, plane: ControlPlane, broker: Mosquitto) -> list[str]:
    """Options with a cluster and a broker of others."""
    config = _contexts(plane, folder / "config", "theirs")
    url = f"mqtts://operator:s%40cret@localhost:{broker.port}"
    return ["--kubeconfig", str(config), "--broker", url, "--broker-ca", str(broker.ca)]


def test_clusters_and_a_broker_of_others_are_left_as_they_were(
    tmp_path: Path, plane: ControlPlane, broker: Mosquitto
) -> None:
    before = _namespaces(plane)
    with demo(tmp_path / "demo", *theirs(tmp_path, plane, broker)) as started:
        code, said = finish(started)
    assert code == Exit.OBSERVED, said
    for claim in story.claims(story.story(has_end=True)):
        assert f"ok: {claim.text}" in said
    assert "cret" not in said
    assert _namespaces(plane) == before
    assert retained(broker) == []
    assert leaves_nothing(tmp_path / "demo")


def test_an_interrupted_demo_takes_its_namespace_and_its_messages_with_it(
    tmp_path: Path, plane: ControlPlane, broker: Mosquitto
) -> None:
    before = _namespaces(plane)
    with demo(tmp_path / "demo", *theirs(tmp_path, plane, broker)) as started:
        read_until(started, "the link goes dead")
        assert retained(broker)
        started.send_signal(signal.SIGINT)
        code, said = finish(started)
    assert code == Exit.INTERRUPTED, said
    wait_until(lambda: _namespaces(plane) == before, "the namespace to be gone", ENDED_S)
    assert retained(broker) == []


def test_two_contexts_of_one_cluster_are_refused_and_nothing_stays(tmp_path: Path, plane: ControlPlane) -> None:
    before = _namespaces(plane)
    config = _contexts(plane, tmp_path / "config", "first", "second")
    with demo(tmp_path / "demo", "--kubeconfig", str(config)) as started:
        code, said = finish(started)
    assert code == Exit.USAGE, said
    assert "contexts 'first' and 'second' are one cluster" in said
    assert _namespaces(plane) == before


@pytest.mark.parametrize(
    ("user", "port", "says"),
    [
        ("operator:wrong", 0, "the broker does not let us in"),
        ("operator:s%40cret", 1, "no MQTT broker answers at"),
    ],
)
def test_a_broker_that_does_not_let_us_in_is_named(
    tmp_path: Path, broker: Mosquitto, user: str, port: int, says: str
) -> None:
    url = f"mqtts://{user}@localhost:{broker.port + port}"
    with demo(tmp_path / "demo", "--broker", url, "--broker-ca", str(broker.ca)) as started:
        code, said = finish(started)
    assert (code, says in said) == (Exit.USAGE, True), said
    assert leaves_nothing(tmp_path / "demo")


def retained(broker: Mosquitto) -> list[str]:
    """Topics below those of Pinnace, of any tenant."""
    tls = ssl.create_default_context(cafile=str(broker.ca))
    with Session.open("localhost", broker.port, user="operator", password="s@cret", tls=tls) as session:
        return session.retained("pinnace/#")
