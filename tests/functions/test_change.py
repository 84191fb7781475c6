"""The change page over HTTP: who may act on it, what it costs, and what data of others cannot do to it."""

import itertools

import azure.functions as func
import pytest
from selectolax.lexbor import LexborHTMLParser

from functions.pages import change as pages
from shared import app
from shared.app import App, Surroundings
from shared.record.assessments import acts_of
from shared.settings import Settings
from tests.functions.forms import COOKIE, OURSELVES, TOKEN, form_request
from tests.security.test_01_closed_pages import CONNECTION, OID, ROLE, principal
from tests.usecases.world import NOVEMBER, World, done, policy, post

ID, PRIVATE = "MC1200001", "MC1200002"
REVIEWER = principal((OID, "0f8e0000-0000-4000-8000-00000000000a"), ("name", "Ana"), (ROLE, "reviewer"))
READER = principal((OID, "0f8e0000-0000-4000-8000-00000000000c"), ("name", "Cy"), (ROLE, "reader"))
PIA = principal((OID, "0f8e0000-0000-4000-8000-00000000000d"), ("name", "Pia"), (ROLE, "reviewer"), (ROLE, "privacy"))
LIMIT = 200_000
_FORMS = itertools.count(1)


@pytest.fixture
async def world(monkeypatch):
    """A change of two editions in two tenants with a task, and one on data privacy."""
    world = World(policy())
    built = App(Surroundings(Settings("t", OURSELVES, connection_string=CONNECTION, sign_in=True)))
    built.deps = world.deps
    monkeypatch.setattr(app, "_app", built)
    await world.arrive(post(), post(PRIVATE, title="Whose mail it is", tags=["Data privacy"]))
    await world.arrive(post(), tenant="fabrikam")
    await world.arrive(post(when=NOVEMBER, modified="2026-08-31T10:00:00Z"))
    await world.bring(done())
    yield world
    await app.close()


async def get(who=REVIEWER, id_=ID, function=pages.change, **params):
    headers = {"x-ms-client-principal": who, "cookie": COOKIE}
    answer = await function(
        func.HttpRequest(
            "GET", f"{OURSELVES}/api/changes/{id_}", headers=headers, params=params, route_params={"id": id_}, body=b""
        )
    )
    return answer.status_code, answer.get_body().decode()


async def act(who=REVIEWER, id_=ID, script=False, **fields):
    sent = {"f": f"{next(_FORMS):032x}", "team": "messaging", **fields}
    answer = await pages.act_on_change(form_request(f"/api/changes/{id_}", sent, who, script=script, id=id_))
    return answer.status_code, answer.get_body().decode()


def text(html):
    return " ".join(LexborHTMLParser(html).body.text(separator=" ").split())


async def test_the_page_costs_nine_calls_at_most_with_everything_that_can_stand_beside_a_change(world):
    await act(a="own")
    await act(a="comment", words="Mind the macros.")
    world.deps.here.lists.live = None
    before = world.tables.calls + world.blobs.calls

    status, html = await get()

    assert status == 200
    assert "Mind the macros." in html
    assert world.tables.calls + world.blobs.calls - before + 1 <= 9, "the policy is read once a minute"


async def test_an_old_revision_costs_two_calls_and_the_numbers_of_cards_and_tasks_twelve(world):
    before = world.tables.calls + world.blobs.calls
    status, html = await get(revision="1")
    assert (status, world.tables.calls + world.blobs.calls - before) == (200, 2)
    assert "This is an old revision" in html
    assert "early October 2026" in html

    before = world.tables.calls + world.blobs.calls
    status, html = await get(function=pages.beside_change)
    assert status == 200
    assert world.tables.calls + world.blobs.calls - before + 1 <= 12
    assert "[Exchange Online] Retirement [MC1200001]" in html
    assert "100 %" in html


@pytest.mark.parametrize("number", ["0", "3", "-1", "one", "²", "99999999", "1e3", ""])
async def test_a_revision_that_is_not_there_is_said(world, number):
    status, html = await get(revision=number)

    assert status == 404
    assert "There is no revision" in html


async def test_asking_writes_nothing(world):
    before = [str(row) for table in ("changes", "audit", "people") for row in await world.all(table)]
    for params in ({}, {"revision": "1"}, {"a": "own", "team": "messaging"}):
        await get(**params)

    assert [str(row) for table in ("changes", "audit", "people") for row in await world.all(table)] == before


