"""Takes messages from the broker and hands each to the service that owns its kind.

A refused message changes nothing, is set aside, and is journalled once however often it arrives.
"""

from collections import OrderedDict
from enum import Enum, auto

from pinnace_edge.ports import Arrived
from pinnace_edge.services.assignments import Assignments
from pinnace_edge.services.fetching import Fetcher
from pinnace_edge.services.heads import Heads
from pinnace_edge.services.inbox import Inbox, Told
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.reporting import Reporter
from pinnace_schemas import codec, topics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.topics import Topic

# Retained garbage comes again at each connect; beyond this many different ones the oldest is told again.
_REMEMBERED_REFUSALS = 256


class News(Enum):
    """What a message changed for the daemon."""

    NOTHING = auto()
    HEAD = auto()
    ASSIGNMENT = auto()
    CHUNK = auto()


class Receiver:
    """The daemon's only way in. Payloads are checked for size before anything else."""

    def __init__(
        self,
        heads: Heads,
        assignments: Assignments,
        inbox: Inbox,
        fetcher: Fetcher,
        reporter: Reporter,
        journal: Journal,
        tenant: str,
        limits: Limits,
    ) -> None:
        self._heads = heads
        self._assignments = assignments
        self._inbox = inbox
        self._fetcher = fetcher
        self._reporter = reporter
        self._journal = journal
        self._tenant = tenant
        self._limits = limits
        self._refused: OrderedDict[str, None] = OrderedDict()

    def receive(self, message: Arrived) -> News:
        """Raises Unavailable when the store cannot take it (disk full); the caller tries again."""
        topic = topics.parse(message.topic)
        if topic is None or topic.tenant != self._tenant or not message.payload:
            return News.NOTHING
        try:
            codec.check_size(message.payload, self._limits.max_message_bytes, message.topic, "max_message_bytes")
            return self._dispatch(topic, message.payload)
        except Rejected as exc:
            self._refuse(message, exc)
            return News.NOTHING

    def _dispatch(self, topic: Topic, payload: bytes) -> News:
        if topic.kind is topics.Kind.HEAD:
            return News.HEAD if self._heads.receive(topic.name, payload) else News.NOTHING
        if topic.kind is topics.Kind.ASSIGNMENT:
            return News.ASSIGNMENT if self._assignments.receive(payload) else News.NOTHING
        if topic.kind is topics.Kind.CHUNK:
            return News.CHUNK if self._fetcher.receive(topic.name, payload) else News.NOTHING
        if topic.kind is topics.Kind.INBOX:
            self._take_inbox(payload)
        return News.NOTHING

    def _take_inbox(self, payload: bytes) -> None:
        told, number = self._inbox.receive(payload)
        if told is Told.ACKNOWLEDGED:
            self._reporter.acknowledged(number)
        else:
            self._reporter.changed()

    def _refuse(self, message: Arrived, exc: Rejected) -> None:
        key = codec.sha256(message.topic.encode() + message.payload)
        if key in self._refused:
            self._refused.move_to_end(key)
            return
        self._journal.note(Event.MESSAGE_REFUSED, reason=exc.reason, message=str(exc))
        self._refused[key] = None  # not before it is written down: a full disk has it received again
        if len(self._refused) > _REMEMBERED_REFUSALS:
            self._refused.popitem(last=False)
        self._reporter.changed()
