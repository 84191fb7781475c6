"""A form does something only where a person sent it from a page of ours."""

import base64
import json
from urllib.parse import urlencode

import azure.functions as func
import pytest

from functions.pages.form import MOST_BYTES, fields_of
from functions.pages.respond import html, respond, respond_to_form
from shared import app, settings
from shared.adapters.pages.render import headers_of, render, security_headers
from tests.adapters.pages.browser import browser
from tests.functions.forms import COOKIE, TOKEN
from tests.security.test_01_closed_pages import ANA, OURS

OURSELVES = "https://t.example"
FORM = "application/x-www-form-urlencoded"
BODY = f"word=yes&csrf={TOKEN}".encode()


@pytest.fixture
async def deployed(monkeypatch):
    for name in (*OURS, settings.LOCAL, "WEBSITE_SITE_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**OURS, "WEBSITE_AUTH_ENABLED": "True", "WEBSITE_SITE_NAME": "fs"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(app, "_app", None)
    monkeypatch.setattr(app, "_around", None)
    yield
    await app.close()


async def sent(body=BODY, kind=FORM, principal=ANA, *, cookie=COOKIE, **headers):
    """The answer, and whether anything was done."""
    done = []

    async def act(_app, _request, fields):
        done.append(dict(fields))
        return html("done")

    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = func.HttpRequest(
        method="POST", url=f"{OURSELVES}/api/x", params={}, route_params={}, body=body,
        headers={"content-type": kind, "x-ms-client-principal": principal, "cookie": cookie, **names},
    )  # fmt: skip
    return await respond_to_form(request, act), done


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "origin": OURSELVES},
        {"sec_fetch_site": "same-origin", "origin": "https://changes.contoso.example"},  # a domain of the admin's own
        {"sec_fetch_site": "none"},
        {"origin": OURSELVES},
    ],
)
async def test_a_form_of_our_own_page_is_done_once(deployed, headers):
    answer, done = await sent(**headers)

    assert (answer.status_code, done) == (200, [{"word": "yes", "csrf": TOKEN}])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://t.example"},
        {"origin": "https://t.example.evil.example"},
        {"origin": "https://t.example:444"},
        {"sec_fetch_site": "cross-site", "origin": OURSELVES},
        {"sec_fetch_site": "same-site", "origin": OURSELVES},
        {"referer": f"{OURSELVES}/api/x"},
    ],
)
async def test_a_form_from_elsewhere_does_nothing_and_the_page_says_why(deployed, headers):
    answer, done = await sent(**headers)

    assert (answer.status_code, done) == (403, [])
    assert b"not sent from our own page" in answer.get_body()


async def test_a_form_of_nobody_does_nothing(deployed):
    answer, done = await sent(principal="", sec_fetch_site="same-origin")

    assert (answer.status_code, done) == (403, [])


async def test_a_form_that_is_too_long_and_what_is_no_form_do_nothing(deployed):
    long, done_long = await sent(b"a=" + b"x" * MOST_BYTES, sec_fetch_site="same-origin")
    json_, done_json = await sent(
        json.dumps({"word": "yes"}).encode(), "application/json", sec_fetch_site="same-origin"
    )

    assert (long.status_code, json_.status_code) == (413, 415)
    assert done_long == done_json == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"a=1&b=+two++&a=3", {"a": "3", "b": "two"}),
        (urlencode({"words": "zwei\r\nZeilen – ja"}).encode(), {"words": "zwei\nZeilen – ja"}),
        (b"a=%ff", {"a": "�"}),
        (b"a", {"a": ""}),
        (b"", {}),
        (b"\xff\xfe", {}),
        (b"&".join(b"a=1" for _ in range(51)), {}),
    ],
)
def test_a_form_is_read_into_texts(body, expected):
    request = func.HttpRequest("POST", "https://t.example", body=body)

    assert fields_of(request) == expected


def test_a_page_may_send_forms_to_us_alone_and_one_that_was_kept_sends_none():
    assert "form-action 'self'" in security_headers()["Content-Security-Policy"]
    assert "form-action 'none'" in headers_of("<style>a{}</style>")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("cookie", "field"),
    [
        ("", TOKEN),
        (COOKIE, ""),
        (COOKIE, "5f" * 16),
        ("__Host-form=" + "5f" * 16, TOKEN),
        ("__Host-form=", ""),
        ("__Host-form=<b>", "<b>"),
        ("form=" + TOKEN, TOKEN),  # not the cookie that no other site can set
        (COOKIE, TOKEN + "é"),
        ("x=" + "y" * 20_000 + "; " + COOKIE, TOKEN),
    ],
)
async def test_a_form_without_the_token_of_its_browser_does_nothing(deployed, cookie, field):
    body = urlencode({"word": "yes", "csrf": field}).encode()
    answer, done = await sent(body, sec_fetch_site="same-origin", cookie=cookie)

    assert (answer.status_code, done) == (403, [])
    assert b"Open the page again" in answer.get_body()


@pytest.mark.parametrize("odd", ['a"b=c', "=;;;", "theirs=\u00e9; $Version=1", "x"])
async def test_cookies_of_other_apps_do_not_hide_the_token(deployed, odd):
    answer, done = await sent(sec_fetch_site="same-origin", cookie=f"{odd}; {COOKIE}")

    assert (answer.status_code, len(done)) == (200, 1)


async def test_a_page_with_a_form_gives_the_browser_its_token_once(deployed):
    async def show(_app, _request):
        return html(render("mail.html.j2", title="t", channel="c", address="a@b.example", state="all"))

    def asked(cookie=""):
        headers = {"x-ms-client-principal": ANA, **({"cookie": cookie} if cookie else {})}
        return func.HttpRequest("GET", f"{OURSELVES}/api/x", headers=headers, params={}, route_params={}, body=b"")

    first = await respond(asked(), show)
    given = first.headers["Set-Cookie"]
    again = await respond(asked(given.partition(";")[0]), show)

    assert given.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert given.partition(";")[0].removeprefix("__Host-form=") in first.get_body().decode()
    assert "Set-Cookie" not in again.headers
    assert given.partition(";")[0].removeprefix("__Host-form=") in again.get_body().decode()


def test_a_browser_says_of_our_own_form_where_it_comes_from_and_of_anothers_too():
    page_of = "<form method=post action='{}/api/x'><button>Send</button></form>"
    heard = []

    def answer(route):
        request = route.request
        if request.method == "POST":
            heard.append((request.headers.get("origin"), request.all_headers().get("sec-fetch-site")))
            route.fulfill(status=200, content_type="text/html", body="done")
        elif request.url.startswith(OURSELVES):
            headers = {"Content-Type": "text/html", **security_headers()}
            route.fulfill(status=200, headers=headers, body=page_of.format(OURSELVES))
        else:
            route.fulfill(status=200, content_type="text/html", body=page_of.format(OURSELVES))

    with browser() as started:
        page = started.new_page()
        page.route("**/*", answer)
        for url in (f"{OURSELVES}/api/x", "https://evil.example/"):
            page.goto(url)
            page.click("button")
            page.wait_for_load_state()

    assert heard[0][0] == OURSELVES
    assert heard[1][0] in {"https://evil.example", "null"}


def test_a_principal_is_what_the_other_tests_send():
    assert json.loads(base64.b64decode(ANA))["claims"]
