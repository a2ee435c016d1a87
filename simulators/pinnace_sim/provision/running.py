"""Owns the programs that tests start: starts one with its log in a file, tells whether it lives, ends it by its pid.

What is started here never outlives this process, not even when this process is killed. Ends nothing that it did not
start.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pinnace_sim.provision.errors import PartMissing, ProgramFailed

POLL_INTERVAL_S = 0.02
TAIL_BYTES = 3_000
STOP_DEADLINE_S = 10.0

# The kernel sends the signal that setpriv asks for when the *thread* that started the child ends. So one thread,
# which lives as long as this process, starts all of them; a test may start a program in a thread of its own.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="program-starter")


class Program:
    """One running program. It may be killed, paused, and started again with the same command."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """`folder` is the working folder and gets `NAME.log`; `environment` is the program's whole environment."""
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = [_setpriv(), "--pdeathsig", "KILL", *command]
        self._folder = folder
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the last start."""
        if self._process is None:
            raise ProgramFailed(f"{self.name} was not started")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives, paused or not."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the program, its log appended to. Does nothing when it runs."""
        if not self.is_running:
            self._process = _starter.submit(self._spawn).result()

    def stop(self) -> None:
        """Ask the program to end, wait, and kill it if it does not. Does nothing when it has ended."""
        if not self.is_running:
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            self._wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the program as a power cut does (SIGKILL) and wait until it is gone."""
        if self.is_running:
            self.signal(signal.SIGKILL)
            self._wait(None)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal: SIGSTOP makes a program that accepts connections and never answers, SIGCONT wakes it."""
        if self._process is not None:
            self._process.send_signal(number)

    def tail(self) -> str:
        """The last lines of the log."""
        text = self.log.read_bytes()[-TAIL_BYTES:] if self.log.exists() else b""
        return text.decode(errors="replace").strip()

    def check(self) -> None:
        """Raise `ProgramFailed` with the tail of the log if the program has ended."""
        if self._process is None or self._process.poll() is None:
            return
        raise ProgramFailed(f"{self.name} ended with {self._process.returncode}; the end of {self.log}:\n{self.tail()}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the terminal reaches us, who then end the programs in order
            )

    def _wait(self, timeout_s: float | None) -> None:
        if self._process is not None:
            self._process.wait(timeout_s)


def wait_until(is_true: Callable[[], bool], what: str, deadline_s: float, programs: Sequence[Program] = ()) -> None:
    """Ask again and again until `is_true`, at most until the deadline and only while all `programs` live."""
    end = time.monotonic() + deadline_s
    while not is_true():
        for program in programs:
            program.check()
        if time.monotonic() > end:
            tails = "\n".join(f"--- {each.log}\n{each.tail()}" for each in programs)
            raise ProgramFailed(f"waited {deadline_s:g} s in vain for {what}\n{tails}")
        time.sleep(POLL_INTERVAL_S)


def _setpriv() -> str:
    found = shutil.which("setpriv")
    if found is None:
        raise PartMissing("setpriv", "PATH", "Install util-linux: it ties the programs under test to this process.")
    return found
