"""Applications on this node, one row each."""

from datetime import datetime
from typing import Any

from pinnace_edge.adapters.sqlite.part import Part
from pinnace_edge.model import AppKey, Deployment
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason

_COLUMNS = (
    "namespace",
    "name",
    "group_name",
    "phase",
    "since",
    "wanted_bundle",
    "wanted_revision",
    "bundle",
    "revision",
    "ready",
    "total",
    "healed",
    "reason",
    "message",
)
_LIST = ", ".join(_COLUMNS)
_SELECT = f"SELECT {_LIST} FROM deployments ORDER BY namespace, name"  # noqa: S608
_SAVE = (
    f"INSERT INTO deployments ({_LIST}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
    f" ON CONFLICT (namespace, name) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[2:])}"
)


class DeploymentsPart(Part):
    """Judges no phase: it keeps what it is given."""

    def deployments(self) -> tuple[Deployment, ...]:
        """In order of namespace and name."""
        return tuple(_deployment(row) for row in self._session.rows(_SELECT))

    def save_deployment(self, deployment: Deployment) -> None:
        self._session.write(_SAVE, _values(deployment))

    def drop_deployment(self, key: AppKey) -> None:
        self._session.write("DELETE FROM deployments WHERE namespace = ? AND name = ?", (key.namespace, key.name))


def _values(item: Deployment) -> tuple[Any, ...]:
    return (
        item.key.namespace,
        item.key.name,
        item.group,
        item.phase.value,
        item.since.isoformat(),
        item.wanted_bundle,
        item.wanted_revision,
        item.bundle,
        item.revision,
        item.ready,
        item.total,
        item.healed,
        item.reason.value if item.reason else None,
        item.message,
    )


def _deployment(row: tuple[Any, ...]) -> Deployment:
    named = dict(zip(_COLUMNS, row, strict=True))
    key = AppKey(named.pop("namespace"), named.pop("name"))
    group, phase, since = named.pop("group_name"), Phase(named.pop("phase")), datetime.fromisoformat(named.pop("since"))
    reason = named.pop("reason")
    return Deployment(key, group, phase, since, reason=Reason(reason) if reason else None, **named)
