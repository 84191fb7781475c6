"""The switches of the sandbox's servers, as a person turns them with curl."""

import httpx
import pytest

from sandbox.inbox.server import Inbox
from sandbox.microsoft365.serving import serve
from sandbox.ticket_systems.jira.server import Jira
from sandbox.ticket_systems.refusing import Switch
from tests.fakes import FakeClock


@pytest.fixture
async def board():
    runner, port = await serve(Switch("jira").before(Jira(FakeClock()).app()))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client
    await runner.cleanup()


async def test_a_switched_system_lets_nobody_in_until_it_is_switched_back(board):
    before = await board.get("/rest/api/3/myself")
    assert (await board.post("/switch/403")).status_code == 200
    refused = await board.get("/rest/api/3/myself")
    page = await board.get("/")
    await board.post("/switch/200")
    after = await board.get("/rest/api/3/myself")

    assert (refused.status_code, page.status_code) == (403, 200)
    assert before.status_code == after.status_code != 403


@pytest.mark.parametrize("status", ["500", "x", "-1"])
async def test_what_is_no_switch_is_said(board, status):
    answer = await board.post(f"/switch/{status}")

    assert (answer.status_code, answer.text) == (400, "one of 200, 401, 403")


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("off", 400, "'Disabled'"),
        ("deleted", 400, "'Deleted'"),
        ("stranger", 401, "authenticated"),
        ("gone", 404, "could not be found"),
    ],
)
async def test_a_switched_channel_takes_no_card_and_the_others_do(how, status, words):
    inbox = Inbox(FakeClock())
    runner, port = await serve(inbox.app())
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard"}}
    message = {"type": "message", "attachments": [card]}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.post("/switch/work/sideways")).status_code == 400
        await client.post(f"/switch/work/{how}")
        refused = await client.post("/hook/work?sig=x", json=message)
        other = await client.post("/hook/other?sig=x", json=message)
        await client.post("/switch/work/on")
        again = await client.post("/hook/work?sig=x", json=message)
    await runner.cleanup()

    assert (refused.status_code, other.status_code, again.status_code) == (status, 202, 202)
    assert words in refused.text
    assert [card.channel for card in inbox.cards] == ["other", "work"]
