"""The sandbox's Jira over real HTTP: what a client meets that does as Jira's documentation says, or does not."""

from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from aiohttp.test_utils import TestServer

from sandbox.microsoft365.credential import token_for
from sandbox.ticket_systems.jira.issues import Rules
from sandbox.ticket_systems.jira.search import BadQueryError, parse
from sandbox.ticket_systems.jira.server import Jira
from shared.adapters import registry
from tests.contracts.rig import deps_for, ticket
from tests.fakes import FakeClock

AUTH = ("foresignal@contoso.example", "jira-api-token")
API = "/rest/api/3"
DOC = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "It goes."}]}],
}
FIELDS = {"project": {"key": "CRB"}, "issuetype": {"name": "Task"}, "summary": "MC1 <b>x</b>", "description": DOC}


@asynccontextmanager
async def running(**settings):
    clock = FakeClock()
    jira = Jira(clock, **settings)
    async with TestServer(jira.app()) as server:
        base = str(server.make_url("/")).rstrip("/")
        async with httpx.AsyncClient(base_url=base, auth=AUTH) as client:
            yield client, jira, clock


async def create(client, **over):
    return await client.post(f"{API}/issue", json={"fields": FIELDS | over})


async def found(client, **body):
    answer = await client.post(f"{API}/search/jql", json={"jql": 'labels = "k"', "fields": ["labels"]} | body)
    return [issue["key"] for issue in answer.json()["issues"]]


async def test_a_new_issue_is_found_after_a_while_and_at_once_where_it_is_named():
    async with running(late=30) as (client, _, clock):
        made = (await create(client, labels=["k"])).json()

        assert await found(client) == []
        assert await found(client, reconcileIssues=[int(made["id"])]) == ["CRB-1"]
        clock.forward(seconds=29)
        assert await found(client) == []
        clock.forward(seconds=1)
        assert await found(client) == ["CRB-1"]


async def test_a_label_that_moves_is_found_late_as_well_and_what_is_deleted_not_at_all():
    async with running(late=30) as (client, jira, clock):
        await create(client, labels=["k"])
        clock.forward(seconds=60)
        await client.put(f"{API}/issue/CRB-1", json={"update": {"labels": [{"remove": "k"}]}})

        assert await found(client) == ["CRB-1"]
        clock.forward(seconds=30)
        assert await found(client) == []
        jira.delete("CRB-1")
        assert (await client.get(f"{API}/issue/CRB-1")).status_code == 404


async def test_search_is_paged_by_token_and_gives_ids_only_where_no_field_is_named():
    async with running() as (client, _, _):
        for _ in range(3):
            await create(client, labels=["k"])
        query = {"jql": "labels = k", "maxResults": 2}

        first = (await client.post(f"{API}/search/jql", json=query)).json()
        second = (await client.post(f"{API}/search/jql", json=query | {"nextPageToken": first["nextPageToken"]})).json()

        assert first["issues"] == [{"id": "10001"}, {"id": "10002"}]
        assert (second["issues"], second["isLast"], "total" in first) == ([{"id": "10003"}], True, False)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_old_search_is_gone(method):
    async with running() as (client, _, _):
        answer = await client.request(method, f"{API}/search")

        assert answer.status_code == 410
        assert "/rest/api/3/search/jql" in answer.json()["errorMessages"][0]


@pytest.mark.parametrize("jql", ["", "ORDER BY created", "text ~ x", 'labels = "a" OR labels = "b"', 'labels = "a'])
def test_queries_that_jira_would_not_take_or_that_we_do_not_know_are_refused(jql):
    with pytest.raises(BadQueryError):
        parse(jql)


@pytest.mark.parametrize(
    ("over", "field", "said"),
    [
        ({"summary": "x" * 256}, "summary", "can't exceed 255"),
        ({"summary": "𝔘" * 128}, "summary", "can't exceed 255"),
        ({"summary": "a\nb"}, "summary", "newline"),
        ({"summary": " "}, "summary", "must specify"),
        ({"labels": ["a b"]}, "labels", "contains spaces"),
        ({"labels": ["x" * 256]}, "labels", "longer"),
        ({"description": "text"}, "description", "Atlassian Document"),
        ({"description": DOC | {"content": [{"type": "text", "text": "x"}]}}, "description", "INVALID_INPUT"),
        ({"description": DOC | {"content": [{"type": "bulletList", "content": []}]}}, "description", "INVALID_INPUT"),
        ({"customfield_1": "x"}, "customfield_1", "not on the appropriate screen"),
        ({"customfield_10050": {"value": "Huge"}}, "customfield_10050", "not valid"),
        ({"duedate": "2026-02-30"}, "duedate", "yyyy-MM-dd"),
        ({"duedate": ""}, "duedate", "yyyy-MM-dd"),
        ({"project": {"key": "NONE"}}, "project", "valid project"),
        ({"issuetype": {"name": "Nothing"}}, "issuetype", "valid issue type"),
    ],
)
async def test_a_field_that_is_not_right_is_named_and_nothing_is_made(over, field, said):
    async with running() as (client, jira, _):
        answer = await create(client, **over)

        assert answer.status_code == 400
        assert said in answer.json()["errors"][field]
        assert jira.tickets == []


