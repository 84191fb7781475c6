"""The list of changes over HTTP: its address, its list alone for the script, a table, data; and for whom."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import azure.functions as func
import pytest

from functions.pages import changes as pages
from functions.pages import home as home_pages
from functions.pages import metrics as metrics_pages
from shared import app, settings
from shared.core.errors import TransientError
from shared.core.life.line import Line
from shared.record.lists import put_listings
from tests.fakes import NOW
from tests.lines import some_lines
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.world import World

URL = "https://t.example"
READER = principal((OID, "0f8e"), ("name", "Ana Torres"))
PRIVACY = principal((OID, "0f8f"), ("name", "Pia Lund"), ("roles", "privacy"))
BITING = '=HYPERLINK("https://e.example")<script>alert(1)</script>'
FORMULA = "MC1200037"


def lines():
    """Sample lines, of which one has a title that a browser or a spreadsheet would run."""
    for line in some_lines():
        parts = line.parts
        if line.id == FORMULA:
            parts = tuple(
                replace(part, values=tuple(BITING if value == line.title else value for value in part.values))
                for part in parts
            )
        yield Line(line.id, parts)


@pytest.fixture
async def world(monkeypatch):
    made = World()
    ours = SimpleNamespace(settings=settings.Settings("t", URL, sign_in=True), deps=made.deps)
    monkeypatch.setattr(app, "_app", ours)
    every = list(lines())
    await put_listings(made.blobs, every, every, NOW - timedelta(minutes=2), "one")
    return made


async def ask(who=READER, of=pages.changes, headers=(), **params):
    request = func.HttpRequest(
        "GET", f"{URL}/api/changes", headers={"x-ms-client-principal": who, **dict(headers)}, params=params, body=b""
    )
    return await of(request)


async def text(*args, **params):
    return (await ask(*args, **params)).get_body().decode()


async def test_an_id_that_is_searched_for_leads_to_its_change_at_once_with_mc_or_without(world):
    for typed in (FORMULA, f" {FORMULA.lower()} ", FORMULA.removeprefix("MC")):
        answer = await ask(q=typed, state="")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/api/changes/{FORMULA}")

    assert "MC7654321 is not recorded here" in await text(q="7654321")


async def test_the_id_of_a_post_on_data_privacy_leads_nowhere_without_the_role(world):
    private = next(line.id for line in some_lines() if line.private)

    assert f"{private} is not recorded here" in await text(q=private)
    assert (await ask(PRIVACY, q=private)).headers["Location"] == f"/api/changes/{private}"


async def test_what_a_form_leaves_empty_does_not_stay_in_the_address(world):
    answer = await ask(q="wizard", state="", sort="", team="devices")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/changes?q=wizard&team=devices")
    assert (await ask(q="", state="")).headers["Location"] == "/api/changes"
    assert (await ask(q="wizard", team="devices")).status_code == 200
    assert "Colour" not in await text(colour="", state="odd")


async def test_the_script_gets_the_list_alone_and_the_address_that_says_it(world):
    typed = await ask(headers={"hx-request": "true", "hx-trigger-name": "q"}, q=FORMULA, state="")
    chosen = await ask(headers={"hx-request": "true", "hx-trigger-name": "state"}, q="", state="open")

    assert typed.headers["HX-Replace-Url"] == f"/api/changes?q={FORMULA}", "letters are no steps back"
    assert chosen.headers["HX-Push-Url"] == "/api/changes?state=open"
    for answer in (typed, chosen):
        body = answer.get_body().decode()
        assert body.startswith('<section class="panel" id="list"')
        assert "<html" not in body
        assert answer.headers["Cache-Control"] == "no-store"
    back = await text(headers={"hx-request": "true", "hx-history-restore-request": "true"}, state="open")
    assert back.startswith("<!doctype html>")


async def test_a_title_that_would_run_is_text_on_the_page_and_in_the_table(world):
    page = await text(q="HYPERLINK")
    rows = list(csv.DictReader(io.StringIO((await ask(format="csv")).get_body().decode("utf-8-sig"))))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert {row["title"][:4] for row in rows if row["change"] == FORMULA} == {"'=HY"}


async def test_the_same_as_a_table_and_page_by_page_as_data(world):
    table = await ask(state="open", format="csv")
    ids, address, pages_read = [], {"state": "open", "format": "json"}, 0
    while address:
        data = json.loads((await ask(**address)).get_body())
        ids += [row["change"] for row in data["changes"]]
        address = dict(re.findall(r"(\w+)=([^&]*)", data["next"]))
        pages_read += 1

    rows = list(csv.DictReader(io.StringIO(table.get_body().decode("utf-8-sig"))))
    assert [row["change"] for row in rows] == ids
    assert (len(ids), pages_read) == (data["count"], data["pages"])
    assert "attachment" in table.headers["Content-Disposition"]
    assert json.loads((await ask(format="json", state="odd")).get_body())["not_understood"]


async def test_nothing_of_a_post_on_data_privacy_is_in_page_table_or_data_without_the_role(world):
    private = {line.id for line in some_lines() if line.private}

    for params in ({"format": "csv"}, {"format": "json", "page": "8"}, {"sort": "newest"}, {"kind": "-"}):
        assert not private & set(re.findall(r"MC\d+", await text(**params)))
    assert private <= set(re.findall(r"MC\d+", await text(PRIVACY, format="csv")))


async def test_a_stranger_gets_no_list_and_storage_that_does_not_answer_is_said(world):
    assert (await ask("")).status_code == 403

    async def read(*_):
        raise TransientError("storage does not answer")

    world.blobs.read = read
    answer = await ask()
    assert answer.status_code == 503
    assert "storage does not answer. Try again in a minute." in answer.get_body().decode()


@pytest.mark.parametrize(
    ("page", "scope"),
    [
        (home_pages.home, {}),
        (metrics_pages.metrics, {}),
        (metrics_pages.metrics, {"months": "3", "team": "messaging"}),
        (metrics_pages.metrics, {"months": "6", "workload": "exchange"}),
    ],
    ids=["home", "metrics", "of a team", "of a workload"],
)
@pytest.mark.parametrize("who", [READER, PRIVACY], ids=["reader", "privacy"])
async def test_every_number_that_leads_to_a_list_is_the_length_of_that_list(world, page, scope, who):
    """As somebody sees it: each link of the page is followed, and counted."""
    shown = await text(who, page, **scope)
    links = re.findall(r'<a [^>]*href="/api/changes\?([^"]*)"[^>]*>(?:[^<:]*: )?([\d,]+)</a>', shown)
    tiles = re.findall(r'<dt><a href="/api/changes\?([^"]*)">[^<]*</a></dt><dd>([\d,]+)</dd>', shown)

    assert len(links) + len(tiles) > 11
    for query, number in {*links, *tiles}:
        params = dict(re.findall(r"(\w+)=([^&]*)", query.replace("&amp;", "&").replace("%20", " ").replace("+", " ")))
        data = json.loads((await ask(who, format="json", **params)).get_body())
        assert (query, data["count"]) == (query, int(number.replace(",", "")))
        assert not data["not_understood"]


async def test_a_page_of_titles_as_long_as_a_line_holds_them_is_under_two_hundred_kilobytes(world):
    every = [
        Line(line.id, tuple(
            replace(part, values=tuple("Ω" * 499 + "…" if value == line.title else value for value in part.values))
            for part in line.parts
        ))
        for line in some_lines()
    ]  # fmt: skip
    await put_listings(world.blobs, every, every, NOW, "two")

    assert len((await ask()).get_body()) < 200_000
