"""Mail through Graph: what is sent, to whom, and what each answer means, against a real HTTP server."""

import asyncio
import base64
import email
import json
import logging
from email import policy
from urllib.parse import unquote

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import ValidationError

from shared.adapters import registry
from shared.adapters.channels.email import LARGEST, Settings
from shared.adapters.clients.http import Http
from shared.adapters.registry import AdapterDeps
from shared.core.cards.card import change_card
from shared.core.cards.notice import Notice
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.record.unsubscribed import Choice, write_choice
from tests.adapters.cards.changes import PUBLIC, TODAY, a_change, a_policy, a_state, an_effect
from tests.fakes import NOW, FakeClock, FakeSecrets, FakeTables

SENDER, ANA, BEN = "changes@contoso.example", "ana@contoso.example", "Ben@contoso.example"
TOKEN = "a-token-of-our-identity-0123456789"
NOTICE = Notice("Something is wrong", "Look at it.", (), ("Ada",), (), bad=True)


def a_card(events=("dates_moved", "act_by_moved"), **raw):
    return change_card(a_change(None, events, **raw), a_state(an_effect(events)), a_policy(), PUBLIC, as_of=TODAY)


class Graph:
    """Graph as far as sendMail goes; `asked`: the scopes and hosts for which a token was asked."""

    def __init__(self) -> None:
        self.got, self.asked = [], []
        self.answer = (202, {}, "")
        self.how = "answer"
        self.tables, self.clock = FakeTables(), FakeClock()

    async def handle(self, request):
        self.got.append((request, await request.read()))
        if self.how == "hang":
            await asyncio.sleep(30)
        if self.how == "close":
            request.transport.abort()
        status, headers, body = self.answer
        return web.Response(status=status, headers=headers, text=body)

    async def token(self, scope, host):
        self.asked.append((scope, host))
        return TOKEN

    def channel(self, name="messaging", seconds=300.0, **over):
        self.http = Http(httpx.AsyncClient(timeout=seconds, follow_redirects=False), timeout=seconds)
        deps = AdapterDeps(name, self.http, FakeSecrets({}), self.clock, self.tables, "test", PUBLIC, self.token)
        settings = {"from": SENDER, "to": [ANA, BEN], "graph_url": self.url, **over}
        return registry.build("channels", "email", settings, deps)

    def mails(self):
        return [
            email.message_from_bytes(base64.b64decode(body, validate=True), policy=policy.default)
            for _, body in self.got
        ]


@pytest.fixture
async def graph():
    graph = Graph()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_route("*", "/{rest:.*}", graph.handle)
    async with TestServer(app) as server:
        graph.url = f"http://127.0.0.1:{server.port}"
        yield graph


def refusal(code, message="no"):
    return json.dumps({"error": {"code": code, "message": f"{message} {TOKEN}", "innerError": {}}})


async def test_one_mail_goes_to_all_from_the_mailbox_as_graph_takes_mime(graph):
    await graph.channel().post(a_card())

    [(request, body)] = graph.got
    assert (request.method, unquote(request.path)) == ("POST", f"/v1.0/users/{SENDER}/sendMail")
    assert request.headers["Content-Type"] == "text/plain"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert b"\n" not in body
    [mail] = graph.mails()
    assert (mail["From"], mail["To"]) == (SENDER, f"{ANA}, {BEN}")
    assert mail["Subject"] == "Dates moved: Poll answers move to the meeting recap"
    assert mail["Date"].datetime == NOW
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in mail.iter_parts()] == ["utf-8", "utf-8"]
    assert mail.defects == []


async def test_a_mail_says_that_a_machine_wrote_it_and_where_to_stop_it(graph):
    await graph.channel().post(a_card())

    [mail] = graph.mails()
    assert mail["List-Unsubscribe"] == f"<{PUBLIC}/api/mail/messaging>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "OOF" in mail["X-Auto-Response-Suppress"]
    assert "NDR" not in mail["X-Auto-Response-Suppress"], "that a mail could not be delivered is to be seen"


async def test_the_token_is_asked_for_graph_and_for_the_host_that_is_called(graph):
    await graph.channel().post(NOTICE)

    assert graph.asked == [("https://graph.microsoft.com/.default", "127.0.0.1")]


