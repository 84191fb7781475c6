"""Measures as data, and reports, over HTTP: what is described is what is given, bounded, and nothing private."""

import csv
import io
import json
import re
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import azure.functions as func
import pytest

from functions.pages import home as home_pages
from functions.pages import metrics as pages
from functions.pages import reports as report_pages
from shared import app, settings
from shared.adapters.pages.sheets import csv_text
from shared.core.changes.change import Days
from shared.core.life.entries import ClosedChange
from shared.core.life.figures import is_live
from shared.core.life.flat import CHANGE_COLUMNS, FIGURE_COLUMNS, change_rows, figure_rows
from shared.core.life.line import Line, part_of
from shared.core.life.moments import Moments
from shared.core.life.overview import Overview
from shared.core.life.periods import month_of
from shared.core.life.scope import MONTHS, Scope
from shared.record.closings import insert_closing
from shared.record.lists import put_listings
from shared.record.reports import ReportName, keep_report
from shared.usecases.deps import ListMemory
from shared.usecases.life.lives import known_lives
from shared.usecases.pages.home import home
from shared.usecases.pages.metrics import metrics_data, metrics_view
from shared.usecases.reports.make import month_made
from tests.adapters.pages import measured
from tests.fakes import deps_with
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.world import World, post

URL = "https://t.example"
DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
READER = principal((OID, "0f8e"), ("name", "Ana Torres"))
PRIVACY = principal((OID, "0f8f"), ("name", "Pia Lund"), ("roles", "privacy"))


@pytest.fixture
async def world(monkeypatch):
    made = World()
    ours = SimpleNamespace(settings=settings.Settings("t", URL, sign_in=True), deps=made.deps)
    monkeypatch.setattr(app, "_app", ours)
    await made.arrive(
        post(title='=HYPERLINK("https://e.example")'), post("MC1200002"),
        post("MC1200003", title="Act on the quetzal incident", tags=["GDPR", "Retirement"]),
    )  # fmt: skip
    await made.mend()
    return made


async def ask(page, who=READER, path=(), /, **params):
    request = func.HttpRequest(
        "GET", f"{URL}/api/x", headers={"x-ms-client-principal": who}, params=params,
        route_params=dict(zip(("kind", "period", "team"), path, strict=False)), body=b"",
    )  # fmt: skip
    return await page(request)


async def data(who=READER, **params):
    return json.loads((await ask(pages.metrics_json, who, **params)).get_body())


async def table(**params):
    text = (await ask(pages.metrics_csv, **params)).get_body().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


async def test_every_field_is_described_and_nothing_is_described_that_is_not_there(world):
    text = DOCS.read_text()
    described = {name: re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for name, part in _parts(text).items()}
    given = await data()
    figures = {row["measure"] for row in figure_rows(measured.twelve_months())}

    assert described["The answer"] == list(given)
    assert described["Changes"] == list(CHANGE_COLUMNS) == list(given["changes"][0])
    assert described["Figures"] == list(FIGURE_COLUMNS) == list(given["figures"][0])
    assert sorted(described["Measures"]) == sorted(figures)


def _parts(text):
    parts = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


async def test_changes_come_page_by_page_each_once(world):
    first = await data(limit="1")
    after = dict(pair.split("=") for pair in first["next"].partition("?")[2].split("&"))
    second = await data(**after)

    assert [row["change"] for row in first["changes"] + second["changes"]] == ["MC1200001", "MC1200002"]
    assert second["next"] == ""
    assert first["complete"] is True
    assert first["figures"] == second["figures"]


async def test_what_a_spreadsheet_would_take_for_a_formula_stays_text(world):
    rows = await table()

    assert [row["title"][:12] for row in rows] == ["'=HYPERLINK(", "Retirement o"]
    assert rows[0]["asked"] == "true"
    assert csv_text(("a",), [["-1"], [-1], [None], ["\t=1"], [True]]).split() == [
        "a",
        "'-1",
        "-1",
        '""',
        "'",
        "=1",
        "true",
    ]


async def test_figures_are_a_table_too(world):
    rows = await table(table="figures", months="3")

    assert {row["from"] for row in rows} == {"2026-07-01"}
    assert [row["value"] for row in rows if (row["measure"], row["by"]) == ("open", "")] == ["2"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("months", "0"), ("months", "25"), ("months", "x"), ("months", "9" * 5000), ("months", "٣"), ("months", ""),
     ("limit", "0"), ("limit", "5001")],
)  # fmt: skip
async def test_what_cannot_be_meant_is_said(world, name, value):
    answer = await ask(pages.metrics_json, **{name: value})

    assert answer.status_code == 400
    assert b"Write" in answer.get_body()
    assert (await ask(pages.metrics_csv, table="people")).status_code == 400


