"""Whether a verified message is for this node: the signature says who wrote it, its tenant and node whom it is for."""

from pinnace_schemas.errors import Rejected
from pinnace_schemas.messages import Addressed
from pinnace_schemas.reasons import Reason


def expect(message: Addressed, tenant: str, node: str) -> None:
    """Raises Rejected(WRONG_TENANT or WRONG_GROUP), naming both sides."""
    where = f"message to node {message.node!r}"
    if message.tenant != tenant:
        raise Rejected(Reason.WRONG_TENANT, f"is signed for tenant {message.tenant!r}, this is {tenant!r}", where)
    if message.node != node:
        raise Rejected(Reason.WRONG_GROUP, f"this is node {node!r}; the message was not used", where)
