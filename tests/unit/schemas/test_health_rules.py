"""How definitions judge stands in a bundle once, is about objects that are there, and is else left out."""

import re
from typing import Any

import pytest

from pinnace_schemas import bundle, codec, cue
from pinnace_schemas.bundle import Bundle
from pinnace_schemas.errors import Rejected
from pinnace_schemas.health_rules import MAX_TEXT, HealthRules, Ruled, Texts
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits
from pinnace_schemas.reasons import Reason

OBJECTS = tuple({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} for name in ("one", "two"))
TEXTS = Texts(policy="isHealth: context.output.status.ready", message='message: "\\(parameter.page)"')
SCREEN = Ruled(name="screen", texts=0, output=0, parameter={"page": None})
FRONT = Ruled(name="screen (trait front)", texts=0, context={"name": "screen"}, outputs={"service": 1})


def health(**ruled: Any) -> dict[str, Any]:
    return {"texts": [{"policy": "isHealth: true"}], "ruled": [{"name": "screen", "texts": 0, **ruled}]}


def decoded(health: dict[str, Any], limits: Limits = DEFAULT_LIMITS) -> Bundle:
    plain = codec.canonical({"health": health, "objects": OBJECTS, "policy": {}, "v": 1})
    return bundle.decode(plain, limits, "test")


def test_a_bundle_without_rules_keeps_its_bytes() -> None:
    plain = bundle.encode(Bundle(objects=()), DEFAULT_LIMITS, "test")
    assert plain == b'{"objects":[],"policy":{"health_deadline_s":600,"on_conflict":"default"},"v":1}'


def test_rules_are_the_models_bytes_and_are_read_back_with_what_is_null_among_properties() -> None:
    model = Bundle(objects=OBJECTS, health=HealthRules(texts=(TEXTS,), ruled=(SCREEN, FRONT)))
    plain = bundle.encode(model, DEFAULT_LIMITS, "test")
    assert plain == codec.encode(model)
    assert b'{"name":"screen","output":0,"parameter":{"page":null},"texts":0}' in plain
    assert bundle.decode(plain, DEFAULT_LIMITS, "test") == model
    assert plain.count(b"context.output.status.ready") == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (health(output=2), "health.ruled: there is no object 2"),
        (health(outputs={"a": 1, "b": 7}), "health.ruled: there is no object 7"),
        (health(output=1, outputs={"a": 1}), "health.ruled: object 1 is judged twice"),
        (health(output=-1), "output"),
        (health(texts=1), "screen: there are no texts 1"),
        (health(outputs={}), "outputs"),
        (health(of_a_later_version=True), "of_a_later_version"),
        ({"texts": [{}], "ruled": health()["ruled"]}, "needs a policy or a message"),
        ({"texts": [{"policy": "x" * (MAX_TEXT + 1)}], "ruled": health()["ruled"]}, f"at most {MAX_TEXT} characters"),
        ({"texts": [{"policy": "isHealth: true"}], "ruled": []}, "ruled"),
    ],
)
def test_rules_that_are_not_understood_are_refused_and_not_passed_over(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        decoded(wrong)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("name", ["more rules than objects may be", "deeper than objects may be"])
def test_rules_have_the_limits_of_objects(name: str) -> None:
    limits = Limits(max_objects=2, max_depth=6)
    rules = {
        "more rules than objects may be": (SCREEN, FRONT, Ruled(name="c", texts=0)),
        "deeper than objects may be": (Ruled(name="a", texts=0, parameter={"a": [[["b"]]]}),),
    }[name]
    model = Bundle(objects=OBJECTS, health=HealthRules(texts=(TEXTS,), ruled=rules))
    with pytest.raises(Rejected) as caught:
        bundle.encode(model, limits, "test")
    assert caught.value.reason is Reason.TOO_LARGE
    with pytest.raises(Rejected, match=re.escape(caught.value.message)):
        bundle.decode(codec.encode(model), limits, "test")


def test_a_bundle_carries_all_that_the_evaluator_reads_and_no_more() -> None:
    longest = "isHealth: true".ljust(MAX_TEXT)
    assert cue.parse(longest).value("isHealth", {}) is True
    with pytest.raises(cue.Unsupported):
        cue.parse(longest + " ")
    assert Texts(policy=longest).policy == longest


def test_people_see_which_rules_judge_an_object_and_what_these_say() -> None:
    rules = HealthRules(texts=(TEXTS,), ruled=(SCREEN, FRONT))
    assert rules.by_object == {
        0: "healthPolicy and customStatus of screen",
        1: "healthPolicy and customStatus of screen (trait front)",
    }
    assert list(rules.lines())[:3] == [
        'health of screen, given {"context":{},"parameter":{"page":null}}',
        "  healthPolicy: isHealth: context.output.status.ready",
        '  customStatus: message: "\\(parameter.page)"',
    ]
