"""What the controller answered at one moment: the only thing that a picture is drawn from."""

from dataclasses import dataclass
from datetime import datetime

from pinnace_schemas import api


@dataclass(frozen=True, slots=True)
class Answer:
    """`at` is the time of asking. `nodes` is empty where one application is looked at: then a site is one of its nodes.

    `rows` are the journal rows that no earlier answer had; they are read before the verdicts, so that a verdict is
    never older than the last row of its node.
    """

    at: datetime
    applications: tuple[api.ApplicationSummary, ...] = ()
    verdicts: tuple[api.NodeVerdict, ...] = ()
    nodes: tuple[api.NodeSummary, ...] = ()
    rows: tuple[api.JournalRow, ...] = ()
    outage: api.Outage | None = None
