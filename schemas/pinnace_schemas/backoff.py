"""How long to wait before trying again, so that thousands of nodes do not come back together.

"Full jitter" of https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ : anything between nothing
and the exponential delay. It spreads load better than a delay with a little noise.
"""

import random

_MAX_DOUBLINGS = 32  # beyond, the cap decides anyway, and floats would overflow in the end


def ceiling(attempt: int, *, base_s: float, cap_s: float) -> float:
    """The longest wait before a retry, in seconds: min(cap, base * 2**attempt). `attempt` counts from 0."""
    return float(min(cap_s, base_s * 2.0 ** min(max(attempt, 0), _MAX_DOUBLINGS)))


def full_jitter(source: random.Random, attempt: int, *, base_s: float, cap_s: float) -> float:
    """Seconds to wait: uniform in [0, ceiling]."""
    return source.uniform(0.0, ceiling(attempt, base_s=base_s, cap_s=cap_s))
