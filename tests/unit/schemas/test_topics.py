"""A topic is built and read back; any other text is none of ours."""

import pytest

from pinnace_schemas import topics
from pinnace_schemas.topics import Kind, Topic

NAMES = {Kind.CHUNK: "ab" * 32, Kind.ROOT: "12"}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("tenant", ["default", "a", "x" * 63, "head", "nodes"])
def test_a_topic_that_was_built_is_read_as_what_it_was_built_of(kind: Kind, tenant: str) -> None:
    name = NAMES.get(kind, "shop-1")
    assert topics.parse(topics.build(tenant, kind, name)) == Topic(tenant, kind, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pinnace/v1/default",
        "pinnace/v1/default/nodes/shop-1",
        "pinnace/v1/default/nodes/shop-1/reports",
        "pinnace/v1/default/nodes/shop-1/report/",
        "pinnace/v1/default/nodes/shop-1/report\n",
        "pinnace/v1/default/nodes/+/report",
        "pinnace/v1/default/nodes/a/b/report",
        "pinnace/v1/default/nodes/Shop/report",
        "pinnace/v1/-x/nodes/shop-1/report",
        f"pinnace/v1/default/nodes/{'x' * 64}/report",
        "pinnace/v2/default/nodes/shop-1/report",
        "x/pinnace/v1/default/nodes/shop-1/report",
        f"pinnace/v1/default/chunks/{'AB' * 32}",
        "pinnace/v1/default/trust/root/0",
    ],
)
def test_any_other_text_is_no_topic_of_ours(text: str) -> None:
    assert topics.parse(text) is None
