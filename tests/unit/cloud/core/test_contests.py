"""Two applications with one object in one group: refused where a request brings it, warned of where it comes about."""

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk

from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.render.kinds import Identity, Kind
from pinnace_cloud.rules import claims
from pinnace_cloud.rules.claims import Claims
from pinnace_cloud.services.contesting import Ledger
from pinnace_cloud.storage.rows import AppKey, Placement
from pinnace_schemas.api import DiagnosticBody
from pinnace_schemas.handling import Handling
from pinnace_schemas.reasons import Reason

TILL = AppKey("default", "till")
OBJECT = "Deployment default/web"


def shop(image: str = "nginx:1", policy: str = "", where: str = "clusters: [shops]") -> str:
    """`policy` is a type with a rule about the Deployment."""
    return _with_policy(desks.application(image=image).replace("clusters: [shops]", where), policy)


def till(image: str = "nginx:2", policy: str = "", where: str = "clusters: [shops]", name: str = "web") -> str:
    """Another application, with the same Deployment unless `name` says otherwise."""
    text = desks.application("till", image).replace("- name: till", f"- name: {name}")
    return _with_policy(text.replace("clusters: [shops]", where), policy)


def _with_policy(text: str, policy: str) -> str:
    rule = "{rules: [{selector: {resourceTypes: [Deployment]}}]}"
    return f"{text}    - {{name: sites, type: {policy}, properties: {rule}}}\n" if policy else text


@pytest.fixture(autouse=True)
def fleet(desk: Desk) -> None:
    desk.apply(
        desks.group("shops", "s1", labels="{kind: shop}"), desks.group("plants", "p1"), *map(desks.node, ("s1", "p1"))
    )


def refusal(desk: Desk, *documents: str) -> DiagnosticBody:
    """The only error, after checking that nothing was stored."""
    with desk.store.reading() as tx:
        before = tx.applications.placements(), tx.deliveries.heads()
    with pytest.raises(InvalidSources) as caught:
        desk.apply(*documents)
    with desk.store.reading() as tx:
        assert (tx.applications.placements(), tx.deliveries.heads()) == before
    (found,) = [item for item in caught.value.diagnostics if item.severity == "error"]
    return found


def test_an_object_of_another_application_of_the_group_is_refused_naming_all_of_it(desk: Desk) -> None:
    desk.apply(shop())
    found = refusal(desk, till())
    assert (found.reason, found.path, found.line) == (
        *(Reason.TWO_APPLICATIONS, "spec.components[0].properties"),
        9,
    )
    assert all(name in found.message for name in (OBJECT, "'default/shop'", "'shops'"))
    assert "shared-resource" in found.hint


def test_two_applications_of_one_request_are_told_once(desk: Desk) -> None:
    found = refusal(desk, shop(), till())
    assert "'default/till'" in found.message


def test_more_groups_and_objects_are_counted(desk: Desk) -> None:
    ports = 'properties: {ports: [{port: 80, expose: true}], image: "nginx'
    both = [text.replace('properties: {image: "nginx', ports) for text in (shop(), till())]
    desk.apply(both[0].replace("[shops]", "[shops, plants]"))
    found = refusal(desk, both[1].replace("[shops]", "[shops, plants]"))
    assert "and 1 more object:" in found.message
    assert "and 1 more group " in found.message


@pytest.mark.parametrize(
    ("one", "other"),
    [("shared-resource", "shared-resource"), ("read-only", ""), ("", "read-only"), ("read-only", "shared-resource")],
)
def test_what_both_share_or_one_only_looks_at_is_allowed(desk: Desk, one: str, other: str) -> None:
    desk.apply(shop(policy=one))
    assert desk.apply(till(policy=other)).items[0].groups == ("shops",)


@pytest.mark.parametrize(("one", "other"), [("shared-resource", ""), ("", "shared-resource"), ("", "take-over")])
def test_sharing_by_one_and_taking_over_are_refused_as_the_site_would(desk: Desk, one: str, other: str) -> None:
    desk.apply(shop(policy=one))
    assert refusal(desk, till(policy=other)).reason is Reason.TWO_APPLICATIONS


