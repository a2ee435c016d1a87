"""Applying, rolling back and deleting: what is stored together, what is refused, and that nothing is half done."""

import json
import threading
from pathlib import Path

import pytest
from tests.unit.cloud import mistakes
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk

from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.signing.keys import KeySet
from pinnace_cloud.storage.rows import AppKey
from pinnace_schemas import api, head, topics
from pinnace_schemas.api import Change, DiagnosticBody, Verdict
from pinnace_schemas.compression import Encoding
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits
from pinnace_schemas.reasons import Reason
from pinnace_schemas.topics import Kind

SHOP = AppKey("default", "shop")


def refused(desk: Desk, *documents: str, strict: bool = False) -> tuple[DiagnosticBody, ...]:
    """The diagnostics of an apply that must be refused, after checking that it left nothing behind."""
    before = everything(desk)
    with pytest.raises(InvalidSources) as caught:
        desk.apply(*documents, strict=strict)
    assert everything(desk) == before
    return caught.value.diagnostics


def everything(desk: Desk) -> object:
    with desk.store.reading() as tx:
        return (
            (tx.applications.all(), tx.applications.placements(), tx.targets.groups(), tx.targets.nodes()),
            (tx.deliveries.heads(), tx.deliveries.assignments(), tx.outbox.oldest(1000), tx.reports.removals()),
        )


def kinds(desk: Desk) -> list[str]:
    parsed = [topics.parse(parcel.topic) for parcel in desk.outbox()]
    return [f"{topic.kind.value} {topic.name}" for topic in parsed if topic and topic.kind is not Kind.CHUNK]


def fleet(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1", "s2"), desks.group("plants", "p1"), *map(desks.node, ("s1", "s2", "p1")))
    desk.outbox()


def test_every_mistake_of_an_application_is_refused_at_once(desk: Desk) -> None:
    found = refused(desk, mistakes.TEXT, strict=True)
    assert {(item.line, item.path, item.about) for item in found} == mistakes.PLACES
    assert {item.severity for item in found} == {"error"}


def test_same_content_again_changes_nothing_and_makes_no_revision(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())
    before = everything(desk)

    again = desk.apply(desks.application() + "\n---\n" + desks.group("shops", "s1", "s2"))

    assert [(item.kind, item.change) for item in again.items] == [
        ("NodeGroup", Change.UNCHANGED),
        ("Application", Change.UNCHANGED),
    ]
    assert everything(desk) == before


def test_each_new_content_is_a_new_revision_and_a_higher_head(desk: Desk) -> None:
    fleet(desk)
    first = desk.apply(desks.application()).items[0]
    version = desk.head_version()

    second = desk.apply(desks.application(image="nginx:2")).items[0]

    assert (first.change, first.revision) == (Change.CREATED, 1)
    assert (second.change, second.revision) == (Change.CONFIGURED, 2)
    assert desk.head_version() == version + 1
    assert [item.revision for item in desk.controller.history("default", "shop")] == [1, 2]


def test_only_the_group_that_is_concerned_gets_a_new_head(desk: Desk) -> None:
    fleet(desk)

    desk.apply(desks.application())

    assert kinds(desk) == ["head shops"]


def test_a_dry_run_says_what_would_be_and_changes_nothing(desk: Desk) -> None:
    fleet(desk)
    before = everything(desk)

    response = desk.apply(desks.application(), dry_run=True)

    assert response.dry_run
    assert response.items[0].groups == ("shops",)
    assert everything(desk) == before


def test_groups_of_the_same_request_count_as_existing(desk: Desk) -> None:
    response = desk.apply(desks.application(), desks.group("shops", "s1"), desks.node("s1"))

    assert [item.kind for item in response.items] == ["Node", "NodeGroup", "Application"]
    assert desk.bundle()


def test_everything_wrong_is_told_at_once_with_its_place(desk: Desk) -> None:
    fleet(desk)
    found = refused(
        desk,
        desks.application(groups=["nowhere"]),
        desks.application("mail").replace("webservice", "webservise"),
        "kind: [",
    )

    errors = [(item.source, item.reason, item.path) for item in found if item.severity == "error"]
    assert ("file0.yaml", Reason.UNKNOWN_GROUP, "spec.policies[0].properties.clusters[0]") in errors
    assert ("file1.yaml", Reason.UNKNOWN_TYPE, "spec.components[0].type") in errors
    assert ("file2.yaml", Reason.MALFORMED, "") in errors
    assert all(item.line is not None for item in found)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", Reason.MALFORMED),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n", Reason.UNKNOWN_KIND),
        (desks.SHOP.replace("spec:", "spek:"), Reason.UNKNOWN_FIELD),
        (desks.SHOP.replace("components:", "components: 3\n  other:"), Reason.INVALID),
        (desks.SHOP.replace("name: shop}", "name: Shop_1}"), Reason.INVALID),
        (desks.SHOP.replace("    - name: web", "    - {name: web, type: worker}\n    - name: web"), Reason.INVALID),
        (desks.SHOP.replace("type: webservice", "type: nothing"), Reason.UNKNOWN_TYPE),
        (desks.SHOP.replace("[shops]", "[nowhere]"), Reason.UNKNOWN_GROUP),
        (desks.node("UPPER"), Reason.INVALID),
        (desks.group("shops", "a b"), Reason.INVALID),
    ],
)
def test_bad_documents_are_refused_whole(desk: Desk, document: str, reason: Reason) -> None:
    fleet(desk)
    found = refused(desk, document, desks.node("bystander"))

    assert reason in [item.reason for item in found if item.severity == "error"]


