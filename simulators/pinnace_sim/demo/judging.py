"""Whether what was read proves a claim, and what to say of it. Pure: from answers to findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pinnace_schemas.api import JournalRow, NodeStatus, NodeVerdict, Verdict
from pinnace_schemas.journal import Event, first_number
from pinnace_schemas.reasons import REASONS
from pinnace_sim.demo import cast
from pinnace_sim.demo.cast import Expected
from pinnace_sim.demo.record import Finding

# By kind: what the KubeAPI of a site holds of the Application. An object that is not there has no entry.
Objects = Mapping[str, Mapping[str, Any]]
KINDS = {"Deployment": cast.TILL, "Service": cast.TILL, "ConfigMap": cast.SETTINGS}


def joined(status: NodeStatus) -> Finding:
    """The node's key is known and the daemon has spoken with it."""
    if not status.summary.joined:
        return Finding(False, "has not joined")
    if not status.summary.daemon:
        return Finding(False, "has joined, and its daemon has not reported yet")
    return Finding(True, f"daemon {status.summary.daemon}, Kubernetes {status.summary.kubernetes or 'unknown'}")


def runs(row: NodeVerdict | None, found: Objects, wanted: Expected, revision: int) -> Finding:
    """Both ends agree: what stands in the cluster, and what the cloud says of it."""
    if row is None:
        return Finding(False, "the cloud has no verdict")
    wrong = differences(found, wanted)
    if wrong:
        return Finding(False, f"{'; '.join(wrong)} (cloud: {_spoken(row)})")
    if row.verdict is not Verdict.CONVERGED or row.revision != revision:
        return Finding(False, f"the cloud says {_spoken(row)}")
    says = f"{row.verdict}, {row.ready}/{row.total} ready; {_contents(wanted)}"
    return Finding(True, says)


def healed(found: Objects, wanted: Expected, deleted_uid: str, passed_bytes: int) -> Finding:
    """Everything is as before, the deleted object is a new one, and no byte came through the link since the cut."""
    if passed_bytes:
        return Finding(False, f"{passed_bytes} bytes passed the link, so the site was not alone")
    wrong = differences(found, wanted)
    if wrong:
        return Finding(False, "; ".join(wrong))
    if found["ConfigMap"]["metadata"]["uid"] == deleted_uid:
        return Finding(False, f"ConfigMap {cast.SETTINGS} has not been deleted yet")
    says = f"ConfigMap {cast.SETTINGS} is there again, {wanted.replicas} replicas again; 0 bytes passed the link"
    return Finding(True, says)


def offline(row: NodeVerdict | None, wanted_revision: int) -> Finding:
    """The cloud says Offline, gives the reason, and knows that the site runs another revision than wanted."""
    if row is None:
        return Finding(False, "the cloud has no verdict")
    is_shown = row.verdict is Verdict.OFFLINE and row.reason is not None
    if not is_shown or row.wanted_revision != wanted_revision or row.revision == wanted_revision:
        return Finding(False, f"the cloud says {_spoken(row)}")
    because = REASONS[row.reason].meaning if row.reason else ""
    return Finding(True, f"{row.verdict}, revision {row.revision} of {row.wanted_revision}: {because}")


def journal(rows: Sequence[JournalRow], stored_before: int, written_before: int) -> Finding:
    """Numbers from 1 without a gap, and both damages healed among the entries that were written while the site was cut
    off: after those that the cloud had (`stored_before`), up to the last before the link was back (`written_before`).
    """
    numbers = [number for row in rows for number in range(first_number(row.entry), row.entry.seq + 1)]
    if numbers != list(range(1, len(numbers) + 1)):
        return Finding(False, f"entries are missing or out of order: {_ranges(numbers)}")
    late = [row.entry for row in rows if stored_before < row.entry.seq <= written_before]
    healed_kinds = {
        each.object.split()[1]: each.seq for each in late if each.event is Event.DRIFT_HEALED and each.object
    }
    missing = {"ConfigMap", "Deployment"} - healed_kinds.keys()
    if missing:
        return Finding(False, f"no entry yet for the healed {' and '.join(sorted(missing))} ({len(late)} new entries)")
    which = ", ".join(f"{number} {kind}" for kind, number in sorted(healed_kinds.items(), key=lambda item: item[1]))
    says = f"entries {stored_before + 1} to {written_before}, written while cut off, arrived late"
    return Finding(True, f"{says}; DriftHealed: {which}")


def removed(row: NodeVerdict | None, found: Objects) -> Finding:
    """Nothing of it is in the cluster, and the node has said so: the cloud lists it no more, or as Removed."""
    if found:
        return Finding(False, f"still there: {', '.join(sorted(found))}")
    if row is not None and row.verdict is not Verdict.REMOVED:
        return Finding(False, f"the cloud says {_spoken(row)}")
    return Finding(True, "nothing of it is left, and the site has said so")


def differences(found: Objects, wanted: Expected) -> list[str]:
    """In words; empty if the site holds what it should."""
    missing = [f"no {kind} {name}" for kind, name in KINDS.items() if kind not in found]
    if missing:
        return missing
    has = _read(found)
    return [
        f"{name} is {getattr(has, name)!r}"
        for name in Expected.__slots__
        if getattr(has, name) != getattr(wanted, name)
    ]


def _read(found: Objects) -> Expected:
    spec = found["Deployment"]["spec"]
    container = spec["template"]["spec"]["containers"][0]
    modes = [each.get("value", "") for each in container.get("env", ()) if each["name"] == "MODE"]
    greeting = (found["ConfigMap"].get("data") or {}).get("greeting", "")
    return Expected(container["image"], spec.get("replicas", 1), ",".join(modes), greeting)


def _contents(wanted: Expected) -> str:
    tills = "1 till" if wanted.replicas == 1 else f"{wanted.replicas} tills"
    return f"{wanted.image}, {tills} {wanted.mode}"


def _spoken(row: NodeVerdict) -> str:
    parts = (row.verdict, f"({row.reason})" if row.reason else "", f"revision {row.revision} of {row.wanted_revision}")
    return " ".join(part for part in (*parts, row.message) if part)


def _ranges(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers) or "none"
