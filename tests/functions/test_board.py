"""The board over HTTP: who may move, what becomes of a move, and what nobody gets through."""

from types import SimpleNamespace

import azure.functions as func
import pytest

from functions.pages import board as pages
from functions.pages import calendar as calendar_pages
from functions.pages import register as register_pages
from shared import app, settings
from shared.record.audit import newest_entries
from shared.record.register import entry_of
from tests.functions.forms import OURSELVES, form_request
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.world import World, post

NUMBER = "CHG1200001"


def signed_in(last, name, *roles):
    return principal(
        (OID, f"0f8e0000-0000-4000-8000-00000000000{last}"), ("name", name), *(("roles", role) for role in roles)
    )


ANA, BEN = signed_in(1, "Ana Torres", "board"), signed_in(2, "Ben Ito", "board")
ADMIN, READER, REVIEWER = signed_in(3, "Cy", "admin"), signed_in(4, "Rosa", "reader"), signed_in(5, "Ed", "reviewer")


@pytest.fixture
async def world(monkeypatch):
    made = World()
    ours = SimpleNamespace(settings=settings.Settings("t", OURSELVES, sign_in=True), deps=made.deps)
    monkeypatch.setattr(app, "_app", ours)
    await made.arrive(post(), post("MC1200002", title="<script>alert(1)</script> Retirement of a viewer"))
    await made.mend()
    return made


async def press(move, who=ANA, number=NUMBER, **fields):
    path = f"/api/register/{number}/move"
    return await pages.move(form_request(path, {"move": move, **fields}, who, number=number))


async def look(shown=pages.board, who=ANA, number="", **params):
    return await shown(
        func.HttpRequest(
            "GET", f"{OURSELVES}/api/x", headers={"x-ms-client-principal": who}, params=params, body=b"",
            route_params={"number": number},
        )
    )  # fmt: skip


async def state(world):
    return (await entry_of(world.tables, NUMBER)).state


@pytest.mark.parametrize(
    ("who", "status"), [(ANA, 200), (ADMIN, 200), (READER, 403), (REVIEWER, 403), ("", 403)]
)  # fmt: skip
async def test_the_board_and_admins_move_and_nobody_else_does(world, who, status):
    answer = await press("approve", who)

    assert answer.status_code == status
    assert await state(world) == ("scheduled" if status == 200 else "new")
    assert len((await newest_entries(world.tables, world.clock())).entries) == (status == 200)


@pytest.mark.parametrize("who", [READER, REVIEWER])
async def test_whoever_may_not_move_sees_the_board_without_its_forms(world, who):
    body = (await look(who=who)).get_body().decode()
    ticket = (await look(register_pages.ticket, who, NUMBER)).get_body().decode()

    assert "Retirement of the old viewer" in body
    assert "/move" not in body
    assert "role board" in body
    assert "/move" not in ticket


async def test_a_form_without_the_right_token_moves_nothing(world):
    for fields in ({"csrf": ""}, {"csrf": "0" * 32}):
        assert (await press("approve", **fields)).status_code == 403
    assert await state(world) == "new"


async def test_a_page_of_another_site_moves_nothing(world):
    request = form_request("/x", {"move": "approve"}, ANA, number=NUMBER)
    headers = {**dict(request.headers), "sec-fetch-site": "cross-site"}
    forged = func.HttpRequest(
        "POST", request.url, headers=headers, params={}, route_params={"number": NUMBER}, body=request.get_body()
    )  # fmt: skip

    assert (await pages.move(forged)).status_code == 403
    assert await state(world) == "new"


@pytest.mark.parametrize(
    ("move", "fields", "status", "said"),
    [
        ("approve", {}, 200, "CHG1200001 is approved"),
        ("approve", {"start": "2026-12-01", "end": "2026-12-04"}, 200, "CHG1200001 is approved"),
        ("schedule", {"start": "2026-12-28", "end": "2027-01-02"}, 200, "are 28 December 2026 to 2 January 2027."),
        ("schedule", {"start": "2026-12-28"}, 200, "are 28 December 2026."),
        ("schedule", {"start": "tomorrow"}, 400, "This is no day"),
        ("schedule", {}, 400, "Give the first day"),
        ("reject", {}, 400, "Say why"),
        ("reject", {"words": "no licence"}, 200, "CHG1200001 is rejected"),
        ("close", {"outcome": "successful"}, 400, "has no move"),
        ("fly", {}, 404, "there is no such move"),
        ("approve", {"seen": "assess||"}, 409, "Somebody was faster"),
    ],
)
async def test_what_became_of_a_move_is_said(world, move, fields, status, said):
    answer = await press(move, **fields)

    assert answer.status_code == status
    assert said in answer.get_body().decode()


