"""The controller's process looks for reference cycles seldom, and still does."""

import subprocess
import sys

PROGRAM = """
import gc
from pinnace_cloud import garbage

garbage.collect_seldom()
assert gc.isenabled() and gc.get_freeze_count() > 0
before = sum(each["collections"] for each in gc.get_stats())
kept = [[] for _ in range(10_000)]
assert sum(each["collections"] for each in gc.get_stats()) == before
kept += [[] for _ in range(100_000)]
assert sum(each["collections"] for each in gc.get_stats()) > before
"""


def test_a_batch_of_reports_is_no_reason_to_look_for_cycles_and_ten_batches_are() -> None:
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=60)
    assert (answer.returncode, answer.stderr) == (0, "")
