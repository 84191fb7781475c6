"""Links of cards over HTTP: a preview, a stranger, a forger or a replay makes nothing happen, and the page says why."""

import base64
import itertools
import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import azure.functions as func
import pytest

from functions.pages import answer as pages
from functions.pages import change as change_page
from functions.pages import feedback as feedback_page
from shared import app, settings
from shared.core.cards.answers import CardLink, token_of
from shared.core.policy.model import Answers
from shared.core.signing import Key, keys_of
from shared.record.assessments import acts_of
from shared.record.audit import newest_entries
from shared.record.register import entries
from tests.fakes import deps_with
from tests.functions.forms import COOKIE, SENT_BY_A_PAGE_OF_OURS, TOKEN
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.review.test_answers import three_teams
from tests.usecases.review.test_settle import harmless
from tests.usecases.world import World, post

ID, OTHER = "MC1200001", "MC1200002"
SECRET = f"k2:{'2' * 32}\nk1:{'1' * 32}"
URL = "https://t.example"
ANA = principal((OID, "0f8e0000-0000-4000-8000-000000000001"), ("name", "Ana Torres"), ("email", "ana@contoso.example"))
BEN = principal((OID, "0f8e0000-0000-4000-8000-000000000002"), ("name", "Ben Ito"), ("email", "ben@contoso.example"))
CY = principal((OID, "0f8e0000-0000-4000-8000-000000000003"), ("name", "Cy Okafor"), ("email", "cy@else.example"))
ROSA = principal((OID, "0f8e0000-0000-4000-8000-000000000004"), ("name", "Rosa Lund"), ("roles", "reviewer"))
_FORMS = itertools.count(1)


class Secrets:
    async def get(self, name, host=""):
        assert name == "ANSWER_KEYS"
        return SECRET


@pytest.fixture
async def world(monkeypatch):
    """A world whose cards have buttons, behind App Service's sign-in."""
    made = World(three_teams(answers=Answers(key="ANSWER_KEYS")))
    made.deps = deps_with(made.deps, secrets=Secrets(), public_url=URL)
    ours = SimpleNamespace(settings=settings.Settings("t", URL, sign_in=True), deps=made.deps)
    monkeypatch.setattr(app, "_app", ours)
    await made.arrive(post())
    return made


async def link_of(world, channel="messaging", change_id=ID, key=None, **over):
    edition = (await world.change(change_id)).current.id
    link = CardLink(change_id, channel, edition, world.clock() + timedelta(days=30))
    return token_of(replace(link, **over), key or keys_of("ANSWER_KEYS", SECRET)[0])


async def ask(who=ANA, page=pages.answer, method="GET", **params):
    request = func.HttpRequest(
        method, f"{URL}/api/answer?{urlencode(params)}", headers={"x-ms-client-principal": who}, params=params,
        route_params={"id": ID}, body=b"",
    )  # fmt: skip
    return await page(request)


async def send(who=ANA, page=pages.give_answer, **fields):
    sent = {"f": f"{next(_FORMS):032x}", "csrf": TOKEN, **fields}
    request = func.HttpRequest(
        "POST", f"{URL}/api/answer", params={}, route_params={}, body=urlencode(sent).encode(),
        headers={
            "x-ms-client-principal": who, **SENT_BY_A_PAGE_OF_OURS,
        },
    )  # fmt: skip
    return await page(request)


def text(answer):
    return " ".join(answer.get_body().decode().split())


async def snapshot(world):
    return {name: [str(row) for row in await world.all(name)] for name in ("changes", "audit", "people", "opens")}


async def test_asking_writes_nothing_however_often_and_whoever_asks(world):
    token = await link_of(world)
    before, sent = await snapshot(world), len(world.queues.sent)

    for params in ({"t": token}, {"t": token, "a": "own"}, {"t": token, "a": "no_impact"}, {"t": token, "a": "<b>"}):
        for who in (ANA, ROSA, "", "rubbish"):
            page = await ask(who, **params)
            assert page.status_code == (200 if who in {ANA, ROSA} else 403)
    await ask(method="HEAD", t=token, a="own")

    assert await snapshot(world) == before
    assert len(world.queues.sent) == sent


