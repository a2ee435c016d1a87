"""What a definition says of its objects decides at a site whether an application is ready, also without a link."""

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.edge import worlds
from tests.unit.edge.worlds import App, Site

from pinnace_edge import status as node_status
from pinnace_edge.model import AppKey, Health, Status
from pinnace_edge.ports import ClusterChanged
from pinnace_edge.rules import defined
from pinnace_schemas.handling import Handling
from pinnace_schemas.health_rules import HealthRules, Ruled, Texts
from pinnace_schemas.order import Order
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

READY = "isHealth: context.output.status.ready >= parameter.wanted"
SHOWN = 'message: "\\(context.output.status.ready) of \\(parameter.wanted) screens show \\(context.name)"'
SCREEN = {"name": "screen", "output": 0, "parameter": {"wanted": 2}, "context": {"name": "offers"}}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.cloud.assign("stores")
    return site


def shop(policy: str | None = READY, message: str | None = SHOWN, *more: dict[str, Any], **app: Any) -> App:
    """`screen` is judged by these texts; `more` are further parts that they judge."""
    parts = tuple(Ruled.model_validate({"texts": 0, **part}) for part in (SCREEN, *more))
    rules = HealthRules(texts=(Texts(policy=policy, message=message),), ruled=parts)
    values = (("screen", "1"), ("service", "1"))
    return App(**{"name": "shop", "revision": 1, "values": values, "health": rules, **app})


def deliver(site: Site, app: App, **status: Any) -> None:
    """Until it is applied; then the cluster says how `screen` is."""
    worlds.deliver(site, app)
    if status:
        say(site, **status)


def say(site: Site, name: str = "screen", **status: Any) -> None:
    site.cluster.set_status(name, **status)
    site.pass_time(70)


def told(site: Site) -> tuple[Phase, Reason | None, str]:
    found = site.deployment()
    return found.phase, found.reason, found.message


def test_an_application_is_ready_when_its_definition_says_so_and_tells_its_status(site: Site) -> None:
    deliver(site, shop(), ready=1)
    assert told(site) == (Phase.PROGRESSING, Reason.PROGRESSING, "screen: 1 of 2 screens show offers")
    assert site.deployment().ready == 1
    say(site, ready=2)
    assert told(site) == (Phase.CONVERGED, None, "screen: 2 of 2 screens show offers")
    assert site.deployment().ready == 2
    site.cloud.acknowledge()
    assert site.cloud.reports[-1].states[0].message == "screen: 2 of 2 screens show offers"
    say(site, ready=0)
    assert told(site)[0] is Phase.PROGRESSING


def test_the_node_shows_the_status_that_a_definition_tells(site: Site) -> None:
    deliver(site, shop(), ready=2)
    text = node_status.as_text(node_status.collect(site.store), site.clock.now())
    assert "\n  screen: 2 of 2 screens show offers" in text


def test_what_a_definition_calls_ready_is_ready_whatever_its_kind_says(site: Site) -> None:
    site.cluster.unready.add("screen")
    site.cluster.healths["screen"] = Health(Status.FAILED, "broken")
    deliver(site, shop(), ready=2)
    assert told(site)[0] is Phase.CONVERGED


def test_what_failed_stays_failed_where_its_definition_does_not_call_it_ready(site: Site) -> None:
    site.cluster.healths["screen"] = Health(Status.FAILED, "broken")
    deliver(site, shop(), ready=1)
    assert told(site)[:2] == (Phase.DEGRADED, Reason.UNHEALTHY)
    assert told(site)[2] == "v1 ConfigMap default/screen: broken; screen: 1 of 2 screens show offers"


def test_objects_that_no_definition_judges_are_judged_by_their_kinds(site: Site) -> None:
    site.cluster.unready.add("service")
    deliver(site, shop(), ready=2)
    assert told(site) == (Phase.PROGRESSING, Reason.PROGRESSING, "v1 ConfigMap default/service: starting")


