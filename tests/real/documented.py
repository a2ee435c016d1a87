"""The machines at which documented commands are typed: real parts under the names and addresses that a reader has.

Stood in for: k3s by a kube-apiserver, systemctl by a starter of processes, sudo by nothing; `/etc`, `/opt`, `/root` and
the like by a folder for each machine. Addresses of the page are replaced by those of the test, since other programs may
have the usual ports.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real import installed
from tests.real.shell import Ran, Shell
from tests.unit.docs import showing
from tests.unit.docs.pages import HUB, ROOT, Block

from pinnace_sim.brokers.probe import speaks_mqtt
from pinnace_sim.controlplane import ControlPlane
from pinnace_sim.provision import ProgramFailed
from pinnace_sim.provision.ports import LOOPBACK, free_port
from pinnace_sim.provision.running import wait_until

STAND_INS = Path(__file__).parent / "standins"
REPEAT_DEADLINE_S = 60.0
READY_DEADLINE_S = 20.0
# A reader waits up to a minute until both sides are back at a broker that was away.
LAST_RETRY_S = "4"


@dataclass(frozen=True)
class Ports:
    """Of the broker and of the HTTP API."""

    broker: int
    api: int

    @property
    def broker_url(self) -> str:
        return f"mqtt://{LOOPBACK}:{self.broker}"

    def here(self) -> dict[str, str]:
        """What a page says, and what it is here. The kubeconfig of k3s calls its user `default`."""
        return {
            "mqtt://127.0.0.1": self.broker_url,
            "mqtt://192.0.2.10": self.broker_url,
            "mqtts://hub.example.com": f"mqtts://localhost:{self.broker}",
            "hub.example.com": "localhost",
            "127.0.0.1:8462": f"{LOOPBACK}:{self.api}",
            "delete-user default": "delete-user site",
        }


@dataclass(frozen=True)
class World:
    """The machines of a page, by name: their shells, and the folders that stand for `/`."""

    shells: Mapping[str, Shell]
    roots: Mapping[str, Path]
    ports: Ports

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
        machine = block.how.machine
        text = installed.moved(block.text, self.roots[machine])
        for said, here in self.ports.here().items():
            text = text.replace(said, here)
        return self.shells[machine].run(text)


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
    ports = Ports(free_port(), free_port())
    with ExitStack() as stack:
        shells = {}
        for name in machines:
            plane = stack.enter_context(ControlPlane.start(name))
            installed.programs(root(folder, name))
            installed.broker(root(folder, name), ports.broker)
            shells[name] = stack.enter_context(_shell(folder, name, plane, ports))
        shells[HUB].run("systemctl start mosquitto")
        wait_until(lambda: speaks_mqtt(LOOPBACK, ports.broker), "the broker to answer", READY_DEADLINE_S)
        yield World(shells, {name: root(folder, name) for name in machines}, ports)


def root(folder: Path, machine: str) -> Path:
    """What stands for `/` at a machine."""
    return folder / f"{machine}.root"


def _shell(folder: Path, name: str, plane: ControlPlane, ports: Ports) -> Shell:
    """In a folder with what is used of a checkout."""
    home, scratch = folder / name, folder / f"{name}.aside"
    for made in (home, scratch):
        made.mkdir()
    for used in ("deploy", "docs"):
        (home / used).symlink_to(ROOT / used)
    return Shell(home, scratch, _environment(folder, name, plane, ports))


def _environment(folder: Path, name: str, plane: ControlPlane, ports: Ports) -> dict[str, str]:
    own = root(folder, name)
    return {
        "PATH": f"{STAND_INS}:{own / 'opt/pinnace/bin'}:{own / 'usr/bin'}:{os.environ['PATH']}",
        "HOME": str(folder / name),
        "KUBECONFIG": str(plane.admin_kubeconfig),
        "BROKER": ports.broker_url,
        "PINNACE_CONTROLLER_LISTEN_PORT": str(ports.api),
        "PINNACE_SERVER": f"http://{LOOPBACK}:{ports.api}",
        **{f"PINNACE_{side}_BROKER_LAST_RETRY_S": LAST_RETRY_S for side in ("CONTROLLER", "EDGE")},
        "STAND_IN_MACHINES": str(folder),
        "STAND_IN_ROOT": str(own),
        "STAND_IN_PORT": str(ports.broker),
        # As on a terminal: what goes to stdout is not held back until the end.
        "PYTHONUNBUFFERED": "1",
    }
