"""A real registry of OCI artifacts on loopback, over TLS with an authority of its own; charts are pushed by `helm`."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pinnace_sim.provision import Part, installed, ports, require, running
from pinnace_sim.provision.certificates import Authority
from pinnace_sim.provision.running import Program

_DEADLINE_S = 30.0


@dataclass(frozen=True)
class Registry:
    """`address` is `oci://HOST:PORT/charts`; `program` may be stopped and started again."""

    address: str
    ca: Path
    program: Program
    helm: Path

    def start(self) -> None:
        """Returns when it listens."""
        self.program.start()
        host, _, port = self.address.removeprefix("oci://").partition("/")[0].partition(":")
        running.wait_until(lambda: is_listening(host, int(port)), "the registry to listen", _DEADLINE_S, [self.program])

    def push(self, archive: Path, **variables: str) -> str:
        """Puts a chart there as its version, whatever that was before; returns the digest of its manifest.

        `variables` are further ones of helm's environment.
        """
        command = [str(self.helm), "push", f"--ca-file={self.ca}", str(archive), self.address]
        environment = {"HOME": str(archive.parent), "PATH": "", **variables}
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        said: str = answer.stdout + answer.stderr
        return said.partition("Digest: ")[2].split()[0]


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[Registry]:
    """Until the block ends; `folder` gets the keys and what is pushed. `settings` are further ones of the program."""
    require(Part.REGISTRY, Part.HELM)
    authority = Authority(folder, "registry")
    port = ports.free_port()
    file = folder / "config.json"
    file.write_text(json.dumps({**_settings(authority, port, folder), **settings}), encoding="utf-8")
    command = [str(installed.locate("registry")), "serve", str(file)]
    # Its exporter of traces would look for a collector.
    program = Program("registry", command, folder, {"PATH": os.environ["PATH"], "OTEL_TRACES_EXPORTER": "none"})
    address = f"oci://{ports.LOOPBACK}:{port}/charts"
    found = Registry(address, authority.certificate, program, installed.locate("helm"))
    try:
        found.start()
        yield found
    finally:
        program.stop()


def is_listening(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def _settings(authority: Authority, port: int, folder: Path) -> dict[str, object]:
    """YAML takes JSON."""
    pair = authority.server("server")
    tls = {"certificate": str(pair.certificate), "key": str(pair.key)}
    return {
        "version": 0.1,
        "log": {"level": "info"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": f"{ports.LOOPBACK}:{port}", "tls": tls, "secret": "for one test"},
    }
