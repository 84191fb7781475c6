"""The sandbox's ServiceNow over real HTTP: its change tasks, and its check for conflicts of planned dates."""

from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp.test_utils import TestServer

from sandbox.ticket_systems.servicenow.records import Rules
from sandbox.ticket_systems.servicenow.server import ServiceNow
from tests.fakes import FakeClock

PLAN = {"cmdb_ci": "0" * 31 + "e", "start_date": "2026-10-01 00:00:00", "end_date": "2026-10-31 23:59:59"}
CHANGES, TASKS = "/api/sn_chg_rest/change", "/api/now/table/change_task"


@asynccontextmanager
async def running(**settings):
    board = ServiceNow(FakeClock(), **settings)
    auth = ("foresignal", board.secrets["SERVICENOW_PASSWORD"])
    async with TestServer(board.app()) as server:
        base = str(server.make_url("/")).rstrip("/")
        async with httpx.AsyncClient(base_url=base, auth=auth) as client:
            yield client, board


async def made(client, **fields):
    answer = await client.post(f"{CHANGES}/normal", json={**PLAN, **fields})
    return answer.json()["result"]["sys_id"]["value"]


@pytest.mark.parametrize("lacking", PLAN)
async def test_a_check_for_conflicts_wants_an_item_and_both_dates(lacking):
    async with running() as (client, _):
        sys_id = await made(client, **{lacking: ""})

        assert (await client.post(f"{CHANGES}/{sys_id}/conflict")).status_code == 400
        assert (await client.post(f"{CHANGES}/{'f' * 32}/conflict")).status_code == 404


async def test_a_check_is_a_job_whose_end_is_asked_for():
    async with running(rules=Rules(blackouts=(("Year end", "2026-10-31", "2026-11-02"),))) as (client, board):
        sys_id = await made(client)
        board.tables.checks = False
        assert isinstance((await client.post(f"{CHANGES}/{sys_id}/conflict")).json()["result"], str)
        early = (await client.get(f"{CHANGES}/{sys_id}/conflict")).json()["result"]
        board.tables.checks = True
        late = (await client.get(f"{CHANGES}/{sys_id}/conflict")).json()["result"]

    assert (early["job_status"], early["conflicts"]) == ("1", [])
    assert (late["status"], late["job_status"], late["record_count"]) == ("Conflict", "2", "1")
    assert late["conflicts"][0]["schedule"]["display_value"] == "Year end"


@pytest.mark.parametrize(("first_day", "count"), [("2026-10-31", 1), ("2026-11-01", 0)])
async def test_another_change_of_the_item_in_that_time_is_a_conflict(first_day, count):
    async with running() as (client, _):
        await made(client, start_date=f"{first_day} 12:00:00", end_date="2026-12-01 00:00:00")
        sys_id = await made(client)
        await client.post(f"{CHANGES}/{sys_id}/conflict")

        assert len((await client.get(f"{CHANGES}/{sys_id}/conflict")).json()["result"]["conflicts"]) == count


async def test_a_task_stands_under_its_change_and_on_its_page():
    async with running() as (client, board):
        sys_id = await made(client, short_description="A change")
        task = {"short_description": "Tell the users", "correlation_id": "k", "planned_end_date": "2026-09-01 00:00:00"}
        answer = await client.post(TASKS, json={"change_request": sys_id, **task})
        nowhere = await client.post(TASKS, json={"change_request": "f" * 32, **task})
        listed = await client.get(TASKS, params={"sysparm_query": f"change_request={sys_id}"})
        page = await client.get(f"/ticket/{board.tickets[0].number}")

    assert (answer.status_code, nowhere.status_code) == (201, 400)
    (row,) = listed.json()["result"]
    assert (row["correlation_id"], row["change_request"]["value"]) == ("k", sys_id)
    assert "Tell the users (by 2026-09-01)" in page.text
    assert "<td>Exchange Online" in page.text  # a reference is shown by its name


async def test_people_and_items_are_searched_by_address_and_by_name():
    async with running(people=("eva@contoso.example",), items=("Teams",)) as (client, board):
        query = {"sysparm_query": "emailINEVA@contoso.example,x@contoso.example^active=true"}
        users = await client.get("/api/now/table/sys_user", params=query)
        items = await client.get("/api/now/table/cmdb_ci", params={"sysparm_query": "name=Teams"})
        board.tables.unreadable.add("sys_user")
        refused = await client.get("/api/now/table/sys_user", params=query)

    assert [user["email"] for user in users.json()["result"]] == ["eva@contoso.example"]
    assert len(items.json()["result"]) == 1
    assert refused.status_code == 403