async def test_only_the_browsers_own_methods_reach_the_page():
    functions = {each[0]: each[1] for each in _http_functions()}

    assert functions["answer"]["methods"] == ["GET"]
    assert functions["give_answer"]["methods"] == functions["opened"]["methods"] == ["POST"]


def _http_functions():
    from tests.security.test_01_closed_pages import ALL

    return ALL


async def test_the_page_asks_with_the_button_that_was_pressed_and_says_that_nothing_is_said_yet(world):
    page = text(await ask(t=await link_of(world), a="own"))

    assert "You chose: I own it" in page
    assert "Nothing is said before you press the button." in page
    assert "Nobody answered yet." in page
    assert "the card in messaging, for messaging" in page


async def test_a_press_answers_once_and_the_others_are_told_who_and_may_take_over(world):
    token = await link_of(world)

    first, again, other = [text(await send(who, t=token, a="own")) for who in (ANA, ANA, BEN)]
    assert "You own it" in first
    assert "owned by Ana Torres (1 September)" in first
    assert "As you said at 09:00 UTC on 1 September 2026" in again
    assert "Ana Torres owns it for messaging, since 09:00 UTC on 1 September 2026." in other
    assert "Take it over" in other

    taken = text(await send(BEN, t=token, a="own", over="yes"))
    assert "owned by Ben Ito" in taken
    assert [act.new[-1] for act in await acts_of(world.tables, ID)] == ["1", "2"]


FAULTS = {
    "forged": ("was not made here", 403),
    "signed with another key": ("was not made here", 403),
    "of a key that was taken away": ("was not made here", 403),
    "expired": ("is too old", 410),
    "of another change": ("another change", 403),
    "of a channel that got no card": ("no such card", 403),
    "of a card that there was not": ("no such card", 403),
    "empty": ("needs a link", 400),
}


async def bad_link(world, kind):
    """The fields of a form or an address that holds a link which is no good."""
    match kind:
        case "forged":
            return {"t": (await link_of(world))[:-2] + "AA"}
        case "signed with another key":
            return {"t": await link_of(world, key=Key("k2", b"x" * 32))}
        case "of a key that was taken away":
            return {"t": await link_of(world, key=Key("k0", b"0" * 32))}
        case "expired":
            return {"t": await link_of(world, until=world.clock() - timedelta(seconds=1))}
        case "of another change":
            return {"t": await link_of(world), "c": OTHER}
        case "of a channel that got no card":
            return {"t": await link_of(world, channel="voice")}
        case "of a card that there was not":
            return {"t": await link_of(world, occasion="20200101000000-abcdefabcdef")}
    return {"t": ""}


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_link_that_is_no_good_does_nothing_and_the_page_says_why(world, kind):
    fields = await bad_link(world, kind)
    before = await snapshot(world)
    words, status = FAULTS[kind]

    asked = await ask(**fields)
    answers = [
        await send(a=what, **fields, **more)
        for what, more in (
            ("own", {}), ("board", {}), ("wrong_team", {"to": "voice"}), ("unclear", {"words": "x"}),
            ("wrong", {"field": "crb", "value": "no"}), ("remind", {"day": "2026-09-08"}),
        )
    ]  # fmt: skip
    if kind in {"forged", "expired", "empty", "signed with another key", "of a key that was taken away"}:
        await send(page=pages.opened, t=fields["t"])

    assert [words in text(each) for each in (asked, *answers)] == [True] * 7
    assert {each.status_code for each in (asked, *answers)} == {status}
    after = await snapshot(world)
    assert (after["changes"], after["audit"], after["opens"]) == (before["changes"], before["audit"], before["opens"])


