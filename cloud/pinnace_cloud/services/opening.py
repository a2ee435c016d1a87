"""Opens what nodes send: size, form, signature, address, in this order. Anything else is Rejected with its reason."""

from collections.abc import Mapping

from pinnace_cloud import verifying
from pinnace_cloud.ports import Message
from pinnace_schemas import envelope
from pinnace_schemas.envelope import Sealed
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Addressed, JoinRequest, Report, Request
from pinnace_schemas.reasons import Reason
from pinnace_schemas.topics import Kind, Topic

_MODELS: Mapping[Kind, type[Report] | type[Request]] = {Kind.REPORT: Report, Kind.REQUEST: Request}


def node_message(
    message: Message, topic: Topic, keys: Mapping[str, str], tenant: str, limits: Limits
) -> Report | Request:
    """A report or request whose signature is that of the node of its topic. `keys` holds the public keys that exist."""
    sealed = envelope.decode(message.payload, limits, message.topic)
    key = keys.get(topic.name)
    if key is None:
        raise Rejected(Reason.UNKNOWN_NODE, "no node of this name has joined", message.topic)
    _verify(sealed, key, topic.name)
    said = envelope.read(_MODELS[topic.kind], sealed, limits, message.topic)
    check_address(said, tenant, topic.name, message.topic)
    return said


def _verify(sealed: Sealed, key: str, node: str) -> None:
    """Raises Rejected(BAD_SIGNATURE) that names the node."""
    try:
        verifying.verify_node(sealed, key)
    except Rejected as exc:
        advice = "where another key has joined under this name, stop the old one"
        raise Rejected(exc.reason, f"{exc.message}; {advice}", f"node '{node}'") from exc


def join_request(message: Message, topic: Topic, tenant: str, limits: Limits) -> tuple[Sealed, JoinRequest]:
    """A request that is not verified yet: its token says by which key."""
    sealed = envelope.decode(message.payload, limits, message.topic)
    request = envelope.read(JoinRequest, sealed, limits, message.topic)
    check_address(request, tenant, request.node, message.topic)
    if request.token != topic.name:
        raise Rejected(Reason.TOKEN_REFUSED, "the request names another token than its topic", message.topic)
    return sealed, request


def check_address(said: Addressed, tenant: str, node: str, where: str) -> None:
    """Raises Rejected if the message is signed for another tenant or node."""
    if said.tenant != tenant:
        raise Rejected(Reason.WRONG_TENANT, f"signed for tenant '{said.tenant}'", where)
    if said.node != node:
        raise Rejected(Reason.WRONG_GROUP, f"signed for node '{said.node}'", where)
