"""Who asks: bearer tokens and the users behind them.

There is no TLS, and so there are no client certificates: an administrator is whoever shows no token, or, where tokens
are required, whoever shows an administrator's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pinnace_sim.cluster import errors

MASTERS = "system:masters"


@dataclass(frozen=True, slots=True)
class User:
    """Whom RBAC objects name."""

    name: str
    groups: tuple[str, ...] = ()

    @property
    def is_master(self) -> bool:
        """May do everything, whatever the roles say."""
        return MASTERS in self.groups


ADMIN = User("kubernetes-admin", (MASTERS, "system:authenticated"))


def service_account(namespace: str, name: str) -> User:
    """The user of a pod that runs as this ServiceAccount."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    return User(f"system:serviceaccount:{namespace}:{name}", groups)


@dataclass(slots=True)
class Access:
    """`tokens` by their text; more may be issued. `needs_token`: who shows none is refused instead of being ADMIN."""

    tokens: dict[str, User] = field(default_factory=dict)
    needs_token: bool = False

    @classmethod
    def of(cls, tokens: Mapping[str, User], *, needs_token: bool) -> Access:
        return cls(dict(tokens), needs_token)

    def user(self, token: str) -> User:
        """Raises Refused (401)."""
        if not token and not self.needs_token:
            return ADMIN
        found = self.tokens.get(token)
        if found is None:
            raise errors.unauthorized()
        return found
