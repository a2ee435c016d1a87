"""What every real broker under test has in common: a process on a port, killed and started again on the same data.

Owns the short-lived data folder and removes it in `stop`. Refuses to outlive the test process.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from pinnace_sim.brokers import probe
from pinnace_sim.provision import ports, running
from pinnace_sim.provision.certificates import Authority, Pair
from pinnace_sim.provision.started import Started

READY_DEADLINE_S = 20.0


# A frozen process is so at once; on a machine with much else to do it may take its turn.
_FREEZE_S = 10.0


class Broker(Started):
    """A running MQTT broker. A context manager: leaving it ends the process and removes its data."""

    def __init__(self, name: str, port: int | None, use_tls: bool) -> None:
        self.port = ports.free_port() if port is None else port
        self.data = Path(tempfile.mkdtemp(prefix=f"pinnace-{name}-"))
        self.ca: Path | None = None
        self._certificate: Pair | None = None
        self._name = name
        self._program: running.Program | None = None
        if use_tls:
            authority = Authority(self.data, "pinnace test broker authority")
            self.ca, self._certificate = authority.certificate, authority.server("server")

    @property
    def url(self) -> str:
        """Where clients connect: `mqtt://127.0.0.1:PORT`, or `mqtts://` with TLS."""
        return f"{'mqtts' if self.ca else 'mqtt'}://{ports.LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the last start."""
        return self._running().pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._program is not None and self._program.is_running

    @property
    def log(self) -> str:
        """The last lines that the broker wrote."""
        return self._running().tail()

    def kill(self) -> None:
        """Kill the broker as a power cut does. Port and data stay reserved for `restart`."""
        self._running().kill()

    def terminate(self) -> None:
        """End the broker in order, so that it may save what it saves. Port and data stay reserved for `restart`."""
        self._running().stop()

    def pause(self) -> None:
        """Freeze the process: connections stay open and nothing is answered. `resume` wakes it.

        A signal is on its way for a moment, and threads stop one after the other: returns when all of them have.
        """
        process = self._running()
        process.signal(signal.SIGSTOP)
        running.wait_until(lambda: _is_frozen(process.pid), "the broker to freeze", _FREEZE_S)

    def resume(self) -> None:
        """Wake a paused broker."""
        self._running().signal(signal.SIGCONT)

    def restart(self) -> None:
        """Start again on the same port and data, after killing what still runs; returns when it speaks MQTT."""
        self._running().kill()
        self._run()

    def stop(self) -> None:
        """End the process and remove its data. Safe to repeat."""
        if self._program is not None:
            self._program.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def _launch(self, files: Mapping[str, str], command: Sequence[str], environment: Mapping[str, str]) -> Self:
        """Write the configuration files, readable by the owner only, and run the command in the data folder."""
        try:
            for name, text in files.items():
                (self.data / name).touch(mode=0o600)
                (self.data / name).write_text(text)
            self._program = running.Program(self._name, command, self.data, {**os.environ, **environment})
            self._run()
        except BaseException:
            self.stop()
            raise
        return self

    def _run(self) -> None:
        program = self._running()
        program.start()
        running.wait_until(self._speaks, f"{self._name} to speak MQTT at {self.url}", READY_DEADLINE_S, [program])

    def _speaks(self) -> bool:
        return probe.speaks_mqtt(ports.LOOPBACK, self.port, str(self.ca) if self.ca else None)

    def _running(self) -> running.Program:
        if self._program is None:
            raise RuntimeError(f"{self._name} was not started: use {type(self).__name__}.start()")
        return self._program


def _is_frozen(pid: int) -> bool:
    """By proc(5): the state stands behind the name, which may hold anything but ends with the last bracket."""
    try:
        states = [task.read_text().rpartition(")")[2].split()[0] for task in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # a thread ended meanwhile
        return False
    return all(state == "T" for state in states)
