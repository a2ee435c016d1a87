"""Runs `pinnace` as a person would, against the server of the test, with an environment that is only the test's."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.unit.cloud import controllers
from tests.unit.cloud.controllers import MemoryController
from tests.unit.cloud.serving import Server
from typer.testing import CliRunner

from pinnace_cloud import api as http
from pinnace_cloud.cli import app

GROUP = "apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {name: shops}\nspec: {nodes: [s1]}\n"
NODE = "apiVersion: pinnace.dev/v1alpha1\nkind: Node\nmetadata: {name: s1}\n"
APPLICATION = """\
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - {name: web, type: webservice, properties: {image: nginx}}
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def table(self) -> list[list[str]]:
        """Cells of the lines of stdout; columns are at least two blanks apart."""
        return [re.split(r" {2,}", line) for line in self.out.splitlines()]


@dataclass
class Shell:
    """`home` holds the configuration of the user."""

    server: Server
    home: Path

    @property
    def controller(self) -> MemoryController:
        return self.server.controller

    def use(self, controller: MemoryController) -> None:
        self.server.use(controller, http.ApiSettings("0.1.0"))

    def run(self, *arguments: str, stdin: str | bytes = "", **environment: str | None) -> Ended:
        """A variable of the environment set to None is absent."""
        own = {"PINNACE_SERVER": self.server.url, "PINNACE_TOKEN": controllers.TOKEN, "XDG_CONFIG_HOME": str(self.home)}
        absent = {"PINNACE_TOKEN_FILE": None, "PINNACE_CA_FILE": None, "PINNACE_DEBUG": None}
        result = CliRunner().invoke(app.app, arguments, input=stdin, env={**absent, **own, **environment})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)