@pytest.mark.parametrize(
    ("cloud", "host"),
    [
        ("worldwide", "graph.microsoft.com"),
        ("gcc", "graph.microsoft.com"),
        ("gcch", "graph.microsoft.us"),
        ("dod", "dod-graph.microsoft.us"),
        ("china", "microsoftgraph.chinacloudapi.cn"),
    ],
)
async def test_the_cloud_says_where_graph_is_and_nothing_else_does(graph, cloud, host):
    called = []

    async def handle(request):
        called.append(request.url)
        return httpx.Response(202)

    channel = graph.channel(graph_url="", cloud=cloud)
    graph.http._client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    await channel.post(NOTICE)

    assert graph.asked == [(f"https://{host}/.default", host)]
    assert [(url.scheme, url.host) for url in called] == [("https", host)]


async def test_mails_about_a_change_are_one_conversation_and_a_second_copy_has_the_same_id(graph):
    channel = graph.channel()
    await channel.post(a_card())
    await channel.post(a_card())
    await channel.post(a_card(("announced",)))
    graph.clock.forward(days=1)
    await channel.post(a_card())
    await channel.post(NOTICE)

    first, again, other, later, notice = graph.mails()
    assert first["Message-ID"] == again["Message-ID"]
    assert len({mail["Message-ID"] for mail in (first, other, later, notice)}) == 4
    assert {mail["References"] for mail in (first, again, other, later)} == {first["In-Reply-To"]}
    assert notice["References"] is None
    assert all(mail["Message-ID"].endswith("@contoso.example>") for mail in (first, notice))


@pytest.mark.parametrize(
    "title",
    [
        "x\r\nBcc: eve@evil.example\r\n\r\nbody",
        "a\nb",
        "שלום \u2028 😀" * 300,
        "=?utf-8?q?x?=" * 30,
        "é" * 500,
        "\ud800",
    ],
)
async def test_no_title_becomes_a_header_or_a_body(graph, title):
    await graph.channel().post(a_card(("announced",), title=title))

    [mail] = graph.mails()
    raw = base64.b64decode(graph.got[0][1])
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert mail["Bcc"] is None
    assert sorted(mail.keys()) == sorted({*mail.keys()}), "a header stands once"
    assert len(mail["Subject"].splitlines()) == 1
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert mail.get_content_type() == "multipart/alternative"


async def test_long_names_stay_whole_in_headers(graph):
    name, sender = "n" * 63, f"changes@{'a' * 60}.{'b' * 60}.example"

    await graph.channel(name, **{"from": sender}).post(a_card())

    [mail] = graph.mails()
    assert mail["List-Unsubscribe"] == f"<{PUBLIC}/api/mail/{name}>"
    assert mail["References"] == mail["In-Reply-To"]
    assert mail["From"] == sender


async def test_a_hundred_addresses_are_all_in_it(graph):
    everybody = [f"person.number.{n}@contoso.example" for n in range(100)]

    await graph.channel(to=everybody).post(NOTICE)

    assert [address.addr_spec for address in graph.mails()[0]["To"].addresses] == everybody


async def test_who_has_stopped_the_mails_gets_none_and_the_others_do(graph):
    await write_choice(graph.tables, Choice("messaging", "BEN@contoso.example", True, "id", NOW))
    await write_choice(graph.tables, Choice("another", ANA, True, "id", NOW))

    await graph.channel().post(NOTICE)

    assert graph.mails()[0]["To"] == ANA


async def test_where_all_have_stopped_them_nothing_is_sent_and_that_is_logged(graph, caplog):
    caplog.set_level(logging.INFO, logger="foresignal.email")
    for address in (ANA, BEN):
        await write_choice(graph.tables, Choice("messaging", address, True, "id", NOW))

    await graph.channel().post(NOTICE)

    assert graph.got == graph.asked == []
    assert "channel messaging: everybody has stopped its mails" in caplog.text
    assert "@" not in caplog.text


async def test_a_mail_costs_one_call_to_storage(graph):
    await graph.channel().post(NOTICE)

    assert graph.tables.calls == 1


