"""The review over HTTP: what is shown, what a decision brings back, and who may decide."""

import itertools
from datetime import timedelta

import azure.functions as func
import pytest
from selectolax.lexbor import LexborHTMLParser

from functions.pages import review as pages
from shared import app
from shared.app import App, Surroundings
from shared.record.assessments import acts_of
from shared.settings import Settings
from tests.functions.forms import COOKIE, OURSELVES, form_request
from tests.security.test_01_closed_pages import CONNECTION, OID, ROLE, principal
from tests.usecases.world import World, policy, post

ID = "MC1200001"
REVIEWER = principal((OID, "00000000-0000-0000-0000-00000000000a"), ("name", "Ana"), (ROLE, "reviewer"))
OTHER = principal((OID, "00000000-0000-0000-0000-00000000000b"), ("name", "Ben"), (ROLE, "reviewer"))
READER = principal((OID, "00000000-0000-0000-0000-00000000000c"), ("name", "Cy"), (ROLE, "reader"))
_FORMS = itertools.count(1)
BY_SCRIPT = {"hx-request": "true"}


@pytest.fixture
async def world(monkeypatch):
    """Two changes that were just read, both messaging's; one of them is on data privacy."""
    world = World(policy())
    built = App(Surroundings(Settings("t", OURSELVES, connection_string=CONNECTION, sign_in=True)))
    built.deps = world.deps
    monkeypatch.setattr(app, "_app", built)
    await world.arrive(post(), post("MC1200002", title="A second one"), post("MC1200003", tags=["Data privacy"]))
    yield world
    await app.close()


async def get(function=pages.review, who=REVIEWER, id_="", script=False, **params):
    headers = {"x-ms-client-principal": who, "cookie": COOKIE, **(BY_SCRIPT if script else {})}
    route = {"id": id_} if id_ else {}
    answer = await function(
        func.HttpRequest("GET", f"{OURSELVES}/api/review", headers=headers, params=params, route_params=route, body=b"")
    )
    return answer, answer.get_body().decode()


async def decide(who=REVIEWER, id_=ID, script=True, **fields):
    sent = {"f": f"{next(_FORMS):032x}", "team": "messaging", "weeks": "1", **fields}
    answer = await pages.decide_in_review(form_request(f"/api/review/{id_}", sent, who, script=script, id=id_))
    return answer, answer.get_body().decode()


def rows(html):
    return {node.attributes["id"]: node for node in LexborHTMLParser(html).css("li[data-row]")}


def text(html):
    return " ".join(LexborHTMLParser(html).body.text(separator=" ").split())


async def test_the_agenda_has_what_is_new_with_the_words_that_were_said_of_it(world):
    await decide(a="no_impact")

    answer, html = await get()

    assert answer.status_code == 200
    assert list(rows(html)) == ["row-MC1200001", "row-MC1200002"]  # data privacy is for its readers alone
    assert "data-done" in rows(html)["row-MC1200001"].attributes
    assert "no impact (Ana)" in text(html)
    assert "1 of 2" in text(html)


async def test_readers_of_privacy_see_that_there_is_such_a_post_and_nobody_else(world):
    _, html = await get(who=principal((OID, "0f8e"), ("name", "Pia"), (ROLE, "privacy")))

    assert "row-MC1200003" in rows(html)
    _, pane = await get(pages.review_change, id_="MC1200003", script=True)
    assert "data privacy" in pane
    assert "old viewer" not in pane


async def test_a_change_is_shown_with_what_can_be_said_of_it_and_each_button_has_its_key(world):
    answer, pane = await get(pages.review_change, id_="mc1200001", script=True)
    tree = LexborHTMLParser(pane)

    assert answer.status_code == 200
    assert "<html" not in pane
    assert {node.attributes["data-press"] for node in tree.css("[data-press]")} >= set("noibdrwc123p")
    assert "You answer for messaging" in text(pane)
    assert all(form.css_first("input[name=csrf]") for form in tree.css("form"))


async def test_nobody_else_learns_from_the_pane_what_a_post_on_privacy_is_about(world):
    for who in (REVIEWER, READER):
        _, pane = await get(pages.review_change, who, "MC1200003", script=True)

        assert "This post is on data privacy" in text(pane)
        for word in ("viewer", "October", "December", "CHG", "required", "Exchange"):
            assert word not in text(pane), word
    answer, _ = await decide(id_="MC1200003", a="no_impact")
    assert "X-Decided" not in answer.headers


async def test_a_word_that_was_written_by_a_clock_behind_ours_is_news_all_the_same(world):
    world.clock.now += timedelta(minutes=1)
    await decide(a="no_impact")
    since = (world.clock() + timedelta(seconds=10)).isoformat()
    world.clock.now += timedelta(seconds=30)

    answer, part = await get(pages.review_news, who=OTHER, since=since)

    assert answer.status_code == 200
    assert list(rows(part)) == ["row-MC1200001"]


