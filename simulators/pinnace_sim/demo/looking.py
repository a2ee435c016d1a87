"""Looks whether a claim holds: reads the controller and the site as far as it takes, and lets `judging` decide."""

from __future__ import annotations

from collections.abc import Callable

from pinnace_schemas.api import JournalRow, NodeVerdict
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_sim.demo import cast, judging, reasons
from pinnace_sim.demo.acting import Notes
from pinnace_sim.demo.director import ActFailed
from pinnace_sim.demo.judging import Objects
from pinnace_sim.demo.kubeapi import KubeApiFailed
from pinnace_sim.demo.record import Finding
from pinnace_sim.demo.stage import OnStage, Stage
from pinnace_sim.demo.story import Claim, Sign
from pinnace_sim.provision.errors import ProgramFailed


class Observer:
    """Changes nothing."""

    def __init__(self, stage: Stage, notes: Notes) -> None:
        self._stage = stage
        self._notes = notes
        self._looks: dict[Sign, Callable[[Claim, OnStage], Finding]] = {
            Sign.JOINED: lambda claim, _: judging.joined(stage.client.node(claim.site)),
            Sign.RUNS: self._runs,
            Sign.HEALED: self._healed,
            Sign.OFFLINE: lambda claim, _: judging.offline(self._verdict(claim.site), cast.SECOND.revision),
            Sign.JOURNAL: self._late,
            Sign.REMOVED: lambda claim, site: judging.removed(self._verdict(claim.site), site.objects()),
        }

    def look(self, claim: Claim) -> Finding:
        """Nobody answering is a finding too. Raises ActFailed when a program has ended."""
        try:
            self._stage.check()
            return self._looks[claim.sign](claim, self._stage.sites[claim.site])
        except ProgramFailed as failure:
            raise ActFailed(reasons.short(str(failure))) from failure
        except (KubeApiFailed, Rejected, Unavailable) as failure:
            return Finding(False, str(failure))

    def _runs(self, claim: Claim, site: OnStage) -> Finding:
        wanted = cast.expected(site.site, claim.revision)
        found: Objects = site.objects()
        return judging.runs(self._verdict(claim.site), found, wanted, claim.revision)

    def _healed(self, claim: Claim, site: OnStage) -> Finding:
        wanted = cast.expected(site.site, claim.revision)
        found = site.objects()
        passed = site.passed_bytes - self._notes.bytes_at_cut
        return judging.healed(found, wanted, self._notes.deleted_uid, passed)

    def _late(self, claim: Claim, _site: OnStage) -> Finding:
        notes = self._notes
        return judging.journal(self._journal(claim.site), notes.stored_before_return, notes.written_before_return)

    def _verdict(self, node: str) -> NodeVerdict | None:
        key = (self._stage.namespace, cast.APPLICATION, node)
        rows = self._stage.client.verdicts()
        return next((row for row in rows if (row.namespace, row.application, row.node) == key), None)

    def _journal(self, node: str) -> list[JournalRow]:
        rows: list[JournalRow] = []
        cursor: int | None = 0
        while cursor is not None:
            page = self._stage.client.journal(node, cursor)
            rows += page.rows
            cursor = page.next_cursor
        return rows
