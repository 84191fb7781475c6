"""The sandbox's Freshservice over real HTTP: who is let in, what it refuses, how it lists and filters."""

from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.freshservice.server import KEY_FIELD, Freshservice
from shared.adapters import registry
from tests.contracts.rig import deps_for, ticket
from tests.fakes import FakeClock

WHOLE = {
    "requester_id": 1, "subject": "MC1 <b>x</b>", "description": "<p>a</p>", "change_type": 1, "status": 1,
    "priority": 1, "impact": 1, "risk": 1, "planned_start_date": "2026-10-01T00:00:00Z",
    "planned_end_date": "2026-10-31T23:59:59Z",
}  # fmt: skip


@asynccontextmanager
async def running(**settings):
    clock = FakeClock()
    fresh = Freshservice(clock, **settings)
    async with TestServer(fresh.app()) as server:
        base = str(server.make_url("/api/v2")).rstrip("/")
        async with httpx.AsyncClient(base_url=base, auth=(fresh.secrets["FRESHSERVICE_API_KEY"], "X")) as client:
            yield client, fresh, clock


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"subject": ""}, "subject", "missing_field"),
        ({"subject": "x" * 256}, "subject", "invalid_value"),
        ({"risk": 5}, "risk", "invalid_value"),
        ({"status": 12}, "status", "invalid_value"),
        ({"group_id": "Messaging"}, "group_id", "datatype_mismatch"),
        ({"correlation_id": "x"}, "correlation_id", "invalid_field"),
        ({"custom_fields": {"vendor": "x"}}, "vendor", "invalid_field"),
        ({"planned_start_date": "2026-10-01"}, "planned_start_date", "invalid_date"),
        (
            {"planned_start_date": "2026-10-02T00:00:00Z", "planned_end_date": "2026-10-01T00:00:00Z"},
            "planned_end_date",
            "invalid_value",
        ),
    ],
)
async def test_a_change_that_is_not_whole_is_refused_with_the_field_named(change, field, code):
    async with running() as (client, fresh, _):
        answer = await client.post("/changes", json=WHOLE | change)

        assert answer.status_code == 400
        assert answer.json()["description"] == "Validation failed"
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
        assert fresh.tickets == []


async def test_strangers_and_wrong_keys_are_told_apart():
    async with running() as (client, _, _):
        stranger = await client.get("/changes", auth=lambda request: request)
        wrong = await client.get("/changes", auth=("other", "X"))

        assert (stranger.status_code, stranger.json()["code"]) == (403, "access_denied")
        assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
        assert wrong.headers["X-Ratelimit-Total"] == "500"


async def test_a_filter_needs_its_quotes_and_sees_what_is_new_a_little_later():
    async with running() as (client, _, clock):
        await client.post("/changes", json=WHOLE | {"custom_fields": {KEY_FIELD: "k-1"}})
        query = {"query": f"\"{KEY_FIELD}:'k-1'\""}

        at_once = (await client.get("/changes", params=query)).json()["changes"]
        clock.forward(seconds=6)
        later = (await client.get("/changes", params=query)).json()["changes"]

        assert (at_once, [one["id"] for one in later]) == ([], [101])
        assert "custom_fields" not in later[0]
        assert (await client.get("/changes", params={"query": "status:1"})).status_code == 500
        assert (await client.get("/changes", params={"query": "\"nothing:'1'\""})).status_code == 400


async def test_lists_come_by_the_page_and_forget_what_is_older_than_a_month():
    async with running() as (client, _, clock):
        for _ in range(3):
            await client.post("/changes", json=WHOLE)

        page = await client.get("/changes", params={"per_page": "2"})
        clock.forward(days=31)

        assert [one["id"] for one in page.json()["changes"]] == [103, 102]
        assert 'rel="next"' in page.headers["Link"]
        assert (await client.get("/changes")).json()["changes"] == []
        since = await client.get("/changes", params={"updated_since": "2020-01-01T00:00:00Z"})
        assert len(since.json()["changes"]) == 3
        assert (await client.get("/changes", params={"per_page": "101"})).status_code == 400


async def test_what_is_not_there_is_answered_without_a_body():
    async with running() as (client, _, _):
        answer = await client.get("/changes/1")

        assert (answer.status_code, answer.text) == (404, "")


async def test_people_see_the_tickets_on_a_page_and_texts_are_only_text():
    async with running() as (client, fresh, _):
        await client.post("/changes", json=WHOLE)
        await client.post("/changes/101/notes", json={"body": "<p>one</p><p>two</p>"})
        fresh.move("CHN-101", "Planning")
        site = str(client.base_url).removesuffix("/api/v2/")

        listed, one = await client.get(f"{site}/"), await client.get(f"{site}/a/changes/101", follow_redirects=True)

        assert 'href="/ticket/CHN-101"' in listed.text
        assert "MC1 &lt;b&gt;x&lt;/b&gt;" in one.text
        assert "<li>one<li>two<li>" in one.text
        assert "The board: Open to Planning" in one.text


async def test_the_servers_own_settings_are_those_that_its_adapter_takes():
    clock = FakeClock()
    server = Freshservice(clock)
    async with TestServer(server.app()) as running_, deps_for(clock, server.secrets) as deps:
        built = registry.build(
            "tickets", "freshservice", server.settings(str(running_.make_url("/")).rstrip("/")), deps
        )

        assert "can be read and written" in await built.ping()
        opened = await built.open(ticket())

    assert opened.url.endswith("/a/changes/101")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": ""}, "title", "missing_field"),
        ({"title": "x" * 256}, "title", "invalid_value"),
        ({"due_date": "2026-10-01"}, "due_date", "invalid_date"),
        ({"agent_id": 1}, "agent_id", "invalid_value"),
        ({"correlation_id": "k"}, "correlation_id", "invalid_field"),
    ],
)
async def test_a_task_that_is_not_whole_is_refused_with_the_field_named(change, field, code):
    async with running() as (client, fresh, _):
        await client.post("/changes", json=WHOLE)
        answer = await client.post("/changes/101/tasks", json={"title": "Tell", "status": 1} | change)

        assert answer.status_code == 400
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
        assert fresh.store.changes[101].tasks == []


async def test_a_task_stands_under_its_change_and_on_its_page():
    async with running(people=("eva@contoso.example",)) as (client, _, _):
        await client.post("/changes", json=WHOLE)
        agents = (await client.get("/agents", params={"email": "Eva@contoso.example"})).json()["agents"]
        task = {"title": "Tell the users", "due_date": "2026-09-01T23:59:59Z", "agent_id": agents[0]["id"]}
        made = await client.post("/changes/101/tasks", json=task)
        listed = (await client.get("/changes/101/tasks")).json()["tasks"]
        page = await client.get(str(client.base_url.join("/ticket/CHN-101")))

    assert (made.status_code, made.json()["task"]) == (201, listed[0])
    assert "Tell the users (by 2026-09-01)" in page.text
