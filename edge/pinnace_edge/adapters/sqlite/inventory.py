"""Inventories: which objects of the cluster we applied, for which application. Never dropped for space."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pinnace_edge.adapters.sqlite.part import Part
from pinnace_edge.model import AppKey, Kind, Owned, Ref

_SAVE = (
    "INSERT INTO inventory (app_namespace, app_name, api_version, kind, namespace, name,"
    " body, uid, resource_version, our_fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (app_namespace, app_name, api_version, kind, namespace, name) DO UPDATE SET body = excluded.body,"
    " uid = excluded.uid, resource_version = excluded.resource_version, our_fields = excluded.our_fields"
)
_DROP = (
    "DELETE FROM inventory WHERE app_namespace = ? AND app_name = ?"
    " AND api_version = ? AND kind = ? AND namespace = ? AND name = ?"
)

_HOLDERS = (
    "SELECT app_namespace, app_name, api_version FROM inventory"
    " WHERE kind = ? AND namespace = ? AND name = ? AND uid != '' ORDER BY rowid"
)


class InventoryPart(Part):
    """An object that stands in two inventories belongs to the application that named it first."""

    def inventory(self, key: AppKey) -> Mapping[Ref, Owned]:
        rows = self._session.rows(
            "SELECT api_version, kind, namespace, name, body, uid, resource_version, our_fields"
            " FROM inventory WHERE app_namespace = ? AND app_name = ? ORDER BY rowid",
            (key.namespace, key.name),
        )
        owned = (Owned(_ref(row[:4]), *row[4:]) for row in rows)
        return {item.ref: item for item in owned}

    def owners(self) -> Mapping[Ref, AppKey]:
        rows = self._session.rows(
            "SELECT api_version, kind, namespace, name, app_namespace, app_name FROM inventory ORDER BY rowid DESC"
        )
        return {_ref(row[:4]): AppKey(*row[4:]) for row in rows}

    def holders(self, ref: Ref) -> tuple[AppKey, ...]:
        rows = self._session.rows(_HOLDERS, (ref.kind.kind, ref.namespace, ref.name))
        # Each may name it in another version of its API.
        held = (AppKey(*row[:2]) for row in rows if Kind(row[2], ref.kind.kind).group == ref.kind.group)
        return tuple(dict.fromkeys(held))

    def save_owned(self, key: AppKey, rows: Sequence[Owned]) -> None:
        values = ((*_key(key, row.ref), row.body, row.uid, row.resource_version, row.our_fields) for row in rows)
        self._session.write_many(_SAVE, values)

    def drop_owned(self, key: AppKey, refs: Collection[Ref]) -> None:
        self._session.write_many(_DROP, (_key(key, ref) for ref in refs))


def _key(key: AppKey, ref: Ref) -> tuple[str, ...]:
    return key.namespace, key.name, ref.kind.api_version, ref.kind.kind, ref.namespace, ref.name


def _ref(row: Sequence[Any]) -> Ref:
    api_version, kind, namespace, name = row
    return Ref(Kind(api_version, kind), namespace, name)
