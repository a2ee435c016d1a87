"""Limits that are checked before anything is parsed, stored or published. All are settings; these are the defaults."""

from pydantic import BaseModel, ConfigDict, PositiveInt


class Limits(BaseModel):
    """Sizes in bytes. Both sides must agree: the cloud refuses at `apply` what an edge would refuse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # The smallest limit of a common broker is 128 KB (AWS IoT); MQTT headers and TLS records need room.
    max_message_bytes: PositiveInt = 96 * 1024
    # A head or control message unpacks to signed texts; 2 MiB holds about 1,500 applications of one group.
    max_document_bytes: PositiveInt = 2 * 1024 * 1024
    # 4 MiB of JSON is about 1,000 objects and parses in 50 ms on a small board.
    max_bundle_bytes: PositiveInt = 4 * 1024 * 1024
    max_encoded_bytes: PositiveInt = 1024 * 1024
    max_objects: PositiveInt = 1000
    # Kubernetes objects rarely nest deeper than 20; JSON parsers recurse.
    max_depth: PositiveInt = 64
    # Per node, as kept on disk until the cloud acknowledges.
    max_journal_entries: PositiveInt = 50_000
    max_journal_bytes: PositiveInt = 32 * 1024 * 1024


DEFAULT_LIMITS = Limits()
