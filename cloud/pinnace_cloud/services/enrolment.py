"""Join tokens and joining: a token is for one node, once, until it expires; its secret is stored nowhere.

The place of a key with which a node has joined is taken only with a token that was made to replace this very key.

The request is signed by the key that the secret yields and by the node's own new key. The same key may ask again, since
the reply may have been lost. A refusal is signed too, but only for someone who has proven the token or the key.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from pinnace_cloud import verifying
from pinnace_cloud.clock import Clock
from pinnace_cloud.ports import Message
from pinnace_cloud.services import opening
from pinnace_cloud.services.parcels import Post
from pinnace_cloud.services.releases import Releases
from pinnace_cloud.storage.ports import Store, Transaction
from pinnace_cloud.storage.rows import AuditRow, Enrolled, JoinTokenRow, Parcel
from pinnace_schemas import api, tokens
from pinnace_schemas.errors import Rejected
from pinnace_schemas.messages import JoinOutcome, JoinReply, JoinRequest
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time
from pinnace_schemas.tokens import JoinToken
from pinnace_schemas.topics import Topic

_SECRET_BYTES = 32  # the seed of an Ed25519 key
_ID_BYTES = 16

_log = logging.getLogger(__name__)


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
        """The Node is made if there is none; InvalidSources if it would then get an application twice.

        Raises Rejected(IN_USE) for a node that has joined, unless it is to be replaced.
        """
        is_new = self._releases.ensure_node(request.node, actor)
        now = self._clock.now()
        secret, number = secrets.token_hex(_SECRET_BYTES), secrets.token_hex(_ID_BYTES)
        expires = format_time(now + timedelta(seconds=request.ttl_s))
        with self._store.writing() as tx:
            replaced = _replaced(tx, request)
            public_key = verifying.token_public_key(secret)
            tx.access.save_join_token(JoinTokenRow(number, request.node, public_key, expires, replaces=replaced))
            tx.access.audit(AuditRow(format_time(now), actor, "create token", f"Node {request.node}"))
        token = JoinToken(
            tenant=self._post.tenant,
            node=request.node,
            id=number,
            secret=secret,
            root=self._post.signer.root_digest,
            broker=self._broker,
        )
        return api.TokenResponse(node=request.node, token=tokens.write(token), expires_at=expires, created=is_new)

    def join(self, message: Message, topic: Topic) -> Parcel:
        """The signed reply. Raises Rejected for what deserves none."""
        sealed, request = opening.join_request(message, topic, self._post.tenant, self._post.limits)
        with self._store.reading() as tx:
            row = tx.access.join_token(request.token)
        if row is None:
            verifying.verify_node(sealed, request.public_key)
            return self._post.join_reply(self._reply(request, _unknown(request)))
        verifying.verify_join(sealed, request, row.public_key)
        return self._post.join_reply(self._reply(request, self._use(request)))

    def _use(self, request: JoinRequest) -> str:
        """Accepts a proven request; says why not and what to do, or ''."""
        with self._store.writing() as tx:
            row = tx.access.join_token(request.token)
            if row is None:
                return _unknown(request)
            enrolled = tx.targets.enrolled(row.node)
            if problem := self._problem(tx, row, request, enrolled):
                return f"{problem}; {_remedy(request.node, is_joined=enrolled is not None)}"
            self._accept(tx, row, request)
        if not row.used_by:
            _tell(request, enrolled)
        self._wake()
        return ""

    def _problem(self, tx: Transaction, row: JoinTokenRow, request: JoinRequest, enrolled: Enrolled | None) -> str:
        """Why not, or ''."""
        if row.node != request.node:
            return f"this join token is for node '{row.node}'"
        if tx.targets.node(row.node) is None:
            return f"node '{row.node}' was deleted after the token was made"
        is_same = enrolled is not None and enrolled.public_key == request.public_key
        if row.used_by == request.public_key and is_same:
            return ""
        if row.used_by:
            return "this join token was used before"
        if row.expires_at <= format_time(self._clock.now()):
            return f"this join token expired at {row.expires_at}"
        if enrolled and not is_same and enrolled.public_key != row.replaces:
            return f"the node has joined with another key at {enrolled.at}, after this join token was made"
        return ""

    def _accept(self, tx: Transaction, row: JoinTokenRow, request: JoinRequest) -> None:
        at = format_time(self._clock.now())
        if not row.used_by:
            tx.targets.save_key(row.node, request.public_key, at)
            # What the holder of the former key ran says nothing about this one.
            tx.reports.save_states({row.node: ()})
            tx.access.save_join_token(replace(row, used_by=request.public_key))
            tx.access.audit(AuditRow(at, f"node {row.node}", "join", f"Node {row.node}"))
        tx.outbox.put([self._post.assignment(tx.deliveries.assignment(row.node))])

    def _reply(self, request: JoinRequest, problem: str) -> JoinReply:
        return JoinReply(
            tenant=self._post.tenant,
            node=request.node,
            token=request.token,
            public_key=request.public_key,
            outcome=JoinOutcome.REFUSED if problem else JoinOutcome.ACCEPTED,
            message=problem,
        )


def _replaced(tx: Transaction, request: api.TokenRequest) -> str:
    """The key whose place may be taken, '' for none. Raises Rejected(IN_USE)."""
    enrolled = tx.targets.enrolled(request.node)
    if enrolled is None:
        return ""
    if not request.replace:
        key = verifying.key_id(enrolled.public_key)
        message = (
            f"it joined at {enrolled.at} with the key {key}, whose reports are refused once another key"
            " has joined; to let one take its place, ask with --replace ('replace' in the API)"
        )
        raise Rejected(Reason.IN_USE, message, f"Node {request.node}")
    return enrolled.public_key


def _unknown(request: JoinRequest) -> str:
    return f"this join token is unknown; {_remedy(request.node, is_joined=False)}"


def _remedy(node: str, *, is_joined: bool) -> str:
    return f"make a new one with 'pinnace token create {node}{' --replace' if is_joined else ''}'"


def _tell(request: JoinRequest, before: Enrolled | None) -> None:
    key, old = verifying.key_id(request.public_key), verifying.key_id(before.public_key) if before else ""
    place = f", which takes the place of {old}" if old not in ("", key) else ""
    _log.info("node '%s' joined with the key %s%s", request.node, key, place)
