"""From apply to verdict, through every service of the controller's core, with nothing between but the outbox."""

from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import Desk

from pinnace_schemas import topics
from pinnace_schemas.api import Verdict
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import Reason
from pinnace_schemas.topics import Kind


def test_what_is_applied_converges_only_by_the_word_of_the_node(desk: Desk) -> None:
    desk.apply(desks.group("shops", "s1"), desks.node("s1"))
    site = desk.join("s1")
    desk.outbox()

    response = desk.apply(desks.application())

    assert [(item.name, item.revision, item.groups) for item in response.items] == [("shop", 1, ("shops",))]
    assert desk.verdict("s1").reason is Reason.NOT_REPORTED
    kinds = [topics.parse(parcel.topic) for parcel in desk.outbox()]
    assert [topic.kind for topic in kinds if topic] == [Kind.CHUNK, Kind.HEAD]

    report = site.report(
        heads={"shops": desk.head_version()}, states=(desks.state(desk.bundle()),), entries=desks.entries(1, 3)
    )
    ack = desk.ack(desk.hear(report))

    assert (ack.journal, ack.through, ack.report) == (site.journal, 3, 1)
    assert desk.verdict("s1").verdict is Verdict.CONVERGED
    assert desk.verdict("s1").phase is Phase.CONVERGED
    page = desk.controller.journal("s1", 0, 10)
    assert [row.entry.seq for row in page.rows] == [1, 2, 3]
