"""One measured line. A figure without a reference says little on another machine; the ratio says the same on all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """What a measured number is held to: at most `most`, at least `least`, or nothing (only shown)."""

    most: float | None = None
    least: float | None = None

    def holds(self, number: float) -> bool:
        return (self.most is None or number <= self.most) and (self.least is None or number >= self.least)

    def __str__(self) -> str:
        if self.most is not None:
            return f"<= {self.most:g}"
        return "-" if self.least is None else f">= {self.least:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """A value beside its reference, both in `unit`.

    `goal` is held against the ratio where there is a reference, else against the value. `about` says in one line what
    was timed and what the reference is.
    """

    name: str
    value: float
    unit: str
    about: str
    reference: float | None = None
    goal: Limit = Limit()
    goal_is_of_value: bool = False

    @property
    def ratio(self) -> float | None:
        """Value over reference; None without a reference."""
        return self.value / self.reference if self.reference else None

    @property
    def holds(self) -> bool:
        judged = self.value if self.goal_is_of_value or self.ratio is None else self.ratio
        return self.goal.holds(judged)
