"""Owners, health, who did what, people, and the sandbox's switch of persona, over HTTP."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode, urlsplit

import azure.functions as func
import pytest
from selectolax.lexbor import LexborHTMLParser

from functions.pages import audit, health, owners, switch
from functions.pages import change as change_page
from functions.pages.answer import give_answer
from shared import app, settings
from shared.core.cards.delivery import ChannelState
from shared.core.errors import TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Tenant
from shared.core.upkeep.findings import failing, ok
from shared.record.audit import Entry, insert_entry, newest_entries
from shared.record.deliveries import Outage, Target, write_outage
from shared.record.digests import channel_row
from shared.record.people import KnownPerson, keep_person, people_of
from shared.usecases.delivery.park import park
from shared.usecases.upkeep import doctor
from tests.fakes import NOW
from tests.functions.forms import OURSELVES, TOKEN, form_request
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.review.test_answers import three_teams
from tests.usecases.world import World, post

ID = "MC1200001"


def somebody(number, name, *roles, account=""):
    id_ = f"0f8e0000-0000-4000-8000-{number:012d}"
    named = (("preferred_username", account),) if account else ()
    return principal((OID, id_), ("name", name), *named, *(("roles", role) for role in roles))


READER, REVIEWER = somebody(1, "Rea Reader", "reader"), somebody(2, "Rosa Lund", "reviewer")
ADMIN, PRIVATE = somebody(3, "Ada Min", "admin"), somebody(4, "Pia Vey", "admin", "privacy")
ADA = KnownPerson("0f8e0000-0000-4000-8000-000000000003", "Ada Min", "")


@pytest.fixture
def deployed(monkeypatch):
    """Makes a deployment of a world, signed in to or on a machine of one's own."""

    def deploy(world, **more):
        ours = SimpleNamespace(
            settings=settings.Settings("t", OURSELVES, **({"sign_in": True} | more)), deps=world.deps
        )
        monkeypatch.setattr(app, "_app", ours)
        health._VIEW.forget()
        health._QUEUES.forget()
        health._FINDINGS.forget()
        return world

    return deploy


@pytest.fixture
async def world(deployed):
    made = deployed(World(three_teams()))
    await made.arrive(post())
    await made.mend()
    return made


async def get(page, signed_in=READER, path="/api/x", cookie="", accept="text/html,*/*", **params):
    headers = {"x-ms-client-principal": signed_in, "cookie": cookie, "accept": accept}
    request = func.HttpRequest(
        "GET",
        f"{OURSELVES}{path}?{urlencode(params)}",
        headers=headers,
        params=params,
        route_params={"id": ID},
        body=b"",
    )
    return await page(request)


async def send(page, who, path="/api/x", **fields):
    return await page(form_request(path, fields, who))


def text(answer):
    return " ".join(LexborHTMLParser(answer.get_body()).css_first("main").text(separator=" ").split())


# Owners.


async def test_owners_lead_to_the_changes_behind_each_figure(world):
    answer = await get(owners.owners)
    links = [link.attributes["href"] for link in LexborHTMLParser(answer.get_body()).css("td.number a")]

    assert answer.status_code == 200
    assert "/api/changes?state=open&team=messaging" in links
    assert "Every service that an open change names has an owner." in text(answer)


async def test_why_somebody_gets_a_change_is_explained_on_the_page(world):
    shown = text(await get(owners.owners, c="mc1200001"))

    assert "Card messaging, for messaging (ben@contoso.example)" in shown
    assert "because: for the Change Review Board" in shown
    assert "decides routes.routes[0]" in shown


@pytest.mark.parametrize("asked", ["MC1209999", "nothing", "<script>", "x" * 3000])
async def test_a_change_that_is_not_there_is_said_in_a_sentence(world, asked):
    answer = await get(owners.owners, c=asked)

    assert answer.status_code == 200
    assert "There is no change" in text(answer)
    assert b"<script>" not in answer.get_body().replace(b"<script src=", b"")


async def test_a_post_that_is_pasted_is_explained_and_changes_nothing(world):
    before = {name: await world.all(name) for name in ("changes", "audit", "people", "touched")}
    raw = post()
    answer = await send(
        owners.try_post, READER, title=raw["title"], text=raw["body"]["content"], services="Exchange Online, Sway"
    )

    assert "Card messaging, for messaging" in text(answer)
    assert {name: await world.all(name) for name in before} == before
    assert not world.queues.sent
    assert "Write at least the post's title." in text(await send(owners.try_post, READER, text="nothing else"))


