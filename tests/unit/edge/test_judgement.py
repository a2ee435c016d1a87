"""One verdict from many objects: refusals outweigh failures, failures outweigh waiting, and the worst one is named."""

from dataclasses import replace

from pinnace_edge.model import Health, Kind, Live, Ref, Status
from pinnace_edge.rules import judgement
from pinnace_edge.rules.judgement import Judgement
from pinnace_edge.rules.phases import Trigger
from pinnace_edge.rules.plan import Refuse
from pinnace_schemas.reasons import Reason

CONFIG_MAP = Kind("v1", "ConfigMap")


def live(name: str, status: Status, message: str = "") -> Live:
    return Live(Ref(CONFIG_MAP, "default", name), "u", "1", {}, "f", Health(status, message))


def judge(*found: Live, refused: tuple[Refuse, ...] = (), waited_s: float = 0.0) -> Judgement:
    return judgement.judge(len(found) + len(refused), refused, found, waited_s=waited_s, deadline_s=600)


def test_all_current_is_healthy() -> None:
    assert judge(live("a", Status.CURRENT)) == Judgement(Trigger.HEALTHY, 1, 1)


def test_one_in_progress_is_not_ready_and_named() -> None:
    found = judge(live("a", Status.CURRENT), live("b", Status.IN_PROGRESS, "0 of 1 ready"))
    assert (found.trigger, found.ready, found.total) == (Trigger.NOT_READY, 1, 2)
    assert found.message == "v1 ConfigMap default/b: 0 of 1 ready"


def test_an_unknown_status_waits_only_until_the_deadline() -> None:
    assert judge(live("a", Status.UNKNOWN)).trigger is Trigger.NOT_READY
    late = judge(live("a", Status.UNKNOWN), waited_s=600)
    assert (late.trigger, late.reason) == (Trigger.DEADLINE, Reason.HEALTH_DEADLINE)


def test_a_failed_object_does_not_wait_for_the_deadline() -> None:
    found = judge(live("b", Status.IN_PROGRESS), live("a", Status.FAILED, "image not found"))
    assert found.trigger is Trigger.UNHEALTHY
    assert found.message == "v1 ConfigMap default/a: image not found"


def test_a_refusal_outweighs_everything_and_counts_the_others() -> None:
    refused = tuple(Refuse(Ref(CONFIG_MAP, "default", name), Reason.API_REJECTED, "no") for name in "xy")
    found = judge(live("a", Status.FAILED), refused=refused)
    assert (found.trigger, found.reason) == (Trigger.REFUSED, Reason.API_REJECTED)
    assert found.message == "v1 ConfigMap default/x: no (and 1 more)"


def test_an_object_that_was_not_applied_yet_keeps_the_verdict_open() -> None:
    found = judgement.judge(2, (), [live("a", Status.CURRENT)], waited_s=0, deadline_s=600)
    assert found.trigger is Trigger.NOT_READY


def test_what_definitions_say_stands_beside_healthy_and_first_among_what_is_waited_for() -> None:
    said = "screen: 2 screens show offers"
    found = judgement.judge(1, (), [live("a", Status.CURRENT)], waited_s=0, deadline_s=600, said=said)
    assert (found.trigger, found.message) == (Trigger.HEALTHY, said)
    own = replace(live("b", Status.IN_PROGRESS), health=Health(Status.IN_PROGRESS, "no screen", judge="screen"))
    waiting = [live("a", Status.IN_PROGRESS, "0 of 1 ready"), own]
    found = judgement.judge(2, (), waiting, waited_s=0, deadline_s=600, said=said, unmet=["screen: no screen"])
    assert (found.trigger, found.message) == (Trigger.NOT_READY, "screen: no screen (and 1 more)")


def test_a_definition_that_is_not_met_holds_back_what_is_ready() -> None:
    found = judgement.judge(1, (), [live("a", Status.CURRENT)], waited_s=0, deadline_s=600, unmet=["quota: none left"])
    assert (found.trigger, found.ready, found.message) == (Trigger.NOT_READY, 1, "quota: none left")


def test_a_fight_or_a_leftover_withdraws_healthy() -> None:
    healthy = judge(live("a", Status.CURRENT))
    ref = Ref(CONFIG_MAP, "default", "a")
    assert judgement.with_leftovers(healthy, [ref], [], []).reason is Reason.FIGHT
    assert judgement.with_leftovers(healthy, [], [ref], []).trigger is Trigger.NOT_READY
    assert judgement.with_leftovers(healthy, [], [], ["no"]).reason is Reason.PRUNE_FAILED
    assert judgement.with_leftovers(healthy, [], [], []) == healthy
