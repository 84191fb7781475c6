"""Calendar feeds: made and revoked by people, read by programs with a token, and nothing private in them."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.pages import feeds as pages
from shared import app, settings
from shared.adapters.pages.ical import calendar_text
from shared.core.life.calendar import Mark
from shared.core.life.feed import MOST, Event, events_of
from shared.core.life.line import Line, part_of
from shared.core.tickets.board import Order
from shared.record.audit import newest_entries
from shared.usecases.pages.feeds import MOST_OF_ONE
from shared.usecases.tickets.move import move_ticket
from tests.functions.forms import OURSELVES, form_request
from tests.functions.test_board import ADMIN, ANA, BEN, READER
from tests.properties import unhurried
from tests.usecases.review.test_answers import ANA as ANA_THERSELF
from tests.usecases.world import NOVEMBER, World, policy, post


@pytest.fixture
async def world(monkeypatch):
    made = World()
    ours = SimpleNamespace(settings=settings.Settings("t", OURSELVES, sign_in=True), deps=made.deps)
    monkeypatch.setattr(app, "_app", ours)
    await made.arrive(post(), post("MC1200003", title="Data privacy: the quetzal", tags=["Data privacy", "Retirement"]))
    await made.mend()
    return made


async def make(who=READER, **fields):
    answer = await pages.make_feed(form_request("/api/calendar/feeds", fields, who))
    found = re.search(r"/api/feeds/([\w-]+)/calendar.ics", answer.get_body().decode())
    return found[1] if found else answer


async def read(token):
    return await pages.calendar_feed(
        func.HttpRequest("GET", f"{OURSELVES}/x", params={}, route_params={"token": token}, body=b"")
    )


async def look(who=READER):
    request = func.HttpRequest("GET", f"{OURSELVES}/x", headers={"x-ms-client-principal": who}, params={}, body=b"")
    return (await pages.feeds(request)).get_body().decode()


def unfolded(text):
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def events(text):
    """The events of a feed, each as a mapping of its properties."""
    found, current = [], None
    for line in unfolded(text):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            found.append(current)
            current = None
        elif current is not None:
            current[name] = value
    return found


async def test_a_feed_says_when_a_rollout_begins_and_ends_and_by_when_to_act(world):
    answer = await read(await make())

    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    shown = events(answer.get_body().decode())
    days = [(each["DTSTART;VALUE=DATE"], each["DTEND;VALUE=DATE"], each["CATEGORIES"]) for each in shown]
    assert days == [
        ("20261001", "20261002", "Begins"), ("20261031", "20261101", "Ends"), ("20261201", "20261202", "Act by"),
    ]  # fmt: skip
    assert {each["UID"] for each in shown} == {
        f"MC1200001-{kind}@test.t.example" for kind in ("start", "end", "act-by")
    }  # fmt: skip
    assert "quetzal" not in answer.get_body().decode()


async def test_an_event_keeps_its_identity_when_microsoft_moves_it(world):
    token = await make()
    before = events((await read(token)).get_body().decode())

    world.clock.forward(days=1)
    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))
    after = events((await read(token)).get_body().decode())

    assert {each["UID"] for each in before} == {each["UID"] for each in after}
    starts = [next(each for each in some if "-start@" in each["UID"]) for some in (before, after)]
    assert [each["DTSTART;VALUE=DATE"] for each in starts] == ["20261001", "20261101"]
    assert int(starts[0]["SEQUENCE"]) < int(starts[1]["SEQUENCE"])
    assert starts[0]["LAST-MODIFIED"] < starts[1]["LAST-MODIFIED"]
    assert (await read(token)).get_body() == (await read(token)).get_body()


async def test_the_boards_work_is_in_it_and_moves_with_the_board(world):
    token = await make()
    for day in (3, 5):
        order = Order("schedule", start=date(2026, 11, day), end=date(2026, 11, day + 1))
        await move_ticket(world.deps, "CHG1200001", order, ANA_THERSELF)
        shown = [each for each in events((await read(token)).get_body().decode()) if "work" in each["UID"]]
        assert [each["DTSTART;VALUE=DATE"] for each in shown] == [f"202611{day:02d}", f"202611{day + 1:02d}"]


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "../../x", "é" * 43, "a" * 9000, "%00"])
async def test_a_wrong_token_finds_nothing_and_says_nothing(world, token):
    await make()
    calls = world.tables.calls

    answer = await read(token)

    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert world.tables.calls - calls <= 1


async def test_a_revoked_feed_is_gone(world):
    token = await make()
    key = re.search(r'name="feed" value="(\w+)"', await look())[1]
    strangers = await pages.revoke_feed(form_request("/x", {"feed": key}, ANA))
    assert strangers.status_code == 404
    assert (await read(token)).status_code == 200

    assert (await pages.revoke_feed(form_request("/x", {"feed": key}, READER))).status_code == 200
    assert (await pages.revoke_feed(form_request("/x", {"feed": key}, READER))).status_code == 200

    assert (await read(token)).status_code == 404
    acts = [(each.what, each.mark) for each in (await newest_entries(world.tables, world.clock())).entries]
    assert sorted(acts) == [("feed made", ""), ("feed revoked", "")]
    assert "You have no feed yet" in await look()


async def test_an_admin_sees_every_feed_and_revokes_it_and_others_see_their_own(world):
    token = await make(BEN)
    assert "You have no feed yet" in await look(READER)
    shown = await look(ADMIN)
    assert "Ben Ito" in shown

    key = re.search(r'name="feed" value="(\w+)"', shown)[1]
    assert (await pages.revoke_feed(form_request("/x", {"feed": key}, ADMIN))).status_code == 200
    assert (await read(token)).status_code == 404


async def test_a_token_is_shown_once_and_kept_nowhere(world):
    token = await make()

    assert token not in await look()
    kept = [str(row) for table in ("feeds", "audit", "people") for row in await world.all(table)]
    assert kept
    assert not any(token in row for row in kept)


async def test_the_page_says_on_which_day_a_feed_was_last_read(world):
    token = await make()
    assert "never" in await look()
    calls = world.tables.calls
    await read(token)
    first = world.tables.calls - calls
    await read(token)

    assert world.tables.calls - calls - first == first - 1  # once a day
    assert f"{world.clock().day} September 2026" in await look()


async def test_a_feed_is_filtered_and_a_filter_must_exist(world):
    assert events((await read(await make(team="messaging"))).get_body().decode())
    assert events((await read(await make(workload="exchange"))).get_body().decode())
    assert not events((await read(await make(team="workplace"))).get_body().decode())
    assert (await make(team="nobody")).status_code == 400


async def test_nobody_has_feeds_without_end(world):
    for _ in range(MOST_OF_ONE):
        assert isinstance(await make(), str)

    assert (await make()).status_code == 400


async def test_a_form_without_its_token_makes_and_revokes_nothing(world):
    for page, fields in ((pages.make_feed, {}), (pages.revoke_feed, {"feed": "x"})):
        assert (await page(form_request("/x", {"csrf": "", **fields}, READER))).status_code == 403
    assert await world.all("feeds") == []


async def test_a_feed_costs_at_most_seven_calls(world):
    token = await make()
    calls = world.tables.calls + world.blobs.calls

    await read(token)

    assert world.tables.calls + world.blobs.calls - calls + 1 <= 7


def line(number, day):
    values = {"title": "T", "status": "scheduled", "decided": "2026-09-01T09:00:00+00:00", "act_by": day.isoformat()}
    return Line(f"MC{number}", (part_of("change", "1", values),))


def test_a_feed_has_the_nearest_events_and_no_end_of_them():
    today = date(2026, 9, 1)
    lines = [line(1_000_000 + n, today + timedelta(days=n % 500 - 80)) for n in range(6000)]

    shown = events_of(lines, policy(), today)

    assert len(shown) == MOST
    assert [each.mark.day for each in shown] == sorted(each.mark.day for each in shown)
    assert max(abs((each.mark.day - today).days) for each in shown) < 130


def test_nothing_private_is_an_event_whatever_the_line_says():
    private = Line("MC1", (part_of("change", "1", {"private": True, "act_by": "2026-09-02", "title": "x"}),))

    assert events_of([private], policy(), date(2026, 9, 1)) == []


@unhurried
@given(st.text(), st.text(max_size=40))
def test_any_title_is_one_value_that_programs_read_back(title, freeze):
    mark = Mark(date(2026, 9, 1), "act_by", "MC1200001", title, "team", freezes=(freeze,))
    event = Event("MC1200001-act-by", 3, datetime(2026, 8, 1, tzinfo=UTC), mark)

    text = calendar_text([event], "Foresignal", OURSELVES, "test")

    (shown,) = events(text)
    assert set(shown) >= {"UID", "DTSTAMP", "SUMMARY", "SEQUENCE", "DTSTART;VALUE=DATE", "URL"}
    assert len(shown) == 11
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", shown["SUMMARY"].partition(":")[2])
    back = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], shown["SUMMARY"])
    wanted = "".join(letter for letter in title[:300] if letter.isalnum())
    assert "".join(letter for letter in back if letter.isalnum()) == f"Actby{wanted}inafreeze".replace("\ufffd", "")
