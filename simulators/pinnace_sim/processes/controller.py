"""A controller as a process of its own, and the operator's command line beside it."""

import http.client
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from pinnace_sim.processes import command
from pinnace_sim.processes.command import CommandFailed
from pinnace_sim.provision.ports import free_port
from pinnace_sim.provision.running import Program, wait_until
from pinnace_sim.provision.started import Started

READY_DEADLINE_S = 30.0
_MODULE = "pinnace_cloud"
_ANSWER_S = 30.0


class Controller(Started):
    """Keys, an API token and a data folder of its own; `cli` is what an operator types."""

    def __init__(self, folder: Path, settings: Mapping[str, str], wrapper: Sequence[str] = ()) -> None:
        """`settings` are names of the controller's settings, such as 'broker'; `wrapper` stands before the program."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        own = {"data_dir": str(self.data), "listen_port": str(self.port), **settings}
        self._environment = {f"PINNACE_CONTROLLER_{name.upper()}": value for name, value in own.items()}
        self._token = ""
        line = [*wrapper, *command.module(_MODULE, "serve")]
        self._program = Program("controller", line, folder, command.environment(self._environment))

    @classmethod
    def start(cls, folder: Path, *, wrapper: Sequence[str] = (), **settings: str) -> Self:
        """Makes keys and a token, starts, and waits until it answers."""
        controller = cls(folder, settings, wrapper)
        controller.cli("keys", "init")
        controller._token = controller.cli("api-token", "create", "operator").strip()
        controller.restart()
        return controller

    @property
    def program(self) -> Program:
        return self._program

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        """The operator's, for the HTTP API."""
        return self._token

    @property
    def data(self) -> Path:
        """The data folder, with the store and the keys."""
        return self.folder / "data"

    def ask(self, path: str, body: Any = None) -> Any:
        """The JSON answer to a GET of `/api/v1PATH`, or to a POST of a body; faster than a command of its own."""
        return json.loads(self._answer("/api/v1" + path, body))

    def metrics(self) -> str:
        """The text of `/metrics`."""
        return self._answer("/metrics", None)

    def cli(self, *arguments: str, stdin: str | None = None) -> str:
        """Runs `pinnace ARGUMENTS`; standard output. Raises CommandFailed."""
        access = {"PINNACE_SERVER": self.url, "PINNACE_TOKEN": self._token}
        extra = self._environment | (access if self._token else {})
        return command.run(command.module(_MODULE, *arguments), extra, self.folder, stdin)

    def json(self, *arguments: str) -> Any:
        """The same with `-o json`, parsed."""
        return json.loads(self.cli(*arguments, "-o", "json"))

    def apply(self, text: str) -> str:
        """`pinnace apply -f -`."""
        return self.cli("apply", "-f", "-", stdin=text)

    def restart(self) -> None:
        """Starts again on the same files."""
        self._program.start()
        wait_until(self._is_alive, "the controller to answer", READY_DEADLINE_S, [self._program])

    def kill(self) -> None:
        self._program.kill()

    def stop(self) -> None:
        self._program.stop()

    def _answer(self, path: str, body: Any) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_S)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            content = None if body is None else json.dumps(body)
            connection.request("GET" if body is None else "POST", path, content, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise CommandFailed((path,), answer.status, text)
        return text

    def _is_alive(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except OSError:
            return False
        finally:
            connection.close()
