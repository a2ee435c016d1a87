"""Taking an application away: it is gone when every node that may have it has said so, and not before."""

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk, Site

from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import topics
from pinnace_schemas.api import ApplicationStatus, Verdict
from pinnace_schemas.errors import Rejected
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason


@pytest.fixture
def sites(desk: Desk) -> tuple[Site, Site]:
    """s1 and s2 of group shops, which run the application; s3 has never joined."""
    desk.apply(desks.group("shops", "s1", "s2", "s3"), *map(desks.node, ("s1", "s2", "s3")))
    desk.apply(desks.application())
    joined = desk.join("s1"), desk.join("s2")
    for site in joined:
        desk.hear(site.report(heads={"shops": desk.head_version()}, states=(desks.state(desk.bundle()),), assignment=2))
    desk.outbox()
    return joined


def delete(desk: Desk, *, force: bool = False) -> ApplicationStatus:
    return desk.controller.delete_application("default", "shop", force=force, actor=ACTOR)


def is_gone(desk: Desk) -> bool:
    try:
        desk.controller.application("default", "shop")
    except Rejected as exc:
        return exc.reason is Reason.NOT_FOUND
    return False


def said_removed(desk: Desk, site: Site, *, lists_it: bool = True) -> None:
    states = (desks.state(None, Phase.REMOVED, 0),) if lists_it else ()
    desk.hear(site.report(heads={"shops": desk.head_version()}, states=states, assignment=9))


def verdicts(status: ApplicationStatus) -> dict[str, Verdict]:
    return {item.node: item.verdict for item in status.nodes}


def test_deleting_takes_it_from_the_head_and_waits_for_the_nodes(desk: Desk, sites: tuple[Site, Site]) -> None:
    version = desk.head_version()

    status = delete(desk)

    assert status.summary.deleting
    assert verdicts(status) == {"s1": Verdict.REMOVING, "s2": Verdict.REMOVING}
    (parcel,) = desk.outbox()
    assert desks.head_targets(parcel.payload) == {}
    assert desk.head_version() == version + 1


@pytest.mark.parametrize("lists_it", [True, False])
def test_it_is_gone_when_the_last_node_has_said_so(desk: Desk, sites: tuple[Site, Site], lists_it: bool) -> None:
    delete(desk)

    said_removed(desk, sites[0], lists_it=lists_it)
    assert verdicts(desk.controller.application("default", "shop")) == {"s1": Verdict.REMOVED, "s2": Verdict.REMOVING}

    said_removed(desk, sites[1], lists_it=lists_it)
    assert is_gone(desk)
    assert desk.controller.applications() == ()


def test_a_node_that_removes_is_not_done(desk: Desk, sites: tuple[Site, Site]) -> None:
    delete(desk)
    removing = desks.state("a" * 64, Phase.REMOVING, message="waits for a finalizer")

    desk.hear(sites[0].report(heads={"shops": desk.head_version()}, states=(removing,)))

    assert desk.verdict("s1").verdict is Verdict.REMOVING
    assert desk.verdict("s1").message == "waits for a finalizer"


def test_a_report_from_before_the_removal_proves_nothing(desk: Desk, sites: tuple[Site, Site]) -> None:
    version = desk.head_version()
    delete(desk)

    for site in sites:
        desk.hear(site.report(heads={"shops": version}, states=(), assignment=9))

    assert not is_gone(desk)


def test_an_offline_node_stays_listed(desk: Desk, sites: tuple[Site, Site]) -> None:
    delete(desk)
    said_removed(desk, sites[0])
    desk.clock.pass_by(days=3)

    status = desk.controller.application("default", "shop")

    assert verdicts(status) == {"s1": Verdict.REMOVED, "s2": Verdict.OFFLINE}


def test_force_forgets_at_once(desk: Desk, sites: tuple[Site, Site]) -> None:
    status = delete(desk, force=True)

    assert (status.nodes, status.summary.deleting) == ((), True)
    assert is_gone(desk)


def test_force_also_ends_a_removal_that_hangs(desk: Desk, sites: tuple[Site, Site]) -> None:
    delete(desk)
    delete(desk, force=True)

    assert is_gone(desk)


