"""What a bundle says about single objects: only what is unusual, of objects that are there, and nothing unknown."""

from typing import Any

import pytest

from pinnace_schemas import bundle, codec, field_paths
from pinnace_schemas.bundle import ApplyPolicy, Bundle
from pinnace_schemas.errors import Rejected
from pinnace_schemas.handling import Handling, Once, Prune, When
from pinnace_schemas.limits import DEFAULT_LIMITS
from pinnace_schemas.reasons import Reason

OBJECTS = tuple({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} for name in ("one", "two"))


def decoded(policy: dict[str, Any]) -> Bundle:
    return bundle.decode(codec.canonical({"objects": OBJECTS, "policy": policy, "v": 1}), DEFAULT_LIMITS, "test")


def test_a_bundle_without_such_policies_keeps_its_bytes() -> None:
    plain = bundle.encode(Bundle(objects=()), DEFAULT_LIMITS, "test")
    assert plain == b'{"objects":[],"policy":{"health_deadline_s":600,"on_conflict":"default"},"v":1}'


def test_only_what_is_unusual_is_written_and_read_back() -> None:
    handling = Handling(objects=(1,), prune=Prune.NEVER, once=Once(when=When.KEEP, paths=("spec.replicas",)))
    policy = ApplyPolicy(keep_legacy=True, handling=(handling,))
    plain = bundle.encode(Bundle(objects=OBJECTS, policy=policy), DEFAULT_LIMITS, "test")
    assert b'{"objects":[1],"once":{"paths":["spec.replicas"],"when":"keep"},"prune":"never"}' in plain
    assert bundle.decode(plain, DEFAULT_LIMITS, "test").policy.by_object == {1: handling}


@pytest.mark.parametrize(
    ("handling", "words"),
    [
        ([{"objects": [2], "prune": "never"}], "there is no object 2"),
        ([{"objects": [0], "prune": "never"}, {"objects": [0], "adopt": True}], "object 0 has two handlings"),
        ([{"objects": [0], "prune": "sometimes"}], "prune"),
        ([{"objects": [0], "once": {"when": "keep", "paths": ["spec..replicas"]}}], "no path of a field"),
        ([{"objects": [0], "of_a_later_version": True}], "of_a_later_version"),
        ([], "handling"),
    ],
)
def test_what_is_not_understood_is_refused_and_not_passed_over(handling: list[Any], words: str) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        decoded({"handling": handling})
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("spec.replicas", ("spec", "replicas")),
        ("spec.containers[0].resources", ("spec", "containers", 0, "resources")),
        ("metadata.annotations[example.com/size]", ("metadata", "annotations", "example.com/size")),
        ('metadata.annotations["example.com/size"]', ("metadata", "annotations", "example.com/size")),
    ],
)
def test_a_path_names_fields_items_and_names_with_dots(text: str, parts: tuple[str | int, ...]) -> None:
    assert field_paths.parse(text) == parts


@pytest.mark.parametrize("text", ["", ".", "spec.", ".spec", "spec..replicas", "spec[*].name", "spec[0", "a]b"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        field_paths.parse(text)
