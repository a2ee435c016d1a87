"""What the node has accepted: trust, assignment and heads. Trust and assignment are copied into the trust file."""

import json
from collections.abc import Sequence

from pinnace_edge.adapters.sqlite.part import Part
from pinnace_edge.adapters.sqlite.trust_file import Remembered, TrustFile
from pinnace_edge.model import Trust
from pinnace_edge.ports import StoredHead


class TrustPart(Part):
    """Compares nothing: that no version goes back is the verifier's rule."""

    _trust_file: TrustFile

    def trust(self) -> Trust | None:
        """None before the first root."""
        root, control = self._session.one("SELECT root, control FROM node")
        if root is None:
            return None
        return Trust(root, control, dict(self._session.rows("SELECT name, version FROM versions ORDER BY name")))

    def save_trust(self, trust: Trust) -> None:
        with self._session.transaction():
            self._session.write("UPDATE node SET root = ?, control = ?", (trust.root, trust.control))
            self._session.write("DELETE FROM versions")
            self._session.write_many("INSERT INTO versions (name, version) VALUES (?, ?)", trust.versions.items())
            self._copy_later()

    def assignment(self) -> tuple[int, tuple[str, ...]]:
        version, groups = self._session.one("SELECT assignment_version, assigned_groups FROM node")
        return version, tuple(json.loads(groups))

    def save_assignment(self, version: int, groups: Sequence[str]) -> None:
        with self._session.transaction():
            self._session.write(
                "UPDATE node SET assignment_version = ?, assigned_groups = ?", (version, json.dumps(list(groups)))
            )
            self._copy_later()

    def heads(self) -> tuple[StoredHead, ...]:
        rows = self._session.rows("SELECT group_name, version, message FROM heads ORDER BY group_name")
        return tuple(StoredHead(group, version, message) for group, version, message in rows)

    def save_head(self, head: StoredHead) -> None:
        self._session.write(
            "INSERT INTO heads (group_name, version, message) VALUES (?, ?, ?)"
            " ON CONFLICT (group_name) DO UPDATE SET version = excluded.version, message = excluded.message",
            (head.group, head.version, head.message),
        )

    def drop_head(self, group: str) -> None:
        self._session.write("DELETE FROM heads WHERE group_name = ?", (group,))

    def remembered(self) -> Remembered:
        """What the trust file should hold."""
        trust = self.trust() or Trust("")
        version, groups = self.assignment()
        return Remembered(
            root=trust.root,
            control=trust.control,
            versions=dict(trust.versions),
            assignment=version,
            groups=groups,
            time_floor=self._node("time_floor") or "",
        )

    def restore(self, remembered: Remembered) -> None:
        """Takes over what the trust file holds, into a new store."""
        with self._session.transaction():
            if remembered.root:
                self.save_trust(Trust(remembered.root, remembered.control, remembered.versions))
            self.save_assignment(remembered.assignment, remembered.groups)
            self._set_node("time_floor", remembered.time_floor or None)

    def copy_trust(self) -> bool:
        """Writes the trust file if it differs. False: it could not be written."""
        wanted = self.remembered()
        return wanted.is_empty or wanted == self._trust_file.read() or self._trust_file.write(wanted)

    def _copy_later(self) -> None:
        self._session.after_commit("trust file", self.copy_trust)
