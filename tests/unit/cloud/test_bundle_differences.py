"""A diff of bundles shows objects as people read them, and what policies ask of them."""

from pinnace_cloud.rules import differences
from pinnace_schemas import bundle
from pinnace_schemas.bundle import ApplyPolicy, Bundle
from pinnace_schemas.handling import Handling, Once, Prune, When
from pinnace_schemas.health_rules import HealthRules, Ruled, Texts
from pinnace_schemas.limits import DEFAULT_LIMITS


def plain(*names: str, policy: ApplyPolicy | None = None) -> bytes:
    objects = tuple({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}} for name in names)
    return bundle.encode(Bundle(objects=objects, policy=policy or ApplyPolicy()), DEFAULT_LIMITS, "test")


def changed(before: bytes | None, after: bytes | None) -> list[str]:
    lines = differences.unified(before, after, "shop").splitlines()
    return [line for line in lines if line[:1] in ("+", "-") and not line.startswith(("+++", "---"))]


def test_equal_bundles_and_another_order_are_no_difference() -> None:
    assert changed(plain("a", "b"), plain("a", "b")) == []
    assert changed(plain("a", "b"), plain("b", "a")) == []


def test_an_object_that_comes_or_goes_is_shown_whole() -> None:
    assert "+# v1 ConfigMap b" in changed(plain("a"), plain("a", "b"))
    assert "-# v1 ConfigMap a" in changed(plain("a"), None)


def test_what_policies_ask_of_an_object_is_shown_above_it() -> None:
    once = Once(when=When.ALWAYS, paths=("data.a",))
    policy = ApplyPolicy(keep_legacy=True, handling=(Handling(objects=(1,), prune=Prune.NEVER, once=once),))
    found = differences.unified(plain("b", "a"), plain("b", "a", policy=policy), "shop").splitlines()
    at = found.index('+# handled: {"once":{"paths":["data.a"],"when":"always"},"prune":"never"}')
    assert found[at - 1] == " # v1 ConfigMap a"
    assert "+# what earlier revisions named stays until the application goes" in found


def test_a_changed_health_rule_is_a_difference_that_people_read() -> None:
    def judged(policy: str) -> bytes:
        rules = HealthRules(texts=(Texts(policy=policy),), ruled=(Ruled(name="screen", texts=0, output=0),))
        objects = ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},)
        return bundle.encode(Bundle(objects=objects, health=rules), DEFAULT_LIMITS, "test")

    assert changed(judged("isHealth: true\nold: 1"), judged("isHealth: true\nold: 2")) == [
        "-#   healthPolicy: old: 1",
        "+#   healthPolicy: old: 2",
    ]
