"""Numbers and texts of senders are bounded before anything is done with them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from pinnace_schemas import codec, manifest
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Entry
from pinnace_schemas.messages import Ack, Report
from pinnace_schemas.times import Timestamp

REPORT = {
    "v": 1,
    "type": "report",
    "tenant": "default",
    "node": "site-1",
    "journal": "0" * 32,
    "number": 1,
    "sent_at": "2026-11-20T12:00:00Z",
    "daemon": "0.1.0",
    "started_at": "2026-11-20T12:00:00Z",
}
ENTRY = {"seq": 1, "at": "2026-11-20T12:00:00Z", "event": "Started"}


@pytest.mark.parametrize(
    "change",
    [{"number": 10**30}, {"kept_from": 10**30}, {"heads": {"stores": 10**30}}, {"assignment": 10**30}],
)
def test_a_number_that_no_store_takes_is_refused_at_the_gate(change: dict[str, object]) -> None:
    data = codec.canonical({**REPORT, **change})
    with pytest.raises(Rejected):
        codec.parse(Report, data, max_bytes=10_000, max_depth=9, where="report")


@pytest.mark.parametrize("change", [{"seq": 10**30}, {"count": 10**30}, {"revision": 10**30}, {"phase": "x" * 1000}])
def test_an_entry_is_bounded(change: dict[str, object]) -> None:
    data = codec.canonical({**ENTRY, **change})
    with pytest.raises(Rejected):
        codec.parse(Entry, data, max_bytes=10_000, max_depth=9, where="entry")


def test_what_a_refusal_quotes_of_a_sender_is_bounded() -> None:
    data = codec.canonical({"x" * 5000: 1})
    with pytest.raises(Rejected) as caught:
        codec.parse(Ack, data, max_bytes=10_000, max_depth=9, where="inbox")
    assert len(str(caught.value)) < 2 * codec.MAX_PROBLEM


@pytest.mark.parametrize("name", ["root", "targets", "snapshot", "timestamp"])
def test_a_group_cannot_have_a_name_that_tuf_uses(name: str) -> None:
    text = f"apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata:\n  name: {name}\n"
    (problem,) = manifest.read(text, "group.yaml").diagnostics
    assert (problem.line, problem.path) == (4, "metadata.name")
    assert "no group can have one of these names" in problem.message


def test_times_are_written_in_ascii_digits() -> None:
    times = TypeAdapter(Timestamp)
    assert times.validate_json('"2026-11-23T10:22:00Z"') == "2026-11-23T10:22:00Z"
    with pytest.raises(ValidationError):
        times.validate_json('"٢٠٢٦-11-23T10:22:00Z"')
