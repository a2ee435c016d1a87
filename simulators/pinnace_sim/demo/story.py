"""The story as values: what is done, where and why, and what must then be observed. Pure; does nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pinnace_sim.demo import cast
from pinnace_sim.demo.cast import CUT_OFF, FIRST, SECOND, SITES

EVERYWHERE = "all sites"
CLOUD = "cloud"
OFFLINE = "is shown as not converged, with the reason"


class Act(StrEnum):
    """What somebody does."""

    JOIN = "join"
    APPLY = "apply"
    CUT = "cut"
    CHANGE = "change"
    DAMAGE = "damage"
    RECONNECT = "reconnect"
    REMOVE = "remove"


class Sign(StrEnum):
    """What is looked for, and how."""

    JOINED = "the controller has the node's key and a first report"
    RUNS = "the site's KubeAPI holds the revision and is ready, and the cloud says Converged"
    HEALED = "the site's KubeAPI, while not a byte passes the link"
    OFFLINE = "the controller's verdict and reason"
    JOURNAL = "the entries that the controller has stored"
    REMOVED = "the site's KubeAPI holds nothing of it, and the cloud says so"


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the final table. `site` is the name of a site; `revision` counts where the sign has one."""

    sign: Sign
    site: str
    text: str
    revision: int = 0

    def __str__(self) -> str:
        return f"{self.site}: {self.text}"


@dataclass(frozen=True, slots=True)
class Step:
    """An act, who it happens to, what a person is told about it, and the claims that must hold after it."""

    act: Act
    where: str
    says: str
    claims: tuple[Claim, ...]


def story(*, has_end: bool) -> tuple[Step, ...]:
    """The whole story; with `has_end` also the removal, which matters where the clusters and the broker stay."""
    return (*_deliver(), *_apart(), *_together(), *((_remove(),) if has_end else ()))


def claims(steps: tuple[Step, ...]) -> tuple[Claim, ...]:
    """All of them, in order."""
    return tuple(claim for step in steps for claim in step.claims)


def _deliver() -> tuple[Step, ...]:
    names = ", ".join(site.name for site in SITES)
    joined = tuple(Claim(Sign.JOINED, site.name, "joined with its token") for site in SITES)
    groups = "staffed shops and, by an override policy, kiosks with one till and no staff"
    return (
        Step(Act.JOIN, EVERYWHERE, f"{names} join, each with a token that works once", joined),
        Step(Act.APPLY, CLOUD, f"application {cast.APPLICATION} for {groups}", tuple(map(_runs_first, SITES))),
    )


def _apart() -> tuple[Step, ...]:
    connected = tuple(_runs(site, SECOND.revision) for site in SITES if site is not CUT_OFF)
    alone = (
        Claim(Sign.HEALED, CUT_OFF.name, "heals itself while cut off", FIRST.revision),
        Claim(Sign.OFFLINE, CUT_OFF.name, OFFLINE, FIRST.revision),
    )
    damage = f"somebody deletes ConfigMap {cast.SETTINGS} and scales Deployment {cast.TILL} to 0"
    return (
        Step(Act.CUT, CUT_OFF.name, "the link goes dead: what is sent vanishes, and nothing says so", ()),
        Step(Act.CHANGE, CLOUD, f"revision {SECOND.revision}: image {SECOND.image} and a new greeting", connected),
        Step(Act.DAMAGE, CUT_OFF.name, damage, alone),
    )


def _together() -> tuple[Step, ...]:
    late = (
        _runs(CUT_OFF, SECOND.revision),
        Claim(Sign.JOURNAL, CUT_OFF.name, "tells what happened meanwhile, without a gap"),
    )
    return (Step(Act.RECONNECT, CUT_OFF.name, "the link is back", late),)


def _remove() -> Step:
    gone = tuple(Claim(Sign.REMOVED, site.name, f"has removed {cast.APPLICATION}") for site in SITES)
    return Step(Act.REMOVE, CLOUD, f"application {cast.APPLICATION} is deleted, so that nothing stays behind", gone)


def _runs_first(site: cast.Site) -> Claim:
    return _runs(site, FIRST.revision)


def _runs(site: cast.Site, revision: int) -> Claim:
    return Claim(Sign.RUNS, site.name, f"runs revision {revision} as {site.group} want it", revision)
