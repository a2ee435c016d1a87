"""Asks the cloud for what the broker does not hold. A request is a hint: it may be lost and is repeated."""

from pinnace_edge.ports import Broker, Clock, Signer
from pinnace_edge.services.control import Identity
from pinnace_schemas import envelope, times, topics
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Request

_MOST_CHUNKS = 256  # of the wire format; more are asked for next time


class Asking:
    """Signs and sends requests."""

    def __init__(self, broker: Broker, signer: Signer, identity: Identity, clock: Clock, limits: Limits) -> None:
        self._broker = broker
        self._signer = signer
        self._identity = identity
        self._clock = clock
        self._limits = limits
        self._topic = topics.build(identity.tenant, topics.Kind.REQUEST, identity.node)

    def chunks(self, group: str, head: int, digests: tuple[str, ...]) -> bool:
        """False when there is no link."""
        message = Request(
            tenant=self._identity.tenant,
            node=self._identity.node,
            group=group,
            head=head,
            chunks=digests[:_MOST_CHUNKS],
            sent_at=times.format_time(self._clock.now()),
        )
        data = envelope.encode(self._signer.sign(message), self._limits, "request")
        return self._broker.publish(self._topic, data)
