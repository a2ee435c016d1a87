"""Each operation of the controller is reached by its path, with the values and the actor of the request."""

import json

import pytest
from tests.unit.cloud import controllers
from tests.unit.cloud.serving import Server

from pinnace_schemas import api
from pinnace_schemas.api import Verdict

GROUP = "apiVersion: pinnace.dev/v1alpha1\nkind: NodeGroup\nmetadata: {name: shops}\nspec: {nodes: [s1]}\n"


@pytest.fixture
def filled(server: Server) -> Server:
    server.controller.hold(
        controllers.application(controllers.verdict()),
        controllers.application(name="till", namespace="retail"),
    )
    server.controller.held_nodes["s1"] = controllers.node("s1", controllers.verdict())
    server.controller.held_groups["shops"] = controllers.group()
    return server


def test_apply_passes_documents_flags_and_actor(filled: Server) -> None:
    body = {"sources": [{"name": "g.yaml", "text": GROUP}], "dry_run": True, "strict": True}
    with filled.client() as client:
        answer = client.post("/api/v1/apply", json=body)
    assert answer.status_code == 200
    response = api.ApplyResponse.model_validate_json(answer.content)
    assert (response.dry_run, response.items[0].kind, response.items[0].name) == (True, "NodeGroup", "shops")
    assert filled.controller.calls == [("apply", ("shops",), True, True, controllers.ACTOR)]


def test_diff_answers_one_item_for_each_application_and_group(filled: Server) -> None:
    filled.controller.diffs = (api.DiffItem(namespace="default", application="shop", group="shops", text="+a\n"),)
    with filled.client() as client:
        answer = client.post("/api/v1/diff", json={"sources": [{"name": "g.yaml", "text": GROUP}]})
    assert api.DiffResponse.model_validate_json(answer.content).items == filled.controller.diffs


def test_applications_are_listed_by_namespace(filled: Server) -> None:
    with filled.client() as client:
        every = client.get("/api/v1/applications").json()
        some = client.get("/api/v1/applications", params={"namespace": "retail"}).json()
    assert [item["name"] for item in every] == ["shop", "till"]
    assert [item["name"] for item in some] == ["till"]


def test_an_application_is_given_with_document_and_nodes(filled: Server) -> None:
    with filled.client() as client:
        answer = client.get("/api/v1/applications/default/shop")
    status = api.ApplicationStatus.model_validate_json(answer.content)
    assert status == filled.controller.held["default", "shop"]


def test_history_gives_revisions(filled: Server) -> None:
    revision = api.RevisionInfo(revision=1, changed_at=controllers.SEEN, changed_by="ops", groups={})
    filled.controller.revisions = (revision,)
    with filled.client() as client:
        answer = client.get("/api/v1/applications/default/shop/history")
    assert answer.json() == [revision.model_dump(mode="json")]


@pytest.mark.parametrize(("body", "to"), [(None, None), ({}, None), ({"to": 1}, 1)])
def test_rollback_names_a_revision_or_takes_the_one_before(
    filled: Server, body: dict[str, int] | None, to: int | None
) -> None:
    with filled.client() as client:
        answer = client.post("/api/v1/applications/default/shop/rollback", json=body)
    assert answer.json()["revision"] == 3
    assert filled.controller.calls == [("rollback", "shop", to, controllers.ACTOR)]


@pytest.mark.parametrize("force", [False, True])
def test_delete_of_an_application_may_forget_it_at_once(filled: Server, force: bool) -> None:
    with filled.client() as client:
        answer = client.delete("/api/v1/applications/default/shop", params={"force": str(force).lower()})
        after = client.get("/api/v1/applications/default/shop")
    assert answer.status_code == 200
    assert after.status_code == (404 if force else 200)
    assert filled.controller.calls == [("delete", "shop", force, controllers.ACTOR)]


def test_groups_are_listed_given_and_refused_to_go_while_in_use(filled: Server) -> None:
    with filled.client() as client:
        assert [item["name"] for item in client.get("/api/v1/groups").json()] == ["shops"]
        assert client.get("/api/v1/groups/shops").json()["nodes"] == ["s1", "s2"]
        refusal = client.delete("/api/v1/groups/shops")
        assert (refusal.status_code, refusal.json()["reason"]) == (409, "InUse")
        free = controllers.group("free").model_copy(update={"applications": ()})
        filled.controller.held_groups["free"] = free
        assert client.delete("/api/v1/groups/free").status_code == 204
        assert client.get("/api/v1/groups/free").status_code == 404


def test_nodes_are_listed_given_and_deleted(filled: Server) -> None:
    with filled.client() as client:
        assert [item["name"] for item in client.get("/api/v1/nodes").json()] == ["s1"]
        status = api.NodeStatus.model_validate_json(client.get("/api/v1/nodes/s1").content)
        assert status.applications[0].verdict is Verdict.CONVERGED
        answer = client.delete("/api/v1/nodes/s1")
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get("/api/v1/nodes/s1").status_code == 404


def test_a_journal_is_read_page_by_page(filled: Server) -> None:
    filled.controller.rows = [controllers.row(number) for number in range(1, 6)]
    seen: list[int] = []
    cursor: int | None = 0
    with filled.client() as client:
        while cursor is not None:
            answer = client.get("/api/v1/nodes/s1/journal", params={"cursor": cursor, "limit": 2})
            page = api.JournalPage.model_validate_json(answer.content)
            seen += [row.entry.seq for row in page.rows]
            cursor = page.next_cursor
    assert seen == [1, 2, 3, 4, 5]


def test_the_journal_of_the_fleet_begins_with_the_newest_and_goes_on_after_a_cursor(filled: Server) -> None:
    filled.controller.rows = [controllers.row(number, node=f"s{number}") for number in range(1, 6)]
    with filled.client() as client:
        newest = api.JournalPage.model_validate_json(client.get("/api/v1/journal?limit=2").content)
        after = api.JournalPage.model_validate_json(client.get("/api/v1/journal?cursor=1&limit=3").content)
    assert ([row.node for row in newest.rows], newest.next_cursor) == (["s4", "s5"], None)
    assert ([row.node for row in after.rows], after.next_cursor) == (["s2", "s3", "s4"], 4)


def test_verdicts_are_all_pairs(filled: Server) -> None:
    with filled.client() as client:
        assert [item["node"] for item in client.get("/api/v1/verdicts").json()] == ["s1"]


def test_a_join_token_is_made_for_a_node_and_a_time(filled: Server) -> None:
    with filled.client() as client:
        answer = client.post("/api/v1/tokens", json={"node": "s9", "ttl_s": 600})
    assert answer.status_code == 201
    assert api.TokenResponse.model_validate_json(answer.content).token == "pinnace1.secret"
    assert filled.controller.calls == [("token", "s9", 600, False, controllers.ACTOR)]


def test_the_description_names_every_path_body_and_the_token(server: Server) -> None:
    with server.client() as client:
        description = client.get("/openapi.json").json()
    assert description["security"] == [{"token": []}]
    assert description["paths"]["/healthz"]["get"]["security"] == []
    assert "/api/v1/nodes/{name}/journal" in description["paths"]
    body = description["paths"]["/api/v1/apply"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    name = body["$ref"].rpartition("/")[2]
    assert description["components"]["schemas"][name]["properties"]["sources"]["maxItems"] == 1000


def test_every_reference_of_the_description_leads_somewhere(server: Server) -> None:
    with server.client() as client:
        text = client.get("/openapi.json").text
    known = set(json.loads(text)["components"]["schemas"])
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= known