@pytest.mark.parametrize(
    ("status", "body", "said", "remedy"),
    [
        (401, refusal("InvalidAuthenticationToken"), "our identity's token", "`cloud`"),
        (403, refusal("ErrorAccessDenied"), f"may not send from {SENDER}", "Application Mail.Send"),
        (403, "Forbidden", f"may not send from {SENDER}", "Application Mail.Send"),
        (404, refusal("ErrorInvalidUser"), f"no mailbox {SENDER}", "`from`"),
        (404, refusal("ResourceNotFound"), f"no mailbox {SENDER}", "`from`"),
        (404, refusal("MailboxNotEnabledForRESTAPI"), "no mailbox in Exchange Online", "`from`"),
        (400, refusal("ErrorInvalidRecipients"), "an address of `to`", "`to`"),
    ],
)
async def test_where_no_mail_can_be_sent_the_channel_is_down_and_says_what_to_do(graph, status, body, said, remedy):
    graph.answer = (status, {}, body)

    with pytest.raises(TargetDownError, match=f"channel messaging: answered {status}") as failed:
        await graph.channel().post(NOTICE)

    assert said in str(failed.value)
    assert remedy in failed.value.remedy
    assert failed.value.remedy.endswith("when Graph takes it.")
    assert TOKEN not in f"{failed.value!r} {failed.value.remedy}"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, refusal("ErrorMimeContentInvalidBase64String"), "does not take the mail"),
        (413, "", "larger than Graph takes"),
        (200, "<html>Sign in to the network</html>", "does a proxy answer"),
        (204, "", "does a proxy answer"),
        (302, "", "302"),
        (400, "[" * 100_000, "does not take the mail"),
        (400, '{"error": []}', "does not take the mail"),
    ],
)
async def test_a_mail_that_is_not_taken_is_no_outage(graph, status, body, said):
    graph.answer = (status, {"Location": "https://evil.example/"} if status == 302 else {}, body)

    with pytest.raises(PermanentError, match=said) as failed:
        await graph.channel().post(NOTICE)

    assert not isinstance(failed.value, TargetDownError)
    assert TOKEN not in repr(failed.value)
    assert len(str(failed.value)) < 600


@pytest.mark.parametrize(
    ("status", "headers", "seconds"), [(429, {"Retry-After": "34"}, 34.0), (429, {}, None), (500, {}, None)]
)
async def test_what_may_get_better_is_transient_and_keeps_the_wait(graph, status, headers, seconds):
    graph.answer = (status, headers, refusal("ApplicationThrottled"))

    with pytest.raises(TransientError, match=str(status)) as failed:
        await graph.channel().post(NOTICE)

    assert failed.value.retry_after == seconds
    assert TOKEN not in str(failed.value)


@pytest.mark.parametrize("how", ["hang", "close"])
async def test_no_answer_is_transient(graph, how):
    graph.how = how

    with pytest.raises(TransientError):
        await graph.channel(seconds=0.3).post(NOTICE)


async def test_no_mail_is_larger_than_graph_takes(graph, monkeypatch):
    monkeypatch.setattr("shared.adapters.channels.email.LARGEST", 1000)
    assert LARGEST * 4 / 3 < 4_000_000

    with pytest.raises(PermanentError, match="of at most 1,000"):
        await graph.channel().post(NOTICE)

    assert graph.got == []


@pytest.mark.parametrize(
    "over",
    [
        {"to": []},
        {"to": [f"a{n}@contoso.example" for n in range(101)]},
        {"to": "ana"},
        {"to": [ANA, "Ana <ana@contoso.example>"]},
        {"from": "changes@contoso.example\r\nBcc: x@y.example"},
        {"from": ""},
        {"cloud": "elsewhere"},
        {"graph_url": "https://evil.example"},
        {"graph_url": "http://localhost.evil.example"},
        {"graph_url": "http://localhost:80@evil.example"},
        {"graph_url": "http://127.0.0.1/x"},
        {"password": "x"},
    ],
)
def test_settings_that_cannot_work_are_refused(over):
    with pytest.raises(ValidationError):
        Settings.model_validate({"from": SENDER, "to": ANA, **over})


def test_an_address_that_is_named_twice_is_written_to_once():
    assert Settings.model_validate({"from": SENDER, "to": [ANA, ANA.upper(), BEN]}).to == (ANA, BEN)
