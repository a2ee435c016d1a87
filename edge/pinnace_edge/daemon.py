"""The owner loop: one thread takes events from one queue and drives every service. Nothing else touches the store.

Adapters only put events on the queue; timers are monotonic times that the services name.
"""

import contextlib
import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass

from pinnace_edge.errors import DiskFull
from pinnace_edge.ports import Arrived, Broker, Clock, ClusterChanged, Connected, Disconnected, Happening, Stop, Store
from pinnace_edge.services.control import Identity
from pinnace_edge.services.fetching import Fetcher
from pinnace_edge.services.heads import Heads
from pinnace_edge.services.housekeeping import Housekeeping
from pinnace_edge.services.journal import Journal
from pinnace_edge.services.keeping import Keeper
from pinnace_edge.services.problems import Problems
from pinnace_edge.services.receiving import News, Receiver
from pinnace_edge.services.reporting import Reporter
from pinnace_schemas import topics
from pinnace_schemas.journal import Event
from pinnace_schemas.reasons import Reason

log = logging.getLogger(__name__)

# Nothing waits longer than this, so that a timer that nobody named is noticed.
LONGEST_WAIT_S = 30.0
# A full disk is looked at again this often; meanwhile what runs is healed as before.
DISK_RETRY_S = 30.0
CLEAN_INTERVAL_S = 600.0
# Events taken in one round: a broker that floods us must not keep us from healing.
MOST_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class Services:
    """What the loop drives."""

    heads: Heads
    receiver: Receiver
    fetcher: Fetcher
    keeper: Keeper
    reporter: Reporter
    journal: Journal
    problems: Problems
    housekeeping: Housekeeping


