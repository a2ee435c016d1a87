"""Who may be applied and who waits, and what is said of the latter."""

import time

from pinnace_edge.model import Health, Kind, Live, Owned, Ref, Status
from pinnace_edge.rules import order
from pinnace_edge.rules.ownership import Desired
from pinnace_edge.rules.plan import Apply, Cause, Observe
from pinnace_schemas import labels

CONFIG_MAP = Kind("v1", "ConfigMap")


def ref(name: str) -> Ref:
    return Ref(CONFIG_MAP, "default", name)


def apply(name: str, *after: str, component: str = "") -> Apply:
    found = {labels.COMPONENT: component} if component else {}
    body = {"metadata": {"name": name, "labels": found}}
    return Apply(Desired(ref(name), body, f"digest of {name}", after=tuple(map(ref, after))), Cause.NEW, force=False)


def live(name: str, status: Status = Status.CURRENT, *, is_unfinished: bool = False) -> Live:
    return Live(ref(name), "u", "1", {}, "f", Health(status, "so it is", is_unfinished))


def names(actions: list[Apply]) -> list[str]:
    return [action.desired.ref.name for action in actions]


def divided(*todo: Apply, seen: tuple[Live, ...] = (), rows: tuple[Owned, ...] = ()) -> tuple[list[str], list[str]]:
    free, waiting = order.divided(todo, {row.ref: row for row in rows}, seen)
    return names(free), names(waiting)


def test_what_waits_for_nothing_is_free() -> None:
    assert divided(apply("a"), apply("b")) == (["a", "b"], [])


def test_all_that_is_waited_for_must_be_ready() -> None:
    web = apply("web", "db", "queue")
    assert divided(web, seen=(live("db"),)) == ([], ["web"])
    assert divided(web, seen=(live("db"), live("queue", Status.IN_PROGRESS))) == ([], ["web"])
    assert divided(web, seen=(live("db"), live("queue", is_unfinished=True))) == ([], ["web"])
    assert divided(web, seen=(live("db"), live("queue"))) == (["web"], [])


def test_what_was_applied_as_it_is_wanted_waits_no_more_and_what_was_applied_otherwise_does() -> None:
    same, other = Owned(ref("web"), "digest of web", "u"), Owned(ref("web"), "another", "u")
    assert divided(apply("web", "db"), rows=(same,)) == (["web"], [])
    assert divided(apply("web", "db"), rows=(other,)) == ([], ["web"])


def test_only_what_is_waited_for_is_looked_at_beforehand() -> None:
    looks = [Observe(apply(name).desired) for name in ("db", "log")]
    assert order.looked_at([*looks, apply("web", "db")], {}) == (looks[0],)
    done = {ref("web"): Owned(ref("web"), "digest of web", "u")}
    assert order.looked_at([*looks, apply("web", "db")], done) == ()


def test_it_is_said_what_is_waited_for_and_how_that_is() -> None:
    actions = (apply("web", "db", "log"), apply("db", component="base"))
    (found,) = order.held([actions[0].desired], [live("db", Status.IN_PROGRESS)], actions)
    assert found.message == "waits for component 'base' (v1 ConfigMap default/db): so it is"
    (found,) = order.held([actions[0].desired], [live("db")], actions)
    assert found.message == "waits for v1 ConfigMap default/log, which is not applied as wanted yet"


def test_who_waits_for_somebody_that_waits_is_named_last() -> None:
    actions = (apply("a", "b"), apply("b", "c"), apply("c"))
    found = order.held([each.desired for each in actions[:2]], [live("c", Status.FAILED)], actions)
    assert [(item.ref.name, item.awaited.name) for item in found] == [("b", "c"), ("a", "b")]


def test_many_that_wait_for_the_same_many_are_asked_of_once() -> None:
    many = tuple(f"n{at}" for at in range(2000))
    first = apply("first", *many)
    todo = [Apply(Desired(ref(f"w{at}"), {}, "d", after=first.desired.after), Cause.NEW, False) for at in range(2000)]
    seen = tuple(map(live, many))
    began = time.perf_counter()
    assert order.divided(todo, {}, seen)[1] == []
    assert time.perf_counter() - began < 1