async def test_a_form_of_another_site_or_of_nobody_does_nothing(world):
    token = await link_of(world)
    before = await snapshot(world)
    body = urlencode({"t": token, "a": "own", "f": "a" * 32, "csrf": TOKEN}).encode()
    foreign = {"sec-fetch-site": "cross-site", "cookie": COOKIE}
    for headers in (foreign, {"cookie": COOKIE}, {"origin": "https://evil.example"}, {"sec-fetch-site": "same-origin"}):
        request = func.HttpRequest(
            "POST", f"{URL}/api/answer", params={}, route_params={}, body=body,
            headers={"x-ms-client-principal": ANA, "content-type": "application/x-www-form-urlencoded", **headers},
        )  # fmt: skip
        assert (await pages.give_answer(request)).status_code == 403
    assert (await send("", t=token, a="own")).status_code == 403

    assert await snapshot(world) == before


async def test_the_same_form_sent_again_is_done_once(world):
    token, form = await link_of(world), "d" * 32
    for _ in range(3):
        await send(t=token, a="comment", words="Look at the licence.", f=form)
        await send(t=token, a="board", f=form)

    assert [act.what for act in await acts_of(world.tables, ID)] == ["comment", "board"]
    await world.drain()
    assert len(await entries(world.tables)) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"a": "remind", "day": "2026-09-01"}, "after today"),
        ({"a": "remind", "day": "soon"}, "a day such as"),
        ({"a": "remind", "day": "9999-01-01"}, "within two years"),
        ({"a": "unclear", "words": " "}, "nothing is written"),
        ({"a": "wrong", "field": "colour", "value": "red"}, "no field that can be settled"),
        ({"a": "wrong", "field": "kind", "value": "red"}, "cannot be"),
        ({"a": "own", "f": "mine"}, "not one of ours"),
        ({"a": "everything"}, "no answer that we know"),
        ({}, "no answer that we know"),
        ({"a": "wrong_team", "to": "nobody"}, "has no other team"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_done(world, fields, words):
    before = (await snapshot(world))["changes"]

    page = await send(t=await link_of(world), **fields)

    assert words.casefold() in text(page).casefold()
    assert "Nothing was done." in text(page)
    assert page.status_code == 400
    assert (await snapshot(world))["changes"] == before


async def test_without_a_card_reviewers_and_the_teams_own_people_answer(world):
    assert (await ask(CY, c=ID)).status_code == (await send(CY, c=ID, a="own", team="messaging")).status_code == 403
    assert "reviewers answer" in text(await ask(CY, c=ID))
    assert (await send(BEN, c=ID, a="own", team="workplace")).status_code == 403  # Ben is messaging's
    assert (await send(ROSA, c=ID, a="own", team="nobody")).status_code == 403
    assert (await send(ROSA, c=ID, a="own", team="")).status_code == 403
    assert await acts_of(world.tables, ID) == []

    assert (await send(BEN, c=ID, a="own", team="messaging")).status_code == 200
    assert (await send(ROSA, c=ID, a="no_impact", team="workplace")).status_code == 200
    assert [(act.team, act.through) for act in await acts_of(world.tables, ID)] == [
        ("messaging", "page"), ("workplace", "page"),
    ]  # fmt: skip


async def test_a_readers_word_on_a_field_is_a_proposal_and_an_owners_counts(world):
    token = await link_of(world)

    proposed = text(await send(CY, t=token, a="wrong", field="user_impact", value="high", words="All use it."))
    assert "It is kept as a proposal" in proposed
    counts = text(await send(BEN, t=token, a="wrong", field="user_impact", value="high", words="All use it."))
    assert "It counts from now on" in counts

    page = text(await ask(ANA, page=change_page.change))
    assert "Proposal for messaging" in page
    assert "Cy Okafor" in page
    assert "settled by Ben Ito" in page
    assert "0f8e0000" not in page


async def test_a_post_on_data_privacy_is_answered_without_what_it_says(world):
    await world.arrive({**harmless(change_id=OTHER), "tags": ["Data Privacy"]})

    for who in (BEN, ROSA):
        page = await ask(who, c=OTHER)
        assert page.status_code == 403
        assert "Another order" not in text(page)


async def test_an_opened_card_is_counted_once_a_person_and_nobody_can_tell_who_it_was(world):
    token = await link_of(world)

    for who in (ANA, ANA, BEN):
        assert (await send(who, page=pages.opened, t=token)).status_code == 204

    rows = await world.all("opens")
    assert len(rows) == 2
    assert {row.partition for row in rows} == {"2026-09"}
    assert all(row.key.startswith("messaging|0001200001|") for row in rows)
    assert not any("0f8e" in str(row) or "Ana" in str(row) for row in rows)
    world.clock.forward(days=32)
    token = await link_of(world)
    await send(ANA, page=pages.opened, t=token)
    assert len({row.key.rsplit("|", 1)[1] for row in await world.all("opens")}) == 3


async def test_feedback_is_listed_with_its_words_and_marked_when_it_is_given(world):
    token = await link_of(world)
    await send(CY, t=token, a="unclear", words="=What does “soon” mean?")
    await send(ANA, t=token, a="unclear", words="No date\r\nfor our cloud.")

    page = text(await ask(ROSA, page=feedback_page.feedback))
    assert "=What does “soon” mean?" in page
    assert "to be given" in page
    assert (
        "MC1200001: Retirement of the old viewer - =What does “soon” mean? - No date for our cloud."
        in page.replace("&#34;", '"')
        or "- No date for our cloud." in page
    )
    file = (await ask(ROSA, page=feedback_page.feedback, format="csv")).get_body().decode("utf-8-sig")
    assert "'=What does" in file
    assert "Cy Okafor" not in file

    refused = await send(CY, page=feedback_page.give_feedback, c=ID)
    assert refused.status_code == 403
    world.clock.forward(hours=1)
    given = text(await send(ROSA, page=feedback_page.give_feedback, c=ID))
    assert "by Rosa Lund" in given
    assert "to be given" not in given
    assert [entry.what for entry in (await newest_entries(world.tables, world.clock())).entries] == [
        "given", "unclear", "unclear",
    ]  # fmt: skip
    world.clock.forward(hours=1)
    await send(BEN, t=token, a="unclear", words="Still unclear.")
    assert "to be given" in text(await ask(ROSA, page=feedback_page.feedback))


async def test_without_keys_a_card_has_no_buttons_and_no_link_is_good(world, monkeypatch):
    token = await link_of(world)
    bare = deps_with(world.deps, secrets=None)
    monkeypatch.setattr(app._app, "deps", bare)

    assert (await ask(t=token)).status_code == 403
    assert (await send(t=token, a="own")).status_code == 403


async def test_a_cards_buttons_are_links_that_are_good_for_that_card(world):
    from shared.record.changes import read_with_effects
    from shared.usecases.cards.notify import card_of

    record = await read_with_effects(world.tables, ID)
    state = next(each for each in record.states if each.effect.target == "messaging")
    card = await card_of(world.deps, await world.deps.here.policy.current(), record, state)

    query = {name: values[0] for name, values in parse_qs(urlsplit(card.buttons.own).query).items()}
    assert query["a"] == "own"
    page = await ask(**query)
    assert page.status_code == 200
    assert "You chose: I own it" in text(page)
    opened = parse_qs(urlsplit(card.buttons.page).query)["t"][0]
    assert (await send(page=pages.opened, t=opened)).status_code == 204
    assert len(await world.all("opens")) == 1


def test_a_principal_of_these_tests_is_one_of_the_platforms():
    assert json.loads(base64.b64decode(ANA))["claims"][0]["typ"] == OID


async def test_how_a_rollout_went_is_told_once_a_form_and_not_without_the_load(world):
    token, form = await link_of(world), "e" * 32
    fields = {"t": token, "f": form, "a": "outcome", "lesson": "Tell them ahead", "broke": "Two macros"}

    refused = await send(**fields)
    first, again = await send(load="some", **fields), await send(load="some", **fields)

    assert (refused.status_code, len(await acts_of(world.tables, ID))) == (400, 1)
    assert "Choose how much the help desk had to do" in text(refused)
    assert ">Two macros</textarea>" in text(refused), "what was filled in is not lost"
    assert "Thank you, it is kept" in text(first)
    assert "As you said" in text(again)
