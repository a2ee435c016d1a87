"""What does not fit its type, told in two manners of speaking: that of an apply and that of a decoder."""

from __future__ import annotations

import pytest
from tests.unit.sim.cluster.objects import DEPLOYMENT, deployment, pod

from pinnace_sim.cluster.schema import checking, quantities, strict


def test_object_that_fits_has_no_problems() -> None:
    value = pod({"name": "main", "image": "nginx", "resources": {"limits": {"cpu": 1}}})
    assert checking.problems(DEPLOYMENT, value) == ()
    assert strict.unknown_fields(DEPLOYMENT, value) == strict.wrong_types(DEPLOYMENT, value) == ()


def test_several_problems_are_listed() -> None:
    found = checking.problems(DEPLOYMENT, deployment(paused="yes", bogus=1))
    assert checking.message(found) == (
        "errors:\n  .spec.paused: expected boolean, got &{yes}\n  .spec.bogus: field not declared in schema"
    )


def test_item_of_a_list_is_named_by_its_key_or_by_its_place() -> None:
    wrong = pod({"name": "main", "image": 5}, tolerations=[{}, {"key": 5}])
    paths = [each.path for each in checking.problems(DEPLOYMENT, wrong)]
    assert paths == [
        '.spec.template.spec.containers[name="main"].image',
        ".spec.template.spec.tolerations[1].key",
    ]


def test_item_without_its_keys_is_named_by_its_place_in_the_list() -> None:
    (problem,) = checking.problems(DEPLOYMENT, pod(None))  # type: ignore[arg-type]  # as somebody may send it
    assert str(problem) == (
        ".spec.template.spec.containers: element 0: associative list with keys may not have a null element"
    )


def test_decoder_names_items_by_their_place() -> None:
    wrong = pod({"name": "main", "imagee": "x"})
    assert strict.unknown_fields(DEPLOYMENT, wrong) == ('unknown field "spec.template.spec.containers[0].imagee"',)


def test_whole_float_is_an_integer_and_a_broken_one_is_not() -> None:
    assert not strict.wrong_types(DEPLOYMENT, deployment(replicas=2.0))
    (problem,) = strict.wrong_types(DEPLOYMENT, deployment(replicas=1.5))
    assert problem == "json: cannot unmarshal number 1.5 into Go struct field spec.replicas of type int"


def test_amount_that_is_none_is_refused() -> None:
    wrong = pod({"name": "main", "resources": {"limits": {"cpu": "much"}}})
    assert strict.wrong_types(DEPLOYMENT, wrong) == (quantities.MESSAGE,)


@pytest.mark.parametrize(
    ("amount", "stored"),
    [("0.5", "500m"), (1, "1"), ("1000m", "1"), ("0.5Gi", "512Mi"), ("1024Mi", "1Gi"), ("12e6", "12e6"), ("0", "0")],
)
def test_equal_amounts_are_stored_alike(amount: str | int, stored: str) -> None:
    assert quantities.canonical(amount) == stored


def test_missing_fields_are_named_by_path() -> None:
    assert strict.missing_fields(DEPLOYMENT, pod({"image": "nginx"})) == (
        "spec.selector",
        "spec.template.spec.containers[0].name",
    )
