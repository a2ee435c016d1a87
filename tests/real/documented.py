"""The machine on which documented commands are typed: real parts under the names and addresses that a reader has.

Stood in for: k3s by a kube-apiserver, systemctl by a starter of processes, sudo by nothing. Addresses of the page are
replaced by those of the test, since other programs may have the usual ports.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.shell import Ran, Shell
from tests.unit.docs import showing
from tests.unit.docs.pages import ROOT, Block

from pinnace_sim.brokers import MosquittoOptions
from pinnace_sim.brokers.mosquitto import config_text
from pinnace_sim.brokers.probe import speaks_mqtt
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision import controlplane, mosquitto
from pinnace_sim.provision.ports import LOOPBACK, free_port
from pinnace_sim.provision.running import wait_until

STAND_INS = Path(__file__).parent / "standins"
REPEAT_DEADLINE_S = 60.0
READY_DEADLINE_S = 20.0


@dataclass
class Machine:
    """`addresses` maps what a page says to what it is here."""

    shell: Shell
    addresses: Mapping[str, str]

    def follow(self, block: Block) -> None:
        """Types a block. Raises AssertionError where it does not do what the page says."""
        if not block.how.is_repeated:
            self._check(block, self._run(block))
            return
        ran: list[Ran] = []

        def is_shown() -> bool:
            ran.append(self._run(block))
            return not _difference(block, ran[-1])

        try:
            wait_until(is_shown, block.place, REPEAT_DEADLINE_S)
        except Exception as exc:
            raise AssertionError(_difference(block, ran[-1])) from exc

    def _run(self, block: Block) -> Ran:
        text = block.text
        for said, here in self.addresses.items():
            text = text.replace(said, here)
        return self.shell.run(text)

    def _check(self, block: Block, ran: Ran) -> None:
        difference = _difference(block, ran)
        if difference:
            raise AssertionError(difference)


def _difference(block: Block, ran: Ran) -> str:
    """Empty where the block did what the page says."""
    if ran.code != block.how.code:
        return f"{block.place} ended with {ran.code}, not {block.how.code}:\n{block.text}\n--- printed\n{ran.output}"
    if block.shown is not None and not showing.matches(block.shown, ran.output):
        return f"{block.place} does not show what is printed\n--- shown\n{block.shown}\n--- printed\n{ran.output}"
    return ""


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A broker that systemctl has started, a cluster, and an empty folder with what is used of a checkout."""
    home, aside = folder / "home", folder / "aside"
    home.mkdir()
    (aside / "units").mkdir(parents=True)
    for used in ("deploy", "docs"):
        (home / used).symlink_to(ROOT / used)
    broker_port = free_port()
    _install_broker(aside, broker_port)
    with ControlPlane.start("documented") as plane:
        environment = _environment(home, aside, plane)
        with Shell(home, aside, environment) as shell:
            shell.run("systemctl start mosquitto")
            wait_until(lambda: speaks_mqtt(LOOPBACK, broker_port), "the broker to answer", READY_DEADLINE_S)
            yield Machine(shell, {"mqtt://127.0.0.1": f"mqtt://127.0.0.1:{broker_port}"})


def _environment(home: Path, aside: Path, plane: ControlPlane) -> dict[str, str]:
    port = str(free_port())
    own_programs = Path(sys.executable).parent
    return {
        "PATH": f"{STAND_INS}:{aside / 'bin'}:{own_programs}:{os.environ['PATH']}",
        "HOME": str(home),
        "KUBECONFIG": str(plane.admin_kubeconfig),
        "PINNACE_CONTROLLER_LISTEN_PORT": port,
        "PINNACE_SERVER": f"http://127.0.0.1:{port}",
        "STAND_IN_UNITS": str(aside / "units"),
        # As on a terminal: what goes to stdout is not held back until the end.
        "PYTHONUNBUFFERED": "1",
    }


def _install_broker(aside: Path, port: int) -> None:
    """As the package does: a program, a configuration and a unit. Also puts kubectl on the PATH."""
    programs, program = aside / "bin", mosquitto.locate()
    programs.mkdir()
    (programs / "kubectl").symlink_to(controlplane.locate_program("kubectl"))
    variables = " ".join(f"{name}={value}" for name, value in program.environment.items())
    _write_program(programs / "mosquitto", f'#!/bin/sh\nexec env {variables} {program.path} "$@"\n')
    (aside / "mosquitto.conf").write_text(config_text(MosquittoOptions(), port, aside))
    unit = f"[Service]\nExecStart={programs / 'mosquitto'} -c {aside / 'mosquitto.conf'}\n"
    (aside / "units" / "mosquitto.service").write_text(unit)


def _write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
