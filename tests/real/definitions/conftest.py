"""The real `cue`, the definitions of the tests as it checks them, and a controller that has it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.real.definitions.asking import FOLDER, definition
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_cloud import workshop
from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.definitions import checking
from pinnace_cloud.definitions.library import Defined
from pinnace_cloud.render import installed
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.workshop import Programs
from pinnace_sim.provision import Part, require
from pinnace_sim.provision import installed as programs


@pytest.fixture(scope="module")
def cue() -> Path:
    require(Part.CUE)
    return programs.locate("cue")


@pytest.fixture(scope="module")
def evaluator(cue: Path) -> CueEvaluator:
    return CueEvaluator(lambda: cue)


@pytest.fixture(scope="module")
def defined(evaluator: CueEvaluator) -> tuple[Defined, ...]:
    """All definitions of the folder."""
    documents = [definition(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    checked = checking.checked(installed.registry(), evaluator, documents)
    assert [problems for _, problems in checked.values() if problems] == []
    return tuple(item for item, _ in checked.values())


@pytest.fixture
def desk(tmp_path: Path, keyset: KeySet, cue: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, keyset, workshop=workshop.make(Programs(cue=cue), os.environ))
    made.apply(desks.group("shops"))
    yield made
    made.close()
