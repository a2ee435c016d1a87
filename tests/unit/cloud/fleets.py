"""Builders of answers and sites for tests of the picture: times are seconds after `BEGAN`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.cloud import controllers

from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.record import Record
from pinnace_cloud.cli.output.fleet.sites import Fleet, Site
from pinnace_schemas import api, times
from pinnace_schemas.api import Verdict
from pinnace_schemas.journal import Event
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

BEGAN = datetime(2026, 11, 23, 10, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def text(seconds: float) -> str:
    return times.format_time(at(seconds))


def verdict(node: str = "s1", of: Verdict = Verdict.CONVERGED, **more: Any) -> api.NodeVerdict:
    """As the controller's, but that `since` and `last_seen` are seconds."""
    for name in ("since", "last_seen"):
        if name in more:
            more[name] = text(more[name])
    return controllers.verdict(node, of, **more)


def turned(cursor: int, seconds: float, phase: Phase, node: str = "s1", **more: Any) -> api.JournalRow:
    """A site's own word that default/shop changed its phase."""
    return told(cursor, seconds, Event.PHASE_CHANGED, node, phase=phase.value, **more)


def told(
    cursor: int, seconds: float, event: Event, node: str = "s1", *, stored: float | None = None, **more: Any
) -> api.JournalRow:
    """Journalled at the site, and stored by the controller at once or at `stored`."""
    row = controllers.row(cursor, event, node=node, at=text(seconds), **more)
    return row.model_copy(update={"stored_at": text(seconds if stored is None else stored)})


def answer(
    seconds: float, *verdicts: api.NodeVerdict, rows: tuple[api.JournalRow, ...] = (), revision: int = 1
) -> Answer:
    """Of the application default/shop, whose `revision` was released as the watch began."""
    summary = controllers.application().summary.model_copy(update={"revision": revision, "changed_at": text(0)})
    return Answer(at(seconds), (summary,), verdicts, rows=rows)


def seen(*answers: Answer, seconds: float | None = None) -> Fleet:
    """What is known after these answers, at the last one or later."""
    record = Record(BEGAN)
    for item in answers:
        record.add(item)
    return record.fleet(answers[-1].at if seconds is None else at(seconds))


def offline(node: str = "s1", **more: Any) -> api.NodeVerdict:
    values: dict[str, Any] = {"reason": Reason.OFFLINE, "message": "last known: Converged", "last_seen": 20, "since": 5}
    return verdict(node, Verdict.OFFLINE, **(values | more))


def large(count: int, groups: int = 6) -> Fleet:
    """Every hundredth site has failed, every fiftieth is offline."""
    sites = [_of_many(number, f"region-{number % groups:03}") for number in range(count)]
    ordered = tuple(sorted(sites, key=lambda site: (site.group, site.name)))
    return Fleet(f"default/shop revision 2 on {count} sites", at(60), at(0), ordered)


def _of_many(number: int, group: str) -> Site:
    name = f"site-{number:04}"
    if number % 100 == 0:
        return Site(name, group, Verdict.FAILED, Phase.FAILED, Reason.FORBIDDEN, "cannot create ingresses", "r2")
    if number % 50 == 0:
        return Site(name, group, Verdict.OFFLINE, Phase.CONVERGED, Reason.OFFLINE, "", "r1->2")
    return Site(name, group, Verdict.CONVERGED, Phase.CONVERGED, label="r2")
