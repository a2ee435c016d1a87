"""A bundle's bytes are those of its model, whatever is shared between bundles; limits are those of the whole."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinnace_schemas import bundle, codec
from pinnace_schemas.bundle import ApplyPolicy, Bundle, Encoder, KubeObject, OnConflict
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
objects = st.dictionaries(st.text(min_size=1), values, max_size=4).map(lambda extra: {**extra, **_object("web")})


def _object(name: str, **more: Any) -> KubeObject:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def _nested(levels: int) -> Any:
    value: Any = "[{"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.slow
@given(st.lists(objects, max_size=3), st.sampled_from(OnConflict))
@settings(deadline=None, max_examples=80)
def test_the_bytes_are_those_of_the_model(items: list[KubeObject], on_conflict: OnConflict) -> None:
    model = Bundle(objects=tuple(items), policy=ApplyPolicy(on_conflict=on_conflict))
    assert bundle.encode(model, DEFAULT_LIMITS, "test") == codec.encode(model)


def test_an_object_that_several_bundles_share_is_the_same_in_each() -> None:
    shared, encoder = _object("shared"), Encoder(DEFAULT_LIMITS)
    one, other = ([shared, _object(name)] for name in ("one", "other"))
    assert encoder.encode(one, "test") == bundle.encode(Bundle(objects=tuple(one)), DEFAULT_LIMITS, "test")
    assert encoder.encode(other, "test") == bundle.encode(Bundle(objects=tuple(other)), DEFAULT_LIMITS, "test")


@pytest.mark.parametrize("levels", [1, 7, 8])
def test_depth_counts_from_the_bundle_and_not_from_the_object(levels: int) -> None:
    limits = Limits(max_depth=10)
    model = Bundle(objects=(_object("deep", data=_nested(levels)),))
    if levels + 3 <= limits.max_depth:
        assert bundle.decode(bundle.encode(model, limits, "test"), limits, "test") == model
    else:
        with pytest.raises(Rejected, match="deeper than 10"):
            bundle.encode(model, limits, "test")
