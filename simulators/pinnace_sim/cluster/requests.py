"""What a write asks for besides the object itself, and what comes of it. Values only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.item import Item


class Validation(Enum):
    """fieldValidation: what becomes of unknown fields. They are never stored."""

    STRICT = "Strict"
    WARN = "Warn"
    IGNORE = "Ignore"


class Propagation(Enum):
    """propagationPolicy: what becomes of the dependents of a deleted object."""

    BACKGROUND = "Background"
    FOREGROUND = "Foreground"
    ORPHAN = "Orphan"


@dataclass(frozen=True, slots=True)
class Options:
    """Of a write. `manager` is the field manager, or what the user agent says of one.

    `is_trusted` is for the cluster's own controllers: what they write is not decoded and checked again.
    """

    manager: str = "unknown"
    is_dry_run: bool = False
    validation: Validation = Validation.WARN
    is_forced: bool = False
    subresource: str = ""
    is_trusted: bool = False


@dataclass(frozen=True, slots=True)
class Deletion:
    """DeleteOptions. None: the kind's own default."""

    propagation: Propagation | None = None
    uid: str = ""
    resource_version: str = ""
    grace_s: int | None = None
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """`warnings` are told in headers."""

    item: Item
    is_new: bool = False
    warnings: tuple[str, ...] = ()


def options(kind: str, query: Mapping[str, str], manager: str, subresource: str = "") -> Options:
    """From the query of a request; `kind` is what the server calls it. Raises Refused (422)."""
    return Options(
        manager=query.get("fieldManager") or manager,
        is_dry_run=_is_dry_run(kind, query.get("dryRun", "")),
        validation=_validation(kind, query.get("fieldValidation", "")),
        is_forced=query.get("force", "") in ("true", "1"),
        subresource=subresource,
    )


def deletion(query: Mapping[str, str], body: dict[str, Any]) -> Deletion:
    """From query and DeleteOptions; the body wins. Raises Refused (422)."""
    wanted = body.get("preconditions") or {}
    policy = body.get("propagationPolicy") or query.get("propagationPolicy") or None
    if body.get("orphanDependents") or query.get("orphanDependents") == "true":
        policy = Propagation.ORPHAN.value
    grace = body.get("gracePeriodSeconds", query.get("gracePeriodSeconds"))
    dry = body.get("dryRun") or query.get("dryRun", "")
    return Deletion(
        propagation=None if policy is None else _propagation(policy),
        uid=wanted.get("uid") or "",
        resource_version=wanted.get("resourceVersion") or "",
        grace_s=None if grace is None else int(grace),
        is_dry_run=_is_dry_run("DeleteOptions", dry[0] if isinstance(dry, list) else dry),
    )


def _propagation(text: str) -> Propagation:
    try:
        return Propagation(text)
    except ValueError:
        known = [each.value for each in (Propagation.FOREGROUND, Propagation.BACKGROUND, Propagation.ORPHAN)]
        raise _unsupported("DeleteOptions", "propagationPolicy", text, (*known, "nil")) from None


def _validation(kind: str, text: str) -> Validation:
    try:
        return Validation(text) if text else Validation.WARN
    except ValueError:
        known = ("", *sorted(each.value for each in Validation))
        raise _unsupported(kind, "fieldValidation", text, known) from None


def _is_dry_run(kind: str, text: str) -> bool:
    if text not in ("", "All"):
        raise _unsupported(kind, "dryRun", [text], ("All",))
    return text == "All"


def _unsupported(kind: str, field: str, value: str | list[str], known: tuple[str, ...]) -> errors.Refused:
    told = ", ".join(f'"{each}"' for each in known)
    message = f"Unsupported value: {json.dumps(value)}: supported values: {told}"
    cause = errors.cause("FieldValueNotSupported", field, message)
    return errors.invalid(kind, "meta.k8s.io", "", [cause])
