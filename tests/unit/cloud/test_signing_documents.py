"""What the controller signs: the same input gives the same bytes, and only sound names are signed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import Signature
from tuf.api.metadata import Metadata, Root, Targets

from pinnace_cloud.signing import keys
from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_cloud.signing.signer import METADATA_LIFETIME, RENEW_AFTER, Signer
from pinnace_schemas import codec, control
from pinnace_schemas.compression import Encoding
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import MAX_NUMBER, RESERVED_GROUPS, Head, HeadEntry, Variant
from pinnace_schemas.limits import DEFAULT_LIMITS, Limits
from pinnace_schemas.messages import ControlMessage, Question
from pinnace_schemas.names import DNS_LABEL
from pinnace_schemas.reasons import Reason

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer(keys.init(tmp_path_factory.mktemp("keys") / "set", "default", NOW), "default")


def test_same_input_gives_the_same_bytes(signer: Signer) -> None:
    assert _head(signer, "web", "till") == _head(signer, "web", "till")


def test_order_of_the_bundles_does_not_matter(signer: Signer) -> None:
    assert _head(signer, "web", "till") == _head(signer, "till", "web")


@pytest.mark.parametrize("group", ["shops", "a", "targets-2", "targets0", "zoo"])
def test_texts_are_canonical_json(signer: Signer, group: str) -> None:
    head = signer.head(group, [_bundle("web"), _bundle("web-2"), _bundle("web0")], version=3, now=NOW)
    for text in (head.timestamp, head.snapshot, head.targets, head.group, signer.root_text):
        assert codec.canonical(json.loads(text)).decode() == text


def test_head_names_versions_scope_and_date(signer: Signer) -> None:
    earlier = signer.head("shops", [], version=2, now=NOW)
    head = signer.head("shops", [_bundle("web")], version=7, now=NOW, targets=earlier.targets)
    signed = {role: json.loads(getattr(head, role))["signed"] for role in ("timestamp", "snapshot", "targets", "group")}
    assert {role: document["version"] for role, document in signed.items()} == {
        "timestamp": 7,
        "snapshot": 7,
        "targets": 2,
        "group": 7,
    }
    assert {role: document["expires"] for role, document in signed.items()} == {
        "timestamp": "2026-03-31T12:00:00Z",
        "snapshot": "2026-03-31T12:00:00Z",
        "targets": "2026-04-30T12:00:00Z",
        "group": "2026-03-31T12:00:00Z",
    }
    assert all(document["x-pinnace"] == {"tenant": "default", "scope": "group/shops"} for document in signed.values())
    assert signed["snapshot"]["meta"] == {"targets.json": {"version": 2}, "shops.json": {"version": 7}}
    assert list(signed["group"]["targets"]) == ["shops/default/web"]


def test_renewal_comes_at_half_of_the_lifetime() -> None:
    assert timedelta(days=30) == METADATA_LIFETIME
    assert RENEW_AFTER * 2 == METADATA_LIFETIME


@pytest.mark.parametrize(("days", "is_kept"), [(0, True), (30, True), (31, False)])
def test_targets_are_kept_as_long_as_they_outlive_the_head(signer: Signer, days: int, is_kept: bool) -> None:
    earlier = signer.head("shops", [], version=2, now=NOW).targets
    head = signer.head("shops", [], version=7, now=NOW + timedelta(days=days), targets=earlier)
    assert (head.targets == earlier) is is_kept


def test_targets_of_other_keys_or_another_group_are_not_kept(signer: Signer, tmp_path: Path) -> None:
    other = Signer(keys.init(tmp_path / "other", "default", NOW), "default")
    for earlier in (other.head("shops", [], version=2, now=NOW), signer.head("bars", [], version=2, now=NOW)):
        head = signer.head("shops", [], version=7, now=NOW, targets=earlier.targets)
        assert json.loads(head.targets)["signed"]["version"] == 7


names = st.from_regex(DNS_LABEL, fullmatch=True)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
numbers = st.integers(1, MAX_NUMBER)
variants = st.builds(
    Variant,
    encoding=st.sampled_from(Encoding),
    length=numbers,
    chunks=st.lists(digests, min_size=1, max_size=3).map(tuple),
    base=st.none() | digests,
)
entries = st.builds(
    HeadEntry,
    namespace=names,
    application=names,
    revision=numbers,
    variants=st.lists(variants, min_size=1, max_size=2).map(tuple),
    requires=st.lists(names, max_size=2).map(tuple),
)
bundles = st.lists(
    st.builds(ReleasedBundle, entries, digests, numbers),
    max_size=3,
    unique_by=lambda item: (item.entry.namespace, item.entry.application),
)
moments = st.datetimes(datetime(1970, 1, 2), datetime(9990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - it wants naive bounds


@pytest.mark.slow
@given(names.filter(lambda name: name not in RESERVED_GROUPS), bundles, numbers, moments)
@settings(deadline=None, max_examples=60)
def test_documents_are_what_python_tuf_writes_and_verifies(
    signer: Signer, group: str, released: list[ReleasedBundle], version: int, now: datetime
) -> None:
    head = signer.head(group, released, version=version, now=now)
    root = Metadata[Root].from_bytes(signer.root_text.encode()).signed
    delegator = Metadata[Targets].from_bytes(head.targets.encode()).signed
    for text, role in ((head.timestamp, "timestamp"), (head.snapshot, "snapshot"), (head.targets, "targets")):
        root.verify_delegate(role, *_as_python_tuf_writes(text))
    delegator.verify_delegate(group, *_as_python_tuf_writes(head.group))
    files = Metadata[Targets].from_bytes(head.group.encode()).signed.targets
    assert {path: (file.length, file.hashes["sha256"]) for path, file in files.items()} == {
        f"{group}/{item.entry.namespace}/{item.entry.application}": (item.length, item.digest) for item in released
    }


def _as_python_tuf_writes(text: str) -> tuple[bytes, dict[str, Signature]]:
    document = Metadata.from_bytes(text.encode())
    assert json.loads(text) == document.to_dict()
    assert document.signed_bytes in text.encode()
    return document.signed_bytes, document.signatures


def test_a_text_that_json_and_tuf_write_differently_is_our_own_bug(signer: Signer) -> None:
    odd = HeadEntry(namespace="default", application="web", revision=1, variants=_variants(), requires=('a"b',))
    with pytest.raises(ValueError, match="escapes"):
        signer.head("shops", [ReleasedBundle(odd, "cd" * 32, 1000)], version=1, now=NOW)


def test_application_twice_is_our_own_bug(signer: Signer) -> None:
    with pytest.raises(ValueError, match="twice"):
        _head(signer, "web", "web")


@pytest.mark.parametrize("group", ["root", "targets", "snapshot", "timestamp", "Shops", "a/b", "", "*"])
def test_name_that_cannot_be_a_group_is_refused(signer: Signer, group: str) -> None:
    with pytest.raises(Rejected) as caught:
        signer.head(group, [], version=1, now=NOW)
    assert caught.value.reason is Reason.INVALID


def test_keys_of_another_tenant_are_refused(tmp_path: Path) -> None:
    keyset = keys.init(tmp_path / "keys", "rival", NOW)
    with pytest.raises(Rejected, match=r"'rival'.*'default'") as caught:
        Signer(keyset, "default")
    assert caught.value.reason is Reason.WRONG_TENANT


def test_inbox_message_carries_neither_delegation_nor_root(signer: Signer) -> None:
    question = Question(tenant="default", node="shop-1", sent_at="2026-03-01T12:00:00Z")
    bare = signer.control(question)
    full = signer.control(question, with_targets=True, with_root=True)
    assert (bare.targets, bare.root) == (None, None)
    assert (full.root, full.envelope) == (signer.root_text, bare.envelope)
    assert json.loads(full.targets or "")["signed"]["x-pinnace"]["scope"] == "nodes/*"
    assert signer.root_digest == codec.sha256(signer.root_text.encode())


def test_a_message_with_nothing_but_its_envelope_is_the_same_bytes_as_its_model(signer: Signer) -> None:
    question = Question(tenant="default", node="shop-1", sent_at="2026-03-01T12:00:00Z")
    written = control.encode_bare(signer.envelope(question), DEFAULT_LIMITS, "inbox")
    assert written == control.encode(signer.control(question), DEFAULT_LIMITS, "inbox")


@pytest.mark.parametrize("text", ["", '{"a":"\\"\\\\"}', "caf\u00e9 \u2028 \U0001f680", "\x00\x1f\x7f"])
def test_a_text_of_any_characters_comes_out_of_a_bare_message_as_it_went_in(text: str) -> None:
    written = control.encode_bare(text, DEFAULT_LIMITS, "inbox")
    assert control.decode(written, DEFAULT_LIMITS, "inbox") == ControlMessage(envelope=text)
    assert written == control.encode(ControlMessage(envelope=text), DEFAULT_LIMITS, "inbox")


def test_a_bare_message_keeps_the_limit(signer: Signer) -> None:
    question = Question(tenant="default", node="shop-1", sent_at="2026-03-01T12:00:00Z")
    with pytest.raises(Rejected) as caught:
        control.encode_bare(signer.envelope(question), Limits(max_message_bytes=100), "inbox")
    assert caught.value.reason is Reason.TOO_LARGE


def _variants() -> tuple[Variant, ...]:
    return (Variant(encoding=Encoding.ZLIB, length=300, chunks=("ab" * 32,)),)


def _bundle(application: str) -> ReleasedBundle:
    variant = Variant(encoding=Encoding.ZLIB, length=300, chunks=("ab" * 32,))
    entry = HeadEntry(namespace="default", application=application, revision=1, variants=(variant,))
    return ReleasedBundle(entry, "cd" * 32, 1000)


def _head(signer: Signer, *applications: str) -> Head:
    return signer.head("shops", [_bundle(name) for name in applications], version=3, now=NOW)
