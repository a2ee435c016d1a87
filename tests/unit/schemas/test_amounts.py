"""Numbers as people read them: one node is no '1 nodes', and a size has its unit and stays exact."""

import pytest

from pinnace_schemas import amounts


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (98_304, "96 KiB"), (98_305, "96.0 KiB (98305 bytes)")],
)
def test_a_size_has_its_unit_and_is_exact(number: int, said: str) -> None:
    assert amounts.size(number) == said


def test_a_count_agrees_with_its_noun() -> None:
    assert [amounts.count(number, "node") for number in (0, 1, 2)] == ["0 nodes", "1 node", "2 nodes"]
    assert amounts.count(2, "entry", "entries") == "2 entries"


def test_what_exceeds_a_limit_names_both_and_the_setting() -> None:
    assert amounts.too_large(2048, 1024, "max_x") == "2 KiB, and the limit is 1 KiB (max_x)"
    assert amounts.too_many(11, 10, "object", "max_objects") == "11 objects, and the limit is 10 (max_objects)"
    assert amounts.too_many(1, 0, "object") == "1 object, and the limit is 0"
