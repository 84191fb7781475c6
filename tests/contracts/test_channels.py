"""The contract of the port `Channel`, over every adapter there is, against a real HTTP server."""

import asyncio
import base64
import email
import json
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from email import policy

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from shared.adapters import registry
from shared.adapters.cards.adaptive import render
from shared.adapters.cards.email import mail_of
from shared.adapters.clients.http import Http
from shared.adapters.clients.reach import Reach
from shared.adapters.registry import AdapterDeps
from shared.core.cards.card import Card, change_card
from shared.core.cards.notice import Notice
from shared.core.errors import PermanentError, TargetDownError, TransientError
from tests.adapters.cards.changes import PUBLIC, TODAY, a_change, a_policy, a_state
from tests.fakes import FakeClock, FakeSecrets, FakeTables, no_token

KINDS = registry.kinds("channels")
SIGNATURE = "s3cr3t-signature-of-the-webhook_0123456789"
PATH = "/powerautomate/automations/direct/workflows/0f9e8d7c6b5a/triggers/manual/paths/invoke"
QUERY = f"api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"
STOP = f"{PUBLIC}/api/mail/messaging"
TOKEN = "t0ken-of-our-identity-for-graph_0123456789"
TELLING = (SIGNATURE, "0f9e8d7c6b5a", PATH, "sig=", TOKEN)


@dataclass(frozen=True)
class Rig:
    """One kind of channel as the contract sees it; a new channel adds its own to RIGS.

    `settings`: those that lead to a server, by its address. `accepted`: the answers that mean that a card was taken.
    `content_type`: what is sent. `texts`: every text in it. `shown`: those of a card that must be among them.
    """

    settings: Callable[[str], dict]
    accepted: tuple[int, ...]
    content_type: str
    texts: Callable[[bytes], list[str]]
    shown: Callable[[Card], list[str]]


def mail_texts(data: bytes) -> list[str]:
    message = email.message_from_bytes(base64.b64decode(data, validate=True), policy=policy.default)
    bodies = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return [message["Subject"], *(body.replace("\r\n", "\n").strip() for body in bodies)]


RIGS = {
    "teams_workflow": Rig(
        settings=lambda _: {"url": "TEAMS_URL"},
        accepted=(200, 202),
        content_type="application/json",
        texts=lambda data: _strings(json.loads(data)),
        shown=lambda card: _strings(render(card)),
    ),
    "email": Rig(
        settings=lambda url: {
            "from": "changes@contoso.example",
            "to": ["ana@contoso.example", "ben@contoso.example"],
            "graph_url": "/".join(url.split("/")[:3]),
        },
        accepted=(202,),
        content_type="text/plain",
        texts=mail_texts,
        shown=lambda card: [text.strip() for text in astuple(mail_of(card, "messaging", STOP))[:3]],
    ),
}
HOSTILE = '"}] {{7*7}} ${x} **b** [l](https://e.example) \\ <script>alert(1)</script>\n🎉 שלום \u2028 é'
CARD = Notice("Something is wrong", HOSTILE, (), ("Ada",), (), bad=True)