async def test_transitions_have_the_workflows_own_ids_and_want_what_their_screen_requires():
    async with running() as (client, _, _):
        await create(client)
        await create(client, project={"key": "OPS"})
        path = f"{API}/issue/CRB-1/transitions"

        ids = [
            {one["id"] for one in (await client.get(f"{API}/issue/{key}/transitions")).json()["transitions"]}
            for key in ("CRB-1", "OPS-1")
        ]
        assert ids == [{"711", "771"}, {"11", "21", "31"}]
        assert (await client.post(path, json={"transition": {"id": "31"}})).status_code == 400
        bare = await client.post(path, json={"transition": {"id": "771"}})
        assert bare.json()["errors"] == {"resolution": "Resolution is required."}
        resolved = {"transition": {"id": "771"}, "fields": {"resolution": {"name": "Won't Do"}}}
        assert (await client.post(path, json=resolved)).status_code == 204
        fields = (await client.get(f"{API}/issue/CRB-1")).json()["fields"]
        assert (fields["status"]["name"], fields["resolution"]["name"]) == ("Canceled", "Won't Do")
        assert fields["resolutiondate"] == "2026-09-01T09:00:00.000+0000"
        changes = (await client.get(f"{API}/issue/CRB-1/changelog")).json()["values"]
        assert changes[-1]["items"] == [{"field": "status", "fromString": "Planning", "toString": "Canceled"}]


async def test_who_asks_too_often_is_told_how_long_to_wait_and_why():
    async with running(burst=2, writes=1) as (client, _, clock):
        await create(client)
        comment = {"body": DOC}
        assert (await client.post(f"{API}/issue/CRB-1/comment", json=comment)).status_code == 201
        again = await client.post(f"{API}/issue/CRB-1/comment", json=comment)
        clock.forward(seconds=2)
        answers = [await client.get(f"{API}/myself") for _ in range(3)]

        assert (again.status_code, again.headers["RateLimit-Reason"]) == (429, "jira-per-issue-on-write")
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert (answers[-1].headers["Retry-After"], answers[-1].headers["RateLimit-Reason"]) == (
            "1",
            "jira-burst-based",
        )


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic eDp5"}],
    ids=["none", "bearer", "basic"],
)
async def test_strangers_are_refused(headers):
    async with running() as (client, _, _):
        headers = {name: value.encode() for name, value in headers.items()}
        answer = await httpx.AsyncClient(base_url=client.base_url).get(f"{API}/myself", headers=headers)

        assert answer.status_code == 401


async def test_people_see_the_tickets_on_a_page_and_texts_are_only_text():
    async with running() as (client, jira, _):
        assert "No tickets yet" in (await client.get("/")).text
        await create(client, labels=["k"])
        jira.approve("CRB-1", "Ana <Board>")

        listed, one = await client.get("/"), await client.get("/browse/CRB-1")

        assert 'href="/ticket/CRB-1"' in listed.text
        assert "MC1 &lt;b&gt;x&lt;/b&gt;" in one.text
        assert "approved by Ana &lt;Board&gt;" in one.text
        assert "prefers-color-scheme: dark" in one.text
        assert (await client.get("/ticket/CRB-9")).status_code == 404


async def test_the_servers_own_settings_are_those_that_its_adapter_takes():
    clock = FakeClock()
    server = Jira(clock)
    async with TestServer(server.app()) as running_, deps_for(clock, server.secrets) as deps:
        settings = server.settings(str(running_.make_url("/")).rstrip("/"))
        built = registry.build("tickets", "jira", settings, replace(deps, token=our_token))

        assert "states" not in await built.ping()
        opened = await built.open(ticket())

    assert opened.url.startswith("http://127.0.0.1:")


async def our_token(_scope, _host):
    return token_for("own", 4_000_000_000)


async def test_a_workflow_keeps_a_field_or_a_status_and_answers_as_if_it_did_not():
    rules = Rules(kept=frozenset({"duedate"}), left=frozenset({("Planning", "Awaiting CAB approval")}))
    async with running(rules=rules) as (client, _, _):
        await create(client, duedate="2026-10-01")
        edited = await client.put(f"{API}/issue/CRB-1", json={"fields": {"duedate": "2026-10-02", "summary": "x"}})
        moved = await client.post(f"{API}/issue/CRB-1/transitions", json={"transition": {"id": "711"}})

        params = {"fields": "summary,duedate,status", "expand": "names"}
        issue = (await client.get(f"{API}/issue/CRB-1", params=params)).json()
        assert (edited.status_code, moved.status_code) == (204, 204)
        assert (issue["fields"]["summary"], issue["fields"]["duedate"]) == ("x", None)
        assert issue["fields"]["status"]["name"] == "Planning"
        assert issue["names"] == {"summary": "Summary", "duedate": "Due date", "status": "Status"}