# Health.


async def test_people_get_a_page_and_programs_the_same_as_json(world):
    page = await get(health.status)
    by_word = await get(health.status, format="json")
    by_header = await get(health.status, accept="application/json")

    assert page.mimetype == "text/html"
    assert json.loads(by_word.get_body()) == json.loads(by_header.get_body())
    assert {"status", "tenants", "down", "parked", "policy", "lists"} <= set(json.loads(by_word.get_body()))
    assert "has never been read" in text(page)


async def test_what_is_stale_is_not_well_and_is_not_what_fails(world):
    await world.fetch()
    assert "well" in text(await get(health.status))
    world.clock.forward(hours=3)
    health._VIEW.forget()

    assert "Tenant contoso (messages) is stale." in text(await get(health.status))


async def test_the_page_costs_six_calls_and_is_kept_for_half_a_minute(world):
    await get(health.status)
    health._VIEW.forget()
    before = world.tables.calls + world.blobs.calls
    await get(health.status)
    once = world.tables.calls + world.blobs.calls
    await get(health.status, signed_in=ADMIN)

    assert once - before <= 6
    assert world.tables.calls + world.blobs.calls == once


async def test_queues_are_looked_into_when_somebody_asks(world, monkeypatch):
    await world.queues.send("cards", Envelope({}, world.clock() - timedelta(hours=2)))
    real = world.queues.look

    async def look(name):
        if name == "tasks":
            raise TransientError("the service is busy")
        return await real(name)

    monkeypatch.setattr(world.queues, "look", look)
    shown = text(await get(health.status, queues="yes"))

    assert "cards 1 2 hours ago" in shown
    assert "the service is busy" in shown
    assert 'hx-get="/api/status?queues=yes"' in (await get(health.status)).get_body().decode()


async def test_an_admin_sees_the_doctors_checks_when_asked_and_nobody_else_does(world, monkeypatch):
    lines = [failing("parked", "parked", "one item is <parked>", "parked"), ok("clock", "clock", "right")]

    async def examined(deps):
        assert deps is world.deps
        return tuple(lines)

    monkeypatch.setattr(doctor, "doctor", examined)
    refused = await get(health.status, signed_in=READER, checks="yes")
    page = await get(health.status, signed_in=ADMIN, checks="yes")
    data = json.loads((await get(health.status, signed_in=ADMIN, checks="yes", format="json")).get_body())

    assert refused.status_code == 403
    assert "foresignal parked list" not in refused.get_body().decode()
    assert "1 ok, 1 failing, 0 not known" in text(page)
    assert "<code>foresignal parked list</code>" in page.get_body().decode()
    assert "one item is &lt;parked&gt;" in page.get_body().decode()
    assert [finding["subject"] for finding in data["findings"]] == ["parked", "clock"]
    assert data["failing"] == 1
    link = 'hx-get="/api/status?checks=yes"'
    assert link in (await get(health.status, signed_in=ADMIN)).get_body().decode()
    assert link not in (await get(health.status, signed_in=READER)).get_body().decode()


async def parked(world, change_id=ID, reason="Jira answered 400"):
    await park(world.deps, "tickets", {"id": change_id, "effect": "ticket|crb"}, NOW, reason)
    (row,) = await world.all("parked")
    return f"{row.partition}:{row.key}"