def test_a_definition_without_a_policy_leaves_the_verdict_to_the_kinds_and_adds_its_message(site: Site) -> None:
    site.cluster.unready.add("screen")
    message = 'message: "\\(context.output.status.ready) ready, \\(context.status.healthy)"'
    deliver(site, shop(None, message), ready=1)
    assert told(site) == (
        Phase.PROGRESSING,
        Reason.PROGRESSING,
        "v1 ConfigMap default/screen: starting; screen: 1 ready, false",
    )
    site.cluster.unready.clear()
    say(site, ready=2)
    assert told(site) == (Phase.CONVERGED, None, "screen: 2 ready, true")


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("isHealth: context.output.status.none > 0", "its healthPolicy has no value: "),
        ('isHealth: "yes"', "its healthPolicy gives no 'isHealth' that is true or false"),
        ("healthy: true", "its healthPolicy "),
        ("isHealth: false", "not healthy, as its healthPolicy says"),
    ],
)
def test_a_policy_without_a_verdict_is_not_ready_and_says_why(site: Site, policy: str, words: str) -> None:
    deliver(site, shop(policy, None), ready=2)
    assert told(site)[0] is Phase.PROGRESSING
    assert told(site)[2].startswith(f"screen: {words}")


@pytest.mark.parametrize(
    "policy",
    [
        'isHealth: "screen" =~ "(?i)" + context.output.metadata.name',
        "y: *true | bool\nif context.output.data.value != _|_ {if true {y: false}}\nif y {if true {w: 1}}\nisHealth: y",
    ],
    ids=["a pattern that is not known", "the order of work of cue"],
)
def test_where_a_policy_is_not_sure_here_the_kind_counts_and_it_is_said(site: Site, policy: str) -> None:
    site.cluster.unready.add("screen")
    deliver(site, shop(policy, None), ready=2)
    assert told(site)[0] is Phase.PROGRESSING
    site.cluster.unready.clear()
    say(site, ready=3)
    assert told(site)[0] is Phase.CONVERGED
    assert "screen: its healthPolicy cannot be evaluated here, so the kind counts: isHealth: " in told(site)[2]


def test_a_message_without_a_value_is_none_and_changes_no_verdict(site: Site) -> None:
    deliver(site, shop(READY, "message: context.output.status.none"), ready=2)
    assert told(site) == (Phase.CONVERGED, None, "")


def test_the_message_knows_the_verdict(site: Site) -> None:
    message = 'message: [if context.status.healthy {"well"}, "ill"][0]'
    deliver(site, shop(READY, message), ready=1)
    assert told(site)[2] == "screen: ill"
    say(site, ready=2)
    assert told(site)[2] == "screen: well"


def test_a_trait_judges_the_objects_that_it_made_and_is_told_with_its_name(site: Site) -> None:
    front = Ruled(name="screen (trait front)", outputs={"service": 1}, texts=1)
    of_trait = Texts(
        policy="isHealth: context.outputs.service.status.address != _|_",
        message='message: "at \\(context.outputs.service.status.address)"',
    )
    texts = (Texts(policy=READY, message=SHOWN), of_trait)
    rules = HealthRules(texts=texts, ruled=(Ruled.model_validate({"texts": 0, **SCREEN}), front))
    deliver(site, replace(shop(), health=rules), ready=2)
    assert told(site) == (
        Phase.PROGRESSING,
        Reason.PROGRESSING,
        "screen (trait front): not healthy, as its healthPolicy says",
    )
    say(site, "service", address="10.0.0.7")
    assert told(site)[2] == "screen: 2 of 2 screens show offers; screen (trait front): at 10.0.0.7"


def test_a_trait_without_objects_holds_its_application_back_too(site: Site) -> None:
    trait = {"name": "screen (trait quota)", "parameter": {"wanted": 0}, "texts": 0}
    deliver(site, shop("isHealth: parameter.wanted > 1", None, trait), ready=2)
    assert told(site)[2] == "screen (trait quota): not healthy, as its healthPolicy says"
    assert site.deployment().ready == site.deployment().total


