"""Opens control messages: signed by the control role, of this tenant, for this node, of the expected type."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pinnace_edge.model import Trust
from pinnace_edge.ports import Store, Verifier
from pinnace_edge.rules import addressee
from pinnace_edge.services.trusted_time import TrustedTime
from pinnace_schemas import control, envelope
from pinnace_schemas.envelope import Envelope
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Addressed
from pinnace_schemas.reasons import Reason

Message = TypeVar("Message", bound=Addressed)


@dataclass(frozen=True, slots=True)
class Opened(Generic[Message]):
    """A verified message and the trust to remember when it is accepted."""

    message: Message
    trust: Trust


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this daemon is."""

    tenant: str
    node: str


class Control:
    """The gate for everything the cloud says to this node alone."""

    def __init__(self, store: Store, verifier: Verifier, time: TrustedTime, identity: Identity, limits: Limits) -> None:
        self._store = store
        self._verifier = verifier
        self._time = time
        self._identity = identity
        self._limits = limits

    def verify(self, data: bytes, where: str) -> tuple[Envelope, Trust]:
        """The verified envelope. Raises Rejected."""
        trust = self._store.trust()
        if trust is None:
            raise Rejected(Reason.BAD_SIGNATURE, "the node has no trust root; join it again", where)
        return self._verifier.control(control.decode(data, self._limits, where), trust, self._time.now())

    def open(self, model: type[Message], data: bytes) -> Opened[Message]:
        """A message of one model. Raises Rejected."""
        where = model.__name__.lower()
        found, trust = self.verify(data, where)
        return Opened(self.read(model, found, where), trust)

    def read(self, model: type[Message], found: Envelope, where: str) -> Message:
        """The message inside a verified envelope, if it is for this node. Raises Rejected."""
        message = envelope.opened(model, found, self._limits, where)
        addressee.expect(message, self._identity.tenant, self._identity.node)
        return message

    def remember(self, opened: Opened[Message], signed_at: datetime) -> None:
        """Keeps the trust and the signed time of an accepted message. Call inside the accepting transaction."""
        if opened.trust != self._store.trust():
            self._store.save_trust(opened.trust)
        self._time.seen(signed_at)
