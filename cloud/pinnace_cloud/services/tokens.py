"""API tokens: made once, shown once, kept as hashes."""

import hmac
import secrets
from collections.abc import Mapping

from pinnace_cloud.clock import Clock
from pinnace_cloud.storage.ports import Store
from pinnace_cloud.storage.rows import AuditRow
from pinnace_schemas import codec, names
from pinnace_schemas.errors import Misconfigured, Rejected
from pinnace_schemas.reasons import Reason
from pinnace_schemas.times import format_time

_PREFIX = "pinnace_"
# 256 bits: a hash without salt is enough, since nobody guesses it.
_TOKEN_BYTES = 32


class Tokens:
    """The tokens of the HTTP API. `name` is whose changes are recorded."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(self, name: str) -> str:
        """A new token. Raises Misconfigured for what is no name, Rejected(IN_USE)."""
        if not names.is_dns_label(name):
            message = f"'{name}' is no name for a token (a-z, 0-9, '-', at most 63 characters)"
            raise Misconfigured(Reason.INVALID, message, "name")
        token, at = _PREFIX + secrets.token_urlsafe(_TOKEN_BYTES), format_time(self._clock.now())
        with self._store.writing() as tx:
            if name in tx.access.api_tokens().values():
                raise Rejected(
                    Reason.IN_USE, f"there is a token named '{name}'; revoke it or choose another name", "name"
                )
            tx.access.save_api_token(codec.sha256(token.encode()), name, at)
            tx.access.audit(AuditRow(at, "local", "create API token", name))
        return token

    def revoke(self, name: str) -> None:
        """Raises Rejected(NOT_FOUND)."""
        with self._store.writing() as tx:
            if not tx.access.forget_api_token(name):
                raise Rejected(Reason.NOT_FOUND, f"there is no token named '{name}'", "name")
            at = format_time(self._clock.now())
            tx.access.audit(AuditRow(at, "local", "revoke API token", name))

    def names(self) -> tuple[str, ...]:
        with self._store.reading() as tx:
            return tuple(sorted(tx.access.api_tokens().values()))

    def authenticate(self, token: str) -> str | None:
        """The name of the token, or None; takes as long for any wrong one."""
        with self._store.reading() as tx:
            known: Mapping[str, str] = tx.access.api_tokens()
        digest = codec.sha256(token.encode())
        found = [name for stored, name in known.items() if hmac.compare_digest(stored, digest)]
        return found[0] if found else None