def test_an_application_nobody_has_is_gone_at_once(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s3"), desks.node("s3"), desks.application())

    delete(desk)

    assert is_gone(desk)


def test_deleting_the_last_node_that_waits_ends_it(desk: Desk, sites: tuple[Site, Site]) -> None:
    delete(desk)
    said_removed(desk, sites[0])

    desk.controller.delete_node("s2", ACTOR)

    assert is_gone(desk)


def test_it_cannot_be_applied_until_it_is_gone(desk: Desk, sites: tuple[Site, Site]) -> None:
    delete(desk)

    with pytest.raises(InvalidSources) as caught:
        desk.apply(desks.application())
    assert caught.value.reason is Reason.IN_USE

    for site in sites:
        said_removed(desk, site)
    assert desk.apply(desks.application()).items[0].revision == 1


def test_a_node_that_leaves_its_group_removes_until_it_says_so(desk: Desk, sites: tuple[Site, Site]) -> None:
    desk.apply(desks.group("shops", "s2", "s3"))
    assert desk.verdict("s1").verdict is Verdict.REMOVING
    with desk.store.reading() as tx:
        version = tx.deliveries.assignment("s1").version

    desk.hear(sites[0].report(states=(), assignment=version - 1))
    assert desk.verdict("s1").verdict is Verdict.REMOVING

    desk.hear(sites[0].report(states=(), assignment=version))
    assert [item.node for item in desk.controller.verdicts()] == ["s2", "s3"]


def test_a_node_that_comes_back_is_no_longer_leaving(desk: Desk, sites: tuple[Site, Site]) -> None:
    desk.apply(desks.group("shops", "s2", "s3"))
    desk.apply(desks.group("shops", "s1", "s2", "s3"))

    assert desk.verdict("s1").verdict is Verdict.CONVERGED


def test_moving_to_another_group_takes_nothing_from_the_node(desk: Desk, sites: tuple[Site, Site]) -> None:
    desk.apply(
        desks.group("south", "s1"), desks.group("shops", "s2", "s3"), desks.application(groups=["shops", "south"])
    )

    assert desk.verdict("s1").group == "south"
    assert [item.node for item in desk.controller.verdicts()] == ["s1", "s2", "s3"]


def test_deleting_what_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(Rejected) as caught:
        delete(desk)

    assert caught.value.reason is Reason.NOT_FOUND


def signed(desk: Desk) -> list[str]:
    """The heads and assignments that wait, in the order in which they are published."""
    found = [topics.parse(parcel.topic) for parcel in desk.outbox()]
    return [item.name for item in found if item and item.kind in (topics.Kind.HEAD, topics.Kind.ASSIGNMENT)]


def test_a_site_hears_of_the_group_that_an_application_comes_by_now_before_the_one_that_it_came_by(desk: Desk) -> None:
    """Else it would remove what it is to run, for as long as its link is cut in between."""
    desk.apply(desks.group("early", "s1"), desks.group("late", "s1"), desks.application(groups=["early"]))
    desk.outbox()
    desk.apply(desks.application(groups=["late"]))
    assert signed(desk) == ["late", "early"]
    desk.apply(desks.application(groups=["early"]))
    assert signed(desk) == ["early", "late"]


def test_a_site_that_changes_groups_with_an_application_is_assigned_before_the_old_group_lets_it_go(desk: Desk) -> None:
    desk.apply(desks.node("s1"), desks.group("early", "s1"), desks.group("late"), desks.application(groups=["early"]))
    desk.outbox()
    desk.apply(desks.group("early"), desks.group("late", "s1"), desks.application(groups=["late"]))
    assert signed(desk) == ["late", "s1", "early"]


def test_heads_go_before_assignments_where_nothing_is_handed_over(desk: Desk) -> None:
    """A site that comes to a group is not to run what the group lets go in the same breath."""
    desk.apply(desks.node("s1"), desks.group("early"), desks.application(groups=["early"]))
    desk.outbox()
    desk.apply(desks.group("early", "s1"), desks.application(image="nginx:2", groups=["early"]))
    assert signed(desk) == ["early", "s1"]
