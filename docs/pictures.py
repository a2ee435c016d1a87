"""Draws the pictures of the README: real ones, of the demo and of `pinnace status --watch` on what it leaves running.

python docs/pictures.py [FOLDER]   writes demo.svg and status.svg there, docs/pictures by default
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "pictures"
# What svg.of draws, so that what is seen while it runs is what is saved.
COLUMNS, ROWS = 100, 36
# The demo takes less than a minute after its set-up; a machine with much to do may need a few.
DEMO_S = 300.0
# Some answers of the controller.
WATCH_S = 5.0
END_S = 60.0

_DRAWN = re.compile("kiosk")
_WHERE = re.compile(r"export PINNACE_SERVER=(\S+) PINNACE_TOKEN_FILE=(\S+)")


@dataclass(frozen=True)
class Terminal:
    """A program in a terminal of its own: `master` is the other end."""

    program: subprocess.Popen[bytes]
    master: int

    def read_until(self, wanted: re.Pattern[str], limit_s: float) -> re.Match[str]:
        """Raises SystemExit with what was printed, if the program ends or the time is over before."""
        seen, deadline = "", time.monotonic() + limit_s
        while (left_s := deadline - time.monotonic()) > 0 and (text := self._read(left_s)) is not None:
            # A terminal wraps long lines by itself; the program has written them whole.
            seen += text.replace("\r\n", "\n")
            found = wanted.search(seen)
            if found and found.end() < len(seen):
                return found
        raise SystemExit(f"did not come to {wanted.pattern!r}:\n{seen}")

    def let_run(self, seconds: float) -> None:
        """Reads what it draws, which would otherwise wait for a reader."""
        deadline = time.monotonic() + seconds
        while (left_s := deadline - time.monotonic()) > 0 and self._read(left_s) is not None:
            pass

    def interrupt(self) -> int:
        """As Ctrl-C does. Returns the exit code."""
        self.program.send_signal(signal.SIGINT)
        self.let_run(END_S)
        return self.program.wait(END_S)

    def _read(self, limit_s: float) -> str | None:
        """None when the program has closed its end."""
        if not select.select([self.master], [], [], limit_s)[0]:
            return ""
        try:
            return os.read(self.master, 65536).decode(errors="replace") or None
        except OSError:  # EIO: Linux says so of a terminal that nobody has open any more
            return None


def start(*command: str, environment: Mapping[str, str]) -> Terminal:
    """With a terminal of the size that is drawn."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    program = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", **environment},
    )
    os.close(slave)
    return Terminal(program, master)


def main(arguments: list[str]) -> int:
    """Returns the exit code of the demo: what did not go well is no picture."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    demo_file, status_file = str(folder / "demo.svg"), str(folder / "status.svg")
    demo = start(sys.executable, "-m", "pinnace_sim.demo", "--keep", "--svg", demo_file, environment={})
    try:
        server, token_file = demo.read_until(_WHERE, DEMO_S).groups()
        where = {"PINNACE_SERVER": server, "PINNACE_TOKEN_FILE": token_file}
        watch = (sys.executable, "-m", "pinnace_cloud", "status", "--watch", "--interval", "1s", "--svg", status_file)
        status = start(*watch, environment=where)
        status.read_until(_DRAWN, DEMO_S)
        status.let_run(WATCH_S)
        status.interrupt()
    finally:
        code = demo.interrupt()
    sys.stdout.write(f"{demo_file}\n{status_file}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