async def test_what_does_not_fit_the_page_is_leafed_through(world):
    tenants = {f"tenant{number:03d}": Tenant() for number in range(250)}
    world.policy.policy = world.policy.policy.model_copy(update={"tenants": tenants})
    for number in range(130):
        queue = ("tickets", "cards")[number % 2]
        await park(world.deps, queue, {"id": f"MC{1_200_001 + number}", "effect": ""}, NOW, f"<reason> {number}")

    first = await get(health.status, signed_in=PRIVATE)
    shown, tree = text(first), LexborHTMLParser(first.get_body())
    assert "0 of 250 sources are well. 30 of the others:" in shown
    assert "240 more sources of tenants are not well." in shown
    assert "130 items are parked." in shown
    assert len(tree.css("#parked tbody tr")) == 50

    items, link = [], "/api/status?queue=cards#parked"
    assert link in [each.attributes["href"] for each in tree.css("#parked a")]
    while link:
        query = dict(parse_qsl(urlsplit(link).query))
        tree = LexborHTMLParser((await get(health.status, signed_in=PRIVATE, **query)).get_body())
        items += [row.css_first("th").text() for row in tree.css("#parked tbody tr")]
        (link,) = [a.attributes["href"] for a in tree.css("#parked a") if a.text() == "The next"] or [""]
    assert sorted(items) == [f"MC{1_200_001 + number}" for number in range(1, 130, 2)]

    last = await get(health.status, tenants="3")
    assert "page 3 of 3" in text(last)
    assert len(LexborHTMLParser(last.get_body()).css("tbody tr")) == 50
    for odd in ("0", "-1", "x", "99999999"):
        assert (await get(health.status, tenants=odd)).status_code == 200
    for odd in (
        {"after": "nonsense"},
        {"after": "9:\x00'"},
        {"queue": "it's"},
        {"queue": "cards", "after": "2026-09:"},
    ):
        assert (await get(health.status, **odd)).status_code == 200


async def test_an_admin_sends_what_is_parked_again_and_the_audit_says_who(world):
    key = await parked(world)
    page = await get(health.status, signed_in=ADMIN)
    answer = await send(health.mend_status, ADMIN, do="replay", key=key)
    again = await send(health.mend_status, ADMIN, do="replay", key=key)

    assert "Send again" in text(page)
    assert "Jira answered 400" in text(page)
    assert "It is on its way again." in text(answer)
    assert "It is not parked any more" in text(again)
    assert [queue for queue, *_ in world.queues.sent] == ["tickets"]
    (entry,) = (await newest_entries(world.tables, world.clock())).entries
    assert (entry.what, entry.who, entry.through, entry.subject) == ("replay", ADA.id, "page", ID)
    assert "Nothing is parked." in text(await get(health.status))


async def test_what_is_no_message_of_ours_is_not_sent_again(world):
    await park(world.deps, "tickets", {"base64": "AAAA"}, NOW, "no message of ours")
    (row,) = await world.all("parked")
    answer = await send(health.mend_status, ADMIN, do="replay", key=f"{row.partition}:{row.key}")

    assert answer.status_code == 409
    assert len(await world.all("parked")) == 1


async def test_the_reason_of_what_may_be_on_data_privacy_is_for_its_readers(world):
    await parked(world, "MC1209999", "it quotes the quetzal")

    assert "quetzal" not in text(await get(health.status, signed_in=ADMIN))
    assert "quetzal" in text(await get(health.status, signed_in=PRIVATE))


async def test_an_admin_has_what_is_down_tried_at_the_next_run(world):
    outage = Outage(
        Target("card", "messaging"), NOW - timedelta(hours=1), "answered 404", "Make the workflow anew.", "s",
        world.clock() + timedelta(hours=4), notified=True,
    )  # fmt: skip
    await write_outage(world.tables, outage)
    page = text(await get(health.status, signed_in=ADMIN))
    answer = await send(health.mend_status, ADMIN, do="probe")

    assert "channel messaging since" in page
    assert "Make the workflow anew." in page
    assert "They are tried within 15 minutes: channel messaging." in text(answer)
    (entry,) = (await newest_entries(world.tables, world.clock())).entries
    assert (entry.what, entry.subject, entry.who) == ("probe", "channel messaging", ADA.id)


async def test_a_channel_that_had_its_cards_of_the_day_is_said(world):
    state = ChannelState("voice", NOW - timedelta(days=9), day=f"{world.clock():%Y-%m-%d}", sent=50)
    row = await world.tables.get("deliveries", "-", "voice")
    world.tables.put("deliveries", replace(channel_row(state), etag=row.etag))

    assert "Channel voice had its cards of the day (50)" in text(await get(health.status))


async def test_a_form_that_asks_for_nothing_that_we_know_does_nothing(world):
    assert (await send(health.mend_status, ADMIN, do="delete")).status_code == 400


# Who did what.


async def acted(world):
    for number in range(3):
        await insert_entry(
            world.tables,
            Entry(
                NOW - timedelta(days=40 * number),
                ID,
                "comment",
                ADA.id,
                "page",
                str(number),
                {"words": f"word {number}"},
            ),
        )
    await insert_entry(world.tables, Entry(NOW, "policy 1", "push", "eva", "command", "", {"message": "new"}))
    await keep_person(world.tables, ADA)


