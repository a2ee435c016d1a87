"""What a client checks before a broker sees it: topics, filters and sizes. Pure.

A broker that disconnects on what it does not like makes a client reconnect for ever and blocks all that follows.
"""

from pinnace_schemas import amounts
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

MAX_TOPIC_BYTES = 65_535  # MQTT 1.5.4: a string's length is two bytes
# Of a PUBLISH besides topic and payload: fixed header 5, topic length 2, packet identifier 2, no properties 1; rounded.
PUBLISH_OVERHEAD_BYTES = 16
# Our longest topic is below 256 bytes (three names of 63 characters); doubled.
MAX_OWN_TOPIC_BYTES = 512
# A larger message is not read into memory. MQTT 5 brokers are asked not to send such; others do as they like.
MAX_INCOMING_BYTES = 4 * 1024 * 1024


def require_topic(topic: str) -> None:
    """Raises ValueError for what is no name of one topic: names were checked before, so this is a bug of the caller."""
    require_filter(topic)
    if "+" in topic or "#" in topic:
        raise ValueError(f"{topic!r} is no topic to publish to: it holds a wildcard")


def require_filter(topic: str) -> None:
    """Raises ValueError for what cannot be subscribed to. Spaces make some brokers hang up, so they are refused too."""
    if not topic or len(topic.encode("utf-8", "replace")) > MAX_TOPIC_BYTES:
        raise ValueError(f"a topic has 1 to {MAX_TOPIC_BYTES} bytes, not {len(topic)} characters")
    if any(not each.isprintable() or each.isspace() for each in topic):
        raise ValueError(f"{topic!r} is no topic: it holds a space or a control character")
    levels = topic.split("/")
    if any(len(each) > 1 and ("+" in each or "#" in each) for each in levels) or "#" in levels[:-1]:
        raise ValueError(f"{topic!r} is no topic filter: a wildcard stands for a whole level, and '#' for the last")


def largest_packet(max_message_bytes: int) -> int:
    """The maximum packet size that a client asks the broker to keep (MQTT 5), in bytes."""
    return PUBLISH_OVERHEAD_BYTES + MAX_OWN_TOPIC_BYTES + max_message_bytes


def packet_bytes(topic: str, payload_bytes: int) -> int:
    """An upper bound of the size of a PUBLISH packet."""
    return PUBLISH_OVERHEAD_BYTES + len(topic.encode()) + payload_bytes


def require_size(topic: str, payload: bytes, max_message_bytes: int, max_packet_bytes: int | None = None) -> None:
    """Raises Rejected(TOO_LARGE). `max_packet_bytes` is what the broker announced, if it did."""
    if len(payload) > max_message_bytes:
        found = amounts.too_large(len(payload), max_message_bytes, "max_message_bytes")
        problem = f"{found}; make it smaller, or raise it"
        raise Rejected(Reason.TOO_LARGE, f"{problem} here, at the broker and on the other side", topic)
    if max_packet_bytes is not None and packet_bytes(topic, len(payload)) > max_packet_bytes:
        problem = f"{amounts.size(len(payload))}, and the broker takes packets of {amounts.size(max_packet_bytes)}"
        raise Rejected(Reason.TOO_LARGE, f"{problem}: raise its limit, or lower max_message_bytes", topic)
