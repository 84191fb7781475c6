"""Only a person stops mails, their own, on our page; a link that a machine follows stops none."""

from contextlib import nullcontext

import azure.functions as func
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.core.credentials import AccessToken

from functions.pages.mail import mail, mail_choice
from functions.pages.who import HERE
from shared import app
from shared.app import App, Surroundings
from shared.core.cards.notice import Notice
from shared.core.errors import PermanentError
from shared.core.policy.model import Channel
from shared.record.unsubscribed import without_stopped
from shared.settings import Settings
from tests.fakes import FakeClock, FakePolicy, FakeTables, a_policy, deps_of
from tests.functions.forms import COOKIE, TOKEN
from tests.security.test_01_closed_pages import CONNECTION, OID, principal

CSRF = f"&csrf={TOKEN}".encode()
OURS = "https://t.example"
ANA, BEN = "ana@contoso.example", "ben@contoso.example"
CHANNELS = {"messaging": Channel(kind="email", settings={"from": "changes@contoso.example", "to": [ANA, BEN]})}


def signed_in(address):
    return principal((OID, "0f8e"), ("name", "Ana"), ("preferred_username", address))


@pytest.fixture
async def tables(monkeypatch):
    tables = FakeTables()
    built = App(Surroundings(Settings("t", OURS, connection_string=CONNECTION, sign_in=True)))
    policy = FakePolicy(a_policy(channels=CHANNELS))
    built.deps = deps_of(tables=tables, policy=policy, clock=FakeClock())
    monkeypatch.setattr(app, "_app", built)
    yield tables
    await built.close()


async def asked(function, who, method="GET", body=b"", channel="messaging", **headers):
    request = func.HttpRequest(
        method=method, url=f"{OURS}/api/mail/{channel}", params={}, route_params={"channel": channel}, body=body,
        headers={
            "x-ms-client-principal": who,
            "content-type": "application/x-www-form-urlencoded",
            "cookie": COOKIE,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )  # fmt: skip
    answer = await function(request)
    return answer.status_code, answer.get_body().decode(), answer


async def left(tables):
    return await without_stopped(tables, "messaging", [ANA, BEN])


async def test_a_person_stops_their_own_mails_and_takes_them_up_again(tables):
    status, page, answer = await asked(mail, signed_in(ANA))
    assert (status, "Stop these mails" in page) == (200, True)
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]

    _, page, _ = await asked(mail_choice, signed_in(ANA), "POST", b"want=none" + CSRF, sec_fetch_site="same-origin")
    assert "Get these mails again" in page
    assert await left(tables) == [BEN]

    _, page, _ = await asked(mail_choice, signed_in(ANA), "POST", b"want=all" + CSRF, sec_fetch_site="same-origin")
    assert "Stop these mails" in page
    assert await left(tables) == [ANA, BEN]


async def test_a_link_that_is_followed_stops_nothing(tables):
    await asked(mail, signed_in(ANA), body=b"want=none" + CSRF, sec_fetch_site="same-origin")

    assert not tables.rows


@pytest.mark.parametrize(
    ("who", "headers", "body"),
    [
        (signed_in(ANA), {"sec_fetch_site": "cross-site"}, b"want=none" + CSRF),
        (signed_in(ANA), {}, b"List-Unsubscribe=One-Click" + CSRF),
        (signed_in(ANA), {"sec_fetch_site": "same-origin"}, b"want=other" + CSRF),
        ("", {"sec_fetch_site": "same-origin"}, b"want=none" + CSRF),
        (
            signed_in("eve@contoso.example"),
            {"sec_fetch_site": "same-origin"},
            b"want=none&address=ana@contoso.example" + CSRF,
        ),
        (principal((OID, "0f8e")), {"sec_fetch_site": "same-origin"}, b"want=none" + CSRF),
    ],
)
async def test_nobody_elses_mails_are_stopped(tables, who, headers, body):
    await asked(mail_choice, who, "POST", body, **headers)

    assert not tables.rows


async def test_who_is_not_on_the_list_is_told_so_and_sees_no_address_of_others(tables):
    status, page, _ = await asked(mail, signed_in("eve@contoso.example"))

    assert status == 200
    assert "does not write to that address" in page
    assert "<form" not in page
    assert ANA not in page


async def test_a_channel_that_there_is_not_is_not_found_whatever_its_name(tables):
    for channel in ("none", "<script>alert(1)</script>", "../home", "x" * 5000):
        status, page, _ = await asked(mail, signed_in(ANA), channel=channel)

        assert status == 404
        assert "<script>" not in page


class SignIn:
    async def get_token(self, *_scopes):
        return AccessToken("the-token-of-our-identity", 0)


@pytest.mark.parametrize("hosted", [False, True])
async def test_only_beside_a_sandbox_a_mail_goes_to_this_machine_and_in_azure_no_token_does(hosted):
    heard = []

    async def graph(request):
        heard.append((request.path, request.headers["Authorization"], await request.read()))
        return web.Response(status=202)

    server = web.Application()
    server.router.add_post("/{rest:.*}", graph)
    async with TestServer(server) as running:
        settings = Settings("t", OURS, connection_string=CONNECTION, hosted=hosted)
        built = App(Surroundings(settings, credential=lambda *_: SignIn()))
        built.tables = FakeTables()
        url = f"http://127.0.0.1:{running.port}"
        entry = Channel(kind="email", settings={"from": "changes@contoso.example", "to": ANA, "graph_url": url})
        channel = await built.deps.outside.channel(a_policy(channels={"messaging": entry}), "messaging")

        with pytest.raises(PermanentError, match="is not that service's") if hosted else nullcontext():
            await channel.post(Notice("Hello", "World", (), ("Ana",), (), bad=False))

        await built.close()
    assert [(path, token) for path, token, _ in heard] == (
        [] if hosted else [("/v1.0/users/changes@contoso.example/sendMail", "Bearer the-token-of-our-identity")]
    )


def test_whoever_sits_at_the_sandbox_has_no_address_and_can_stop_nothing():
    assert HERE.address == ""
