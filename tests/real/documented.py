"""The machines at which documented commands are typed: real parts under the names and addresses that a reader has.

Stood in for: k3s by a kube-apiserver, systemctl by a starter of processes, sudo by nothing. Addresses of the page are
replaced by those of the test, since other programs may have the usual ports.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.shell import Ran, Shell
from tests.unit.docs import showing
from tests.unit.docs.pages import HUB, ROOT, Block

from pinnace_sim.brokers import MosquittoOptions
from pinnace_sim.brokers.mosquitto import config_text
from pinnace_sim.brokers.probe import speaks_mqtt
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision import ProgramFailed, controlplane, mosquitto
from pinnace_sim.provision.ports import LOOPBACK, free_port
from pinnace_sim.provision.running import wait_until

STAND_INS = Path(__file__).parent / "standins"
REPEAT_DEADLINE_S = 60.0
READY_DEADLINE_S = 20.0


@dataclass(frozen=True)
class World:
    """The machines of a page, by name, and what stands here for names and addresses that the page says."""

    shells: Mapping[str, Shell]
    here: Mapping[str, str]

    def follow(self, block: Block) -> None:
        """Types a block. Raises AssertionError where it does not do what the page says."""
        if block.how.is_repeated:
            self._repeat(block)
        elif difference := _difference(block, self._type(block)):
            raise AssertionError(difference)

    def _repeat(self, block: Block) -> None:
        differences: list[str] = []

        def is_shown() -> bool:
            differences.append(_difference(block, self._type(block)))
            return not differences[-1]

        try:
            wait_until(is_shown, block.place, REPEAT_DEADLINE_S)
        except ProgramFailed as exc:
            raise AssertionError(differences[-1]) from exc

    def _type(self, block: Block) -> Ran:
        text = block.text
        for said, here in self.here.items():
            text = text.replace(said, here)
        return self.shells[block.how.machine].run(text)


def _difference(block: Block, ran: Ran) -> str:
    """Empty where the block did what the page says."""
    if ran.code != block.how.code:
        return f"{block.place} ended with {ran.code}, not {block.how.code}:\n{block.text}\n--- printed\n{ran.output}"
    if block.shown is not None and not showing.matches(block.shown, ran.output):
        return f"{block.place} does not show what is printed\n--- shown\n{block.shown}\n--- printed\n{ran.output}"
    return ""


@contextmanager
def world(folder: Path, *machines: str) -> Iterator[World]:
    """A broker that systemctl has started at the hub, and for each machine a cluster and a checkout of its own."""
    aside, broker_port, api_port = folder / "aside", free_port(), free_port()
    (aside / "units").mkdir(parents=True)
    _install_programs(aside / "bin")
    _install_broker(aside, broker_port)
    broker = f"mqtt://{LOOPBACK}:{broker_port}"
    with ExitStack() as stack:
        shells = {}
        for name in machines:
            plane = stack.enter_context(ControlPlane.start(name))
            environment = _environment(folder, name, plane, api_port) | {"BROKER": broker}
            shells[name] = stack.enter_context(_shell(folder, name, environment))
        shells[HUB].run("systemctl start mosquitto")
        wait_until(lambda: speaks_mqtt(LOOPBACK, broker_port), "the broker to answer", READY_DEADLINE_S)
        # The kubeconfig of k3s calls its user `default`.
        here = {"mqtt://127.0.0.1": broker, "mqtt://192.0.2.10": broker, "delete-user default": "delete-user site"}
        yield World(shells, here)


def _shell(folder: Path, name: str, environment: Mapping[str, str]) -> Shell:
    """In a folder with what is used of a checkout."""
    home, scratch = folder / name, folder / "aside" / name
    for made in (home, scratch):
        made.mkdir()
    for used in ("deploy", "docs"):
        (home / used).symlink_to(ROOT / used)
    return Shell(home, scratch, environment)


def _environment(folder: Path, name: str, plane: ControlPlane, api_port: int) -> dict[str, str]:
    aside = folder / "aside"
    return {
        "PATH": f"{STAND_INS}:{aside / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder / name),
        "KUBECONFIG": str(plane.admin_kubeconfig),
        "PINNACE_CONTROLLER_LISTEN_PORT": str(api_port),
        "PINNACE_SERVER": f"http://{LOOPBACK}:{api_port}",
        "STAND_IN_UNITS": str(aside / "units"),
        "STAND_IN_MACHINES": str(folder),
        # As on a terminal: what goes to stdout is not held back until the end.
        "PYTHONUNBUFFERED": "1",
    }


def _install_programs(folder: Path) -> None:
    """As packages do: kubectl and mosquitto on the PATH."""
    folder.mkdir()
    (folder / "kubectl").symlink_to(controlplane.locate_program("kubectl"))
    program = mosquitto.locate()
    variables = " ".join(f"{name}={value}" for name, value in program.environment.items())
    (folder / "mosquitto").write_text(f'#!/bin/sh\nexec env {variables} {program.path} "$@"\n')
    (folder / "mosquitto").chmod(0o755)


def _install_broker(aside: Path, port: int) -> None:
    """A configuration and a unit."""
    (aside / "mosquitto.conf").write_text(config_text(MosquittoOptions(), port, aside))
    unit = f"[Service]\nExecStart={aside / 'bin' / 'mosquitto'} -c {aside / 'mosquitto.conf'}\n"
    (aside / "units" / "mosquitto.service").write_text(unit)