def test_a_health_deadline_counts_for_definitions_too(site: Site) -> None:
    deliver(site, shop(deadline_s=60), ready=1)
    site.pass_time(70)
    assert told(site) == (
        Phase.DEGRADED,
        Reason.HEALTH_DEADLINE,
        "after 60 s: screen: 1 of 2 screens show offers",
    )


@pytest.mark.parametrize("make_unreadable", [True, False])
def test_an_object_that_cannot_be_read_counts_as_its_kind_says(site: Site, make_unreadable: bool) -> None:
    site.cluster.unreadable.update({"screen"} if make_unreadable else ())
    deliver(site, shop(), ready=1)
    assert told(site)[0] is (Phase.CONVERGED if make_unreadable else Phase.PROGRESSING)


def test_what_is_refused_is_told_before_any_definition_is_asked(site: Site) -> None:
    site.cluster.refused["screen"] = (Reason.API_REJECTED, "no such field")
    deliver(site, shop())
    assert told(site)[:2] == (Phase.FAILED, Reason.API_REJECTED)
    assert site.cluster.reads() == []


def test_a_site_without_a_link_goes_on_judging_by_definitions_after_a_restart(site: Site) -> None:
    deliver(site, shop(), ready=1)
    site.broker.is_up = False
    site.restart()
    say(site, ready=2)
    assert told(site) == (Phase.CONVERGED, None, "screen: 2 of 2 screens show offers")
    say(site, ready=1)
    assert told(site) == (Phase.PROGRESSING, Reason.PROGRESSING, "screen: 1 of 2 screens show offers")


def test_only_an_object_that_has_changed_is_read_again(site: Site) -> None:
    deliver(site, shop(), ready=1)
    assert "screen" in site.cluster.reads()
    for _ in range(5):
        site.pass_time(70)
    assert site.cluster.reads() == []
    say(site, ready=2)
    assert site.cluster.reads() == ["screen"]


def test_a_new_revision_is_judged_by_its_own_rules(site: Site) -> None:
    deliver(site, shop(), ready=1)
    assert told(site)[0] is Phase.PROGRESSING
    deliver(site, shop("isHealth: context.output.status.ready > 0", 'message: "shows"', revision=2))
    assert told(site) == (Phase.CONVERGED, None, "screen: shows")
    deliver(site, replace(shop(), revision=3, health=None))
    assert told(site) == (Phase.CONVERGED, None, "")


def test_a_message_that_changes_all_the_time_makes_no_entry_no_report_and_few_writes(site: Site) -> None:
    deliver(site, shop("isHealth: true", 'message: "\\(context.output.status.ready)"'), ready=0)
    site.cloud.acknowledge()
    site.settle()
    before, sent = site.store.last_entry(), len(site.broker.sent)
    written = dict[str, None]()
    for number in range(1, 101):
        site.cluster.set_status("screen", ready=number)
        hinted(site)
        site.round(1.0)
        written[told(site)[2]] = None
    assert len(written) <= 3
    assert site.store.last_entry() == before
    assert len(site.broker.sent) - sent <= 1  # the one that comes every few minutes
    site.pass_time(70)
    assert told(site)[2] == "screen: 100"


def test_a_message_is_written_at_once_while_something_becomes_ready(site: Site) -> None:
    deliver(site, shop(), ready=0)
    for number in (1, 0, 1):
        site.cluster.set_status("screen", ready=number)
        hinted(site)
        site.settle()
        assert told(site)[2] == f"screen: {number} of 2 screens show offers"


def hinted(site: Site) -> None:
    """The watch tells that something has changed."""
    site.daemon.handle(ClusterChanged(AppKey("default", "shop")))


def many(count: int, length: int) -> tuple[dict[str, Any], ...]:
    return tuple({"name": f"{'p' * length}{number}", "texts": 0} for number in range(count))


