"""Who may do what on the pages of those who run it: a reader, a forger, a persona outside a sandbox change nothing."""

from types import SimpleNamespace

import azure.functions as func
import pytest

from functions.pages import audit, feedback, health, owners, switch
from functions.pages.answer import give_answer
from functions.pages.who import HERE, person
from shared import app, settings
from shared.record.audit import Entry, insert_entry
from shared.record.people import KnownPerson, keep_person
from shared.usecases.delivery.park import park
from tests.adapters.pages.test_pages import BITING
from tests.fakes import NOW
from tests.functions.forms import COOKIE, OURSELVES, form_request
from tests.security.test_01_closed_pages import OID, principal
from tests.usecases.review.test_answers import three_teams
from tests.usecases.world import World, post

ID = "MC1200001"
BEN = KnownPerson("0f8e0000-0000-4000-8000-000000000002", "Ben Ito", "ben@contoso.example")
PERSONA = f"{COOKIE}; persona=admin"


def signed_in(*roles):
    return principal(
        (OID, "0f8e0000-0000-4000-8000-000000000001"), ("name", "Rea"), *(("roles", role) for role in roles)
    )


@pytest.fixture
async def world(monkeypatch):
    made = World(three_teams())
    await made.arrive(post())
    await keep_person(made.tables, BEN)
    await park(made.deps, "tickets", {"id": ID, "effect": "ticket|crb"}, NOW, f"it said {BITING}")
    made.queues.sent.clear()
    made.settings = settings.Settings("t", OURSELVES, sign_in=True)
    monkeypatch.setattr(app, "_app", SimpleNamespace(settings=made.settings, deps=made.deps))
    health._VIEW.forget()
    return made


async def key_of_parked(world):
    (row,) = await world.all("parked")
    return f"{row.partition}:{row.key}"


async def snapshot(world):
    tables = ("changes", "audit", "people", "parked", "deliveries", "touched")
    return {name: [repr(row) for row in await world.all(name)] for name in tables} | {"sent": list(world.queues.sent)}


async def forms(world):
    """Every act that is not everybody's, as its page sends it."""
    return {
        "answers for a team": (give_answer, {"c": ID, "a": "no_impact", "team": "messaging", "f": "1" * 32}),
        "closes a change": (give_answer, {"c": ID, "a": "close", "team": "messaging", "f": "2" * 32}),
        "replays": (health.mend_status, {"do": "replay", "key": await key_of_parked(world)}),
        "probes": (health.mend_status, {"do": "probe"}),
        "erases": (audit.erase_somebody, {"erase": BEN.id}),
        "gives feedback": (feedback.give_feedback, {"c": ID, "f": "3" * 32}),
    }


ACTS = ("answers for a team", "closes a change", "replays", "probes", "erases", "gives feedback")


@pytest.mark.parametrize("act", ACTS)
async def test_a_reader_who_sends_the_form_of_others_changes_nothing(world, act):
    before = await snapshot(world)
    page, fields = (await forms(world))[act]
    for roles in ((), ("reader",), ("privacy",), ("board",)):
        answer = await page(form_request("/api/x", fields, signed_in(*roles)))
        assert answer.status_code == 403, roles

    assert await snapshot(world) == before


@pytest.mark.parametrize("act", ["replays", "probes", "erases"])
async def test_a_reviewer_does_not_run_the_deployment(world, act):
    before = await snapshot(world)
    page, fields = (await forms(world))[act]

    assert (await page(form_request("/api/x", fields, signed_in("reviewer")))).status_code == 403
    assert await snapshot(world) == before


