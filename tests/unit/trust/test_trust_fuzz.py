"""Whatever arrives, the verifier answers with Rejected or accepts exactly what was signed; nothing else leaves it."""

import copy
import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from securesystemslib.exceptions import FormatError

from pinnace_cloud.signing.keys import KeyRole
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Head
from pinnace_schemas.messages import ControlMessage

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.unit.trust.conftest import World

Json = Any
Answer = TypeVar("Answer")
ROLES = ["timestamp", "snapshot", "targets", "group"]
KEYS = dict(zip(ROLES, (KeyRole.TIMESTAMP, KeyRole.SNAPSHOT, KeyRole.TARGETS, KeyRole.RELEASE), strict=True))

# The keys of a session are made once and never changed, so examples may share the world. More examples by hand:
# PINNACE_FUZZ_EXAMPLES=5000 tries others each time.
examples = os.environ.get("PINNACE_FUZZ_EXAMPLES")
fuzzed = settings(
    max_examples=int(examples or 80),
    derandomize=examples is None,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**53),
    st.just(10**4000),
    st.floats(),
    st.text(),
    st.sampled_from(["\ud800", "a\udfff", "../..", "*", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "ed25519"]),
)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


@fuzzed
@given(data=st.data(), role=st.sampled_from(ROLES))
def test_flipped_characters_change_nothing_or_are_refused(world: "World", data: st.DataObject, role: str) -> None:
    head = world.head()
    text = getattr(head, role)
    place = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.characters() | st.sampled_from(['"', "{", "}", "[", "\\", "0", "\ud800"]))
    _same_or_refused(world, head, role, text[:place] + new + text[place + 1 :])


@fuzzed
@given(data=st.data(), role=st.sampled_from(ROLES))
def test_cut_or_repeated_texts_are_refused(world: "World", data: st.DataObject, role: str) -> None:
    head = world.head()
    text = getattr(head, role)
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    _same_or_refused(world, head, role, data.draw(st.sampled_from([text[:end], text[start:], text + text[start:end]])))


@fuzzed
@given(text=st.text() | values.map(json.dumps), role=st.sampled_from(ROLES))
def test_garbage_is_refused(world: "World", text: str, role: str) -> None:
    _same_or_refused(world, world.head(), role, text)


@fuzzed
@given(data=st.data(), role=st.sampled_from(ROLES))
def test_changed_field_without_the_key_is_refused(world: "World", data: st.DataObject, role: str) -> None:
    head = world.head()
    document = json.loads(getattr(head, role))
    _same_or_refused(world, head, role, json.dumps(_mutated(data, document)))


@fuzzed
@given(data=st.data(), role=st.sampled_from(ROLES))
def test_signed_nonsense_raises_nothing_but_rejected(world: "World", data: st.DataObject, role: str) -> None:
    head = world.head()
    signed = _mutated(data, json.loads(getattr(head, role))["signed"])
    text = _signed(world, signed, KEYS[role])
    changed = world.with_snapshot(head, text) if _is_snapshot(role, signed) else head.model_copy(update={role: text})
    _answer(lambda: world.accept(changed))


@fuzzed
@given(data=st.data())
def test_control_message_is_the_same_or_refused(world: "World", data: st.DataObject) -> None:
    good = world.signer.control(world.assignment(), with_targets=True)
    field = data.draw(st.sampled_from(["targets", "envelope"]))
    text = json.dumps(_mutated(data, json.loads(getattr(good, field))))
    message = good.model_copy(update={field: data.draw(st.sampled_from([text, text[:-1], text.replace("1", "2")]))})
    found = _answer(lambda: world.verifier.control(message, world.trust, world.now))
    if found is not None:
        assert found[0].signed == json.loads(good.envelope)["signed"]


@fuzzed
@given(data=st.data())
def test_signed_nonsense_in_the_control_delegation_raises_nothing_but_rejected(
    world: "World", data: st.DataObject
) -> None:
    signed = _mutated(data, json.loads(world.keyset.control_text)["signed"])
    text = _signed(world, signed, KeyRole.TARGETS)
    message: ControlMessage = world.signer.control(world.assignment()).model_copy(update={"targets": text})
    _answer(lambda: world.verifier.control(message, world.trust, world.now))


def _same_or_refused(world: "World", head: Head, role: str, text: str) -> None:
    found = _answer(lambda: world.accept(head.model_copy(update={role: text})))
    if found is not None:
        assert json.loads(text)["signed"] == json.loads(getattr(head, role))["signed"]
        assert found == world.accept(head)


def _answer(ask: Callable[[], Answer]) -> Answer | None:
    """None for a refusal, whose text must fit a journal; every other exception is a failure of the test."""
    try:
        return ask()
    except Rejected as exc:
        refusal = str(exc)
    assert len(refusal.encode("utf-8")) < 1000
    return None


def _signed(world: "World", signed: Json, role: KeyRole) -> str:
    """Signed by the true key; what has no canonical form (so cannot be signed) is not an example."""
    try:
        return world.signed(signed, role)
    except (FormatError, ValueError):
        reject()


def _is_snapshot(role: str, signed: Json) -> bool:
    return role == "snapshot" and isinstance(signed, dict) and "version" in signed


def _mutated(data: st.DataObject, value: Json) -> Json:
    """A copy with one field somewhere removed, renamed, replaced or added."""
    changed = copy.deepcopy(value)
    holder, key = data.draw(st.sampled_from(list(_places(changed))))
    action = data.draw(st.sampled_from(["remove", "rename", "replace", "nest"]))
    if action == "replace":
        holder[key] = data.draw(values)
    elif action == "nest":
        holder[key] = [holder[key]] if data.draw(st.booleans()) else {"a": holder[key]}
    else:
        old = holder.pop(key)
        if action == "rename" and isinstance(holder, dict):
            holder[data.draw(st.text())] = old
    return changed


def _places(value: Json) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)
