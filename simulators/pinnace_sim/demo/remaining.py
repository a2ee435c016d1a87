"""After the story, on request: everything stays as it is, and a person is told how to look around."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Iterator
from pathlib import Path

from pinnace_cloud.cli.output import console
from pinnace_sim.demo import cast
from pinnace_sim.demo.stage import Stage


def wait(stage: Stage, folder: Path) -> None:
    """Until a person has seen enough."""
    token = folder / "operator.token"
    token.touch(mode=0o600)
    token.write_text(stage.controller.token + "\n")
    for line in lines(stage, token):
        console.say(line)
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.say("")


def lines(stage: Stage, token: Path) -> Iterator[str]:
    """Commands for another terminal."""
    where = shlex.quote(stage.namespace)
    yield ""
    yield "Everything stays until Ctrl-C. In another terminal:"
    yield f"  export PINNACE_SERVER={stage.controller.url} PINNACE_TOKEN_FILE={shlex.quote(str(token))}"
    yield f"  pinnace status {cast.APPLICATION} -n {where} --watch"
    for name, site in stage.sites.items():
        yield f"  pinnace journal {name}"
        yield f"  kubectl --kubeconfig {shlex.quote(str(site.place.person))} -n {where} get all,configmaps"
