"""After the story, on request: everything stays as it is, and a person is told how to look around."""

from __future__ import annotations

import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from pinnace_cloud.cli.output import console
from pinnace_sim.demo import cast
from pinnace_sim.demo.stage import Stage

# What the simulated KubeAPI does not print by itself: how many run, and of which image.
COLUMNS = (
    "NAME:.metadata.name",
    "READY:.status.readyReplicas",
    "IMAGE:.spec.template.spec.containers[0].image",
)


def wait(stage: Stage, folder: Path) -> None:
    """Until a person has seen enough."""
    token = folder / "operator.token"
    token.touch(mode=0o600)
    token.write_text(stage.controller.token + "\n")
    for line in lines(stage, token):
        console.say(line)
    sys.stdout.flush()  # a pipe and a file have it now, not when everything has gone
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.say("")
        console.say("stopping: everything is being ended and removed")
        sys.stdout.flush()


def lines(stage: Stage, token: Path) -> Iterator[str]:
    """Commands for another terminal."""
    where = shlex.quote(stage.namespace)
    pinnace = program()
    yield ""
    yield "Everything stays until Ctrl-C. In another terminal:"
    yield f"  export PINNACE_SERVER={stage.controller.url} PINNACE_TOKEN_FILE={shlex.quote(str(token))}"
    yield f"  {pinnace} status {cast.APPLICATION} -n {where} --watch"
    yield from (f"  {pinnace} journal {name}" for name in stage.sites)
    yield "With kubectl, if you have it, what stands at each site:"
    columns = shlex.quote("custom-columns=" + ",".join(COLUMNS))
    for site in stage.sites.values():
        access = f"--kubeconfig {shlex.quote(str(site.place.person))} -n {where}"
        yield f"  kubectl {access} get deployments -o {columns}"


def program() -> str:
    """`pinnace` of this installation, whether or not the other terminal has it on its path."""
    found = shutil.which("pinnace", path=str(Path(sys.executable).parent))
    return shlex.quote(found) if found else f"{shlex.quote(sys.executable)} -m pinnace_cloud"
