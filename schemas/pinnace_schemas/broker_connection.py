"""What one connection to the broker comes to: how far it got, and the first cause of its end. Times are passed in.

A client library may tell of one end twice, or of none; here it counts once.
"""

from pinnace_schemas import broker_reasons
from pinnace_schemas.broker_dialling import End, Ended
from pinnace_schemas.broker_settings import BrokerSettings


class Connection:
    """Begins when the network connection stands. `now` is monotonic, in seconds."""

    def __init__(self, settings: BrokerSettings, now: float) -> None:
        self.ended: Ended | None = None
        self.is_leaving = False  # we end it
        self._settings = settings
        self._answer_by = now + settings.connect_timeout_s
        self._up_since: float | None = None

    @property
    def is_up(self) -> bool:
        return self._up_since is not None and self.ended is None

    def answered(self, code: int, name: str, now: float) -> bool:
        """The broker's CONNACK; True: we are in."""
        if code >= broker_reasons.FAILURE:
            end = End.OTHER_VERSION if code == broker_reasons.OTHER_VERSION else End.REFUSED
            self.ended = self.ended or Ended(end, broker_reasons.refused(code, name, self._settings))
            return False
        self._up_since = now
        return True

    def closed(self, code: int, name: str, now: float, *, is_by_broker: bool) -> None:
        """The network connection is gone, or the broker sent DISCONNECT; the library's reason code says which way."""
        if is_by_broker:
            self.end(broker_reasons.hung_up(code, name, self._settings), now)
        elif self.is_leaving:
            self.end(broker_reasons.stopped(self._settings), now)
        elif code == broker_reasons.KEEPALIVE_TIMEOUT:
            self.end(broker_reasons.silent(self._settings), now)
        elif self._up_since is None:
            self.end(broker_reasons.unanswered(self._settings), now)
        else:
            self.end(broker_reasons.lost(self._settings), now)

    def end(self, reason: str, now: float) -> None:
        """Ends it for a cause of our own; does nothing when it has ended."""
        if self.ended is not None:
            return
        if self._up_since is None:
            self.ended = Ended(End.UNANSWERED, reason)
        else:
            self.ended = Ended(End.LOST, reason, now - self._up_since)

    def look_at_deadline(self, now: float) -> None:
        """Ends it when the broker took the connection and has not answered in time."""
        if self._up_since is None and now > self._answer_by:
            self.end(broker_reasons.unanswered(self._settings), now)

    def outcome(self) -> Ended:
        """For the moment after the network connection is gone."""
        return self.ended or Ended(End.UNANSWERED, broker_reasons.unanswered(self._settings))