async def test_the_page_and_the_data_are_of_the_scope_that_is_asked_for(world):
    page = (await ask(pages.metrics, months="6", team="messaging", workload="")).get_body().decode()
    nothing = (await ask(pages.metrics, team="workplace")).get_body().decode()
    whole, own = await data(), await data(team="messaging", workload="exchange", limit="1", months="3")

    assert "Team messaging, from 1 April 2026" in page
    assert 'href="/api/metrics.json?months=6&amp;team=messaging"' in page
    assert "Show every team and workload" in nothing
    assert (whole["team"], own["team"], own["workload"], own["from"]) == ("", "messaging", "exchange", "2026-07-01")
    assert {row["team"] for row in own["changes"]} == {"messaging"}
    assert own["next"].startswith("/api/metrics.json?months=3&team=messaging&workload=exchange&limit=1&after=MC")
    assert [row["team"] for row in await table(team="workplace")] == []
    as_json = json.loads((await ask(pages.metrics, format="json", team="workplace")).get_body())
    assert as_json["open"] == 0


@pytest.mark.parametrize(
    ("params", "status", "words"),
    [
        ({"months": "7"}, 400, "The page shows 3, 6, 12 or 24 months: write months=12, say."),
        ({"months": "x"}, 400, "The page shows 3, 6, 12 or 24 months"),
        ({"team": "<ghosts>"}, 404, "There is no team “&lt;ghosts&gt;”, neither in the policy nor among the changes."),
        ({"workload": "w" * 5000}, 404, "There is no workload “www"),
    ],
)
async def test_what_is_asked_for_and_is_not_there_is_said_in_a_sentence(world, params, status, words):
    answers = [await ask(pages.metrics, **params)]
    if status == 404:
        answers += [await ask(page, **params) for page in (pages.metrics_json, pages.metrics_csv)]
        answers.append(await ask(pages.metrics, format="json", **params))

    for answer in answers:
        assert answer.status_code == status
        assert words in answer.get_body().decode()
        assert len(answer.get_body()) < 40_000


@pytest.mark.parametrize("number", ["0", "x", "٣", "99999", ""])
async def test_a_page_of_reports_is_a_number(world, number):
    assert (await ask(report_pages.reports_list, page=number)).status_code == 400


async def test_a_private_post_counts_in_nothing_for_somebody_without_the_role(world):
    for page in (pages.metrics, pages.metrics_json, pages.metrics_csv, home_pages.home):
        assert b"MC1200003" not in (await ask(page)).get_body()
    ids = {who: [row["change"] for row in (await data(who))["changes"]] for who in (READER, PRIVACY)}
    assert ids == {READER: ["MC1200001", "MC1200002"], PRIVACY: ["MC1200001", "MC1200002", "MC1200003"]}
    assert b"quetzal" not in (await ask(pages.metrics_csv, PRIVACY)).get_body()


