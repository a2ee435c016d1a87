"""What pydantic finds wrong is told in our words: of every kind of mistake in a setting, a message and a body."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from pinnace_schemas import api, codec, settings_text, wording
from pinnace_schemas.common_settings import CommonSettings
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.messages import Report
from pinnace_schemas.names import Name
from pinnace_schemas.settings_text import Said, Written

THEIRS = ("Input should", "should be", "should match", "should have", "Value error", "pydantic.dev", "Field required")
WRONG: tuple[Any, ...] = (None, True, -1, 0, 1.5, "A B", "", [], {}, [[]], {"x": 1}, "x" * 5000, 10**30)


def ours(text: str) -> bool:
    return not any(word in text for word in THEIRS)


@pytest.mark.parametrize("name", CommonSettings.model_fields)
def test_every_wrong_setting_is_told_in_our_words(name: str) -> None:
    said = []
    for value in WRONG:
        written = Written("x.toml", "", {name: value})
        try:
            settings_text.settings(CommonSettings, written, Said("X_", {}))
        except Misconfigured as exc:
            said.append(exc.message)
    assert said
    assert [text for text in said if not ours(text)] == []


@pytest.mark.parametrize("model", [api.ApplyRequest, api.TokenRequest, api.RollbackRequest, Report])
def test_every_wrong_body_and_message_is_told_in_our_words(model: type[BaseModel]) -> None:
    bodies: list[Any] = [*WRONG, *({name: value} for name in model.model_fields for value in WRONG)]
    said = []
    for body in bodies:
        try:
            codec.parse(model, json.dumps(body).encode(), max_bytes=10_000, max_depth=9, where="x")
        except Rejected as exc:
            said.append(exc.message)
    assert said
    assert [text for text in said if not ours(text)] == []


def test_a_name_is_explained_and_its_pattern_is_not_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Name).validate_python("A B")
    assert wording.of(caught.value.errors()[0]).startswith("must be a DNS label: 1 to 63 of a-z")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"type": "greater_than", "ctx": {"gt": 0}, "msg": ""}, "must be more than 0"),
        ({"type": "string_too_long", "ctx": {"max_length": 1}, "msg": ""}, "must have at most 1 character"),
        ({"type": "too_short", "ctx": {"min_length": 2}, "msg": ""}, "must have at least 2 items"),
        ({"type": "value_error", "msg": "Value error, no such thing."}, "no such thing"),
    ],
)
def test_kinds_have_words(error: Mapping[str, Any], said: str) -> None:
    assert wording.of(error) == said
