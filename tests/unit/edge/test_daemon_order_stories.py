"""Random stories of one application: however its site is shaken, nothing is applied before what it waits for."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site

from pinnace_schemas.order import Order
from pinnace_schemas.phases import Phase

NAMES = "abcdef"
STEPS = 8


@dataclass
class Story:
    """An application whose objects wait for each other in some way without circles, and what happens to it."""

    site: Site
    chance: random.Random
    revision: int = 0
    wanted: dict[str, str] = field(default_factory=lambda: dict.fromkeys(NAMES, "0"))
    after: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shuffled = self.chance.sample(NAMES, len(NAMES))
        for at, name in enumerate(shuffled[1:], 1):
            self.after[name] = self.chance.sample(shuffled[:at], self.chance.randint(0, min(at, 2)))

    def deliver(self) -> None:
        self.revision += 1
        changed = self.chance.sample(NAMES, self.chance.randint(1, len(NAMES)))
        self.wanted |= dict.fromkeys(changed, str(self.revision))
        place = {name: at for at, name in enumerate(self.wanted)}
        orders = [
            Order(objects=(place[name],), after=tuple(place[other] for other in others))
            for name, others in self.after.items()
            if others
        ]
        app = App("shop", self.revision, tuple(self.wanted.items()), order=tuple(orders))
        self.site.cloud.head("stores", app)

    def flip(self) -> None:
        self.site.cluster.unready ^= set(self.chance.sample(NAMES, 2))

    def edit(self) -> None:
        for name in self.chance.sample(self.site.cluster.names(), min(1, len(self.site.cluster.names()))):
            self.site.cluster.edit(name)

    def restart(self) -> None:
        self.site.restart()
        self.site.broker.connect()

    def standing(self) -> dict[str, str]:
        return {name: self.site.cluster.value(name) for name in self.site.cluster.names()}

    def shake(self) -> None:
        """One more thing happens, and time passes; how the objects are changes only in between."""
        self.chance.choices((self.deliver, self.flip, self.edit, self.restart), (3, 5, 2, 1))[0]()
        before = self.standing()
        self.site.pass_time(SOON_S)
        after = self.standing()
        for name in (name for name in after if after[name] not in (before.get(name), "edited")):
            # An edit may be put back to what was there, whatever else is ready.
            if after[name] == self.wanted[name] and before.get(name) != "edited":
                assert self.unready_before(name, after) == []

    def unready_before(self, name: str, standing: dict[str, str]) -> list[str]:
        awaited = self.after.get(name, [])
        return [
            each for each in awaited if each in self.site.cluster.unready or standing.get(each) != self.wanted[each]
        ]


SOON_S = 6


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_applied_before_what_it_waits_for_and_everything_in_the_end(tmp_path: Path, seed: int) -> None:
    site = Site(tmp_path)
    site.cloud.assign("stores")
    story = Story(site, random.Random(seed))
    site.cluster.unready |= set(story.chance.sample(NAMES, 3))
    story.deliver()
    site.online()
    for _ in range(STEPS):
        story.shake()
    site.cluster.unready.clear()
    site.pass_time(70)
    site.pass_time(70)
    assert story.standing() == story.wanted
    assert (site.deployment().phase, site.deployment().revision) == (Phase.CONVERGED, story.revision)
