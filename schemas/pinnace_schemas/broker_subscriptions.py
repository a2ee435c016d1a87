"""Which topics were asked for in which SUBSCRIBE, and what to do about those that the broker refused. Pure.

NATS refuses QoS 1 beyond 63 subscriptions of one client (65,535 unacknowledged messages, 1,024 for each), and beyond
about 1,000 in all; QoS 0 has no such limit. Nothing of ours depends on which, so what is refused is asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Several brokers take no more than 8 topics in one SUBSCRIBE (AWS IoT).
TOPICS_PER_SUBSCRIBE = 8

Batch = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Refused:
    """Topics to ask for `again` with QoS 0, and those that were refused `for_good`."""

    again: tuple[str, ...] = ()
    for_good: tuple[str, ...] = ()


class Asked:
    """Of one connection."""

    def __init__(self) -> None:
        self._waiting: dict[int, Batch] = {}

    def ask(self, number: int | None, batch: Batch) -> None:
        """The packet of this identifier asked for these topics with these QoS; None: it was not sent."""
        if number is not None:
            self._waiting[number] = batch

    def answered(self, number: int, refusals: Sequence[bool]) -> Refused:
        """What the broker's SUBACK refused, topic by topic."""
        refused = [
            each for each, is_refused in zip(self._waiting.pop(number, ()), refusals, strict=False) if is_refused
        ]
        return Refused(
            tuple(topic for topic, qos in refused if qos > 0),
            tuple(topic for topic, qos in refused if qos == 0),
        )


def batches(topics: Sequence[str], qos: int) -> list[Batch]:
    """The topics in packets that every broker takes."""
    pairs = [(topic, qos) for topic in topics]
    return [pairs[begin : begin + TOPICS_PER_SUBSCRIBE] for begin in range(0, len(pairs), TOPICS_PER_SUBSCRIBE)]
