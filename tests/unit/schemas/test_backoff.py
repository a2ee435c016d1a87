"""How long one waits before a retry."""

import random

from hypothesis import given
from hypothesis import strategies as st

from pinnace_schemas import backoff


@given(st.integers(0, 10_000), st.floats(0.01, 60), st.floats(0.01, 3600), st.integers())
def test_the_delay_stays_below_the_doubled_base_and_the_cap(attempt: int, base: float, cap: float, seed: int) -> None:
    delay = backoff.full_jitter(random.Random(seed), attempt, base_s=base, cap_s=cap)

    assert 0.0 <= delay <= min(cap, base * 2.0 ** min(attempt, 40))


def test_the_same_seed_gives_the_same_delays() -> None:
    def delays() -> list[float]:
        source = random.Random(7)
        return [backoff.full_jitter(source, attempt, base_s=1.0, cap_s=60.0) for attempt in range(10)]

    assert delays() == delays()


def test_delays_spread_over_the_whole_range() -> None:
    source = random.Random(7)
    delays = [backoff.full_jitter(source, 10, base_s=1.0, cap_s=60.0) for _ in range(2000)]

    tenths = {int(delay / 6.0) for delay in delays}

    assert tenths == set(range(10))
