"""Of a long failure a person is told the line that says why; the whole of it stays in a file."""

import shutil
from pathlib import Path

import pytest

from pinnace_sim.demo import reasons, workspace

ENDED = """nats-server ended with 1; the end of /tmp/gone/nats-server.log:
[7] [INF] Starting nats-server
[7] [FTL] Can't start JetStream: storage directory is not writable
[7] [INF] Bye
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ENDED, "nats-server ended with 1: [7] [FTL] Can't start JetStream: storage directory is not writable"),
        ("waited 20 s in vain for it\n--- /tmp/it.log\none\ntwo\nthree\n", "waited 20 s in vain for it: two: three"),
        ("the broker is not there", "the broker is not there"),
        ("", ""),
    ],
)
def test_a_failure_is_told_with_the_lines_that_say_why(text: str, told: str) -> None:
    assert reasons.short(text) == told
    assert len(reasons.short(text + "x" * 9_000)) <= reasons.MAX_LENGTH


def test_a_disk_with_room_is_no_reason(tmp_path: Path) -> None:
    assert reasons.full_disk(tmp_path) == ""


def test_the_whole_failure_stays_beside_the_logs() -> None:
    with workspace.opened("pinnace-test-") as space:
        space.keep(ENDED)
    try:
        assert (space.logs / "failure.txt").read_text() == ENDED
    finally:
        shutil.rmtree(space.folder)


def test_logs_that_cannot_be_kept_hide_no_failure() -> None:
    """As on a full disk."""
    with workspace.opened("pinnace-test-") as space:
        space.logs.touch()
        space.keep(ENDED)
        assert not space.has_logs
    assert not space.folder.exists()
