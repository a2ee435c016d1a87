"""One run of the demo: sets the stage, plays the story, shows the table, and leaves nothing behind."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from pinnace_cloud.cli.observing import Observer as FleetObserver
from pinnace_cloud.cli.output import console, failures
from pinnace_cloud.cli.session import Clock, SystemClock
from pinnace_sim.brokers.retained import BrokerRefused
from pinnace_sim.demo import broker, cast, director, reasons, record, remaining, story, telling, workspace
from pinnace_sim.demo.acting import FAILURES, Actors
from pinnace_sim.demo.builder import Builder
from pinnace_sim.demo.contexts import Unusable
from pinnace_sim.demo.director import Troupe
from pinnace_sim.demo.looking import Observer
from pinnace_sim.demo.options import Options
from pinnace_sim.demo.record import Exit, Record
from pinnace_sim.demo.stage import Stage
from pinnace_sim.demo.telling import Teller
from pinnace_sim.demo.workspace import Workspace

STOPPING = "stopping: everything that was started is being ended"
RUN_BYTES = 3  # six digits tell the runs apart that leave traces in one cluster or broker


Engage = Callable[[Stage, Teller, Clock], Troupe]


def engaged(stage: Stage, teller: Teller, clock: Clock) -> Troupe:
    """Those who act on this stage and look at it."""
    actors = Actors(stage, teller.meanwhile)
    return Troupe(actors.perform, Observer(stage, actors.notes).look, clock, teller)


def run(options: Options, locate: broker.Locate = broker.LOCATE, engage: Engage = engaged) -> Exit:
    """`locate` finds the brokers that could be started, `engage` those who act and look.

    Raises PartMissing, and KeyboardInterrupt after everything has ended.
    """
    try:
        with workspace.opened("pinnace-demo-") as space:
            code = _guarded(options, space, locate, engage)
            if space.is_kept:
                failures.complain(f"the logs of all programs are in {space.logs}")
            return code
    except BrokenPipeError:
        raise
    except OSError as failure:
        failures.show_os_error(failure)
        return Exit.NOT_OBSERVED


def _guarded(options: Options, space: Workspace, locate: broker.Locate, engage: Engage) -> Exit:
    try:
        return _run(options, space, locate, engage)
    except BrokenPipeError:
        raise
    except Unusable as refused:
        failures.complain(str(refused))
        return Exit.USAGE
    except (*FAILURES, BrokerRefused, OSError) as failure:
        failures.complain(f"the stage could not be set or cleared: {reasons.short(str(failure))}")
        return Exit.NOT_OBSERVED


def _run(options: Options, space: Workspace, locate: broker.Locate, engage: Engage) -> Exit:
    clock = SystemClock()
    steps = story.story(has_end=options.leaves_traces and not options.stays)
    with ExitStack() as stack, _logs_kept(space):
        with _end_told(), telling.opened(clock) as teller:
            builder = Builder(options, space.folder, stack, secrets.token_hex(RUN_BYTES), locate, teller.meanwhile)
            stage = _set(builder, teller)
            teller.watch(FleetObserver(stage.client, clock, namespace=stage.namespace))
            records = director.play(steps, engage(stage, teller, clock))
            clock.sleep(telling.LOOK_EVERY_S)
            teller.meanwhile()  # so that the last picture shows the end
            picture = teller.picture
        telling.table(records)
        if options.svg is not None:
            telling.save(picture, options.svg)
        if options.stays:
            remaining.wait(stage, space.folder)
        if record.failed(records):
            _keep(space)
    return _conclude(records)


def _set(builder: Builder, teller: Teller) -> Stage:
    teller.say("demo", f"starting a broker, a controller and the clusters of {len(cast.SITES)} sites")
    stage = builder.build()
    teller.say("demo", f"{stage.endpoint.name} at {stage.endpoint.address}, controller at {stage.controller.url}")
    return stage


def _conclude(records: tuple[Record, ...]) -> Exit:
    for item in record.failed(records):
        failures.complain(str(item))
    return record.exit_code(records)


@contextmanager
def _end_told() -> Iterator[None]:
    """An interrupt has the terminal free again at once, and the end of the programs takes its time."""
    try:
        yield
    except KeyboardInterrupt:
        console.note(STOPPING)
        raise


@contextmanager
def _logs_kept(space: Workspace) -> Iterator[None]:
    """When a program has failed, before those that still run are ended."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (*FAILURES, OSError) as failure:
        _keep(space, str(failure))
        raise


def _keep(space: Workspace, failure: str = "") -> None:
    """Looks at the disk while what fills it is still there."""
    why = reasons.full_disk(space.folder)
    if why:
        failures.complain(why)
    space.keep(failure)
