"""How fast Applications become objects, and what the objects of 1,000 groups hold in memory.

The Applications are those of the KubeVela set (`KUBEVELA_COMPAT`), read before, each rendered anew for each of its
topologies: policies, types, checks of all properties, labels. Processor time of one thread.
"""

import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.compat import kubevela

from bench import shop
from bench.row import Limit, Row
from pinnace_cloud.render import Purpose, Renderer, Rendering
from pinnace_schemas import codec, manifest
from pinnace_schemas.application import Application
from pinnace_schemas.diagnostics import Severity
from pinnace_sim.provision import PartMissing

ROUNDS = 7
LEAST_COMPONENTS = 1000


def measure() -> Iterator[Row]:
    yield from _memory()
    yield _speed(_applications())


def _applications() -> Sequence[Application]:
    if not kubevela.is_there():
        raise PartMissing("the KubeVela example set", str(kubevela.ROOT), "Set KUBEVELA_COMPAT to its folder.")
    found: list[Application] = []
    for example in kubevela.renderable():
        read = manifest.read(example.text(), example.name, unknown_fields=Severity.WARNING)
        found += [application for application, _ in manifest.applications(read)]
    return found


def _speed(applications: Sequence[Application]) -> Row:
    renderings = _rendered(applications)
    components = sum(len(rendering.components) for rendering in renderings)
    objects = [rendering.objects for rendering in renderings]
    mine = min(_seconds(lambda: _rendered(applications)) for _ in range(ROUNDS))
    floor = min(_seconds(lambda: json.loads(json.dumps(objects))) for _ in range(ROUNDS))
    about = (
        f"{components} components of {len(applications)} Applications. Reference: their objects as JSON, written and"
        f" read. Best of {ROUNDS} rounds"
    )
    goal = Limit(least=LEAST_COMPONENTS)
    return Row("render, the KubeVela set", components / mine, "components/s", about, components / floor, goal, True)


def _rendered(applications: Sequence[Application]) -> list[Rendering]:
    return [each for item in applications for each in Renderer(item, purpose=Purpose.PRINT).each()]


def _memory() -> Iterator[Row]:
    """Rows of one rendering for 1,000 groups, each with an override of its own."""
    application = shop.each_its_own()
    next(Renderer(application).each())  # what is made once in a process
    renderings, held = _traced(lambda: list(Renderer(application).each()))
    objects = [item for rendering in renderings for item in rendering.objects]
    distinct = {codec.canonical(item) for item in objects}
    _, alone = _traced(lambda: [json.loads(text) for text in distinct])
    about = f"{len(objects)} objects for {shop.GROUPS} groups. Reference: how many of them are not equal"
    number = len({id(item) for item in objects})
    yield Row("render, objects held", number, "objects", about, len(distinct), Limit(most=1))
    about = "all that the renderings hold. Reference: these distinct objects alone, each read from its JSON"
    yield Row("render, memory held", held / 1e6, "MB", about, alone / 1e6, Limit(most=1))


def _traced(make: Callable[[], Any]) -> tuple[Any, int]:
    """What is made, and the bytes that it holds."""
    gc.collect()
    tracemalloc.start()
    try:
        made = make()
        gc.collect()
        return made, tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
