"""Join tokens and joining: a token is for one node, once, until it expires; its secret is stored nowhere.

The request is signed by the key that the secret yields and by the node's own new key. The same key may ask again, since
the reply may have been lost. A refusal is signed too, but only for someone who has proven the token or the key.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta

from pinnace_cloud import verifying
from pinnace_cloud.clock import Clock
from pinnace_cloud.ports import Message
from pinnace_cloud.services import opening
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import AuditRow, JoinTokenRow, Parcel
from pinnace_schemas import api, tokens
from pinnace_schemas.messages import JoinOutcome, JoinReply, JoinRequest
from pinnace_schemas.times import format_time
from pinnace_schemas.tokens import JoinToken
from pinnace_schemas.topics import Topic

_SECRET_BYTES = 32  # the seed of an Ed25519 key
_ID_BYTES = 16


class Enrolment:
    """`broker` is the address that goes into tokens; `wake` is called after something was put into the outbox."""

    def __init__(
        self, store: Store, releases: Releases, post: Post, broker: str, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._releases = releases
        self._post = post
        self._broker = broker
        self._clock = clock
        self._wake = wake

    def create_token(self, request: api.TokenRequest, actor: str) -> api.TokenResponse:
        """The Node is made if there is none; InvalidSources if it would then get an application twice."""
        self._releases.ensure_node(request.node, actor)
        now = self._clock.now()
        secret, number = secrets.token_hex(_SECRET_BYTES), secrets.token_hex(_ID_BYTES)
        expires = format_time(now + timedelta(seconds=request.ttl_s))
        row = JoinTokenRow(number, request.node, verifying.token_public_key(secret), expires)
        with self._store.writing() as tx:
            tx.access.save_join_token(row)
            tx.access.audit(AuditRow(format_time(now), actor, "create token", f"Node {request.node}"))
        token = JoinToken(
            tenant=self._post.tenant,
            node=request.node,
            id=number,
            secret=secret,
            root=self._post.signer.root_digest,
            broker=self._broker,
        )
        return api.TokenResponse(node=request.node, token=tokens.write(token), expires_at=expires)

    def join(self, message: Message, topic: Topic) -> Parcel:
        """The signed reply. Raises Rejected for what deserves none."""
        sealed, request = opening.join_request(message, topic, self._post.tenant, self._post.limits)
        with self._store.reading() as tx:
            row = tx.access.join_token(request.token)
        if row is None:
            verifying.verify_node(sealed, request.public_key)
            return self._post.join_reply(self._reply(request, "this join token is unknown"))
        verifying.verify_join(sealed, request, row.public_key)
        return self._post.join_reply(self._reply(request, self._use(request)))

    def _use(self, request: JoinRequest) -> str:
        """Accepts a proven request; says why not, or ''."""
        with self._store.writing() as tx:
            row = tx.access.join_token(request.token)
            problem = self._problem(tx, row, request) if row else "this join token is unknown"
            if row and not problem:
                self._accept(tx, row, request)
        if not problem:
            self._wake()
        return problem

    def _problem(self, tx: Transaction, row: JoinTokenRow, request: JoinRequest) -> str:
        """Why not, or ''."""
        if row.node != request.node:
            return f"this join token is for node '{row.node}'"
        if tx.targets.node(row.node) is None:
            return f"node '{row.node}' was deleted after the token was made"
        if row.used_by == request.public_key and tx.targets.keys([row.node]).get(row.node) == row.used_by:
            return ""
        if row.used_by:
            return "this join token was used before"
        if row.expires_at <= format_time(self._clock.now()):
            return f"this join token expired at {row.expires_at}"
        return ""

    def _accept(self, tx: Transaction, row: JoinTokenRow, request: JoinRequest) -> None:
        at = format_time(self._clock.now())
        if not row.used_by:
            tx.targets.save_key(row.node, request.public_key, at)
            # What the holder of the former key ran says nothing about this one.
            tx.reports.save_states({row.node: ()})
            tx.access.save_join_token(
                JoinTokenRow(row.id, row.node, row.public_key, row.expires_at, request.public_key)
            )
            tx.access.audit(AuditRow(at, f"node {row.node}", "join", f"Node {row.node}"))
        tx.outbox.put([self._post.assignment(tx.deliveries.assignment(row.node))])

    def _reply(self, request: JoinRequest, problem: str) -> JoinReply:
        return JoinReply(
            tenant=self._post.tenant,
            node=request.node,
            token=request.token,
            public_key=request.public_key,
            outcome=JoinOutcome.REFUSED if problem else JoinOutcome.ACCEPTED,
            message=f"{problem}; make a new one with 'pinnace token create {request.node}'" if problem else "",
        )