class Inbox:
    """What the other side got, and what it is to answer."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.answer = (202, {}, "")
        self.silent: asyncio.Event | None = None

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append((request.content_type, await request.read()))
        if self.silent:
            await self.silent.wait()
        status, headers, text = self.answer
        return web.Response(status=status, headers=headers, text=text.replace("{url}", str(request.url)))


@asynccontextmanager
async def open_channel(kind: str, url: str, seconds: float = 300.0) -> AsyncIterator:
    http = Http(httpx.AsyncClient(timeout=seconds, follow_redirects=False), reach=Reach(loopback=True))
    deps = AdapterDeps(
        "messaging", http, FakeSecrets({"TEAMS_URL": url}), FakeClock(), FakeTables(), "test", PUBLIC, token
    )
    try:
        yield registry.build("channels", kind, RIGS[kind].settings(url), deps)
    finally:
        await http.close()


@pytest.fixture
async def inbox():
    inbox = Inbox()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{rest:.*}", inbox.handle)
    async with TestServer(app) as server:
        inbox.url = f"http://127.0.0.1:{server.port}{PATH}?{QUERY}"
        yield inbox


async def token(_scope: str, _host: str) -> str:
    return TOKEN


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
async def channel(kind, inbox):
    async with open_channel(kind, inbox.url) as built:
        yield built


@pytest.fixture
async def workflow(inbox):
    async with open_channel("teams_workflow", inbox.url) as built:
        yield built


def assert_tells_no_secret(error: BaseException) -> None:
    """Neither the error nor anything that a log prints with it."""
    whole = "".join(traceback.format_exception(error))
    assert not [part for part in TELLING if part in str(error) or part in repr(error)]
    assert not [part for part in TELLING if part in whole]


def test_there_is_a_channel_and_every_one_has_settings_here():
    assert "teams_workflow" in KINDS
    assert set(KINDS) == set(RIGS)


@pytest.mark.parametrize(("kind", "status"), [(kind, status) for kind in KINDS for status in RIGS[kind].accepted])
async def test_a_card_is_accepted_and_its_text_arrives_unchanged(inbox, kind, status):
    inbox.answer = (status, {}, "")

    async with open_channel(kind, inbox.url) as channel:
        await channel.post(CARD)

    [(content_type, data)] = inbox.got
    assert content_type == RIGS[kind].content_type
    assert any("שלום" in text for text in RIGS[kind].texts(data))


async def test_a_rendered_card_of_a_hostile_post_arrives_as_it_was_rendered(channel, kind, inbox):
    card = change_card(a_change(title=HOSTILE), a_state(), a_policy(), PUBLIC, as_of=TODAY)

    await channel.post(card)

    assert set(RIGS[kind].shown(card)) <= set(RIGS[kind].texts(inbox.got[0][1]))


async def test_a_check_says_where_cards_go_and_sends_nothing(channel, inbox):
    where = await channel.check()

    assert where
    assert not [part for part in TELLING if part in where]
    assert inbox.got == []


async def test_a_check_finds_an_address_that_is_none(inbox):
    async with open_channel("teams_workflow", "https://outlook.office.com/webhook/x") as channel:
        with pytest.raises(TargetDownError, match="retired those") as failed:
            await channel.check()

    assert "Make a workflow" in failed.value.remedy
    assert_tells_no_secret(failed.value)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 413, 422])
async def test_what_will_not_get_better_is_permanent_and_says_what_was_answered(channel, inbox, status):
    inbox.answer = (status, {"Location": "https://evil.example/"} if status == 301 else {}, "no: {url}")

    with pytest.raises(PermanentError, match=f"messaging.*{status}") as failed:
        await channel.post(CARD)

    assert len(inbox.got) == 1
    assert_tells_no_secret(failed.value)


_OFF = """{"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "Could not execute workflow 'x' trigger 'manual'
with state '%s': trigger is not enabled."}}"""


@pytest.mark.parametrize(
    ("status", "body", "remedy"),
    [
        pytest.param(400, _OFF % "Disabled", "Turn the flow on in Power Automate", id="off"),
        pytest.param(400, _OFF % "Deleted", "Make a workflow", id="deleted"),
        pytest.param(
            400, '{"error": {"code": "X", "message": "state is Suspended"}}', "Turn the flow on", id="suspended"
        ),
        pytest.param(401, "", "let anyone trigger it", id="not for anyone"),
        pytest.param(403, "", "let anyone trigger it", id="forbidden"),
        pytest.param(404, "", "Copy the address", id="gone"),
        pytest.param(410, "", "Copy the address", id="gone for good"),
    ],
)
async def test_a_workflow_that_takes_nothing_is_down_and_says_what_to_do(workflow, inbox, status, body, remedy):
    inbox.answer = (status, {}, body + "{url}")

    with pytest.raises(TargetDownError, match=f"messaging.*{status}") as failed:
        await workflow.post(CARD)

    assert remedy in failed.value.remedy
    assert "s3cr3t" not in failed.value.remedy
    assert_tells_no_secret(failed.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"error": {"code": "TriggerInputSchemaMismatch", "message": "no schema"}}'),
        (413, ""),
        (422, ""),
        (301, ""),
    ],
)
async def test_what_it_says_of_one_card_is_no_outage(channel, inbox, status, body):
    inbox.answer = (status, {}, body)

    with pytest.raises(PermanentError) as failed:
        await channel.post(CARD)

    assert not isinstance(failed.value, TargetDownError)


async def test_a_card_that_is_too_large_is_told_so(channel, inbox):
    inbox.answer = (413, {}, "Request Entity too large")

    with pytest.raises(PermanentError, match="larger than"):
        await channel.post(CARD)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {}, None),
        (429, {"Retry-After": "7"}, 7.0),
        (429, {"Retry-After": "0.25"}, 0.25),
        (429, {"Retry-After": "soon"}, None),
        (503, {"Retry-After": "120"}, 120.0),
        (500, {}, None),
        (502, {}, None),
        (408, {}, None),
    ],
)
async def test_what_may_get_better_is_transient_and_keeps_the_wait(channel, inbox, status, headers, seconds):
    inbox.answer = (status, headers, "later: {url}")

    with pytest.raises(TransientError, match=str(status)) as failed:
        await channel.post(CARD)

    assert failed.value.retry_after == seconds
    assert len(inbox.got) == 1, "retried in two places; only the triggers' shell may try again"
    assert_tells_no_secret(failed.value)


async def test_no_answer_in_time_is_transient(inbox, kind):
    inbox.silent = asyncio.Event()

    async with open_channel(kind, inbox.url, seconds=0.2) as channel:
        with pytest.raises(TransientError) as failed:
            await channel.post(CARD)

    assert not inbox.silent.is_set(), "it did not wait for the answer"
    inbox.silent.set()
    assert_tells_no_secret(failed.value)


async def test_nobody_there_is_transient(kind):
    async with open_channel(kind, f"http://127.0.0.1:{unused_port()}{PATH}?{QUERY}") as channel:
        with pytest.raises(TransientError) as failed:
            await channel.post(CARD)

    assert_tells_no_secret(failed.value)


async def test_a_workflow_whose_secret_is_not_there_is_down_and_names_it():
    http = Http(reach=Reach(loopback=True))
    deps = AdapterDeps("messaging", http, FakeSecrets({}), FakeClock(), FakeTables(), "test", PUBLIC, no_token)

    with pytest.raises(TargetDownError, match="TEAMS_URL"):
        await registry.build("channels", "teams_workflow", {"url": "TEAMS_URL"}, deps).post(CARD)

    await http.close()


async def test_nothing_is_logged_that_tells_the_secret(channel, inbox, caplog):
    caplog.set_level(logging.INFO)
    await channel.post(CARD)
    inbox.answer = (500, {}, "{url}")
    with pytest.raises(TransientError):
        await channel.post(CARD)

    ours = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]  # the test server's
    assert not [part for part in TELLING if part in "".join(ours)]


def _strings(node) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for child in children for text in _strings(child)]