@pytest.mark.parametrize("act", ACTS)
async def test_a_forged_principal_counts_for_nothing_where_nobody_signs_in(world, act, monkeypatch):
    off = settings.Settings("t", OURSELVES)
    monkeypatch.setattr(app, "_app", SimpleNamespace(settings=off, deps=world.deps))
    before = await snapshot(world)
    page, fields = (await forms(world))[act]
    answer = await page(form_request("/api/x", fields, signed_in("admin", "reviewer", "privacy")))

    assert answer.status_code == 403
    assert b"closed" in answer.get_body()
    assert await snapshot(world) == before


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("token", ["", "0" * 32, "5E" * 16])
async def test_a_form_with_a_forged_token_changes_nothing_whoever_sends_it(world, act, token):
    before = await snapshot(world)
    page, fields = (await forms(world))[act]
    answer = await page(form_request("/api/x", {**fields, "csrf": token}, signed_in("admin")))

    assert answer.status_code == 403
    assert await snapshot(world) == before


@pytest.mark.parametrize("roles", [(), ("reader",), ("board",), ("privacy",)])
async def test_who_did_what_and_the_names_of_people_are_not_for_everybody(world, roles):
    for page in (audit.audit, audit.people):
        request = func.HttpRequest(
            "GET", f"{OURSELVES}/api/x", headers={"x-ms-client-principal": signed_in(*roles)}, params={}, body=b""
        )
        answer = await page(request)
        assert answer.status_code == 403
        assert b"Ben" not in answer.get_body()


def test_a_persona_counts_in_a_sandbox_alone():
    headers = {"cookie": PERSONA, "x-ms-client-principal": signed_in("reader")}

    assert person(settings.Settings("t", ""), headers) is None
    assert person(settings.Settings("t", "", sign_in=True), headers).roles == {"reader"}
    assert person(settings.Settings("t", "", local=True), headers).roles == {"admin"}
    assert person(settings.Settings("t", "", local=True), {"cookie": "persona=root"}) == HERE


async def test_a_cookie_of_a_persona_opens_nothing_in_a_deployment(world):
    before = await snapshot(world)
    page, fields = (await forms(world))["erases"]
    request = form_request("/api/people", fields, signed_in("reader"))
    headers = {**request.headers, "cookie": PERSONA}
    answer = await page(
        func.HttpRequest("POST", request.url, headers=headers, params={}, route_params={}, body=request.get_body())
    )
    switched = await switch.persona(form_request("/api/persona", {"persona": "admin"}, signed_in("reader")))

    assert answer.status_code == 403
    assert switched.status_code == 404
    assert "persona" not in str(switched.headers.get("Set-Cookie", ""))
    assert b"persona" not in (await owners.owners(request)).get_body().partition(b"</style>")[2]
    assert await snapshot(world) == before


async def test_what_others_wrote_stays_text_on_these_pages(world):
    await insert_entry(
        world.tables, Entry(NOW, BITING, BITING[:99], BITING, BITING, "", {"message": BITING, "file": BITING})
    )
    await insert_entry(world.tables, Entry(NOW, ID, "comment", BEN.id, "page", "1", {"words": BITING, "team": BITING}))
    await keep_person(world.tables, KnownPerson("0f8e0000-0000-4000-8000-000000000009", BITING, BITING))
    who = signed_in("admin", "privacy")
    for page, params in (
        (audit.audit, {"subject": BITING}), (audit.audit, {"who": BITING}), (audit.audit, {}),
        (audit.people, {"q": BITING}), (audit.people, {}), (health.status, {}),
        (audit.people, {"erase": "0f8e0000-0000-4000-8000-000000000009"}), (owners.owners, {"c": BITING}),
    ):  # fmt: skip
        request = func.HttpRequest(
            "GET", f"{OURSELVES}/api/x", headers={"x-ms-client-principal": who}, params=params, body=b""
        )
        body = (await page(request)).get_body().decode()
        assert "<script>alert" not in body
        assert "<iframe" not in body
        assert 'onerror="alert' not in body
        assert 'http-equiv="refresh"' not in body

    pasted = form_request("/api/owners", {"title": BITING, "text": BITING, "services": BITING}, who)
    assert "<script>alert" not in (await owners.try_post(pasted)).get_body().decode()