async def test_acts_are_shown_newest_first_with_names_and_a_link_to_the_change(world):
    await acted(world)
    answer = await get(audit.audit, signed_in=REVIEWER)
    shown = text(answer)

    assert shown.index("word 0") < shown.index("word 1") < shown.index("word 2")
    assert "Ada Min" in shown
    assert "Put a policy in force “new”" in shown
    assert f'href="/api/changes/{ID}"' in answer.get_body().decode()


@pytest.mark.parametrize(
    ("params", "there", "gone"),
    [
        ({"who": "eva"}, "policy 1", "word 0"),
        ({"who": ADA.id}, "Only by Ada Min", "policy 1"),
        ({"subject": " mc 1200001"}, "word 2", "policy 1"),
        ({"what": "push"}, "policy 1", "word 0"),
        ({"what": "comment", "who": "eva"}, "Nothing like that was done", "word 0"),
        ({"cursor": "2026-07:"}, "word 2", "word 0"),
        ({"cursor": "nonsense"}, "word 0", "Nothing"),
        ({"cursor": "9999-99:\x00"}, "word 0", "Nothing"),
    ],
)
async def test_acts_are_looked_for_by_person_by_what_they_are_about_and_by_kind(world, params, there, gone):
    await acted(world)
    shown = text(await get(audit.audit, signed_in=ADMIN, **params)).partition("Show")[2]

    assert there in shown
    assert gone not in shown


async def test_a_page_has_fifty_acts_and_leads_to_older_ones(world):
    for number in range(120):
        await insert_entry(world.tables, Entry(NOW - timedelta(hours=number), "policy", "push", "eva", "command"))
    seen, query = 0, {}
    for _ in range(5):
        tree = LexborHTMLParser((await get(audit.audit, signed_in=ADMIN, **query)).get_body())
        seen += len(tree.css("tbody tr"))
        older = [link.attributes["href"] for link in tree.css(".buttons a") if link.text() == "Older"]
        if not older:
            break
        query = {"cursor": older[0].partition("cursor=")[2].replace("%25", "%")}

    assert seen == 120


async def test_acts_on_a_post_on_data_privacy_are_for_its_readers(world):
    await world.arrive(post("MC1200002", tags=["Data privacy"]))
    for subject, details in (("MC1200002", {}), ("CHG1", {"change": "MC1200002"}), ("MC1209999", {}), (ID, {})):
        await insert_entry(world.tables, Entry(NOW, subject, "move", "eva", "command", subject, details))

    def rows(answer):
        return len(LexborHTMLParser(answer.get_body()).css("tbody tr"))

    assert rows(await get(audit.audit, signed_in=ADMIN)) == 1
    assert rows(await get(audit.audit, signed_in=PRIVATE)) == 4


# Erasing.


async def test_a_name_is_erased_everywhere_and_what_was_done_stays(world):
    rosa = KnownPerson("0f8e0000-0000-4000-8000-000000000002", "Rosa Lund", "rosa@contoso.example")
    await send(give_answer, REVIEWER, c=ID, a="own", team="messaging", f="1" * 32)
    await keep_person(world.tables, rosa)
    before = len(await world.all("audit"))
    assert "Rosa Lund" in text(await get(audit.audit, signed_in=ADMIN))
    assert "Rosa Lund" in text(await get(change_page.change))

    asks = await get(audit.people, signed_in=ADMIN, erase=rosa.id)
    done = await send(audit.erase_somebody, ADMIN, erase=rosa.id)
    again = await send(audit.erase_somebody, ADMIN, erase=rosa.id)

    assert "Erase Rosa Lund?" in text(asks)
    assert "The name is erased." in text(done)
    assert "Nobody is known under this id any more." in text(again)
    assert not await people_of(world.tables, [rosa.id])
    for page, who in ((audit.audit, ADMIN), (change_page.change, READER), (audit.people, ADMIN)):
        assert "Rosa Lund" not in text(await get(page, signed_in=who))
    assert "somebody" in text(await get(audit.audit, signed_in=ADMIN))
    entries = await world.all("audit")
    assert len(entries) == before + 1, "the audit is whole, and says that somebody was erased"
    assert "Rosa" not in repr(entries)


