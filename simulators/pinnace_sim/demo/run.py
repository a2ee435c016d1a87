"""One run of the demo: sets the stage, plays the story, shows the table, and leaves nothing behind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pinnace_cloud.cli.observing import Observer as FleetObserver
from pinnace_cloud.cli.output import failures
from pinnace_cloud.cli.session import Clock, SystemClock
from pinnace_sim.brokers.retained import BrokerRefused
from pinnace_sim.demo import cast, director, record, remaining, story, telling, workspace
from pinnace_sim.demo.acting import FAILURES, Actors
from pinnace_sim.demo.contexts import Unusable
from pinnace_sim.demo.director import Troupe
from pinnace_sim.demo.looking import Observer
from pinnace_sim.demo.options import Options
from pinnace_sim.demo.record import Exit, Record
from pinnace_sim.demo.stage import Builder, Stage
from pinnace_sim.demo.story import Step
from pinnace_sim.demo.telling import Teller
from pinnace_sim.demo.workspace import Workspace

RUN_BYTES = 3  # six digits tell the runs apart that leave traces in one cluster or broker


def run(options: Options) -> Exit:
    """Raises PartMissing, and KeyboardInterrupt after everything has ended."""
    with workspace.opened("pinnace-demo-") as space:
        try:
            code = _run(options, space)
        except Unusable as refused:
            failures.complain(str(refused))
            return Exit.USAGE
        except (*FAILURES, BrokerRefused) as failure:
            failures.complain(f"the stage could not be set or cleared: {failure}")
            code = Exit.NOT_OBSERVED
        if space.is_kept:
            failures.complain(f"the logs of all programs are in {space.logs}")
        return code


def play(steps: tuple[Step, ...], stage: Stage, teller: Teller, clock: Clock) -> tuple[Record, ...]:
    """One record for each claim."""
    actors = Actors(stage)
    observer = Observer(stage, actors.notes)
    return director.play(steps, Troupe(actors.perform, observer.look, clock, teller))


def _run(options: Options, space: Workspace) -> Exit:
    clock = SystemClock()
    steps = story.story(has_end=options.leaves_traces and not options.stays)
    with ExitStack() as stack, _logs_kept(space):
        with telling.opened(clock) as teller:
            stage = _set(options, space.folder, stack, teller)
            teller.watch(FleetObserver(stage.client, clock, namespace=stage.namespace))
            records = play(steps, stage, teller, clock)
            clock.sleep(telling.LOOK_EVERY_S)
            teller.meanwhile()  # so that the last picture shows the end
            picture = teller.picture
        telling.table(records)
        if options.svg is not None:
            telling.save(picture, options.svg)
        if options.stays:
            remaining.wait(stage, space.folder)
        if record.failed(records):
            space.keep()
    return _conclude(records)


def _set(options: Options, folder: Path, stack: ExitStack, teller: Teller) -> Stage:
    teller.say("demo", f"starting a broker, a controller and the clusters of {len(cast.SITES)} sites")
    stage = Builder(options, folder, stack, secrets.token_hex(RUN_BYTES)).build()
    teller.say("demo", f"{stage.endpoint.name} at {stage.endpoint.address}, controller at {stage.controller.url}")
    return stage


def _conclude(records: tuple[Record, ...]) -> Exit:
    for item in record.failed(records):
        failures.complain(f"{item.outcome}: {item.claim}; {item.says}")
    return record.exit_code(records)


@contextmanager
def _logs_kept(space: Workspace) -> Iterator[None]:
    """When a program has failed, before those that still run are ended."""
    try:
        yield
    except FAILURES:
        space.keep()
        raise
