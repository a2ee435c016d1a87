"""Makes the messages that the controller publishes: topic, bytes, retained or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pinnace_cloud.signing.signer import METADATA_LIFETIME, Signer
from pinnace_cloud.storage.rows import AssignmentRow, HeadRow, Parcel
from pinnace_schemas import control, topics
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import Addressed, Assignment, JoinReply
from pinnace_schemas.times import format_time
from pinnace_schemas.topics import Kind

# The trust root is published under its version; rotation adds the next one.
_ROOT_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Post:
    """Knows the tenant, the keys and the limits."""

    tenant: str
    signer: Signer
    limits: Limits

    def topic(self, kind: Kind, name: str) -> str:
        return topics.build(self.tenant, kind, name)

    def head(self, row: HeadRow) -> Parcel:
        """An empty message clears the topic of a group that is no more."""
        return Parcel(self.topic(Kind.HEAD, row.group), row.message, retain=True)

    def assignment(self, row: AssignmentRow) -> Parcel:
        """An empty message clears the topic of a node that is no more."""
        return Parcel(self.topic(Kind.ASSIGNMENT, row.node), row.message, retain=True)

    def chunks(self, chunks: Mapping[str, bytes]) -> Iterable[Parcel]:
        return (Parcel(self.topic(Kind.CHUNK, digest), data, retain=True) for digest, data in chunks.items())

    def cleared_chunks(self, digests: Iterable[str]) -> Iterable[Parcel]:
        return (Parcel(self.topic(Kind.CHUNK, digest), b"", retain=True) for digest in digests)

    def cleared_presence(self, node: str) -> Parcel:
        return Parcel(self.topic(Kind.PRESENCE, node), b"", retain=True)

    def root(self) -> Parcel:
        """The root as its exact text."""
        return Parcel(self.topic(Kind.ROOT, _ROOT_VERSION), self.signer.root_text.encode(), retain=True)

    def inbox(self, message: Addressed) -> Parcel:
        """An acknowledgement or a question; the node verifies it with the targets of its assignment."""
        topic = self.topic(Kind.INBOX, message.node)
        return Parcel(topic, control.encode_bare(self.signer.envelope(message), self.limits, topic), retain=False)

    def join_reply(self, reply: JoinReply) -> Parcel:
        topic = self.topic(Kind.ENROLL_REPLY, reply.token)
        message = self.signer.control(reply, with_targets=True, with_root=True)
        return Parcel(topic, control.encode(message, self.limits, topic), retain=False)

    def sign_assignment(
        self, row: AssignmentRow, groups: Iterable[str], labels: Mapping[str, str], now: datetime
    ) -> AssignmentRow:
        """The next version of a node's assignment. Raises Rejected(TOO_LARGE)."""
        assignment = Assignment(
            tenant=self.tenant,
            node=row.node,
            version=row.next_version,
            groups=tuple(sorted(groups)),
            labels=dict(sorted(labels.items())),
            issued_at=format_time(now),
            expires_at=format_time(now + METADATA_LIFETIME),
        )
        message = self.signer.control(assignment, with_targets=True)
        payload = control.encode(message, self.limits, f"assignment of node {row.node}")
        return AssignmentRow(row.node, assignment.version, row.floor, assignment.groups, payload, assignment.issued_at)
