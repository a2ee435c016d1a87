"""Writes journal entries: fills in the time and what identifies the application. Numbering belongs to the store."""

import logging

from pinnace_edge.model import Deployment
from pinnace_edge.ports import Clock, Store
from pinnace_schemas import times
from pinnace_schemas.journal import Entry, Event
from pinnace_schemas.reasons import Reason

log = logging.getLogger(__name__)

_MAX_MESSAGE = 1000  # characters, the limit of the wire format
_MAX_OBJECT = 600


class Journal:
    """One line per thing that happened. A write joins the transaction that the caller has open."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def note(
        self,
        event: Event,
        deployment: Deployment | None = None,
        *,
        obj: object = None,
        reason: Reason | None = None,
        message: str = "",
        group: str | None = None,
        revision: int | None = None,
        bundle: str | None = None,
    ) -> None:
        """Appends one entry. What a deployment knows need not be said again."""
        app = deployment
        entry = Entry(
            seq=1,
            at=times.format_time(self._clock.now()),
            event=event,
            namespace=app.key.namespace if app else None,
            application=app.key.name if app else None,
            group=app.group if app else group,
            revision=(app.wanted_revision or app.revision or None) if app else revision,
            bundle=(app.wanted_bundle or app.bundle or None) if app else bundle,
            phase=app.phase.value if app else None,
            object=str(obj)[:_MAX_OBJECT] if obj is not None else None,
            reason=reason,
            message=message[:_MAX_MESSAGE],
        )
        self._store.append(entry)
        _log(entry)


def _log(entry: Entry) -> None:
    """What is worth a journal line is worth a log line; identity goes into fields of its own."""
    reason = entry.reason.value if entry.reason and entry.reason.value != entry.phase else None
    phase = entry.phase if entry.phase != entry.event.value else None
    told = (entry.event.value, phase, reason, entry.object, entry.message)
    fields = {name: getattr(entry, name) for name in ("namespace", "application", "group", "revision")}
    extra = {name: value for name, value in fields.items() if value is not None}
    log.info("%s", " ".join(str(part) for part in told if part), extra=extra)