@pytest.mark.parametrize("more", [{"where": "clusters: [plants]"}, {"name": "till"}])
def test_other_groups_and_other_objects_are_no_contest(desk: Desk, more: dict[str, str]) -> None:
    desk.apply(shop())
    assert desk.apply(till(**more)).diagnostics == ()


def test_a_difference_of_one_group_may_bring_the_contest(desk: Desk) -> None:
    desk.apply(shop())
    added = "{name: web, type: worker, properties: {image: a}}"
    override = f"    - {{name: add, type: override, properties: {{components: [{added}]}}}}\n"
    assert OBJECT in refusal(desk, till(name="till") + override).message


def test_an_object_may_move_to_another_application_in_one_request(desk: Desk) -> None:
    desk.apply(shop())
    assert desk.apply(till(), shop().replace("name: web", "name: front")).diagnostics == ()


def test_what_leaves_with_its_application_may_be_brought_by_another(desk: Desk) -> None:
    desk.apply(shop())
    desk.controller.delete_application("default", "shop", force=False, actor=ACTOR)
    assert desk.apply(till()).diagnostics == ()


def test_a_contest_that_labels_bring_about_is_warned_of_at_the_group(desk: Desk) -> None:
    desk.apply(shop(), till(where="clusterLabelSelector: {kind: plant}, allowEmpty: true"))

    (found,) = desk.apply(desks.group("shops", "s1", labels="{kind: plant}")).diagnostics

    assert (found.severity, found.source) == ("warning", "file0.yaml")
    assert found.message.startswith("application 'default/till': ")
    assert all(name in found.message for name in (OBJECT, "'default/shop'", "'shops'"))


def test_what_is_contested_already_keeps_nobody_from_applying_something_else(desk: Desk) -> None:
    desk.apply(shop(), till(where="clusterLabelSelector: {kind: plant}, allowEmpty: true"))
    desk.apply(desks.group("shops", "s1", labels="{kind: plant}"))

    (found,) = desk.apply(shop(image="nginx:9")).diagnostics

    assert (found.severity, found.reason) == ("warning", Reason.TWO_APPLICATIONS)
    assert desk.apply(shop(image="nginx:9")).diagnostics == ()


def test_a_rollback_to_what_another_application_has_meanwhile_is_refused(desk: Desk) -> None:
    desk.apply(shop())
    desk.apply(shop().replace("name: web", "name: front"))
    desk.apply(till())
    with pytest.raises(InvalidSources, match=OBJECT):
        desk.releases.rollback(AppKey("default", "shop"), None, ACTOR)


def test_a_controller_that_started_anew_knows_the_stored_objects(desk: Desk) -> None:
    desk.apply(shop())
    again = Desk(desk.folder, desk.keyset)
    try:
        assert OBJECT in refusal(again, till()).message
    finally:
        again.close()


WEB, API = (Identity(Kind("apps", "Deployment"), "default", name) for name in ("web", "api"))


def test_only_what_is_looked_at_is_not_claimed() -> None:
    handling = {0: Handling(objects=(0,), observe=True, shared=True), 1: Handling(objects=(1,), shared=True)}
    assert claims.of([WEB, API], handling) == Claims(frozenset(), frozenset({API}))
    assert claims.of([WEB, API], {}) == Claims(frozenset({WEB, API}))


def test_a_bundle_is_read_once_and_equal_claims_are_kept_once() -> None:
    ledger, reads = Ledger(), list[str]()

    def read(digest: str) -> Claims:
        reads.append(digest)
        return Claims(frozenset({WEB}))

    found = [ledger.of(digest, read) for digest in ("a", "b", "a")]
    assert reads == ["a", "b"]
    assert found[0] is found[1]


def test_applications_without_a_common_object_are_not_compared_with_each_other() -> None:
    """A request may bring thousands to one group."""
    apps = [Placement(AppKey("default", f"app-{number}"), "shops", 1, f"bundle-{number}") for number in range(100)]
    looks: list[str] = []

    def brought(bundle: str) -> Claims:
        looks.append(bundle)
        return Claims(frozenset({Identity(Kind("apps", "Deployment"), "default", bundle)}))

    assert not list(claims.contests(apps, apps, (), brought))
    assert len(looks) <= 3 * len(apps)