@pytest.mark.parametrize("who", [READER, "", "rubbish"])
@pytest.mark.parametrize(
    "fields",
    [{"a": "own"}, {"a": "close"}, {"a": "comment", "words": "x"}, {"a": "wrong", "field": "kind", "value": "info"}],
)
async def test_a_reader_who_posts_a_decision_gets_nowhere(world, who, fields):
    status, html = await act(who, **fields)

    assert status == 403
    assert "You cannot answer here" in html or "This page is closed" in html
    assert await acts_of(world.tables, ID) == []


async def test_a_form_without_the_right_token_does_nothing(world):
    status, html = await act(a="own", csrf="0" * 32)

    assert status == 403
    assert "Nothing was done" in html
    assert await acts_of(world.tables, ID) == []


async def test_what_cannot_be_is_said_beside_the_form_and_a_script_may_show_it(world):
    for script, expected in ((False, 400), (True, 200)):
        status, html = await act(a="wrong", field="act_by", value="<b>soon", script=script)
        assert status == expected
        assert "That cannot be" in html
        assert "&lt;b&gt;soon" in html
        assert TOKEN in html


async def test_no_deadline_is_a_button_of_its_own(world):
    assert (await act(a="wrong_none", field="act_by", value="2026-12-01"))[0] == 200
    assert (await world.change()).classification.act_by is None


@pytest.mark.parametrize("who", [REVIEWER, PIA])
@pytest.mark.parametrize("function", [pages.change, pages.beside_change])
async def test_a_post_on_data_privacy_says_nothing_whatever_is_asked_of_it(world, who, function):
    for params in ({}, {"revision": "1"}):
        status, html = await get(who, PRIVATE, function, **params)
        assert status == 200
        assert "A message on data privacy" in html
        assert "Whose mail" not in html
        assert "old viewer" not in html
        assert "messaging" not in html


async def test_a_revision_that_was_on_data_privacy_stays_closed_though_the_post_is_not_any_more(world):
    await world.arrive(post(PRIVATE, title="Now for all", modified="2026-09-02T10:00:00Z", when=NOVEMBER))

    assert "Now for all" in (await get(id_=PRIVATE))[1]
    html = (await get(id_=PRIVATE, revision="1"))[1]
    assert "Whose mail" not in html
    assert "A message on data privacy" in html


async def test_nobody_without_the_role_privacy_writes_on_a_post_on_data_privacy(world):
    for fields in (
        {"a": "own"},
        {"a": "close"},
        {"a": "comment", "words": "x"},
        {"a": "wrong", "field": "kind", "value": "info"},
    ):
        status, html = await act(REVIEWER, PRIVATE, **fields)
        assert status == 403
        assert "data privacy" in html
        assert "Nothing was done" in html
    assert await acts_of(world.tables, PRIVATE) == []


HOSTILE = "</textarea></main><script>alert(1)</script><img src=x onerror=alert(2)>\u202eevil\u200b {{ 7*7 }} שלום"


async def test_words_of_people_and_posts_stand_as_text_in_whatever_place(world):
    await world.arrive(post("MC1200003", title=HOSTILE, services=[HOSTILE], tags=[HOSTILE]))
    for fields in (
        {"a": "comment", "words": HOSTILE},
        {"a": "no_impact", "words": HOSTILE},
        {"a": "wrong", "field": "kind", "value": "security", "words": HOSTILE},
        {"a": "wrong", "field": "rollouts", "value": HOSTILE, "words": HOSTILE},
    ):
        _, html = await act(id_="MC1200003", **fields)
        tree = LexborHTMLParser(html)
        assert tree.css("script:not([src^='/api/assets/']), img, [onerror]") == []
        assert len(tree.css("main")) == len(tree.css("footer")) == 1
        assert "alert(1)" in html
        assert "49" not in tree.css_first("h1").text()


async def test_a_post_of_ten_megabytes_is_cut_and_the_page_says_so_and_leads_to_all_of_it(world):
    body = "<p>" + "We will retire the old viewer in early October 2026. " * 40 + "</p>"
    huge = post("MC1200004", title="t" * 100_000, services=["Exchange Online", *(f"Service {n}" for n in range(900))])
    huge["body"]["content"] += body * (10_000_000 // len(body))
    await world.arrive(huge)

    status, html = await get(id_="MC1200004")

    assert status == 200
    assert len(html.encode()) < LIMIT
    assert "The post is longer than this page shows." in html
    assert "Read all of it in the admin center" in html
    assert LexborHTMLParser(html).css_first("#post a[href^='https://admin']")
