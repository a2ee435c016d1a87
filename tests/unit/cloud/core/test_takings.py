"""Who loses what by an edit of groups and nodes is said before it happens, and when it does."""

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_schemas.reasons import Reason

BOTH = "takes 1 application (default/shop) from 2 nodes (s1, s2): their objects are deleted there"
ONE = "takes 1 application (default/shop) from 1 node (s1): their objects are deleted there"


@pytest.fixture
def fleet(desk: Desk) -> Desk:
    desk.apply(
        desks.group("shops", selector="{kind: shop}"),
        desks.group("others"),
        *(desks.node(name, "{kind: shop}") for name in ("s1", "s2")),
        desks.application(),
    )
    return desk


def told(desk: Desk, *documents: str) -> list[str]:
    """The same for a dry run."""
    dry = [item.message for item in desk.apply(*documents, dry_run=True).diagnostics]
    found = desk.apply(*documents).diagnostics
    assert [item.message for item in found] == dry
    assert {(item.severity, item.reason) for item in found} <= {("warning", Reason.REMOVING)}
    return dry


def test_a_group_that_loses_all_its_nodes_says_what_they_lose(fleet: Desk) -> None:
    assert told(fleet, desks.group("shops", selector="{kind: shopp}")) == [BOTH]


def test_a_node_that_leaves_its_groups_says_what_it_loses(fleet: Desk) -> None:
    assert told(fleet, desks.node("s1", "{kind: office}")) == [ONE]


def test_a_node_that_gets_the_application_by_another_group_loses_nothing(fleet: Desk) -> None:
    fleet.apply(desks.application(groups=("shops", "others")))
    moved = desks.node("s1", "{kind: office}"), desks.group("others", "s1")
    assert told(fleet, *moved) == []


def test_an_application_that_is_told_to_leave_is_no_surprise(fleet: Desk) -> None:
    assert told(fleet, desks.application(groups=("others",)), desks.group("shops", selector="{kind: none}")) == []


def test_many_names_are_cut_short(desk: Desk) -> None:
    names = [f"s{number}" for number in range(1, 8)]
    desk.apply(desks.group("shops", *names), *map(desks.node, names), desks.application())
    (said,) = told(desk, desks.group("shops"))
    assert "from 7 nodes (s1, s2, s3, s4, s5 and 2 more)" in said
