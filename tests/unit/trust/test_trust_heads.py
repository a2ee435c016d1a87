"""Heads that the node accepts, and every attack on heads that it refuses with a named reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from securesystemslib.signer import CryptoSigner, SSlibKey

from pinnace_cloud.signing.keys import KeyRole
from pinnace_cloud.signing.signer import METADATA_LIFETIME
from pinnace_edge.adapters.verifier import TufVerifier
from pinnace_edge.rules.freshness import EXPIRY_GRACE
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason

if TYPE_CHECKING:
    from tests.unit.trust.conftest import World

Json = dict[str, Any]
KEYS = {
    "timestamp": KeyRole.TIMESTAMP,
    "snapshot": KeyRole.SNAPSHOT,
    "targets": KeyRole.TARGETS,
    "group": KeyRole.RELEASE,
}
ROLES = list(KEYS)


def test_signed_head_is_accepted_with_its_bundles(world: "World") -> None:
    found = world.accept(world.head(version=3))
    assert [str(item.key) for item in found.wanted] == ["default/till", "default/web"]
    assert (found.version, found.group, found.is_expired) == (3, "shops", False)
    assert found.versions == {f"group/shops {role}": 3 for role in ROLES}
    assert (found.wanted[0].digest, found.wanted[0].length) == ("cd" * 32, 1000)


def test_head_without_bundles_is_accepted(world: "World") -> None:
    assert world.accept(world.head(applications=())).wanted == ()


def test_targets_may_keep_their_version(world: "World") -> None:
    earlier = world.head(version=4)
    head = world.signer.head("shops", [world.bundle()], version=9, now=world.now, targets=earlier.targets)
    assert head.targets == earlier.targets
    assert world.accept(head, trust=world.having_accepted(earlier)).versions["group/shops targets"] == 4


def test_same_head_again_is_accepted(world: "World") -> None:
    head = world.head()
    assert world.accept(head, trust=world.having_accepted(head)).version == 3


def test_newer_head_is_accepted_after_older(world: "World") -> None:
    assert world.accept(world.head(4), trust=world.having_accepted(world.head(3))).version == 4


def test_older_head_is_refused_naming_both_versions(world: "World") -> None:
    refusal = world.refuse(world.head(3), trust=world.having_accepted(world.head(4)))
    assert refusal.reason is Reason.OLDER_VERSION
    assert "version 3 is older than 4" in refusal.message


@pytest.mark.parametrize("role", ROLES)
def test_rollback_of_any_single_document_is_refused(world: "World", role: str) -> None:
    trust = replace(world.trust, versions={f"group/shops {role}": 4})
    refusal = world.refuse(world.head(3), trust=trust)
    assert (refusal.reason, refusal.where) == (Reason.OLDER_VERSION, f"group/shops {role}")


def test_versions_of_another_group_do_not_count(world: "World") -> None:
    trust = replace(world.trust, versions={"group/plants timestamp": 99})
    assert world.accept(world.head(3), trust=trust).version == 3


def test_head_of_a_stranger_is_refused(world: "World", stranger: "World") -> None:
    assert world.refuse(stranger.head()).reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("role", ROLES)
def test_document_of_a_stranger_is_refused(world: "World", stranger: "World", role: str) -> None:
    head = world.head()
    forged = head.model_copy(update={role: stranger.forged(getattr(head, role), _nothing, KEYS[role])})
    assert world.refuse(forged).reason in (Reason.BAD_SIGNATURE, Reason.INCONSISTENT)


@pytest.mark.parametrize("role", ROLES)
def test_document_signed_by_another_role_is_refused(world: "World", role: str) -> None:
    wrong = KeyRole.CONTROL if role != "snapshot" else KeyRole.TIMESTAMP
    head = world.head()
    text = world.forged(getattr(head, role), _nothing, wrong)
    forged = world.with_snapshot(head, text) if role == "snapshot" else head.model_copy(update={role: text})
    assert world.refuse(forged).reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("role", ROLES)
def test_fast_forward_needs_the_key(world: "World", role: str) -> None:
    head = world.head()
    document = json.loads(getattr(head, role))
    document["signed"]["version"] = 2**40
    text = json.dumps(document)
    forged = world.with_snapshot(head, text) if role == "snapshot" else head.model_copy(update={role: text})
    assert world.refuse(forged).reason is Reason.BAD_SIGNATURE


def test_version_that_no_store_can_hold_is_refused_even_when_signed(world: "World") -> None:
    head = world.head()
    text = world.forged(head.timestamp, _set("version", 2**53), KeyRole.TIMESTAMP)
    assert world.refuse(head.model_copy(update={"timestamp": text})).reason is Reason.MALFORMED


def test_head_of_another_group_is_refused(world: "World") -> None:
    refusal = world.refuse(world.head(group="plants"), "shops")
    assert refusal.reason is Reason.WRONG_GROUP
    assert "'group/plants'" in refusal.message


@pytest.mark.parametrize("role", ROLES)
def test_document_of_another_group_is_refused(world: "World", role: str) -> None:
    head, other = world.head(), world.head(group="plants")
    text = getattr(other, role)
    forged = world.with_snapshot(head, text) if role == "snapshot" else head.model_copy(update={role: text})
    assert world.refuse(forged).reason in (Reason.WRONG_GROUP, Reason.INCONSISTENT)


@pytest.mark.parametrize("role", ROLES)
def test_document_for_another_tenant_is_refused(world: "World", role: str) -> None:
    head = world.head()
    scope = {"tenant": "rival", "scope": "group/shops"}
    text = world.forged(getattr(head, role), _set("x-pinnace", scope), KEYS[role])
    forged = world.with_snapshot(head, text) if role == "snapshot" else head.model_copy(update={role: text})
    refusal = world.refuse(forged)
    assert (refusal.reason, refusal.where) == (Reason.WRONG_TENANT, f"group/shops {role}")


@pytest.mark.parametrize("role", ROLES)
def test_document_without_scope_is_refused(world: "World", role: str) -> None:
    head = world.head()
    text = world.forged(getattr(head, role), lambda signed: signed.pop("x-pinnace"), KEYS[role])
    forged = world.with_snapshot(head, text) if role == "snapshot" else head.model_copy(update={role: text})
    assert world.refuse(forged).reason is Reason.MALFORMED


@pytest.mark.parametrize("name", ["root", "targets", "snapshot", "timestamp"])
def test_reserved_name_is_no_group(world: "World", name: str) -> None:
    refusal = world.refuse(world.head(), name)
    assert (refusal.reason, "reserved" in refusal.message) == (Reason.WRONG_GROUP, True)


@pytest.mark.parametrize("role", ["snapshot", "targets", "group"])
def test_documents_of_two_heads_are_not_mixed(world: "World", role: str) -> None:
    older, newer = world.head(3), world.head(4)
    mixed = newer.model_copy(update={role: getattr(older, role)})
    assert world.refuse(mixed).reason is Reason.INCONSISTENT


def test_snapshot_with_the_right_version_but_other_bytes_is_refused(world: "World") -> None:
    head = world.head()
    spaced = head.snapshot.replace('"signed":', '"signed": ')
    assert world.refuse(head.model_copy(update={"snapshot": spaced})).reason is Reason.INCONSISTENT


def test_snapshot_of_another_version_than_the_timestamp_names_is_refused(world: "World") -> None:
    head = world.head(3)

    def name_another_version(signed: Json) -> None:
        signed["meta"]["snapshot.json"]["version"] = 2

    text = world.forged(head.timestamp, name_another_version, KeyRole.TIMESTAMP)
    refusal = world.refuse(head.model_copy(update={"timestamp": text}))
    assert (refusal.reason, "version 3, 2 belongs" in refusal.message) == (Reason.INCONSISTENT, True)


def test_snapshot_that_does_not_list_the_group_is_refused(world: "World") -> None:
    head = world.head()
    text = world.forged(head.snapshot, lambda signed: signed["meta"].pop("shops.json"), KeyRole.SNAPSHOT)
    assert world.refuse(world.with_snapshot(head, text)).reason is Reason.INCONSISTENT


def test_hash_in_the_snapshot_is_compared_when_present(world: "World") -> None:
    head = world.head()

    def name_other_bytes(signed: Json) -> None:
        signed["meta"]["shops.json"]["hashes"] = {"sha256": "00" * 32}

    text = world.forged(head.snapshot, name_other_bytes, KeyRole.SNAPSHOT)
    assert world.refuse(world.with_snapshot(head, text)).reason is Reason.INCONSISTENT


def test_expired_head_is_accepted_and_flagged_after_the_grace(world: "World") -> None:
    head = world.head()
    end = world.now + METADATA_LIFETIME
    assert not world.accept(head, now=end + EXPIRY_GRACE - timedelta(seconds=1)).is_expired
    found = world.accept(head, now=end + EXPIRY_GRACE)
    assert (found.is_expired, found.expires_at) == (True, end)


def test_expired_root_never_blocks(world: "World") -> None:
    assert world.accept(world.head(), now=world.now + timedelta(days=50 * 365)).is_expired


def test_wrong_clock_of_1970_is_no_reason_to_refuse(world: "World") -> None:
    assert not world.accept(world.head(), now=world.now.replace(year=1970)).is_expired


def test_last_date_of_the_calendar_does_not_overflow(world: "World") -> None:
    head = world.head()
    text = world.forged(head.timestamp, _set("expires", "9999-12-31T23:59:59Z"), KeyRole.TIMESTAMP)
    assert not world.accept(head.model_copy(update={"timestamp": text})).is_expired


def test_later_specification_is_unsupported(world: "World") -> None:
    head = world.head()
    text = world.forged(head.timestamp, _set("spec_version", "2.0.0"), KeyRole.TIMESTAMP)
    assert world.refuse(head.model_copy(update={"timestamp": text})).reason is Reason.UNSUPPORTED


def test_document_of_another_type_is_refused(world: "World") -> None:
    head = world.head()
    text = world.forged(head.snapshot, _nothing, KeyRole.TIMESTAMP)
    refusal = world.refuse(head.model_copy(update={"timestamp": text}))
    assert (refusal.reason, "is of type 'snapshot'" in refusal.message) == (Reason.MALFORMED, True)


def test_field_that_python_tuf_would_drop_is_part_of_what_is_verified(world: "World") -> None:
    head = world.head()
    document = json.loads(head.timestamp)
    document["signed"]["meta"]["other.json"] = {"version": 1}
    forged = head.model_copy(update={"timestamp": json.dumps(document)})
    assert world.refuse(forged).reason is Reason.BAD_SIGNATURE


def test_unsigned_member_beside_the_signed_part_is_refused(world: "World") -> None:
    head = world.head()
    document = json.loads(head.timestamp) | {"note": "unsigned"}
    forged = head.model_copy(update={"timestamp": json.dumps(document)})
    assert world.refuse(forged).reason is Reason.MALFORMED


# --- Delegation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paths", [["plants/*/*"], ["*/*/*"], ["shops/*/*", "plants/*/*"], []])
def test_delegation_of_other_paths_is_refused(world: "World", paths: list[str]) -> None:
    head = world.head()

    def give(signed: Json) -> None:
        signed["delegations"]["roles"][0]["paths"] = paths

    text = world.forged(head.targets, give, KeyRole.TARGETS)
    assert world.refuse(head.model_copy(update={"targets": text})).reason is Reason.INCONSISTENT


def test_second_delegated_role_is_refused(world: "World") -> None:
    head = world.head()

    def add(signed: Json) -> None:
        roles = signed["delegations"]["roles"]
        roles.append(roles[0] | {"name": "more"})

    text = world.forged(head.targets, add, KeyRole.TARGETS)
    assert world.refuse(head.model_copy(update={"targets": text})).reason is Reason.INCONSISTENT


def test_hash_bins_are_refused(world: "World") -> None:
    head = world.head()

    def to_bins(signed: Json) -> None:
        role = signed["delegations"].pop("roles")[0]
        bins = {"keyids": role["keyids"], "threshold": 1, "bit_length": 8, "name_prefix": "shops"}
        signed["delegations"]["succinct_roles"] = bins

    text = world.forged(head.targets, to_bins, KeyRole.TARGETS)
    assert world.refuse(head.model_copy(update={"targets": text})).reason is Reason.INCONSISTENT


def test_top_level_targets_name_no_bundles(world: "World") -> None:
    head = world.head()
    files = json.loads(head.group)["signed"]["targets"]
    text = world.forged(head.targets, _set("targets", files), KeyRole.TARGETS)
    assert world.refuse(head.model_copy(update={"targets": text})).reason is Reason.INCONSISTENT


def test_group_may_not_delegate(world: "World") -> None:
    head = world.head()
    delegations = json.loads(head.targets)["signed"]["delegations"]
    text = world.forged(head.group, _set("delegations", delegations), KeyRole.RELEASE)
    assert world.refuse(head.model_copy(update={"group": text})).reason is Reason.INCONSISTENT


def test_threshold_of_two_needs_two_keys(world: "World", unknown_key: CryptoSigner) -> None:
    head, second = world.head(), unknown_key
    text = world.forged(head.targets, lambda signed: _add_key(signed, second, 2), KeyRole.TARGETS)
    one = head.model_copy(update={"targets": text})
    assert world.refuse(one).reason is Reason.BAD_SIGNATURE
    both = world.forged(head.group, _nothing, KeyRole.RELEASE, second)
    assert world.accept(one.model_copy(update={"group": both})).version == 3


def test_one_key_under_two_ids_counts_once(world: "World") -> None:
    head = world.head()
    release = world.keyset.signers[KeyRole.RELEASE]
    public = SSlibKey("ee" * 32, "ed25519", "ed25519", dict(release.public_key.keyval))
    twin = CryptoSigner(serialization.load_pem_private_key(release.private_bytes, None), public)
    text = world.forged(head.targets, lambda signed: _add_key(signed, twin, 2), KeyRole.TARGETS)
    group = world.forged(head.group, _nothing, KeyRole.RELEASE, twin)
    refusal = world.refuse(head.model_copy(update={"targets": text, "group": group}))
    assert (refusal.reason, "not its own" in refusal.message) == (Reason.MALFORMED, True)


@pytest.mark.parametrize("spelling", [str.upper, lambda text: f"{text} "])
def test_one_key_in_two_spellings_counts_once(world: "World", spelling: Callable[[str], str]) -> None:
    head = world.head()

    def respell(signed: Json) -> None:
        table = signed["delegations"]["keys"]
        key = next(iter(table.values()))
        table["ee" * 32] = key | {"keyval": {"public": spelling(key["keyval"]["public"])}}

    text = world.forged(head.targets, respell, KeyRole.TARGETS)
    assert world.refuse(head.model_copy(update={"targets": text})).reason is Reason.MALFORMED


def test_two_signatures_of_one_key_are_refused(world: "World") -> None:
    head = world.head()
    document = json.loads(head.group)
    document["signatures"] *= 2
    forged = head.model_copy(update={"group": json.dumps(document)})
    assert world.refuse(forged).reason is Reason.MALFORMED


def test_signature_under_the_id_of_another_key_is_refused(world: "World") -> None:
    head = world.head()
    document = json.loads(head.group)
    document["signatures"][0]["keyid"] = world.keyset.signers[KeyRole.CONTROL].public_key.keyid
    forged = head.model_copy(update={"group": json.dumps(document)})
    assert world.refuse(forged).reason is Reason.BAD_SIGNATURE


@pytest.mark.parametrize(
    ("keytype", "scheme"),
    [
        ("rsa", "ed25519"),
        ("ed25519", "rsassa-pss-sha256"),
        ("ecdsa", "ecdsa-sha2-nistp256"),
        ("gpg", "pgp+eddsa-ed25519"),
        ("hmac", "hmac-sha256"),
        (["ed25519"], "ed25519"),
    ],
)
def test_key_of_another_algorithm_is_refused(world: "World", keytype: object, scheme: str) -> None:
    head = world.head()

    def confuse(signed: Json) -> None:
        next(iter(signed["delegations"]["keys"].values())).update(keytype=keytype, scheme=scheme)

    text = world.forged(head.targets, confuse, KeyRole.TARGETS)
    assert world.refuse(head.model_copy(update={"targets": text})).reason is Reason.MALFORMED


# --- Bundles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["plants/default/web", "shops/web", "shops/../plants/web", "shops/default/web/x", ""])
def test_bundle_outside_the_group_is_refused(world: "World", path: str) -> None:
    assert _with_file(world, path, lambda file: None).reason is Reason.WRONG_GROUP


def test_bundle_under_the_path_of_another_application_is_refused(world: "World") -> None:
    assert _with_file(world, "shops/default/bank", lambda file: None).reason is Reason.INCONSISTENT


def test_bundle_beyond_the_limit_is_refused(world: "World") -> None:
    refusal = _with_file(world, "shops/default/web", _set("length", 4 * 1024 * 1024 + 1))
    assert (refusal.reason, "4194305" in refusal.message) == (Reason.TOO_LARGE, True)


def test_encoded_bundle_beyond_the_limit_is_refused(world: "World") -> None:
    def grow(file: Json) -> None:
        file["custom"]["variants"][0]["length"] = 2**21

    assert _with_file(world, "shops/default/web", grow).reason is Reason.TOO_LARGE


def test_head_that_needs_an_unknown_feature_is_refused_naming_the_entry(world: "World") -> None:
    head = world.signer.head("shops", [world.bundle(requires=("waves",))], version=3, now=world.now)
    refusal = world.refuse(head)
    assert refusal.reason is Reason.UNSUPPORTED
    assert "shops/default/web" in refusal.where
    assert "waves" in refusal.message


def test_unknown_hint_in_an_entry_is_ignored(world: "World") -> None:
    head = world.head(applications=["web"])

    def hint(signed: Json) -> None:
        signed["targets"]["shops/default/web"]["custom"]["hint"] = 1

    text = world.forged(head.group, hint, KeyRole.RELEASE)
    assert len(world.accept(head.model_copy(update={"group": text})).wanted) == 1


@pytest.mark.parametrize("hashes", [{"sha512": "ab" * 64}, {"sha256": "AB" * 32}, {"sha256": ""}, {}, [], None])
def test_bundle_without_a_sound_digest_is_refused(world: "World", hashes: object) -> None:
    assert _with_file(world, "shops/default/web", _set("hashes", hashes)).reason is Reason.MALFORMED


@pytest.mark.parametrize("custom", [None, [], "x", {"namespace": "default"}])
def test_bundle_without_a_sound_entry_is_refused(world: "World", custom: object) -> None:
    assert _with_file(world, "shops/default/web", _set("custom", custom)).reason is Reason.MALFORMED


@pytest.mark.parametrize("role", ["timestamp", "targets", "group"])
def test_endless_document_is_refused_by_its_size(world: "World", role: str) -> None:
    head = world.head()
    limit = max(len(text) for text in (world.trust.root, head.timestamp, head.snapshot, head.targets, head.group))
    strict = TufVerifier("default", Limits(max_document_bytes=limit))
    assert strict.head(head, "shops", world.trust, world.now).version == 3
    with pytest.raises(Rejected, match=f"the limit is .*{limit}") as caught:
        strict.head(head.model_copy(update={role: " " * (limit + 1)}), "shops", world.trust, world.now)
    assert caught.value.reason is Reason.TOO_LARGE


def test_two_megabytes_of_escaped_quotes_are_refused_at_once(world: "World") -> None:
    head = world.head().model_copy(update={"timestamp": '"' + '\\"' * 1_000_000})
    assert world.refuse(head).reason is Reason.MALFORMED


def test_deep_nesting_is_refused(world: "World") -> None:
    head = world.head().model_copy(update={"timestamp": "[" * 100_000})
    assert world.refuse(head).reason is Reason.TOO_LARGE


def _nothing(signed: Json) -> None:
    """Signs what is there."""


def _set(field: str, value: object) -> Callable[[Json], None]:
    return lambda signed: signed.update({field: value})


def _add_key(signed: Json, key: CryptoSigner, threshold: int) -> None:
    delegations = signed["delegations"]
    delegations["keys"][key.public_key.keyid] = key.public_key.to_dict()
    delegations["roles"][0]["keyids"].append(key.public_key.keyid)
    delegations["roles"][0]["threshold"] = threshold


def _with_file(world: "World", path: str, change: Callable[[Json], None]) -> Rejected:
    """The refusal of a head whose only bundle, changed, stands at `path`; all signatures are good."""
    head = world.head(applications=["web"])

    def put(signed: Json) -> None:
        file = signed["targets"].pop("shops/default/web")
        change(file)
        signed["targets"][path] = file

    text = world.forged(head.group, put, KeyRole.RELEASE)
    return world.refuse(head.model_copy(update={"group": text}))
