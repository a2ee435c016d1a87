"""One bash that is typed into, block by block: it keeps its folder, its variables and its background jobs.

What is started in it ends with it, also when this process is killed: bash then reads the end of its input.
"""

import os
import select
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

BLOCK_DEADLINE_S = 60.0
# The trap remembers a failure in the middle of a block; the other one ends the background jobs of the group.
_PROLOGUE = "shopt -s expand_aliases; set -E; trap 'failed=$?' ERR; trap 'kill -KILL 0' EXIT\n"


@dataclass(frozen=True)
class Ran:
    """What a block printed, both streams in order, and the exit code of the last of its commands that failed, or 0."""

    output: str
    code: int


class Shell:
    """A context manager: leaving it kills whatever its blocks left running."""

    def __init__(self, folder: Path, scratch: Path, environment: Mapping[str, str]) -> None:
        """`folder` is where the reader types; `scratch` is for what the reader must not see."""
        self._scratch = scratch
        self._count = 0
        self._codes, writing = os.pipe()
        with (scratch / "bash.log").open("ab") as log:
            self._bash = subprocess.Popen(
                ["bash", "--noprofile", "--norc"],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(writing,),
                start_new_session=True,
                text=True,
            )
        os.close(writing)
        self._writing = writing
        self._type(_PROLOGUE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.communicate()
        os.close(self._codes)

    def run(self, text: str, deadline_s: float = BLOCK_DEADLINE_S) -> Ran:
        """Types a block and waits for its end. Raises TimeoutError, with what was printed so far."""
        self._count += 1
        block, output = (self._scratch / f"{self._count}.{kind}" for kind in ("sh", "out"))
        block.write_text(text + "\n", encoding="utf-8")
        self._type(f"failed=0; . {block} > {output} 2>&1 < /dev/null {self._writing}>&-; ")
        self._type(f"echo $failed >&{self._writing}\n")
        code = self._code(deadline_s)
        printed = output.read_text(encoding="utf-8", errors="replace")
        if code is None:
            raise TimeoutError(f"not done after {deadline_s:g} s; printed:\n{printed}")
        return Ran(printed, code)

    def _type(self, text: str) -> None:
        if self._bash.stdin:
            self._bash.stdin.write(text)
            self._bash.stdin.flush()

    def _code(self, deadline_s: float) -> int | None:
        ready, _, _ = select.select([self._codes], [], [], deadline_s)
        said = os.read(self._codes, 16) if ready else b""
        return int(said) if said else None
