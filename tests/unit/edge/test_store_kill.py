"""A daemon that is killed at any instruction leaves the old state or the new one."""

import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.model import AppKey
from pinnace_edge.ports import Store
from pinnace_schemas import journal

KILLS = 20
START_DEADLINE_S = 30.0

# Each transaction writes the same number everywhere; a line of output says that it was committed.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pinnace_edge.adapters.sqlite import opening
from pinnace_edge.model import AppKey, Deployment, Kind, Owned, Ref, Trust
from pinnace_edge.ports import StoredHead
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.phases import Phase

store = opening.open_store(Path(sys.argv[1]), Limits(max_journal_entries=200)).store
now = datetime(2026, 11, 23, tzinfo=UTC)
key = AppKey("retail", "pos")
version = sum(head.version for head in store.heads())
while True:
    version += 1
    with store.transaction():
        store.save_head(StoredHead("shops", version, b"h" * 3000))
        store.save_trust(Trust("root", "", {"group/shops timestamp": version}))
        store.append(Entry(seq=1, at="2026-11-23T00:00:00Z", event=Event.HEAD_ACCEPTED, revision=version))
        store.save_deployment(Deployment(key, "shops", Phase.PENDING, now, wanted_bundle="b", wanted_revision=version))
        store.save_owned(key, [Owned(Ref(Kind("v1", "ConfigMap"), "retail", f"c{version % 50}"), body=str(version))])
        store.save_bundle(f"{version:064x}", b"x" * 20000)
        store.append(Entry(seq=1, at="2026-11-23T00:00:00Z", event=Event.APPLIED, revision=version))
    print(version, flush=True)
    if version % 7 == 0:
        store.keep_only([f"{version:064x}"], [])
    if version % 11 == 0:
        store.acknowledged(store.last_entry() - 60)
"""


def run_and_kill(path: Path, delay_s: float) -> int:
    """Starts the writer, kills it `delay_s` after its first commit, returns the last version it said was committed."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        committed = [process.stdout.readline()]
        time.sleep(delay_s)  # the moment of the kill is what is tested; nothing is waited for
        process.send_signal(signal.SIGKILL)
        committed += process.stdout.readlines()
    assert process.wait(START_DEADLINE_S) == -signal.SIGKILL
    return int([line for line in committed if line.endswith("\n")][-1])


def assert_whole(store: Store, committed: int) -> None:
    (head,) = store.heads()
    (deployment,) = store.deployments()
    trust = store.trust()
    assert trust is not None
    assert head.version == deployment.wanted_revision == trust.versions["group/shops timestamp"]
    assert committed <= head.version <= committed + 1
    assert store.last_entry() == 2 * head.version
    assert store.inventory(AppKey("retail", "pos"))
    assert store.bundle(f"{head.version:064x}") == b"x" * 20000
    assert_without_gaps(store)


def assert_without_gaps(store: Store) -> None:
    entries = store.entries(0, 10_000_000)
    assert entries[-1].seq == store.last_entry()
    assert journal.first_number(entries[0]) == store.kept_from()
    assert all(later.seq - later.count == earlier.seq for earlier, later in pairwise(entries))
    assert store.backlog().entries == len(entries)


@pytest.mark.slow
def test_a_kill_at_any_instruction_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    path = tmp_path / opening.FILE_NAME
    source = random.Random(3)
    journals = set()
    for _ in range(KILLS):
        committed = run_and_kill(path, source.uniform(0.0, 0.15))
        reader = opening.open_reader(path)  # what `status` shows before the daemon is started again
        assert_whole(reader, committed)
        reader.close()
        opened = opening.open_store(path)
        assert not opened.was_damaged
        assert_whole(opened.store, committed)
        journals.add(opened.store.journal_id())
        opened.store.close()
    assert len(journals) == 1