async def test_reports_are_listed_and_read_as_they_were_sent_also_with_an_older_style_sheet(world):
    assert b"No report was sent yet" in (await ask(report_pages.reports_list)).get_body()
    old = "<!doctype html><style>p { color: red }</style><p>August</p>"
    await keep_report(world.blobs, ReportName("monthly", "2026-08"), old)
    await keep_report(world.blobs, ReportName("owner", "2026-W38", "devices"), old)

    listed = (await ask(report_pages.reports_list)).get_body().decode()
    answer = await ask(report_pages.report, READER, ("monthly", "2026-08"))

    assert 'href="/api/reports/owner/2026-W38/devices"' in listed
    assert answer.get_body().decode() == old
    style = b64encode(sha256(b"p { color: red }").digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert f"; style-src 'sha256-{style}'; form-action 'none'; " in policy
    assert "script-src" not in policy
    assert (await ask(report_pages.team_report, READER, ("owner", "2026-W38", "devices"))).status_code == 200
    for path in (("monthly", "2026-07"), ("owner", "..", "x"), ("weekly", "../../config")):
        assert (await ask(report_pages.report, READER, path)).status_code == 404


# Costs


def many(count, now):
    """A line for each of so many changes, over the years; one in ten is open."""
    for number in range(count):
        seen = now - timedelta(hours=number)
        values = {
            "title": f"Change {number} of ours", "team": "messaging", "workloads": ("exchange",), "kind": "retirement",
            "services": ("Exchange Online",), "admin_impact": "high", "user_impact": "low", "planned": True,
            "published": seen.isoformat(), "first_seen": seen.isoformat(), "decided": seen.isoformat(),
        }  # fmt: skip
        parts = [
            part_of("change", "1", values),
            part_of("ticket|crb", "1", {"number": f"C{number}", "team": "messaging"}),
        ]
        if number % 10:
            closed = {"number": 1, "at": min(now, seen + timedelta(days=9)).isoformat(), "through": "ticket"}
            parts.append(part_of("closing", "2", closed))
        yield Line(f"MC{1000000 + number}", tuple(sorted(parts, key=lambda part: part.name)))


async def costs(count):
    world = World()
    now = world.clock()
    lines = list(many(count, now))
    await put_listings(world.blobs, (line for line in lines if is_live(line, now)), lines, now, "one")
    calls = []
    for read in (
        lambda deps: home(deps, privacy=True),
        lambda deps: metrics_view(deps, privacy=True),
        lambda deps: metrics_view(deps, Scope(24, "messaging"), privacy=True),
        lambda deps: metrics_data(deps, Scope(24), privacy=True),
        lambda deps: month_made(deps, month_of(date(2026, 8, 1))),
    ):
        process = deps_with(world.deps, lists=ListMemory())
        before = world.tables.calls + world.blobs.calls
        await read(process)
        calls.append(world.tables.calls + world.blobs.calls - before)
    return calls


async def test_what_pages_and_reports_cost_does_not_grow_with_what_is_stored():
    small = await costs(1_000)
    most = (5, 5, 5 + 12, 30, 30)  # home, metrics, metrics of two years, figures as data, a report

    assert [calls <= budget for calls, budget in zip(small, most, strict=True)] == [True] * len(most), small
    assert await costs(5_000) == small  # 20,000: tests/bench.py


async def test_what_was_closed_longer_ago_than_lines_reach_is_read_from_the_closings_of_its_month():
    world = World()
    at = datetime(2024, 11, 5, tzinfo=UTC)
    row = ClosedChange(
        "MC1000001", 1, "An old one", "messaging", (), at, at, None, at + timedelta(days=2), "ticket", "C1",
        Moments(at, at), "update", "low", worked=Days(close=2), target=Days(1, 2, 3),
    )  # fmt: skip
    await insert_closing(world.tables, row)

    data_ = await metrics_data(world.deps, Scope(24), privacy=False)

    assert (data_.measures.closed, [life.id for life in data_.lives]) == (1, ["MC1000001"])
    assert change_rows(data_.lives, at.date())[0]["days_to_close"] == 2.0
    assert (await metrics_data(world.deps, Scope(12), privacy=False)).measures.closed == 0
    page = (await metrics_view(world.deps, Scope(24, "messaging"), privacy=False)).overview
    assert (page.measures.closed, sum(trend.closed for trend in page.trends)) == (1, 1)
    assert (await metrics_view(world.deps, Scope(12), privacy=False)).overview.measures.closed == 0


async def test_what_was_counted_is_counted_again_for_another_scope_viewer_and_change_and_after_a_quarter_of_an_hour():
    world = World()
    await world.arrive(post(), post("MC1200002", title="Exchange Online: a notice on data", tags=["Data privacy"]))
    await world.mend()

    async def counted(months: int = MONTHS, *, privacy: bool = True) -> Overview:
        return (await metrics_view(world.deps, Scope(months), privacy=privacy)).overview

    first = await counted()
    again = await counted()
    assert again == first
    assert again.trends is first.trends  # nothing has changed: it is not counted again
    world.clock.forward(minutes=14, seconds=59)
    assert (await counted()).trends is first.trends
    assert (await counted()).measures.at == world.clock()
    other = await counted(3)
    assert (len(other.trends), bool(other.weeks)) == (3, True)
    assert (await counted(privacy=False)).measures.open == first.measures.open - 1
    assert (await counted()).measures.open == first.measures.open

    await world.arrive(post("MC1200003", title="Exchange Online: another viewer is retired"))
    assert (await counted()).measures.open == first.measures.open + 1
    last = await counted()
    world.clock.forward(minutes=15)
    assert (await counted()).trends is not last.trends


async def test_a_line_is_read_once_in_a_quarter_of_an_hour_and_again_when_it_says_something_new():
    world = World()
    await world.arrive(post())
    await world.mend()
    process = deps_with(world.deps, lists=ListMemory())
    first = await known_lives(process, world.clock(), privacy=True)
    again = await known_lives(process, world.clock(), privacy=True)
    assert [a is b for a, b in zip(first.lives, again.lives, strict=True)] == [True]

    await world.arrive(post(title="Another title", lastModifiedDateTime="2026-09-01T08:00:00Z"))
    renewed = await known_lives(process, world.clock(), privacy=True)
    later = await known_lives(process, world.clock() + timedelta(minutes=15), privacy=True)

    assert [life.title for life in (*first.lives, *renewed.lives)][1:] == ["Another title"]
    assert renewed.lives == later.lives
    assert renewed.lives[0] is not later.lives[0]