async def test_asking_whether_to_erase_changes_nothing(world):
    await keep_person(world.tables, ADA)
    await get(audit.people, signed_in=ADMIN, erase=ADA.id)

    assert await people_of(world.tables, [ADA.id])
    assert (await get(audit.people, signed_in=ADMIN, erase="nobody")).status_code == 404


async def test_people_are_found_by_name_or_address(world):
    await keep_person(world.tables, ADA)
    await keep_person(
        world.tables, KnownPerson("0f8e0000-0000-4000-8000-000000000009", "Ben Ito", "ben@contoso.example")
    )

    assert "Ada Min" not in text(await get(audit.people, signed_in=ADMIN, q="BEN@"))
    assert "Nobody is called so." in text(await get(audit.people, signed_in=ADMIN, q="zoe"))


# The sandbox's switch of persona.


async def test_a_browser_of_a_sandbox_chooses_whom_it_is_taken_for(deployed):
    world = deployed(World(three_teams()), sign_in=False, local=True)
    await world.arrive(post())
    before = await get(audit.audit, signed_in="")
    chosen = await send(switch.persona, "", persona="reader")
    cookie = chosen.headers["Set-Cookie"].partition(";")[0]

    assert before.status_code == 200
    assert b"Owner of voice" in before.get_body()
    assert chosen.status_code == 303
    assert (await get(audit.audit, signed_in="", cookie=cookie)).status_code == 403
    shown = LexborHTMLParser((await get(owners.owners, signed_in="", cookie=cookie)).get_body())
    assert shown.css_first("#persona option[selected]").text() == "Reader"


async def test_an_owner_answers_for_their_team_and_for_no_other(deployed):
    world = deployed(World(three_teams()), sign_in=False, local=True)
    await world.arrive(post())

    async def answer(team, form):
        request = form_request("/api/answer", {"c": ID, "a": "own", "team": team, "f": form * 32})
        headers = {**request.headers, "cookie": f"{request.headers['cookie']}; persona=owner-messaging"}
        return await give_answer(
            func.HttpRequest("POST", request.url, headers=headers, params={}, route_params={}, body=request.get_body())
        )

    assert (await answer("messaging", "1")).status_code == 200
    assert (await answer("voice", "2")).status_code == 403


async def test_two_browsers_are_two_people(deployed):
    world = deployed(World(three_teams()), sign_in=False, local=True)
    await world.arrive(post())
    for who in ("reviewer", "admin"):
        request = form_request(
            "/api/answer",
            {"c": ID, "a": "comment", "team": "messaging", "words": who, "f": f"{who[0]}".encode().hex() * 16},
        )
        headers = {**request.headers, "cookie": f"{request.headers['cookie']}; persona={who}"}
        await give_answer(
            func.HttpRequest("POST", request.url, headers=headers, params={}, route_params={}, body=request.get_body())
        )

    shown = text(await get(audit.audit, signed_in=""))
    assert len({entry.who for entry in (await newest_entries(world.tables, world.clock())).entries}) == 2
    assert "Reviewer" in shown
    assert "Admin" in shown


@pytest.mark.parametrize(
    ("referer", "place"),
    [
        (f"{OURSELVES}/api/owners?c=MC1", "/api/owners?c=MC1"),
        ("https://evil.example/api/owners", "/api/owners"),
        ("https://evil.example//evil.example/", "/api/home"),
        (f"{OURSELVES}/api/persona", "/api/home"),
        ("", "/api/home"),
    ],
)
async def test_the_switch_leads_back_to_the_page_and_never_elsewhere(deployed, referer, place):
    deployed(World(three_teams()), sign_in=False, local=True)
    request = form_request("/api/persona", {"persona": "board"})
    headers = {**request.headers, "referer": referer}
    answer = await switch.persona(
        func.HttpRequest("POST", request.url, headers=headers, params={}, route_params={}, body=request.get_body())
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, place)
    assert TOKEN not in answer.headers["Set-Cookie"]


async def test_there_is_no_persona_that_is_not_offered(deployed):
    deployed(World(three_teams()), sign_in=False, local=True)
    for wanted in ("root", "owner-nobody", "reader; Domain=example", "x" * 2000):
        assert (await send(switch.persona, "", persona=wanted)).status_code == 404
