"""Joins a node: shows the cloud the token and the node's new key, and learns the trust root from the answer.

The broker is not trusted: the answer counts only when its root has the digest in the token and the root's own roles
have signed the rest. The token's secret never travels.
"""

import queue
from collections.abc import Callable
from dataclasses import dataclass

from pinnace_edge.model import Trust
from pinnace_edge.ports import Arrived, Broker, Clock, Connected, Disconnected, Happening, Verifier
from pinnace_edge.rules import addressee
from pinnace_schemas import control, envelope, topics
from pinnace_schemas.envelope import Envelope
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import ControlMessage, JoinOutcome, JoinReply, JoinRequest
from pinnace_schemas.reasons import Reason
from pinnace_schemas.tokens import JoinToken

# The request is a plain message and may be lost; the controller answers repeats alike.
REPEAT_S = 3.0


@dataclass(frozen=True, slots=True)
class Keys:
    """What joining needs of the trust adapters."""

    public_key: str
    sign: Callable[[JoinRequest, str], Envelope]
    first_trust: Callable[[str, str, str], Trust]


class Joining:
    """One attempt with one token."""

    def __init__(
        self,
        token: JoinToken,
        keys: Keys,
        verifier: Verifier,
        broker: Broker,
        events: "queue.Queue[Happening]",
        clock: Clock,
        limits: Limits,
        daemon: str,
    ) -> None:
        self._token = token
        self._keys = keys
        self._verifier = verifier
        self._broker = broker
        self._events = events
        self._clock = clock
        self._limits = limits
        self._daemon = daemon
        self._last_problem = "the broker did not answer"

    def run(self, timeout_s: float) -> Trust:
        """The trust to keep. Raises Rejected when refused, Unavailable after `timeout_s` with the last known cause."""
        deadline = self._clock.monotonic() + timeout_s
        self._broker.subscribe(self._topic(topics.Kind.ENROLL_REPLY))
        self._broker.start()
        try:
            while (left := deadline - self._clock.monotonic()) > 0:
                trust = self._wait(min(left, REPEAT_S))
                if trust:
                    return trust
        finally:
            self._broker.stop()
        raise Unavailable(f"no answer within {timeout_s:.0f} s: {self._last_problem}; the token can be used again")

    def _wait(self, timeout_s: float) -> Trust | None:
        try:
            event = self._events.get(timeout=timeout_s)
        except queue.Empty:
            self._ask()
            return None
        match event:
            case Connected():
                self._last_problem = "the broker is there, but no controller answers"
                self._ask()
            case Disconnected(reason):
                self._last_problem = reason
            case Arrived():
                return self._take(event)
        return None

    def _ask(self) -> None:
        request = JoinRequest(
            tenant=self._token.tenant,
            node=self._token.node,
            token=self._token.id,
            public_key=self._keys.public_key,
            daemon=self._daemon,
        )
        signed = self._keys.sign(request, self._token.secret)
        self._broker.publish(self._topic(topics.Kind.ENROLL), envelope.encode(signed, self._limits, "join request"))

    def _take(self, message: Arrived) -> Trust | None:
        if message.topic != self._topic(topics.Kind.ENROLL_REPLY):
            return None
        try:
            reply, trust = self._verified(control.decode(message.payload, self._limits, "join reply"))
        except Rejected as exc:  # anyone may write to the topic: wait for one that is signed
            self._last_problem = f"an answer came that was not signed by the controller of this token ({exc})"
            return None
        if reply.public_key != self._keys.public_key:
            return None
        if reply.outcome is JoinOutcome.REFUSED:
            raise Rejected(Reason.TOKEN_REFUSED, reply.message, f"node {self._token.node}")
        return trust

    def _verified(self, message: ControlMessage) -> tuple[JoinReply, Trust]:
        first = self._keys.first_trust(message.root or "", self._token.root, self._token.tenant)
        found, trust = self._verifier.control(message, first, self._clock.now())
        reply = envelope.opened(JoinReply, found, self._limits, "join reply")
        addressee.expect(reply, self._token.tenant, self._token.node)
        if reply.token != self._token.id:
            raise Rejected(Reason.INCONSISTENT, "it answers another token", "join reply")
        return reply, trust

    def _topic(self, kind: topics.Kind) -> str:
        return topics.build(self._token.tenant, kind, self._token.id)
