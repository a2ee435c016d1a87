"""The evaluator of sites is held to the real `cue`: the table of its tests, and rules that chance has made."""

from typing import Any

import pytest
from tests.real.definitions.random_orders import Orders
from tests.real.definitions.random_rules import Rules
from tests.unit.schemas.cue import table

from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.definitions.questions import Question
from pinnace_cloud.materials.needs import Answer
from pinnace_schemas.cue import Unevaluable, Unsupported, parse

RANDOM_RULES = 600
SEED = 14

pytestmark = pytest.mark.real


def question(text: str, given: dict[str, Any]) -> Question:
    return Question("'it'", text, (table.FIELD,), given["parameter"], given["context"])


def asked(evaluator: CueEvaluator, items: list[Question]) -> list[Answer]:
    answers = evaluator.answers([item.need for item in items])
    return [answers[item.need.key] for item in items]


def found(answer: Answer) -> Any:
    return None if answer.is_refusal else answer.value["fields"][table.FIELD]


def test_cue_gives_the_values_of_the_table(evaluator: CueEvaluator) -> None:
    cases = [case for case in table.cases() if case.has_value]
    answers = asked(evaluator, [question(case.text, table.GIVEN) for case in cases])
    wrong = [
        (case.text, found(answer))
        for case, answer in zip(cases, answers, strict=True)
        if answer.is_refusal or not table.same(found(answer), case.value)
    ]
    assert wrong == []


def test_cue_gives_no_value_where_the_table_has_none(evaluator: CueEvaluator) -> None:
    """One by one, since each would end the process of all others."""
    cases = [case for case in table.cases() if not case.has_value]
    wrong = [case.text for case in cases if not asked(evaluator, [question(case.text, table.GIVEN)])[0].is_refusal]
    assert wrong == []


@pytest.mark.parametrize(("rules", "least"), [(Rules(SEED), 4), (Orders(SEED), 12)], ids=["idioms", "orders"])
def test_what_the_evaluator_of_sites_gives_for_random_rules_cue_gives_too(
    evaluator: CueEvaluator, rules: Rules | Orders, least: int
) -> None:
    """One of `least` rules has a value at all."""
    made = [(rules.text(), rules.given()) for _ in range(RANDOM_RULES)]
    valued = [(text, given, value) for text, given in made for value in values(text, given)]
    assert len(valued) > RANDOM_RULES // least
    answers = asked(evaluator, [question(text, given) for text, given, _ in valued])
    wrong = [
        (text, given, value, found(answer))
        for (text, given, value), answer in zip(valued, answers, strict=True)
        if answer.is_refusal or not table.same(found(answer), value)
    ]
    assert wrong == []


def values(text: str, given: dict[str, Any]) -> list[Any]:
    """One, or none."""
    try:
        return [parse(text, given.keys()).value(table.FIELD, given)]
    except (Unsupported, Unevaluable):
        return []
