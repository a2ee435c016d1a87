"""Where what was asked for stands: one application on its nodes, or every node with all that it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from pinnace_cloud.cli.output import rows
from pinnace_cloud.cli.output.fleet.answer import Answer
from pinnace_cloud.cli.output.fleet.record import Record
from pinnace_cloud.cli.output.fleet.sites import AS_WANTED, Site
from pinnace_cloud.cli.output.rows import Rows
from pinnace_schemas import amounts, api
from pinnace_schemas.reasons import Reason


class Standing(Protocol):
    """An answer to `status`."""

    @property
    def body(self) -> BaseModel | Sequence[BaseModel]:
        """As the API gives it."""
        ...

    @property
    def count(self) -> int:
        """Of nodes."""
        ...

    @property
    def late(self) -> "Standing":
        """Only the nodes that are not as wanted."""
        ...

    @property
    def is_as_wanted(self) -> bool:
        """Every node is, and every application has a node."""
        ...

    @property
    def summary(self) -> str: ...

    @property
    def reasons(self) -> tuple[Reason | None, ...]:
        """Why it is not as wanted."""
        ...

    @property
    def absent(self) -> tuple[str, ...]:
        """What is not on any node, or that there is none: a sentence for each."""
        ...

    @property
    def outage(self) -> api.Outage | None:
        """Why nothing is delivered."""
        ...

    def rows(self, now: datetime, *, wide: bool) -> Rows: ...


@dataclass(frozen=True, slots=True)
class OfApplication:
    """One application on each of its nodes."""

    body: api.ApplicationStatus

    @property
    def count(self) -> int:
        return len(self.body.nodes)

    @property
    def late(self) -> "OfApplication":
        late = tuple(item for item in self.body.nodes if item.verdict not in AS_WANTED)
        return OfApplication(self.body.model_copy(update={"nodes": late}))

    @property
    def is_as_wanted(self) -> bool:
        return not self.late.count and self.body.summary.reason is not Reason.NO_NODES

    @property
    def summary(self) -> str:
        """`default/shop revision 3: Progressing, 3 of 5 nodes converged`."""
        about = self.body.summary
        name = f"{about.namespace}/{about.name} revision {about.revision}"
        return f"{name}: {about.verdict}, {about.converged} of {amounts.count(about.nodes, 'node')} converged"

    @property
    def reasons(self) -> tuple[Reason | None, ...]:
        about = self.body.summary.reason
        return (*(item.reason for item in self.late.body.nodes), *((about,) if about is Reason.NO_NODES else ()))

    @property
    def absent(self) -> tuple[str, ...]:
        about = self.body.summary
        return (_nowhere(about),) if about.reason is Reason.NO_NODES or not about.nodes else ()

    @property
    def outage(self) -> api.Outage | None:
        return self.body.broker_outage

    def rows(self, now: datetime, *, wide: bool) -> Rows:
        return rows.verdicts(self.body.nodes, now, wide=wide, with_application=False)


@dataclass(frozen=True, slots=True)
class OfFleet:
    """Each node with the worst of what it runs."""

    answer: Answer
    sites: tuple[Site, ...]

    @classmethod
    def of(cls, answer: Answer) -> "OfFleet":
        record = Record(answer.at)
        record.add(answer)
        return cls(answer, record.fleet(answer.at).sites)

    @property
    def body(self) -> Sequence[BaseModel]:
        """Every application on every node; of a node that runs none there is no verdict."""
        shown = {site.name for site in self.sites}
        return [item for item in self.answer.verdicts if item.node in shown]

    @property
    def count(self) -> int:
        return len(self.sites)

    @property
    def late(self) -> "OfFleet":
        return OfFleet(self.answer, tuple(site for site in self.sites if not site.is_as_wanted))

    @property
    def is_as_wanted(self) -> bool:
        return not (self.late.count or self._nowhere)

    @property
    def _nowhere(self) -> tuple[api.ApplicationSummary, ...]:
        return tuple(item for item in self.answer.applications if item.reason is Reason.NO_NODES)

    @property
    def summary(self) -> str:
        """`all applications: 3 of 5 nodes as wanted`."""
        return f"all applications: {self.count - self.late.count} of {amounts.count(self.count, 'node')} as wanted"

    @property
    def reasons(self) -> tuple[Reason | None, ...]:
        return (*(site.reason for site in self.late.sites), *(item.reason for item in self._nowhere))

    @property
    def absent(self) -> tuple[str, ...]:
        none = () if self.answer.nodes or self.answer.verdicts else ("there is no node yet",)
        return (*none, *map(_nowhere, self._nowhere))

    @property
    def outage(self) -> api.Outage | None:
        return self.answer.outage

    def rows(self, now: datetime, *, wide: bool) -> Rows:
        seen = {item.name: item.last_seen for item in self.answer.nodes}
        return rows.sites(self.sites, seen, now, wide=wide)


def _nowhere(about: api.ApplicationSummary) -> str:
    return f"{about.namespace}/{about.name} goes to no node"