class Daemon:
    """Runs until Stop. Starts from the store, with or without a broker, with or without a KubeAPI."""

    def __init__(
        self,
        events: "queue.Queue[Happening]",
        store: Store,
        broker: Broker,
        clock: Clock,
        services: Services,
        identity: Identity,
    ) -> None:
        self._events = events
        self._store = store
        self._broker = broker
        self._clock = clock
        self._do = services
        self._identity = identity
        self._subscribed: set[str] = set()
        self._clean_at = 0.0
        self._mended_at = 0.0
        self._unstored: dict[str, Arrived] = {}  # the newest of each topic, for which the disk had no space
        self._is_stopping = False
        self._last_entry = 0
        self._paused: dict[Callable[[], float | None], float] = {}

    def run(self) -> None:
        """Returns after Stop. An unexpected error surfaces: the supervisor starts a new daemon from the store."""
        self.start()
        while not self._is_stopping:
            self._handle_all(self.step())
        self._guarded(self._say_goodbye)
        self._broker.stop()

    def stop(self) -> None:
        """Ends `run` after the round that is under way. May be called from a signal handler."""
        self._is_stopping = True
        with contextlib.suppress(queue.Full):  # then the loop does not wait anyway
            self._events.put_nowait(Stop())

    def start(self) -> None:
        """Takes up what the store says, and begins to listen."""
        self._do.heads.load()
        self._guarded(self._say_hello)
        self._subscribe()
        self._broker.start()

    def _say_hello(self) -> None:
        self._do.journal.note(Event.STARTED)

    def _say_goodbye(self) -> None:
        self._do.journal.note(Event.STOPPED)

    def step(self) -> float:
        """One round of every service; returns the seconds to wait for the next event."""
        steps = (self._take_again, self._do.fetcher.step, self._do.keeper.step, self._clean, self._mend, self._report)
        due = [self._guarded(step) for step in steps]
        wait = min((at for at in due if at is not None), default=self._clock.monotonic() + LONGEST_WAIT_S)
        return min(max(0.0, wait - self._clock.monotonic()), LONGEST_WAIT_S)

    def _guarded(self, step: Callable[[], float | None]) -> float | None:
        """A full disk stops the step that needed it, not the others: healing goes on while nothing can be fetched."""
        paused_until = self._paused.get(step, 0.0)
        if self._clock.monotonic() < paused_until:
            return paused_until
        try:
            return step()
        except DiskFull as exc:
            self._disk_is_full(exc)
            self._paused[step] = self._clock.monotonic() + DISK_RETRY_S
            return self._paused[step]

    def _report(self) -> float | None:
        self._do.reporter.kubernetes = self._do.keeper.kubernetes
        newest = self._store.last_entry()
        if newest != self._last_entry:
            self._last_entry = newest
            self._do.reporter.changed()
        self._do.reporter.step()
        self._tell_size()
        return self._do.reporter.due_at()

    def _tell_size(self) -> None:
        """A broker may take less than was agreed: what runs goes on, and `status` on the node says why it is silent."""
        if self._do.reporter.too_large:
            self._do.problems.raise_(Reason.TOO_LARGE, self._do.reporter.too_large)
        else:
            self._do.problems.solve(Reason.TOO_LARGE)

    def _handle_all(self, wait_s: float) -> None:
        """Waits for one event, then takes all that have come, so that a burst costs one round."""
        try:
            self.handle(self._events.get(timeout=wait_s))
            for _ in range(MOST_EVENTS):
                self.handle(self._events.get_nowait())
        except queue.Empty:
            return

    def handle(self, event: Happening) -> None:
        """Takes one event; what follows from it is done by the next step."""
        match event:
            case Stop():
                pass  # only wakes the loop
            case Connected():
                log.info("connected to the broker")
                self._do.keeper.connected()
                self._do.reporter.connected()
            case Disconnected(reason):
                log.warning("no link to the broker: %s", reason)
                self._do.reporter.disconnected()
            case ClusterChanged(key):
                self._do.keeper.hint(key)
            case Arrived():
                self._take(event)

    def _take(self, message: Arrived) -> None:
        try:
            self._store_message(message)
        except DiskFull as exc:
            self._disk_is_full(exc)
            if message.topic in self._subscribed:  # chunks are asked for anew
                self._unstored[message.topic] = message
                self._paused[self._take_again] = self._clock.monotonic() + DISK_RETRY_S

    def _store_message(self, message: Arrived) -> None:
        news = self._do.receiver.receive(message)
        self._unstored.pop(message.topic, None)
        if news is News.ASSIGNMENT:
            self._subscribe()

    def _take_again(self) -> None:
        """What found no space: the broker would repeat it only at the next connect."""
        for message in tuple(self._unstored.values()):
            if message.topic in self._unstored:  # an assignment before it may have left the group
                self._store_message(message)

    def _subscribe(self) -> None:
        """The topics of this node and of its groups, without wildcards."""
        build = topics.build
        wanted = {
            build(self._identity.tenant, kind, self._identity.node)
            for kind in (topics.Kind.ASSIGNMENT, topics.Kind.INBOX)
        }
        wanted |= {build(self._identity.tenant, topics.Kind.HEAD, group) for group in self._store.assignment()[1]}
        for topic in self._subscribed - wanted:
            self._broker.unsubscribe(topic)
            self._unstored.pop(topic, None)
        for topic in wanted - self._subscribed:
            self._broker.subscribe(topic)
        self._subscribed = wanted

    def _clean(self) -> float:
        if self._clock.monotonic() >= self._clean_at:
            self._do.housekeeping.clean()
            self._clean_at = self._clock.monotonic() + CLEAN_INTERVAL_S
        return self._clean_at

    def _mend(self) -> float | None:
        """The disk has space again when nothing failed since the last look (what failed was tried again meanwhile) and
        the reserve is back."""
        if not self._do.problems.lasts(Reason.DISK_FULL):
            return None
        if self._clock.monotonic() >= self._mended_at:
            self._mended_at = self._clock.monotonic() + DISK_RETRY_S
            self._do.housekeeping.clean()
            if self._store.has_room():
                self._do.problems.solve(Reason.DISK_FULL)
        return self._mended_at

    def _disk_is_full(self, exc: DiskFull) -> None:
        """Drops old cached bundles first, never the inventory; the store keeps a reserve for saying so."""
        log.error("the disk is full: %s", exc)
        self._mended_at = self._clock.monotonic() + DISK_RETRY_S
        try:
            self._do.housekeeping.clean()
            self._do.problems.raise_(Reason.DISK_FULL, str(exc))
        except DiskFull:
            log.exception("the disk is so full that even this cannot be written down")
