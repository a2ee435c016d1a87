"""Takes what the cloud tells this node: acknowledgements, which let journal entries go, and questions."""

from enum import Enum, auto

from pinnace_edge.ports import Clock, Store
from pinnace_edge.services.control import Control
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.trusted_time import TrustedTime
from pinnace_schemas import times
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Event
from pinnace_schemas.messages import Ack, Question
from pinnace_schemas.reasons import Reason

_WHERE = "inbox"


class Told(Enum):
    """What an inbox message asks of the daemon."""

    ACKNOWLEDGED = auto()
    REPORT_NOW = auto()


class Inbox:
    """An acknowledgement of another journal identity is ignored: it speaks of entries that this store never had."""

    def __init__(self, store: Store, control: Control, time: TrustedTime, clock: Clock, journal: Journal) -> None:
        self._store = store
        self._control = control
        self._time = time
        self._clock = clock
        self._journal = journal

    def receive(self, data: bytes) -> tuple[Told, int]:
        """What was told, and for an acknowledgement the report number it answers (0 otherwise). Raises Rejected."""
        found, _ = self._control.verify(data, _WHERE)
        kind = found.signed.get("type")
        if kind == "ack":
            return Told.ACKNOWLEDGED, self._acknowledge(self._control.read(Ack, found, _WHERE))
        if kind == "question":
            self._time.seen(times.parse_time(self._control.read(Question, found, _WHERE).sent_at))
            return Told.REPORT_NOW, 0
        raise Rejected(Reason.UNSUPPORTED, f"messages of type {kind!r} are not known to this version", _WHERE)

    def _acknowledge(self, ack: Ack) -> int:
        if ack.journal != self._store.journal_id():
            return 0
        if ack.report > self._store.report_number() or ack.through > self._store.last_entry():
            self._begin_journal()
            return 0
        with self._store.transaction():
            self._store.acknowledged(ack.through)
            self._store.set_last_contact(self._clock.now())
            self._time.seen(times.parse_time(ack.sent_at))
        return ack.report

    def _begin_journal(self) -> None:
        """The cloud knows more of this journal than we do: an older disk was put back, or another node is a copy of
        this one. Our numbers would be taken for old ones, so that nothing we say would count."""
        with self._store.transaction():
            self._store.begin_journal()
            message = "the cloud knows later entries than this store: it is older, or was copied; a new journal begins"
            self._journal.note(Event.JOURNAL_BEGUN, message=message)