async def test_whoever_was_slower_is_told_who_was_faster(world):
    await press("assess", BEN, seen="new||")

    late = await press("approve", ANA, seen="new||")

    assert late.status_code == 409
    assert "Ben Ito was faster with CHG1200001 (new to assess by Ben Ito" in late.get_body().decode()
    again = await press("assess", ANA)
    assert "is so already (new to assess by Ben Ito" in again.get_body().decode()


async def test_markup_in_a_title_or_in_words_is_text(world):
    await press("reject", words="<img src=x onerror=alert(1)>")

    for page, number in ((pages.board, ""), (register_pages.register, ""), (register_pages.ticket, NUMBER)):
        body = (await look(page, number=number)).get_body().decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
    assert "&lt;img src=x onerror" in body


async def test_a_ticket_that_is_not_there_is_not_found(world):
    assert (await press("approve", number="CHG1299999")).status_code == 404
    assert (await look(register_pages.ticket, number="CHG1299999")).status_code == 404


@pytest.mark.parametrize(
    "params", [{"page": "x"}, {"page": "-1"}, {"page": "9" * 5000}, {"team": "<b>"}, {"column": "?"}]
)
async def test_odd_questions_are_answered(world, params):
    for page in (pages.board, register_pages.register):
        answer = await look(page, **params)
        assert answer.status_code == 200
        assert "<b>" not in answer.get_body().decode()


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 200), ({"month": "2026-12"}, 200), ({"day": "2026-12-03"}, 200), ({"day": "2026-12-03", "page": "7"}, 200),
        ({"month": "2026-13"}, 400), ({"month": "<b>"}, 400), ({"day": "yesterday"}, 400), ({"day": "0001-01-01"}, 400),
        ({"month": "9999-01"}, 400), ({"team": "<b>", "workload": "<i>"}, 200),
    ],
)  # fmt: skip
async def test_the_calendar_answers_whatever_is_asked(world, params, status):
    answer = await look(calendar_pages.calendar, READER, **params)

    assert answer.status_code == status
    assert "<b>" not in answer.get_body().decode()


async def test_a_script_gets_the_board_back_also_where_the_move_was_refused(world):
    request = form_request("/x", {"move": "reject"}, ANA, number=NUMBER)
    headers = {**dict(request.headers), "hx-request": "true"}
    asked = func.HttpRequest(
        "POST", request.url, headers=headers, params={}, route_params={"number": NUMBER}, body=request.get_body()
    )  # fmt: skip

    answer = await pages.move(asked)

    assert answer.status_code == 200
    assert "Say why" in answer.get_body().decode()


async def test_a_board_of_the_most_tickets_that_it_shows_is_light(world):
    """Every column full, with titles of the length that Microsoft uses, for somebody who may move."""
    await world.arrive(*(post(f"MC13{n:05d}", title="A title of a common length, " * 4) for n in range(100)))
    for n in range(100):
        number = f"CHG13{n:05d}"
        for move in ("approve", "implement", "review")[: n % 4]:
            await press(move, number=number)
        if n % 4 == 0 and n % 8:
            await press("authorize", number=number)

    body = (await look()).get_body()

    assert body.count(b"<article") > 60
    assert len(body) < 200 * 1024
    assert body.count(b'name="csrf"') > 60


async def test_nothing_changes_on_get(world):
    rows = [row async for row in world.tables.scan("register")]
    for page, number in ((pages.board, ""), (register_pages.register, ""), (register_pages.ticket, NUMBER)):
        await look(page, number=number)

    assert rows == [row async for row in world.tables.scan("register")]
