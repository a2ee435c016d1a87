"""What several applications of a site share: who holds it, whose word counts, and when it goes."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site, changed

from pinnace_schemas import labels
from pinnace_schemas.handling import Handling, Prune
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.cloud.assign("stores")
    return site


def deliver(site: Site, *apps: App, chunks: bool = True) -> None:
    site.cloud.head("stores", *apps, chunks=chunks)
    if site.broker.is_up:
        site.settle()
    else:
        site.online()


def sharing(name: str, revision: int = 1, **handling: object) -> App:
    """Holds `settings` with others, and writes its own name into it."""
    found = Handling.model_validate({"objects": (0,), "shared": True, **handling})
    return App(name, revision, (("settings", name),), handling=(found,))


ONE, TWO = sharing("one"), sharing("two")


def owner(site: Site) -> str:
    thing = next(thing for ref, thing in site.cluster.things.items() if ref.name == "settings")
    return str(thing.body["metadata"]["labels"][labels.APPLICATION])


def uid(site: Site) -> str:
    return next(thing.uid for ref, thing in site.cluster.things.items() if ref.name == "settings")


def test_what_is_shared_is_written_by_the_first_and_goes_with_the_last(site: Site) -> None:
    deliver(site, ONE)
    deliver(site, ONE, TWO)
    assert (site.cluster.value("settings"), owner(site)) == ("one", "one")
    assert site.deployment("two").phase is Phase.CONVERGED
    deliver(site, TWO)
    site.pass_time(70)
    assert (site.cluster.value("settings"), owner(site)) == ("two", "two")
    assert "delete settings" not in site.cluster.requests
    deliver(site)
    assert site.cluster.names() == []


def test_what_is_shared_is_made_anew_by_the_next_one_that_holds_it(site: Site) -> None:
    one, two = (sharing(name, recreate=("data.value",)) for name in ("one", "two"))
    deliver(site, one, two)
    deliver(site, two)
    site.pass_time(70)
    assert (site.cluster.value("settings"), site.deployment("two").phase) == ("two", Phase.CONVERGED)


def test_what_is_shared_goes_also_when_all_let_go_at_once(site: Site) -> None:
    deliver(site, ONE, TWO)
    deliver(site)
    assert site.cluster.names() == []


@pytest.mark.parametrize("keep_legacy", [True, False])
def test_what_is_shared_and_kept_until_an_application_goes_is_held_by_it_until_then(
    site: Site, keep_legacy: bool
) -> None:
    first = sharing("one", prune=None if keep_legacy else Prune.ON_DELETE)
    one = replace(first, values=(("settings", "1"), ("more", "1")))
    later = replace(changed(one, more="1"), handling=(), keep_legacy=keep_legacy)
    deliver(site, one, TWO)
    deliver(site, later, TWO)
    deliver(site, later)
    site.pass_time(70)
    assert site.cluster.names() == ["more", "settings"]
    deliver(site)
    assert site.cluster.names() == []


def test_what_only_one_of_two_shares_is_refused_to_the_other(site: Site) -> None:
    deliver(site, App("one"))
    deliver(site, App("one"), TWO)
    assert "belongs to application default/one, which does not share it" in site.deployment("two").message


def test_what_is_shared_waits_for_an_application_that_one_head_puts_in_place_of_its_holder(site: Site) -> None:
    deliver(site, ONE)
    before = uid(site)
    deliver(site, TWO, chunks=False)
    site.pass_time(70)
    assert (uid(site), site.deployment("one").phase) == (before, Phase.REMOVING)
    assert "default/two" in site.deployment("one").message
    site.cloud.publish_chunks(TWO)
    site.pass_time(70)
    site.pass_time(70)
    assert (uid(site), owner(site), site.cluster.value("settings")) == (before, "two", "two")
    assert site.deployment("one").phase is Phase.REMOVED


def test_what_is_shared_waits_also_where_the_next_bundle_is_here_and_not_applied_yet(site: Site) -> None:
    deliver(site, ONE)
    before = uid(site)
    for _ in range(3):  # the one that leaves comes first in each round
        deliver(site, TWO)
    site.pass_time(70)
    assert (uid(site), owner(site)) == (before, "two")


def test_that_something_shared_waits_is_journalled_once_and_costs_no_more_than_healing(site: Site) -> None:
    deliver(site, ONE)
    deliver(site, TWO, chunks=False)
    site.cluster.requests.clear()
    for _ in range(5):
        site.pass_time(70)
    told = [entry for entry in site.events_of(Event.PRUNE_FAILED) if "default/two" in entry.message]
    assert len(told) == 1
    assert site.cluster.requests.count("owned") <= 10


def test_what_is_shared_goes_once_what_was_awaited_does_not_hold_it(site: Site) -> None:
    other = App("two", 1, (("texts", "hello"),))
    deliver(site, ONE)
    deliver(site, other, chunks=False)
    site.cloud.publish_chunks(other)
    site.pass_time(70)
    site.pass_time(70)
    assert site.cluster.names() == ["texts"]


def test_what_is_shared_goes_once_nobody_is_awaited_any_more(site: Site) -> None:
    deliver(site, ONE)
    deliver(site, TWO, chunks=False)
    deliver(site)
    site.pass_time(70)
    assert site.cluster.names() == []


def test_what_is_not_shared_waits_for_nobody(site: Site) -> None:
    deliver(site, App("one"))
    deliver(site, TWO, chunks=False)
    assert site.cluster.names() == []


def test_what_is_shared_waits_also_where_a_revision_drops_it(site: Site) -> None:
    deliver(site, ONE)
    before = uid(site)
    later = App("one", 2, (("texts", "hello"),))
    deliver(site, later, TWO, chunks=False)
    site.cloud.publish_chunks(later)
    site.pass_time(10)
    assert (uid(site), site.deployment("one").phase) == (before, Phase.CONVERGED)
    site.restart()
    site.online()
    site.cloud.publish_chunks(TWO)
    site.pass_time(70)
    site.pass_time(70)
    assert (uid(site), owner(site)) == (before, "two")


def test_what_is_shared_waits_for_the_heads_of_all_groups(site: Site) -> None:
    """It moves with a revision to an application of a group that this node has just come to."""
    deliver(site, ONE)
    before = uid(site)
    site.cloud.assign("stores", "counters")
    later = App("one", 2, (("texts", "hello"),))
    deliver(site, later)
    site.pass_time(70)
    assert (uid(site), site.deployment("one").phase) == (before, Phase.CONVERGED)
    site.restart()
    site.online()
    site.cloud.head("counters", TWO)
    site.pass_time(70)
    site.pass_time(70)
    assert (uid(site), owner(site)) == (before, "two")


def test_what_is_shared_goes_once_all_heads_are_here_and_nobody_holds_it(site: Site) -> None:
    deliver(site, ONE)
    site.cloud.assign("stores", "counters")
    deliver(site, App("one", 2, (("texts", "hello"),)))
    site.cloud.head("counters")
    site.pass_time(70)
    assert site.cluster.names() == ["texts"]


def test_what_is_not_shared_goes_with_its_revision_whatever_heads_are_to_come(site: Site) -> None:
    deliver(site, App("one"))
    site.cloud.assign("stores", "counters")
    deliver(site, App("one", 2, (("texts", "hello"),)))
    site.pass_time(70)
    assert site.cluster.names() == ["texts"]


def test_what_was_left_in_place_by_one_and_is_held_by_another_is_not_adopted_by_a_third(site: Site) -> None:
    never = sharing("one", prune=Prune.NEVER)
    taker = App("three", 1, (("settings", "three"),), handling=(Handling(objects=(0,), adopt=True),))
    deliver(site, never, TWO)
    deliver(site, TWO, taker)
    site.pass_time(70)
    assert site.deployment("three").phase is Phase.FAILED
    site.pass_time(70)
    assert (site.cluster.value("settings"), site.deployment("two").phase) == ("two", Phase.CONVERGED)


def named(name: str, prune: Prune | None) -> App:
    return sharing(name, prune=prune)


@pytest.mark.parametrize(("first", "last", "names"), [(Prune.NEVER, None, []), (None, Prune.NEVER, ["settings"])])
def test_of_what_is_shared_the_word_of_the_last_one_counts(
    site: Site, first: Prune | None, last: Prune | None, names: list[str]
) -> None:
    deliver(site, named("one", first))
    deliver(site, named("one", first), named("two", last))
    deliver(site, named("two", last))
    site.pass_time(70)
    deliver(site)
    site.pass_time(70)
    assert site.cluster.names() == names


@pytest.mark.parametrize("reluctant", ["one", "two"])
@pytest.mark.parametrize("writer", ["one", "two"])
def test_of_what_is_shared_never_counts_where_all_let_go_at_once_whoever_wrote_it_and_whoever_goes_first(
    site: Site, writer: str, reluctant: str
) -> None:
    apps = {name: named(name, Prune.NEVER if name == reluctant else None) for name in ("one", "two")}
    deliver(site, apps[writer])
    deliver(site, *apps.values())
    assert owner(site) == writer
    deliver(site)
    site.pass_time(70)
    site.pass_time(70)
    assert site.cluster.names() == ["settings"]
    assert {site.deployment(name).phase for name in apps} == {Phase.REMOVED}


@pytest.mark.parametrize("words", tuple(itertools.product((Prune.NEVER, None), repeat=3)))
def test_of_what_three_share_never_counts_where_all_let_go_at_once(site: Site, words: tuple[Prune | None, ...]) -> None:
    apps = [named(name, word) for name, word in zip(("one", "two", "three"), words, strict=True)]
    deliver(site, apps[1])
    deliver(site, *apps)
    deliver(site)
    for _ in range(3):
        site.pass_time(70)
    assert site.cluster.names() == (["settings"] if Prune.NEVER in words else [])
    assert {site.deployment(app.name).phase for app in apps} == {Phase.REMOVED}


def test_of_what_is_shared_the_word_of_each_is_known_again_after_its_bundle_has_come_anew(site: Site) -> None:
    deliver(site, named("one", None))
    deliver(site, named("one", None), named("two", None))
    later = replace(named("two", Prune.NEVER), revision=2)
    deliver(site, named("one", None), later)
    deliver(site)
    site.pass_time(70)
    site.pass_time(70)
    assert site.cluster.names() == ["settings"]


def test_what_is_shared_is_kept_until_its_application_goes_also_by_one_that_did_not_write_it(site: Site) -> None:
    two = sharing("two", prune=Prune.ON_DELETE)
    later = App("two", 2, (("texts", "hello"),))
    deliver(site, ONE)
    deliver(site, ONE, two)
    deliver(site, ONE, later)
    deliver(site, later)
    site.pass_time(70)
    assert site.cluster.names() == ["settings", "texts"]
    deliver(site)
    assert site.cluster.names() == []
