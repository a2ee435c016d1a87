"""Tokens of ServiceAccounts, as `kubectl create token` asks for them. They are valid as long as the cluster lives."""

from __future__ import annotations

import secrets
from datetime import timedelta

from pinnace_sim.cluster.access import users
from pinnace_sim.cluster.access.users import Access
from pinnace_sim.cluster.clock import Clock, stamp
from pinnace_sim.cluster.item import Item, Object

LIFETIME_S = 3_600


def issue(access: Access, account: Item, wanted: Object, now: Clock) -> Object:
    """A TokenRequest with its token."""
    lifetime_s = (wanted.get("spec") or {}).get("expirationSeconds") or LIFETIME_S
    token = secrets.token_urlsafe(24)
    access.tokens[token] = users.service_account(account.key.namespace, account.key.name)
    return {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": account.key.name, "namespace": account.key.namespace, "creationTimestamp": stamp(now())},
        "spec": {"expirationSeconds": lifetime_s},
        "status": {"token": token, "expirationTimestamp": stamp(now() + timedelta(seconds=lifetime_s))},
    }