@pytest.mark.parametrize(
    ("app", "check"),
    [
        (shop("isHealth: true", 'message: "well"', *many(7, 1)), lambda text: text.endswith("; p3: well (and 3 more)")),
        (shop("isHealth: true", 'message: "a\\n  b\\tc"'), lambda text: text == "screen: a b c"),
        (shop("isHealth: true", 'message: "a\\u001b[31mb\\u0000\\u202ec"'), lambda text: text == "screen: a [31mb c"),
        (shop("isHealth: true", f'message: "{"x" * 5000}"'), lambda text: len(text) == 120),
        (shop("isHealth: false", f'message: "{"x" * 5000}"'), lambda text: len(text) < 400),
    ],
)
def test_what_definitions_tell_is_one_line_of_bounded_length(
    site: Site, app: App, check: Callable[[str], bool]
) -> None:
    deliver(site, app)
    assert check(told(site)[2]), told(site)[2]


def test_an_object_that_is_only_looked_at_is_judged_by_its_definition_too(site: Site) -> None:
    site.cluster.put("screen")
    deliver(site, shop(handling=(Handling(objects=(0,), observe=True),)), ready=1)
    assert told(site)[2] == "screen: 1 of 2 screens show offers"
    say(site, ready=2)
    assert told(site)[0] is Phase.CONVERGED


def test_what_waits_for_a_component_waits_until_its_definition_calls_it_ready(site: Site) -> None:
    deliver(site, shop(order=(Order(objects=(1,), after=(0,)),)), ready=1)
    assert site.cluster.names() == ["screen"]
    assert (
        told(site)[2]
        == "v1 ConfigMap default/service: waits for v1 ConfigMap default/screen: 1 of 2 screens show offers"
    )
    say(site, ready=2)
    assert site.cluster.names() == ["screen", "service"]
    assert told(site) == (Phase.CONVERGED, None, "screen: 2 of 2 screens show offers")


def test_what_waits_goes_on_where_a_definition_calls_ready_what_its_kind_does_not(site: Site) -> None:
    site.cluster.unready.add("screen")
    deliver(site, shop("isHealth: true", None, order=(Order(objects=(1,), after=(0,)),)))
    assert site.cluster.names() == ["screen", "service"]
    assert told(site)[0] is Phase.CONVERGED


def test_what_was_applied_in_order_is_healed_while_what_a_definition_judges_cannot_be_read(site: Site) -> None:
    deliver(site, shop(order=(Order(objects=(1,), after=(0,)),)), ready=2)
    site.cluster.unanswering.add("screen")
    site.cluster.set_status("screen", ready=2)
    site.cluster.edit("service")
    site.pass_time(400)
    assert site.cluster.value("service") == "1"
    assert told(site)[1] is Reason.CLUSTER_UNAVAILABLE


def test_rules_that_this_daemon_does_not_know_leave_the_verdict_to_the_kinds(site: Site) -> None:
    """As with a daemon that is older than what checked the definition."""
    site.cluster.unready.add("screen")
    deliver(site, shop("isHealth: nothing.that.is.there", None), ready=2)
    assert told(site)[0] is Phase.PROGRESSING
    assert "default/screen: starting; screen: its healthPolicy is not understood by this daemon" in told(site)[2]
    site.cluster.unready.clear()
    say(site, ready=3)
    assert told(site)[0] is Phase.CONVERGED
    assert told(site)[2].startswith("screen: its healthPolicy is not understood by this daemon, so the kind counts")


@pytest.mark.slow
def test_long_rules_are_not_kept_in_memory() -> None:
    ruled, lists = Ruled(name="screen", texts=0), ", ".join(["1"] * 20_000)
    tracemalloc.start()
    try:
        for number in range(8):
            texts = Texts(policy=f"isHealth: true\nif false {{x{number}: [{lists}]}}")
            assert defined.said(ruled, texts, {}, kinds_say=True).is_healthy is not None
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_rule_that_runs_for_ever_is_ended_and_the_kind_counts(site: Site) -> None:
    loops = " ".join(f"for {name} in n" for name in "abcd")
    endless = f"isHealth: len([{loops} {{a + b + c + d}}]) > 0\nn: [{'1, ' * 200}]"
    deliver(site, shop(endless, None), ready=2)
    assert told(site)[2].startswith("screen: its healthPolicy cannot be evaluated here, so the kind counts: ")