async def test_the_owner_of_one_team_decides_nothing_about_anothers_change(world):
    owner = principal(
        (OID, "00000000-0000-0000-0000-00000000000e"), ("name", "Ana"), ("preferred_username", "ana@contoso.example")
    )
    for fields in (
        {"a": "no_impact"},
        {"a": "close"},
        {"a": "comment", "words": "x"},
        {"a": "wrong", "field": "crb", "value": "no"},
    ):
        answer, page = await decide(owner, team="workplace", **fields)

        assert (answer.status_code, "another team's" in text(page)) == (403, True), fields
    assert await acts_of(world.tables, ID) == []


async def test_a_decision_is_saved_at_once_and_its_row_comes_back(world):
    answer, part = await decide(a="own")

    assert answer.headers["X-Decided"] == ID
    assert answer.headers["HX-Reswap"] == "none"
    assert "X-More" not in answer.headers
    assert rows(part)["row-MC1200001"].attributes["hx-swap-oob"] == "true"
    assert "owned by Ana" in text(part)
    assert [act.what for act in await acts_of(world.tables, ID)] == ["own"]


async def test_of_two_people_the_second_is_told_who_was_faster_and_can_decide_otherwise(world):
    await decide(a="no_impact")

    answer, pane = await decide(OTHER, a="impact")
    assert "X-Decided" not in answer.headers
    assert "Ana said for messaging that it has no impact" in text(pane)
    assert LexborHTMLParser(pane).css_first("input[name=over]").attributes["value"] == "yes"
    assert len(await acts_of(world.tables, ID)) == 1

    answer, _ = await decide(OTHER, a="impact", over="yes")
    assert answer.headers["X-Decided"] == ID
    assert [act.who[-1] for act in await acts_of(world.tables, ID)] == ["a", "b"]


async def test_a_look_for_news_is_one_call_and_brings_what_others_said(world):
    world.clock.now += timedelta(minutes=1)
    since = world.clock().isoformat()
    before = world.tables.calls
    answer, _ = await get(pages.review_news, who=OTHER, since=since, at=ID)
    assert (answer.status_code, world.tables.calls - before) == (204, 1)

    world.clock.now += timedelta(minutes=1)
    await decide(a="no_impact")
    answer, part = await get(pages.review_news, who=OTHER, since=since, at=ID)

    assert answer.status_code == 200
    assert list(rows(part)) == ["row-MC1200001"]
    assert "Ana said for messaging: no impact." in text(part)
    assert LexborHTMLParser(part).css_first("#news").attributes["hx-swap-oob"] == "true"
    _, own = await get(pages.review_news, who=REVIEWER, since=since, at=ID)
    assert "Ana said" not in text(own)


@pytest.mark.parametrize("since", ["", "yesterday", "x" * 500])
async def test_a_look_for_news_since_no_moment_is_refused(world, since):
    answer, _ = await get(pages.review_news, since=since)

    assert answer.status_code == 400


async def test_a_reader_sees_the_change_and_can_decide_nothing(world):
    answer, pane = await get(pages.review_change, READER, ID, script=True)
    assert answer.status_code == 200
    assert LexborHTMLParser(pane).css("form") == []
    assert "Without a card, reviewers answer" in text(pane)

    answer, _ = await decide(READER, a="no_impact")
    assert answer.status_code == 403
    assert await acts_of(world.tables, ID) == []


async def test_without_script_a_decision_leads_to_the_next_change(world):
    answer, _ = await decide(script=False, a="no_impact")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/review?weeks=1&after=MC1200001")

    _, html = await get(weeks="1", after="MC1200001")
    assert LexborHTMLParser(html).css_first("#pane [data-id]").attributes["data-id"] == "MC1200002"
    answer, _ = await get(pages.review_change, id_=ID, weeks="4", team="messaging")
    assert answer.headers["Location"] == "/api/review?weeks=4&team=messaging&at=MC1200001"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"a": "remind", "day": "2020-01-01"}, "after today"),
        ({"a": "board", "team": "messaging"}, ""),
        ({"a": "unknown"}, "names no answer that we know"),
        ({"a": "wrong", "field": "kind", "value": "nonsense"}, "Kind cannot be"),
    ],
)
async def test_what_cannot_be_is_said_on_the_pane_and_nothing_is_lost(world, fields, words):
    answer, pane = await decide(**fields)

    assert answer.status_code == 200
    assert words in text(pane)
    assert ("X-Decided" in answer.headers) == (not words)


async def test_a_field_that_is_unsure_is_settled_from_the_pane(world):
    answer, part = await decide(a="wrong", field="user_impact", value="low")

    assert answer.headers["X-Decided"] == ID
    assert "It counts from now on" in text(part)
    assert (await world.change()).assessment.settled["user_impact"].value == "low"


async def test_the_review_of_a_team_has_its_changes_alone_and_an_unknown_team_is_told(world):
    _, html = await get(team="workplace")
    assert rows(html) == {}
    assert "Nothing waits for a word of workplace" in text(html)
    answer, _ = await get(team="<b>")
    assert answer.status_code == 404
    assert "<b>." not in answer.get_body().decode()


async def test_an_unknown_change_is_told(world):
    answer, _ = await get(pages.review_change, id_="MC9999999", script=True)
    assert answer.status_code == 404
