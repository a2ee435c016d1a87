"""A site whose disk was full goes on by itself, without a new link and without a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.edge.disks import fill, small_disk
from tests.unit.edge.worlds import App, Site, changed

from pinnace_edge.adapters.sqlite.store import SqliteStore
from pinnace_edge.daemon import DISK_RETRY_S
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

SHOP = App("shop", 1)
MANY = tuple(App(f"app-{number}", 1, ((f"settings-{number}", "1"),)) for number in range(120))  # a head of many pages
SMALL_DISK_BYTES = 8 * 1024 * 1024  # smaller than what two of the largest bundles take


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Runs SHOP."""
    return running(tmp_path)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", SMALL_DISK_BYTES) as place:
        yield place


def running(folder: Path) -> Site:
    site = Site(folder)
    site.cloud.assign("stores")
    site.cloud.head("stores", SHOP)
    site.online()
    assert site.deployment().phase is Phase.CONVERGED
    return site


def limit(site: Site, more_pages: int) -> None:
    """The store may grow by so many pages only: a full disk for SQLite."""
    assert isinstance(site.store, SqliteStore)
    session = site.store._session
    pages = int(session.one("PRAGMA page_count")[0])
    list(session.rows(f"PRAGMA max_page_count = {pages + more_pages}"))


def problems(site: Site) -> list[Reason]:
    return [problem.reason for problem in site.store.problems()]


def told(site: Site, event: Event) -> int:
    return sum(entry.reason is Reason.DISK_FULL for entry in site.events_of(event))


def test_a_head_that_found_no_space_is_taken_once_there_is_some_without_a_new_link(site: Site) -> None:
    limit(site, 6)
    site.cloud.head("stores", SHOP, *MANY)
    site.settle()
    assert (problems(site), len(site.store.deployments())) == ([Reason.DISK_FULL], 1)

    limit(site, 100_000)
    site.broker.is_up = False
    site.pass_time(DISK_RETRY_S)

    assert len(site.store.deployments()) == 1 + len(MANY)
    assert (problems(site), told(site, Event.PROBLEM), told(site, Event.SOLVED)) == ([], 1, 1)


def test_an_assignment_that_found_no_space_is_taken_once_there_is_some(site: Site) -> None:
    groups = tuple(f"group-{number:03}-{'x' * 40}" for number in range(400))
    limit(site, 6)
    site.cloud.assign("stores", *groups)
    site.settle()
    assert problems(site) == [Reason.DISK_FULL]

    limit(site, 100_000)
    site.pass_time(DISK_RETRY_S)

    assert (set(site.store.assignment()[1]), problems(site)) == ({"stores", *groups}, [])


def test_the_problem_stays_and_is_told_once_while_writing_still_fails(site: Site) -> None:
    limit(site, 6)
    site.cloud.head("stores", SHOP, *MANY)
    for _ in range(5):
        site.pass_time(DISK_RETRY_S)

    assert (problems(site), told(site, Event.PROBLEM), told(site, Event.SOLVED)) == ([Reason.DISK_FULL], 1, 0)


def test_a_newer_head_replaces_the_one_that_waits_for_space(site: Site) -> None:
    limit(site, 6)
    site.cloud.head("stores", SHOP, *MANY)
    site.settle()
    site.cloud.head("stores", changed(SHOP, settings="2"))  # small enough
    site.settle()
    limit(site, 100_000)
    site.pass_time(DISK_RETRY_S)

    assert [item.revision for item in site.store.deployments()] == [2]
    assert not site.events_of(Event.MESSAGE_REFUSED)


def test_the_head_of_a_group_that_was_left_is_not_waited_for(site: Site) -> None:
    limit(site, 6)
    site.cloud.head("stores", SHOP, *MANY)
    site.settle()
    site.cloud.assign()
    limit(site, 100_000)
    site.pass_time(DISK_RETRY_S)

    assert not site.events_of(Event.MESSAGE_REFUSED)


@pytest.mark.slow
def test_a_small_disk_that_has_space_again_gets_its_reserve_and_its_new_revision(disk: Path) -> None:
    site = running(disk)
    other = fill(disk)
    site.cloud.head("stores", changed(SHOP, settings="2"), *MANY)
    site.settle()
    fill(disk)  # takes the reserve too, which the failed write gave up
    site.pass_time(DISK_RETRY_S)
    assert (problems(site), site.cluster.value("settings")) == ([Reason.DISK_FULL], "1")

    other.unlink()
    site.pass_time(DISK_RETRY_S)
    site.pass_time(DISK_RETRY_S)

    assert (problems(site), site.cluster.value("settings"), told(site, Event.SOLVED)) == ([], "2", 1)
    assert (disk / "reserve").exists()
