"""Rules of one application do not hold up the others for long, and are all evaluated in the end."""

from __future__ import annotations

from tests.unit.edge.clocks import ManualClock
from tests.unit.edge.memory_cluster import CONFIG_MAP, MemoryCluster

from pinnace_edge.model import AppKey, KubeObject, Ref
from pinnace_edge.services.judging import RULES_S, Judging
from pinnace_schemas.health_rules import HealthRules, Ruled, Texts

RULES = HealthRules(texts=(Texts(policy="isHealth: false"),), ruled=(Ruled(name="a", texts=0, output=0),))
SHOP = AppKey("default", "shop")
NAMES = ("a", "b", "c", "d")


class SlowCluster(MemoryCluster):
    """Reading an object, and evaluating what is said of it, takes most of the time that there is."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock

    def read(self, ref: Ref) -> KubeObject | None:
        self._clock.advance(0.6 * RULES_S)
        return super().read(ref)


class BusyCluster(MemoryCluster):
    """Somebody deletes each object just before it is read."""

    def read(self, ref: Ref) -> KubeObject | None:
        del self.things[ref]
        return super().read(ref)


def test_what_is_deleted_before_it_is_read_is_not_ready_whatever_its_kind_said() -> None:
    cluster = BusyCluster()
    place = cluster.put("a")
    live = tuple(cluster.present(CONFIG_MAP, "default").objects.values())
    found = Judging(cluster, ManualClock()).run(SHOP, "digest", RULES, {0: place}, live)
    assert [item.health.is_ready for item in found.live] == [False]
    assert found.unmet == ("a: one of its objects was deleted just now",)


def test_rules_that_take_long_go_on_with_the_next_pass() -> None:
    clock = ManualClock()
    cluster = SlowCluster(clock)
    places = {place: cluster.put(name) for place, name in enumerate(NAMES)}
    parts = tuple(Ruled(name=name, texts=0, output=place) for place, name in enumerate(NAMES))
    rules = HealthRules(texts=(Texts(policy="isHealth: true"),), ruled=parts)
    judging, live = Judging(cluster, clock), tuple(cluster.present(CONFIG_MAP, "default").objects.values())
    unmet = [judging.run(SHOP, "digest", rules, places, live).unmet for _ in range(3)]
    words = "its rules wait, as others take long"
    assert unmet == [(f"c: {words}", f"d: {words}"), (), ()]
    assert cluster.reads() == list(NAMES)
