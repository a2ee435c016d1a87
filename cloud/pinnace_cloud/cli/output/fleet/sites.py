"""What a person sees of a fleet, as values: sites, where each stands, and what it was at which time.

A site that is not heard of keeps the phase that it said last; nothing here makes a guess of what it is now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pinnace_cloud.rules import convergence
from pinnace_schemas.api import Verdict
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

# Removed is where a node that left the group ends.
AS_WANTED = frozenset({Verdict.CONVERGED, Verdict.REMOVED})

_DEGRADED = frozenset({Phase.DEGRADED, Phase.DRIFTED})
_AT_IT = frozenset({Phase.FETCHING, Phase.STAGED, Phase.APPLYING, Phase.PROGRESSING})


class Mark(StrEnum):
    """A moment on a line of time that is no phase."""

    HEALED = "healed"
    REFUSED = "refused"
    STARTED = "started"


@dataclass(frozen=True, slots=True)
class Marked:
    at: datetime
    mark: Mark


@dataclass(frozen=True, slots=True)
class Turn:
    """From `at` on, an application is in `phase`."""

    at: datetime
    phase: Phase


@dataclass(frozen=True, slots=True)
class Silence:
    """Not heard of from `begin` until `end`; None: until now."""

    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What a site went through: the turns of each of its applications in order of time, silences and marks."""

    turns: tuple[tuple[Turn, ...], ...] = ()
    silences: tuple[Silence, ...] = ()
    marks: tuple[Marked, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A cell. With several applications it is what the worst of them is; `label` is what it runs: `r2`, `r1->2`."""

    name: str
    group: str
    verdict: Verdict
    phase: Phase | None = None
    reason: Reason | None = None
    message: str = ""
    label: str = ""
    course: Course = Course()

    @property
    def is_as_wanted(self) -> bool:
        return self.verdict in AS_WANTED

    @property
    def is_silent(self) -> bool:
        return self.verdict is Verdict.OFFLINE

    @property
    def shown(self) -> Phase | None:
        """The phase whose colour the cell has; None for a silent site that never said one."""
        return shown_phase(self.verdict, self.phase)


@dataclass(frozen=True, slots=True)
class Release:
    """A revision of an application was released."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Fleet:
    """`sites` by group, then name. Lines of time go from `since` to `at`."""

    title: str
    at: datetime
    since: datetime
    sites: tuple[Site, ...] = ()
    releases: tuple[Release, ...] = ()

    @property
    def groups(self) -> dict[str, tuple[Site, ...]]:
        found: dict[str, list[Site]] = {}
        for site in self.sites:
            found.setdefault(site.group, []).append(site)
        return {name: tuple(sites) for name, sites in found.items()}

    @property
    def worst(self) -> tuple[Site, ...]:
        """Those that are not as wanted, the worst first."""
        return tuple(site for site in worst_first(self.sites) if not site.is_as_wanted)


def worst_first(sites: Sequence[Site]) -> tuple[Site, ...]:
    return tuple(sorted(sites, key=lambda site: (convergence.SEVERITY.index(site.verdict), site.group, site.name)))


def shown_phase(verdict: Verdict, phase: Phase | None) -> Phase | None:
    """What the controller concludes, in the words of phases: it knows better than a site that has not seen its head."""
    if verdict is Verdict.OFFLINE:
        return phase
    if verdict is Verdict.PROGRESSING:
        return phase if phase in _AT_IT else Phase.PROGRESSING
    if verdict is Verdict.DEGRADED:
        return phase if phase in _DEGRADED else Phase.DEGRADED
    return Phase(verdict.value)
