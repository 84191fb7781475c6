"""A person plays the board on the pages of the sandbox's ticket systems, and the adapter reads what came of it."""

from dataclasses import replace
from html import unescape

import pytest
from aiohttp.test_utils import TestClient, TestServer

from sandbox.microsoft365.credential import SandboxCredential
from sandbox.ticket_systems import SYSTEMS, server
from shared.adapters import registry
from tests.contracts.rig import deps_for, ticket
from tests.fakes import FakeClock

DECIDES = {"servicenow", "jira", "freshservice"}


@pytest.fixture(params=sorted(SYSTEMS))
async def played(request):
    """(kind, the server, a browser of its pages, the adapter, a ticket)."""
    clock = FakeClock()
    board = server(request.param, clock, ["Messaging"])
    async with TestServer(board.app()) as running, TestClient(running) as browser:
        settings = board.settings(str(running.make_url("/")).rstrip("/"))

        async def token(scope, _host):
            return (await SandboxCredential("own").get_token(scope)).token

        async with deps_for(clock, dict(board.secrets)) as deps:
            port = registry.build("tickets", request.param, settings, replace(deps, token=token))
            yield request.param, board, browser, port, await port.open(ticket())


async def page(browser, number, **form):
    if form:
        path = "decide" if "verdict" in form else "move"
        answer = await browser.post(f"/ticket/{number}/{path}", data=form)
    else:
        answer = await browser.get(f"/ticket/{number}")
    return answer.status, unescape(await answer.text())


async def test_a_ticket_is_moved_and_closed_on_its_page_and_the_adapter_reads_it(played):
    kind, board, browser, port, ref = played
    assessed, *_, closed = SYSTEMS[kind].course

    status, text = await page(browser, ref.number, state=assessed)
    assert status == 200
    assert f"<option selected>{assessed}</option>" in text
    assert board.tickets[0].state == assessed

    status, text = await page(browser, ref.number, state=closed)
    assert status == 200
    assert (await port.states([ref.number]))[ref.number].state == "closed" or kind == "webhook"


async def test_a_ticket_is_approved_where_the_system_has_approvals_and_the_adapter_reads_by_whom(played):
    kind, _, browser, port, ref = played
    status, text = await page(browser, ref.number)
    assert status == 200
    assert ("Approve</button>" in text) is (kind in DECIDES)
    if kind not in DECIDES:
        assert (await page(browser, ref.number, verdict="approve"))[0] == 404
        return

    status, text = await page(browser, ref.number, verdict="approve")

    assert status == 200
    assert "A person" in str((await port.states([ref.number]))[ref.number])


async def test_what_there_is_not_is_said(played):
    _, board, browser, _, ref = played
    before = board.tickets[0].state

    status, text = await page(browser, ref.number, state="No such <state>")
    assert status == 400
    assert "has no state No such <state>" in text
    assert (await page(browser, "NO-1", state="x"))[0] == 404
    assert (await page(browser, "NO-1", verdict="approve"))[0] == 404
    assert board.tickets[0].state == before


async def test_the_page_says_when_the_change_follows(played):
    kind, _, browser, _, ref = played
    expected = "with the answer to the next message" if kind == "webhook" else "asks every 15 minutes"

    assert expected in (await page(browser, ref.number))[1]
