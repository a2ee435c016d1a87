"""The committed table is that of the kube-apiserver that the tests run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.sim.cluster.kube import Kube

from pinnace_sim.cluster.schema import generate, table

pytestmark = pytest.mark.real


def test_committed_table_is_what_the_generator_makes(kube: Kube) -> None:
    """If not: python -m pinnace_sim.cluster.schema.generate"""
    committed = Path(generate.__file__).with_name(table.FILE).read_text(encoding="utf-8")
    assert committed == generate.text(lambda path: kube.ask("GET", path).body)
