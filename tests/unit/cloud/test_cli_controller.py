"""The command line against a controller of its own, from its keys to its end; the broker is absent all the while."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.unit.cloud import shells
from typer.testing import CliRunner

from pinnace_cloud.cli import app
from pinnace_cloud.cli.exits import Exit

APPLICATION = shells.APPLICATION + "  policies:\n    - {name: where, type: topology, properties: {clusters: [shops]}}\n"


@dataclass
class Machine:
    """One with a configuration of its own; `environment` gets the address and the token as they are known."""

    folder: Path
    environment: dict[str, str | None]

    def run(self, *arguments: str, stdin: str = "") -> shells.Ended:
        result = CliRunner().invoke(app.app, arguments, input=stdin, env=self.environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return shells.Ended(result.exit_code, result.stdout, result.stderr)

    def serve(self) -> subprocess.Popen[str]:
        """In a process of its own, since it configures logging and takes signals."""
        known = {name: value for name, value in {**os.environ, **self.environment}.items() if value is not None}
        command = [sys.executable, "-m", "pinnace_cloud", "serve"]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=known)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    settings = f'data_dir = "{tmp_path}/data"\nbroker = "mqtt://127.0.0.1:1"\nlisten_port = 0\n'
    (tmp_path / "controller.toml").write_text(settings)
    own = {"PINNACE_CONTROLLER_CONFIG": str(tmp_path / "controller.toml"), "XDG_CONFIG_HOME": str(tmp_path)}
    foreign = dict.fromkeys((name for name in os.environ if name.startswith("PINNACE")), None)
    return Machine(tmp_path, {**foreign, **own})


@pytest.fixture
def controller(machine: Machine) -> Iterator[subprocess.Popen[str]]:
    assert machine.run("keys", "init").code == Exit.OK
    machine.environment["PINNACE_TOKEN"] = machine.run("api-token", "create", "ops").out.strip()
    with machine.serve() as process:
        try:
            assert process.stderr is not None
            address = next(filter(None, (re.search(r"listening on (\S+)", line) for line in process.stderr)))
            machine.environment["PINNACE_SERVER"] = address[1]
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_an_application_is_applied_shown_copied_and_deleted(
    machine: Machine, controller: subprocess.Popen[str]
) -> None:
    stdin = f"{shells.GROUP}---\n{shells.NODE}---\n{APPLICATION}"
    assert machine.run("diff", "-f", "-", stdin=stdin).code == Exit.DIFFERENT
    applied = machine.run("apply", "-f", "-", stdin=stdin)
    assert (applied.code, "application default/shop created, revision 1, groups: shops" in applied.out) == (0, True)
    assert machine.run("diff", "-f", "-", stdin=stdin).code == Exit.OK
    status = machine.run("status", "shop")
    assert (status.code, status.table[1][:2]) == (Exit.DIFFERENT, ["s1", "shops"])
    assert machine.run("token", "create", "s1").out.startswith("pinnace1.")
    copy = machine.folder / "copy.db"
    assert machine.run("backup", str(copy)).code == Exit.OK
    with closing(sqlite3.connect(copy)) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert machine.run("delete", "-f", "-", stdin=stdin).code == Exit.OK
    assert machine.run("get", "apps").out == ""
    assert machine.run("api-token", "revoke", "ops").code == Exit.OK
    assert machine.run("get", "apps").code == Exit.DENIED
    controller.send_signal(signal.SIGTERM)
    assert controller.wait(timeout=20) == 0


def test_keys_are_made_once(machine: Machine) -> None:
    assert machine.run("keys", "init", str(machine.folder / "k")).code == Exit.OK
    again = machine.run("keys", "init", str(machine.folder / "k"))
    assert again.code == Exit.REFUSED
    assert "not overwritten" in again.err


def test_only_the_token_goes_to_stdout_and_each_name_has_one(machine: Machine) -> None:
    made = machine.run("api-token", "create", "ops")
    assert re.fullmatch(r"pinnace_\S+\n", made.out)
    assert machine.run("api-token", "create", "ops").code == Exit.REFUSED
    assert machine.run("api-token", "list").out == "ops\n"


@pytest.mark.slow
def test_a_controller_without_keys_names_them(machine: Machine) -> None:
    with machine.serve() as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == Exit.USAGE
    assert "pinnace keys init" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_controller_whose_settings_name_another_program_than_cue_does_not_start(machine: Machine) -> None:
    path = machine.folder / "controller.toml"
    path.write_text(f'{path.read_text()}cue_program = "{shutil.which("true")}"\n')
    code, said = started(machine)
    assert code == Exit.REFUSED
    assert "cue_program" in said
    assert "says nothing of its version" in said
    assert "Traceback" not in said


def started(machine: Machine) -> tuple[int, str]:
    """What a controller says until it listens, then it is killed, or until it has refused to start; and its end."""
    said = ""
    with machine.serve() as process:
        assert process.stderr is not None
        for line in process.stderr:
            said += line
            if "listening on" in line:
                process.kill()
    return process.returncode, said


@pytest.mark.slow
def test_new_keys_on_an_old_store_are_refused_and_the_old_ones_taken_back(
    machine: Machine, controller: subprocess.Popen[str]
) -> None:
    assert machine.run("apply", "-f", "-", stdin=shells.GROUP).code == Exit.OK
    controller.kill()
    keys, old = machine.folder / "data" / "keys", machine.folder / "old"
    keys.rename(old)
    assert machine.run("keys", "init").code == Exit.OK

    code, said = started(machine)

    assert code == Exit.REFUSED
    assert f"{machine.folder}/data/controller.db: the head of group" in said
    assert str(keys) in said
    keys.rename(machine.folder / "new")
    old.rename(keys)
    assert started(machine)[0] == -signal.SIGKILL


def test_a_damaged_store_is_refused_with_the_advice_for_a_controller(machine: Machine) -> None:
    """Not with that for a site, whose daemon sets such a store aside by itself."""
    store = machine.folder / "data" / "controller.db"
    store.parent.mkdir()
    store.write_bytes(b"no store" * 1000)

    ended = machine.run("backup", str(machine.folder / "copy.db"))

    assert ended.code == Exit.REFUSED
    assert f"{store}: the store is damaged" in ended.err.replace("\n", " ")
    assert "restore a backup" in ended.err
    assert "hint" not in ended.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_controller_that_others_reach_needs_tls(machine: Machine, host: str) -> None:
    machine.environment["PINNACE_CONTROLLER_LISTEN_HOST"] = host
    ended = machine.run("serve")
    assert ended.code == Exit.USAGE
    assert "--insecure" in ended.err


def test_a_backup_of_what_is_not_there_is_refused(machine: Machine) -> None:
    assert machine.run("backup", str(machine.folder / "copy.db")).code == Exit.USAGE
    assert not (machine.folder / "copy.db").exists()


@pytest.mark.slow
def test_a_second_controller_is_refused_and_the_first_goes_on_until_it_is_killed(
    machine: Machine, controller: subprocess.Popen[str]
) -> None:
    code, said = started(machine)

    assert code == Exit.REFUSED
    assert f"{machine.folder}/data: the controller with process id {controller.pid} uses this folder" in said
    assert "set another data_dir" in said
    assert machine.run("get", "apps").code == Exit.OK
    assert machine.run("api-token", "list").out == "ops\n"
    controller.kill()
    controller.wait(timeout=20)
    assert started(machine)[0] == -signal.SIGKILL


def _spoilt(machine: Machine, line: str) -> shells.Ended:
    settings = machine.folder / "controller.toml"
    settings.write_text(settings.read_text() + line)
    return machine.run("serve")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('sever = "x"', "there is no setting 'sever'"),
        ("report_interval_s = -1", "report_interval_s"),
        ("x = [", "not valid TOML"),
        ('tls_cert = "a.pem"', "tls_key"),
        ('tenant = "A B"', "tenant"),
    ],
)
def test_wrong_settings_are_a_wrong_configuration_and_need_no_hint(machine: Machine, line: str, said: str) -> None:
    ended = _spoilt(machine, line)
    assert ended.code == Exit.USAGE
    assert said in ended.err
    assert "hint" not in ended.err
    assert "Errno" not in ended.err


@pytest.mark.parametrize("name", ["missing.toml", "folder"])
def test_a_settings_file_that_cannot_be_read_is_named_and_nothing_is_said_of_names(machine: Machine, name: str) -> None:
    (machine.folder / "folder").mkdir()
    ended = machine.run("serve", "--config", str(machine.folder / name))
    assert ended.code == Exit.USAGE
    assert str(machine.folder / name) in ended.err
    assert "hint" not in ended.err


@pytest.mark.slow
def test_a_place_that_others_have_is_refused_and_one_that_cannot_be_is_a_wrong_configuration(
    machine: Machine, controller: subprocess.Popen[str]
) -> None:
    taken = str(machine.environment["PINNACE_SERVER"]).rpartition(":")[2]
    for host, port, code, word in (("127.0.0.1", taken, Exit.REFUSED, "already"), ("192.0.2.99", "0", Exit.USAGE, "")):
        machine.environment |= {"PINNACE_CONTROLLER_LISTEN_PORT": port, "PINNACE_CONTROLLER_LISTEN_HOST": host}
        machine.environment |= {"PINNACE_CONTROLLER_INSECURE": "true", "PINNACE_CONTROLLER_DATA_DIR": None}
        machine.environment["PINNACE_CONTROLLER_DATA_DIR"] = str(machine.folder / "other")
        machine.environment["PINNACE_CONTROLLER_KEYS_DIR"] = str(machine.folder / "data" / "keys")
        ended, said = started(machine)
        assert (ended, word in said, f"{host}:{port}" in said) == (code, True, True)
