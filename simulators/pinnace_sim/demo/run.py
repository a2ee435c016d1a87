"""One run of the demo: sets the stage, plays the story, shows the table, and leaves nothing behind."""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import ExitStack
from pathlib import Path

from pinnace_sim.demo import cast, director, record, story, telling, workspace
from pinnace_sim.demo.acting import FAILURES, Actors
from pinnace_sim.demo.contexts import Unusable
from pinnace_sim.demo.director import Troupe
from pinnace_sim.demo.looking import Observer
from pinnace_sim.demo.options import Options
from pinnace_sim.demo.record import Exit, Record
from pinnace_sim.demo.stage import Builder, Stage
from pinnace_sim.demo.story import Step
from pinnace_sim.demo.telling import Lines
from pinnace_sim.demo.workspace import Workspace

RUN_BYTES = 3  # six digits tell the runs apart that leave traces in one cluster or broker


class Clock:
    """The machine's."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def run(options: Options) -> Exit:
    """Raises PartMissing, and KeyboardInterrupt after everything has ended."""
    lines = Lines()
    with workspace.opened("pinnace-demo-") as space, ExitStack() as stack:
        steps = story.story(has_end=options.leaves_traces)
        try:
            stage = _set(options, space.folder, stack, lines)
        except Unusable as refused:
            lines.say("demo", str(refused))
            return Exit.USAGE
        except FAILURES as failure:
            lines.say("demo", f"the stage could not be set: {failure}")
            return _failed(space, lines)
        records = play(steps, stage, lines)
        telling.table(records)
        return Exit.OBSERVED if not record.failed(records) else _failed(space, lines)


def play(steps: tuple[Step, ...], stage: Stage, lines: Lines) -> tuple[Record, ...]:
    """One record for each claim."""
    actors = Actors(stage)
    observer = Observer(stage, actors.notes)
    return director.play(steps, Troupe(actors.perform, observer.look, Clock(), lines))


def _set(options: Options, folder: Path, stack: ExitStack, lines: Lines) -> Stage:
    lines.say("demo", f"starting a broker, a controller and the clusters of {len(cast.SITES)} sites")
    stage = Builder(options, folder, stack, secrets.token_hex(RUN_BYTES)).build()
    lines.say("demo", f"{stage.endpoint.name} at {stage.endpoint.address}, controller at {stage.controller.url}")
    return stage


def _failed(space: Workspace, lines: Lines) -> Exit:
    space.keep()
    logs = space.folder / "logs"
    logs.mkdir()
    for path in space.folder.glob("*/*.log"):
        shutil.copy(path, logs / f"{path.parent.name}-{path.name}")
    lines.say("demo", f"logs are in {logs}: {', '.join(sorted(path.name for path in logs.iterdir()))}")
    return Exit.NOT_OBSERVED
