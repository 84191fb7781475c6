"""The page of a change loads no picture but from Microsoft's own hosts: no other learns who reads it, and when."""

import re

import pytest

from shared.adapters.pages.render import security_headers
from shared.adapters.pages.safe_html import safe_html
from tests.adapters.pages.browser import browser

OURS = (
    "https://cxcs.microsoft.net/a.png",
    "https://img-prod-cms-rt-microsoft-com.akamaized.net/cms/b?x=1&y=2",
    "https://res.cdn.office.net/c.png",
    "HTTPS://LEARN.MICROSOFT.COM/d.png",
)
OTHERS = (
    "https://evil.example/a.png",
    "https://microsoft.com.evil.example/a.png",
    "https://evilmicrosoft.com/a.png",
    "https://akamaized.net/a.png",
    "https://other.akamaized.net/a.png",
    "https://evil.example\\@learn.microsoft.com/a.png",
    "https://learn.microsoft.com@evil.example/a.png",
    "https://learn.microsoft.com:8443/a.png",
    "https:///evil.example/a.png",
    "https://evil.example#.microsoft.com/a.png",
    "https://evil.example?.microsoft.com/a.png",
    "//evil.example/a.png",
    "http://learn.microsoft.com/a.png",
    "data:image/png;base64,AA",
    "https://[::1]/a.png",
    "https://1.2.3.4/a.png",
    'https://evil.example/a.png" onload="x',
    "https://learn.microsoft\t.com.evil.example/a.png",
)


def body(sources):
    return "".join(
        f"<p><img alt='Step {n} &lt;b&gt;' src='{source}' srcset='{source} 2x'></p>" for n, source in enumerate(sources)
    )


def test_pictures_of_microsofts_own_hosts_stay():
    shown = safe_html(body(OURS))

    assert shown.count("<img ") == len(OURS)
    assert "srcset" not in shown


@pytest.mark.parametrize("source", OTHERS)
def test_another_picture_is_said_and_not_loaded(source):
    shown = safe_html(body([source]))

    assert "<img" not in shown
    assert re.search(r"<em>\[Image( at [a-z0-9.-]+)?: Step 0 &lt;b&gt;\]</em>", shown)


def test_a_browser_asks_no_other_host_even_where_the_cleaning_failed():
    """The header alone holds, too: the browser is given both bodies as they came, and as they were cleaned."""
    page_of = "<!doctype html><title>x</title>{}"
    asked = set()

    def answer(route):
        if route.request.url == "https://pages.example/":
            html = page_of.format(body(OURS) + body(OTHERS) + safe_html(body(OURS) + body(OTHERS)))
            route.fulfill(body=html, content_type="text/html", headers=dict(security_headers()))
        else:
            asked.add(route.request.url)
            route.fulfill(body=b"", content_type="image/png")

    with browser() as started:
        page = started.new_page()
        page.route("**/*", answer)
        page.goto("https://pages.example/")
        page.wait_for_load_state("networkidle")

    hosts = {re.sub(r"^https://([^/:]+).*", r"\1", url) for url in asked if not url.startswith("data:")}
    assert hosts == {
        "cxcs.microsoft.net", "img-prod-cms-rt-microsoft-com.akamaized.net", "res.cdn.office.net",
        "learn.microsoft.com",
    }  # fmt: skip
