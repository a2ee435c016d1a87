"""A site's daemon as a process of its own."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pinnace_sim.processes import command
from pinnace_sim.provision.running import Program
from pinnace_sim.provision.started import Started

_MODULE = "pinnace_edge"
JOIN_DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True)
class EdgeOptions:
    """`broker` replaces the address in the token, such as the near end of a link that can be cut."""

    kubeconfig: Path
    broker: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    # What stands before the command line, such as faketime.
    wrapper: tuple[str, ...] = ()


class Edge(Started):
    """`pinnace-edge` with a data folder of its own."""

    def __init__(self, folder: Path, options: EdgeOptions) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data = folder / "data"
        own = {"data_dir": str(self.data), "kubeconfig": str(options.kubeconfig), **options.settings}
        if options.broker:
            own["broker"] = options.broker
        self._environment = {f"PINNACE_EDGE_{name.upper()}": value for name, value in own.items()}
        line = [*options.wrapper, *command.module(_MODULE, "run")]
        self.program = Program("edge", line, folder, command.environment(self._environment))

    def join(self, token: str, timeout_s: float = JOIN_DEADLINE_S) -> str:
        """`pinnace-edge join -`. Raises CommandFailed."""
        line = command.module(_MODULE, "join", "-", "--timeout", f"{timeout_s:g}")
        return command.run(line, self._environment, self.folder, stdin=token + "\n")

    def start(self) -> None:
        self.program.start()

    def kill(self) -> None:
        self.program.kill()

    def stop(self) -> None:
        self.program.stop()

    def status(self) -> Any:
        """`pinnace-edge status -o json`, which needs neither daemon nor network."""
        return json.loads(command.run(command.module(_MODULE, "status", "-o", "json"), self._environment, self.folder))
