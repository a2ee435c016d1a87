"""Every type that comes with Pinnace says what it is, and of each of its properties what that is."""

from collections.abc import Iterable, Iterator

import pytest

from pinnace_cloud.explaining import explanation
from pinnace_cloud.explaining.fields import Field
from pinnace_cloud.render import installed
from pinnace_cloud.render.registry import Known

pytestmark = pytest.mark.slow

TYPES = installed.types()


def undescribed(fields: Iterable[Field], above: str = "") -> Iterator[str]:
    for item in fields:
        if not item.description:
            yield f"{above}{item.name}"
        yield from undescribed(item.fields, f"{above}{item.name}.")


@pytest.mark.parametrize("known", TYPES, ids=[f"{item.sort}-{item.name}" for item in TYPES])
def test_a_type_and_its_properties_are_described(known: Known) -> None:
    assert len(explanation.summary(known).split()) > 1
    assert "module" not in explanation.summary(known)
    assert list(undescribed(explanation.explain(known).fields)) == []
