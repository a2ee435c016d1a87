"""What a link does to what passes: its mode, its delay and its rate. Values and pure arithmetic only."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """UP forwards. CUT resets connections and refuses new ones. BLACK_HOLE accepts and forwards nothing."""

    UP = "up"
    CUT = "cut"
    BLACK_HOLE = "black-hole"


@dataclass(frozen=True, slots=True)
class Shape:
    """Latency of each way in seconds, rate of each way in bytes per second; a rate of 0 means unlimited."""

    latency_s: float = 0.0
    rate: int = 0

    def __post_init__(self) -> None:
        if self.latency_s < 0 or self.rate < 0:
            raise ValueError(f"latency and rate must not be negative: {self.latency_s:g} s, {self.rate} bytes/s")

    def sent_by(self, begin: float, size: int) -> float:
        """When the last byte leaves, if the first one does at `begin`."""
        return begin + size / self.rate if self.rate else begin


@dataclass(slots=True)
class Counts:
    """What passed since the start: payload bytes delivered each way, and connections accepted."""

    bytes_to_target: int = 0
    bytes_to_client: int = 0
    accepted: int = 0