def test_a_plain_secret_is_refused_unless_allowed(desk: Desk) -> None:
    fleet(desk)
    secret = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop, annotations: {}}
spec:
  components:
    - name: keys
      type: k8s-objects
      properties: {objects: [{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: b}}]}
  policies:
    - {name: all, type: topology, properties: {clusters: [shops]}}
"""
    assert refused(desk, secret)[0].reason is Reason.PLAIN_SECRET

    desk.apply(secret.replace("annotations: {}", 'annotations: {pinnace.dev/allow-plain-secret: "true"}'))


def test_one_name_twice_in_a_request_is_refused(desk: Desk) -> None:
    found = refused(desk, desks.node("s1"), desks.node("s1"))

    assert [(item.source, item.reason) for item in found] == [("file1.yaml", Reason.INVALID)]


def test_an_application_may_not_bring_a_node_a_second_way(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.group("south", "s1"), desks.node("s1"))

    (found,) = refused(desk, desks.application(groups=["shops", "south"]))

    assert found.reason is Reason.TWO_GROUPS
    assert all(text in found.message for text in ("'s1'", "'shops'", "'south'"))


def test_a_group_may_not_bring_a_node_a_second_way(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application(groups=["shops", "plants"]))

    (found,) = refused(desk, desks.group("plants", "p1", "s2"))

    assert (found.reason, found.source) == (Reason.TWO_GROUPS, "file0.yaml")
    assert all(text in found.message for text in ("'s2'", "'shops'", "'plants'"))


def test_labels_of_a_node_may_not_bring_it_a_second_way(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.group("south", selector="{region: south}"), desks.application(groups=["shops", "south"]))

    (found,) = refused(desk, desks.node("s1", "{region: south}"))

    assert found.reason is Reason.TWO_GROUPS


@pytest.mark.parametrize("groups", [("empty",), ()], ids=["no member", "no group"])
def test_an_application_that_goes_to_no_node_is_not_converged_until_it_has_one(
    desk: Desk, groups: tuple[str, ...]
) -> None:
    document = desks.application(groups=groups)
    desk.apply(desks.group("empty"), desks.group("shops", "s1"), desks.node("s1"), document)

    for summary in (desk.controller.application("default", "shop").summary, *desk.controller.applications(None)):
        assert (summary.verdict, summary.reason, summary.nodes) == (Verdict.PENDING, Reason.NO_NODES, 0)

    desk.apply(desks.application())
    assert desk.controller.application("default", "shop").summary.reason is Reason.NOT_JOINED


def test_groups_without_a_difference_share_bundle_and_chunks(desk: Desk) -> None:
    fleet(desk)

    desk.apply(desks.application(groups=["shops", "plants"]))

    assert desk.bundle("shops") == desk.bundle("plants")
    chunks = [parcel for parcel in desk.outbox() if "/chunks/" in parcel.topic]
    assert len(chunks) == 1


def test_the_next_bundle_can_also_be_fetched_as_a_delta(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())
    first = desk.bundle()

    desk.apply(desks.application(image="nginx:2"))

    second = desk.bundle()
    with desk.store.reading() as tx:
        variants = {row.encoding: row for row in tx.deliveries.variants(second, first)}
    assert variants.keys() == {Encoding.ZSTD, Encoding.ZSTD_DELTA}
    assert variants[Encoding.ZSTD_DELTA].length < variants[Encoding.ZSTD].length


def test_chunks_stand_before_the_head_that_names_them(desk: Desk) -> None:
    fleet(desk)

    desk.apply(desks.application())

    parsed = [topics.parse(parcel.topic) for parcel in desk.outbox()]
    assert [topic.kind for topic in parsed if topic] == [Kind.CHUNK, Kind.HEAD]


def test_relabelling_a_group_moves_what_selects_it_without_a_new_revision(desk: Desk) -> None:
    fleet(desk)
    selecting = desks.SHOP.replace("clusters: [shops]", "clusterLabelSelector: {tier: one}, allowEmpty: true")
    assert desk.apply(selecting).items[0].groups == ()
    desk.outbox()

    desk.apply(desks.group("shops", "s1", "s2", labels="{tier: one}"))

    status = desk.controller.application("default", "shop")
    assert (status.summary.revision, status.summary.groups) == (1, ("shops",))
    assert "head shops" in kinds(desk)


def test_a_group_whose_label_an_application_needs_keeps_it(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1", labels="{tier: one}"), desks.node("s1"))
    desk.apply(desks.SHOP.replace("clusters: [shops]", "clusterLabelSelector: {tier: one}"))

    (found,) = refused(desk, desks.group("shops", "s1", labels="{tier: two}"))

    assert found.reason is Reason.UNKNOWN_GROUP
    assert "default/shop" in found.message


@pytest.mark.parametrize(
    ("limits", "number"),
    [
        (Limits(max_objects=1), "objects, and the limit is 1 (max_objects)"),
        (Limits(max_bundle_bytes=300), "and the limit is 300 bytes (max_bundle_bytes)"),
        (Limits(max_encoded_bytes=100), "and the limit is 100 bytes (max_encoded_bytes)"),
        (Limits(max_message_bytes=1100), "and the limit is 1.1 KiB (1100 bytes) (max_message_bytes)"),
    ],
)
def test_what_exceeds_a_limit_is_refused_with_the_number(
    tmp_path: Path, keyset: KeySet, limits: Limits, number: str
) -> None:
    desk = Desk(tmp_path / "own", keyset, limits)
    two = desks.SHOP.replace(
        "  policies:", "    - {name: api, type: webservice, properties: {image: 'api:1'}}\n  policies:"
    )
    with pytest.raises(InvalidSources) as caught:
        desk.apply(desks.group("shops"), two, *(desks.application(f"shop-{number}") for number in range(5)))
    desk.close()

    assert caught.value.reason is Reason.TOO_LARGE
    assert number in caught.value.message


def test_rollback_brings_old_content_as_a_new_revision(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())
    first = desk.bundle()
    desk.apply(desks.application(image="nginx:2"))
    version = desk.head_version()

    item = desk.controller.rollback("default", "shop", None, ACTOR)

    assert (item.revision, desk.bundle(), desk.head_version()) == (3, first, version + 1)
    assert desk.controller.history("default", "shop")[-1].note == "rollback to 1"


def test_rollback_to_a_revision_that_never_was_is_not_found(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())

    for to in (None, 7):
        with pytest.raises(Rejected) as caught:
            desk.controller.rollback("default", "shop", to, ACTOR)
        assert caught.value.reason is Reason.NOT_FOUND


def test_history_tells_what_each_revision_was(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())
    first = desk.bundle()
    desk.apply(desks.application(image="nginx:2"))

    one, two = desk.controller.history("default", "shop")

    assert (one.groups, one.current, two.current) == ({"shops": first}, False, True)
    assert (two.changed_by, two.groups) == (ACTOR, {"shops": desk.bundle()})


def test_a_group_in_use_cannot_be_deleted(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())

    with pytest.raises(Rejected) as caught:
        desk.controller.delete_group("shops", ACTOR)

    assert caught.value.reason is Reason.IN_USE
    assert "default/shop" in caught.value.message


def test_a_group_that_is_made_again_goes_on_counting(desk: Desk) -> None:
    desk.apply(desks.group("shops"))
    desk.apply(desks.application())
    version = desk.head_version()
    desk.controller.delete_application("default", "shop", force=True, actor=ACTOR)
    desk.controller.delete_group("shops", ACTOR)
    assert [parcel.payload for parcel in desk.outbox() if parcel.topic.endswith("/head")] == [b""]

    desk.apply(desks.group("shops"))

    assert desk.head_version() > version + 1


def test_a_deleted_node_leaves_empty_topics(desk: Desk) -> None:
    fleet(desk)
    desk.join("s1")
    desk.outbox()

    desk.controller.delete_node("s1", ACTOR)

    cleared = {parcel.topic: parcel.payload for parcel in desk.outbox()}
    assert cleared == {f"pinnace/v1/default/nodes/s1/{name}": b"" for name in ("assignment", "presence")}
    with pytest.raises(Rejected):
        desk.controller.node("s1")


def test_a_change_of_groups_reaches_the_nodes_as_assignments(desk: Desk) -> None:
    fleet(desk)

    desk.apply(desks.group("plants", "p1", "s1"))

    (parcel,) = desk.outbox()
    assert parcel.topic.endswith("nodes/s1/assignment")
    assert desks.opened(parcel.payload).signed["groups"] == ["plants", "shops"]


def test_diff_shows_objects_and_changes_nothing(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())
    before = everything(desk)

    request = api.ApplyRequest(sources=desks.sources(desks.application(image="nginx:2")))
    (item,) = desk.controller.diff(request).items

    assert '-            "image": "nginx:1"' in item.text
    assert '+            "image": "nginx:2"' in item.text
    assert everything(desk) == before


def test_concurrent_applies_are_all_kept(desk: Desk) -> None:
    fleet(desk)
    names = [f"app-{number}" for number in range(8)]
    threads = [threading.Thread(target=desk.apply, args=(desks.application(name),)) for name in names]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with desk.store.reading() as tx:
        placed = tx.applications.placements()
    head = [parcel for parcel in desk.outbox() if parcel.topic.endswith("shops/head")][-1]
    assert sorted(item.key.name for item in placed) == names
    assert sorted(desks.head_targets(head.payload)) == [f"shops/default/{name}" for name in names]


def test_every_change_is_recorded_with_who_made_it(desk: Desk) -> None:
    fleet(desk)
    desk.apply(desks.application())
    desk.controller.delete_application("default", "shop", force=True, actor="eve")

    with desk.store.reading() as tx:
        trail = tx.access.trail(10)

    assert [(row.actor, row.action, row.subject) for row in trail[:2]] == [
        ("eve", "force delete", "Application default/shop"),
        (ACTOR, "apply", "Application default/shop revision 1"),
    ]


def test_a_store_that_does_not_know_the_head_that_sites_hold_cannot_empty_them(desk: Desk) -> None:
    """The store was lost, the keys are the old ones, and somebody applies the groups before the applications."""
    with desk.store.writing() as tx:
        tx.deliveries.raise_floors({"shops": 12}, {})

    with pytest.raises(InvalidSources, match="sites of this group hold version 12") as refused:
        desk.apply(desks.group("shops", "s1"), desks.node("s1"))

    assert refused.value.reason is Reason.IN_USE
    assert desk.controller.groups() == ()
    desk.apply(desks.group("shops", "s1"), desks.node("s1"), desks.application())
    assert desk.head_version() == 13


def test_diff_tells_of_documents_as_apply_would(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1", "s2"), desks.node("s1"), desks.application())
    request = api.ApplyRequest(sources=desks.sources(desks.group("shops", "s1"), desks.application()))

    told = desk.controller.diff(request).documents

    assert [(item.kind, item.change) for item in told] == [
        ("NodeGroup", Change.CONFIGURED),
        ("Application", Change.UNCHANGED),
    ]


def test_sites_may_be_emptied_on_purpose(desk: Desk) -> None:
    with desk.store.writing() as tx:
        tx.deliveries.raise_floors({"shops": 12}, {})
    allowed = desks.group("shops", "s1").replace(
        "metadata: {", 'metadata: {annotations: {pinnace.dev/allow-empty: "true"}, '
    )

    desk.apply(allowed, desks.node("s1"))

    assert desk.head_version() == 13


def test_who_may_sign_for_a_group_is_not_signed_anew_with_each_release(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    targets = _targets(desk)

    desk.apply(desks.application())
    assert _targets(desk) == targets

    desk.clock.pass_by(days=31)
    desk.apply(desks.application(image="nginx:2"))
    assert _targets(desk) != targets


def test_who_may_sign_is_signed_anew_above_a_number_that_somebody_has_seen(desk: Desk) -> None:
    """Whoever signed that number may have signed newer targets with it, which nodes then hold against older ones."""
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    with desk.store.writing() as tx:
        tx.deliveries.raise_floors({"shops": 12}, {})

    desk.apply(desks.application())

    assert json.loads(_targets(desk))["signed"]["version"] == 13


def _targets(desk: Desk) -> str:
    (message,) = [parcel.payload for parcel in desk.outbox() if parcel.topic.endswith("/head")]
    return head.decode(message, DEFAULT_LIMITS, "test").targets
