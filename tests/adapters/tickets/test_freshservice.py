"""What is special about Freshservice: the key's two places, notes, statuses, approvals, its form, what ping says."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from sandbox.ticket_systems.freshservice.changes import Rules
from sandbox.ticket_systems.freshservice.server import KEY_FIELD, Freshservice
from shared.adapters.tickets.freshservice import Settings
from shared.core.errors import PermanentError, TransientError
from shared.core.tickets.ticket import PlanStep
from tests.contracts.freshservice import SETTINGS, over
from tests.contracts.proxy import Fault
from tests.contracts.rig import ticket
from tests.fakes import FakeClock

PLAIN = {"api_key": "FRESHSERVICE_API_KEY", "requester_id": 1001}


@pytest.fixture
async def rig():
    clock = FakeClock()
    server = Freshservice(clock, groups=("Identity & Security",), own=("services", "act_by"))
    async with over(server, clock, SETTINGS) as (another, proxy):
        yield server, another(), proxy, clock


def stored(server, number):
    return next(one.fields for one in server.tickets if one.number == number)


def paths(proxy, method):
    return [path.removeprefix("/api/v2") for how, path in proxy.asked if how == method]


async def test_without_a_field_for_it_the_key_is_the_last_line_and_the_pages_are_read():
    clock = FakeClock()
    server = Freshservice(clock)
    async with over(server, clock, PLAIN) as (another, proxy):
        for n in range(120):
            await another().open(ticket(f"MC12{n:05d}", notes=()))
        clock.forward(days=60)

        found = await another().find(ticket("MC1200003").key)

        assert found.number == "CHN-104"
        assert KEY_FIELD not in stored(server, found.number)
        assert [path for path in paths(proxy, "GET") if path == "/changes"][-2:] == ["/changes"] * 2


async def test_a_key_that_a_text_of_the_post_claims_is_not_the_tickets():
    clock = FakeClock()
    server = Freshservice(clock)
    async with over(server, clock, PLAIN) as (another, _):
        await another().open(ticket("MC1200001", what=f"Foresignal key: {ticket('MC1200002').key}"))

        assert await another().find(ticket("MC1200002").key) is None
        assert (await another().find(ticket("MC1200001").key)).number == "CHN-101"


async def test_a_field_that_cannot_be_filtered_by_is_no_obstacle(rig):
    server, port, _, clock = rig
    made = await port.open(ticket())
    clock.forward(minutes=1)

    async with over(server, clock, SETTINGS) as (another, other):
        other.fail_next(Fault(400, body='{"description": "Validation failed"}'))
        found = await another().find(ticket().key)

    assert found.number == made.number


async def test_two_changes_with_one_key_the_older_is_ours(rig):
    server, port, _, clock = rig
    first = await port.open(ticket())
    held = dict(server.store.changes[101].values)
    wanted = ("requester_id", "subject", "description", "change_type", "status", "priority", "impact", "risk",
              "planned_start_date", "planned_end_date")  # fmt: skip
    server.store.insert({name: held[name] for name in wanted} | {"custom_fields": {KEY_FIELD: ticket().key}})
    clock.forward(minutes=1)

    async with over(server, clock, SETTINGS) as (another, _):
        assert (await another().find(ticket().key)).number == first.number


async def test_the_group_is_assigned_by_its_id_and_asked_for_once(rig):
    server, port, proxy, _ = rig
    for n in range(3):
        made = await port.open(ticket(f"MC120000{n}", group="Identity & Security"))

    assert stored(server, made.number)["group_id"] == 21_002
    assert paths(proxy, "GET").count("/groups") == 1


async def test_a_group_that_is_not_there_is_said_on_the_ticket_and_loses_nothing(rig):
    server, port, _, _ = rig

    await port.open(ticket(group="Nobody"))

    (record,) = server.tickets
    assert "No group 'Nobody' is known here, so nobody is assigned yet" in record.history
    assert "group_id" not in record.fields


async def test_an_account_without_a_status_for_it_is_asked_to_close_by_hand():
    clock = FakeClock()
    server = Freshservice(clock, more_statuses={})
    async with over(server, clock, PLAIN) as (another, _):
        port = another()
        made = await port.open(ticket())
        for _ in range(2):
            after = await port.amend(made, ticket(cancelled=True, notes=("cancelled",)))

    said = "Microsoft will not make this change: please close this change by hand; it has no status for that."
    assert (after.state, after.remote_state) == ("new", "Open")
    assert server.tickets[0].history.count(said) == 1


async def test_a_status_that_the_policy_maps_is_the_one_to_cancel_with():
    clock = FakeClock()
    server = Freshservice(clock, more_statuses={11: "Dropped by vendor"})
    settings = PLAIN | {"states": {"Dropped by vendor": "cancelled"}}
    async with over(server, clock, settings) as (another, _):
        port = another()
        after = await port.amend(await port.open(ticket()), ticket(cancelled=True))

    assert (after.state, after.remote_state) == ("cancelled", "Dropped by vendor")


@pytest.mark.parametrize("what", ["cancelled", "reopen"])
async def test_what_the_life_cycle_forbids_is_asked_of_the_board(what):
    clock = FakeClock()
    server = Freshservice(clock, forbidden=frozenset({(5, 7), (6, 1)}))
    async with over(server, clock, PLAIN) as (another, _):
        port = another()
        made = await port.open(ticket())
        server.move(made.number, "Pending Review" if what == "cancelled" else "Closed")

        after = await port.amend(made, ticket(notes=("2026-09-02: it moved",), **{what: True}))

    assert after.state == ("review" if what == "cancelled" else "closed")
    assert "2026-09-02: it moved" in server.tickets[0].history
    assert any("by hand; its life cycle does not let us" in line for line in server.tickets[0].history)


async def test_it_is_closed_when_freshservice_says_so(rig):
    server, port, _, clock = rig
    made = await port.open(ticket())
    clock.forward(days=3)
    closed = clock()
    server.move(made.number, "Closed")
    clock.forward(days=2)
    server.store.changes[101].values["updated_at"] = server.store.now()

    seen = (await port.states([made.number]))[made.number]

    assert (seen.state, seen.closed_at, seen.remote_state) == ("closed", closed, "Closed")


async def test_who_decided_and_when_is_read_once(rig):
    server, port, proxy, clock = rig
    made = await port.open(ticket())
    assert (await port.states([made.number]))[made.number].decision == ""
    clock.forward(days=2)
    server.approve(made.number, "Ana Costa")
    server.move(made.number, "Pending Release")

    for _ in range(3):
        seen = (await port.states([made.number]))[made.number]

    assert (seen.state, seen.decision, seen.decided_by, seen.decided_at) == (
        "scheduled", "approved", "Ana Costa", clock(),
    )  # fmt: skip
    assert paths(proxy, "GET").count("/changes/101/approvals") == 1


async def test_a_rejection_is_a_decision_and_no_end(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    server.reject(made.number, "Ben")

    seen = (await port.states([made.number]))[made.number]

    assert (seen.state, seen.decision, seen.decided_by, seen.closed_at) == ("new", "rejected", "Ben", None)


async def test_many_are_followed_by_the_page(rig):
    _, port, proxy, _ = rig
    made = [await port.open(ticket(f"MC12{n:05d}", notes=())) for n in range(30)]
    asked = len(proxy.asked)

    found = await port.states([one.number for one in made])

    assert len(found) == 30
    assert len(proxy.asked) - asked == 1


async def test_what_the_board_set_is_left_alone(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    server.move(made.number, "Planning")
    server.store.update(server.store.changes[101], {"group_id": 21_001, "priority": 4, "category": "Network"})

    await port.amend(made, ticket(risk="low", notes=("more",)))

    held = stored(server, made.number)
    assert (held["status"], held["group_id"], held["priority"], held["category"]) == (2, 21_001, 4, "Network")
    assert held["risk"] == 1


async def test_a_ticket_that_is_as_it_should_be_costs_one_call_and_one_more_for_its_notes(rig):
    _, port, proxy, clock = rig
    made = await port.open(ticket())
    clock.forward(hours=1)
    asked = len(proxy.asked)

    await port.amend(made, ticket())

    assert proxy.asked[asked:] == [("GET", "/api/v2/changes/101"), ("GET", "/api/v2/changes/101/notes")]


async def test_a_date_that_the_form_requires_is_kept_and_that_is_said():
    clock = FakeClock()
    server = Freshservice(clock, required=("planned_start_date", "planned_end_date"))
    async with over(server, clock, PLAIN) as (another, _):
        port = another()
        made = await port.open(ticket())
        await port.amend(made, ticket(planned_start=None, planned_end=None))

    assert stored(server, made.number)["planned_start_date"] == "2026-10-01T00:00:00Z"
    assert any(line.startswith("The planned start is not known any more") for line in server.tickets[0].history)


async def test_what_a_form_requires_is_named_when_a_ticket_cannot_be_made():
    clock = FakeClock()
    server = Freshservice(clock, own=("business_reason",), required=("business_reason",))
    async with over(server, clock, PLAIN) as (another, _):
        with pytest.raises(PermanentError, match="business_reason: It should not be blank"):
            await another().open(ticket())
        with pytest.raises(PermanentError, match="requires business_reason: give it a value under `fields`"):
            await another().ping()


async def test_a_limit_of_calls_is_waited_for_as_long_as_the_account_says():
    clock = FakeClock()
    server = Freshservice(clock, a_minute=1)
    async with over(server, clock, SETTINGS) as (another, _):
        port = another()
        await port.find("foresignal-test-MC1")
        clock.forward(seconds=20)

        with pytest.raises(TransientError) as failed:
            await port.find("foresignal-test-MC1")

    assert failed.value.retry_after == 41


async def test_a_note_whose_answer_was_lost_is_not_told_twice(rig):
    server, port, proxy, _ = rig
    made = await port.open(ticket())
    proxy.fail_next(Fault(lost=True), only=lambda method, path: method == "POST" and path.endswith("/notes"))

    with pytest.raises(TransientError):
        await port.amend(made, ticket(risk="low", notes=("it moved",)))
    await port.amend(made, ticket(risk="low", notes=("it moved",)))

    assert server.tickets[0].history.count("it moved") == 1
    assert stored(server, made.number)["risk"] == 1


async def test_a_change_deleted_while_a_note_was_on_its_way_is_made_again(rig):
    server, port, proxy, _ = rig
    made = await port.open(ticket())
    proxy.fail_next(Fault(503), only=lambda method, path: method == "POST" and path.endswith("/notes"))
    with pytest.raises(TransientError):
        await port.amend(made, ticket(notes=("it moved",)))
    server.delete(made.number)

    again = await port.amend(made, ticket(notes=("it moved",)))

    assert again.number != made.number
    assert [record.number for record in server.tickets] == [again.number]
    assert "it moved" in server.tickets[0].history


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rights": {"create", "edit"}}, "403: we lack a right: the role of the agent whose key FRESHSERVICE_API_KEY"),
        ({"rights": {"view"}}, "may read changes and not create them: give it a role"),
        ({"fields": {"vendor": "Microsoft"}}, "changes have no custom field vendor"),
        ({"key_field": "crb_key"}, "changes have no custom field crb_key"),
    ],
)
async def test_ping_names_what_is_missing(change, words):
    clock = FakeClock()
    server = Freshservice(clock, own=("services", "act_by"))
    server.rights = change.pop("rights", server.rights)
    async with over(server, clock, SETTINGS | change) as (another, _):
        with pytest.raises(PermanentError) as failed:
            await another().ping()

    assert words in str(failed.value)
    assert server.tickets == []


@asynccontextmanager
async def running(settings=PLAIN, **account):
    """An account of its own kind, an adapter over it, the proxy between, and the clock of both."""
    clock = FakeClock()
    server = Freshservice(clock, **account)
    async with over(server, clock, settings) as (another, proxy):
        yield server, another(), proxy, clock


UNDATED = {"planned_start": None, "planned_end": None}


@pytest.mark.parametrize(
    ("over_ticket", "start", "end"),
    [
        ({"act_by": date(2026, 10, 15)}, "2026-10-15", "2026-10-15"),
        ({"act_by": None}, "2026-10-01", "2026-10-01"),  # thirty days after it was filed
        ({"act_by": date(2026, 1, 1)}, "2026-09-01", "2026-09-01"),  # that is over: never before it was filed
        ({"act_by": date(2026, 10, 15), "planned_start": date(2026, 11, 1)}, "2026-11-01", "2026-11-01"),
        ({"act_by": date(2026, 10, 15), "planned_end": date(2026, 9, 20)}, "2026-09-20", "2026-09-20"),
    ],
)
async def test_a_form_that_requires_dates_gets_some_of_ours_and_the_ticket_says_so(over_ticket, start, end):
    async with running() as (server, port, _, clock):
        assert clock().date() == date(2026, 9, 1)
        made = await port.open(ticket(**(UNDATED | over_ticket)))
        for _ in range(2):
            await port.amend(made, ticket(**(UNDATED | over_ticket), notes=("more",)))

    held, lines = stored(server, made.number), server.tickets[0].history
    assert (held["planned_start_date"], held["planned_end_date"]) == (f"{start}T00:00:00Z", f"{end}T23:59:59Z")
    ours = [line for line in lines if "is ours: Microsoft announces none" in line]
    assert len(ours) == len(set(ours)) == 2 - len(over_ticket.keys() & UNDATED.keys())
    assert not any("not known any more" in line for line in lines)


async def test_a_date_of_ours_follows_the_day_by_which_to_act_and_gives_way_to_microsofts():
    async with running() as (server, port, _, _):
        made = await port.open(ticket(**UNDATED, act_by=date(2026, 10, 15)))
        made = await port.amend(made, ticket(**UNDATED, act_by=date(2026, 11, 15)))
        moved = stored(server, made.number)["planned_start_date"]
        await port.amend(made, ticket())

    assert moved == "2026-11-15T00:00:00Z"
    assert stored(server, made.number)["planned_start_date"] == "2026-10-01T00:00:00Z"


async def test_how_far_a_date_of_ours_is_off_is_the_policys_and_its_own_date_goes_before():
    async with running(PLAIN | {"undated_days": 5}) as (server, port, _, clock):
        made = await port.open(ticket(**UNDATED, act_by=None))
        expected = f"{clock().date() + timedelta(days=5)}T00:00:00Z"
    assert stored(server, made.number)["planned_start_date"] == expected

    own = {"planned_start_date": "2027-01-01T00:00:00Z", "planned_end_date": "2027-01-02T00:00:00Z"}
    async with running(PLAIN | {"fields": own}) as (server, port, _, _):
        made = await port.open(ticket(**UNDATED, act_by=None))
    assert stored(server, made.number)["planned_start_date"] == "2027-01-01T00:00:00Z"
    assert not any("is ours" in line for line in server.tickets[0].history)


async def test_a_form_that_we_may_not_read_says_itself_that_it_wants_dates():
    async with running() as (server, port, proxy, _):
        proxy.fail_next(Fault(403), only=lambda _, path: path.endswith("/change_form_fields"))
        made = await port.open(ticket(**UNDATED))

    assert stored(server, made.number)["planned_end_date"] == "2026-09-30T23:59:59Z"


async def test_a_form_without_required_dates_gets_none_of_ours():
    async with running(undated=True) as (server, port, _, _):
        made = await port.open(ticket(**UNDATED))

    assert "planned_start_date" not in stored(server, made.number)


async def test_ping_finds_what_a_change_without_dates_would_lack():
    settings = PLAIN | {"fields": {"due": "{{ act_by or '' }}"}}
    async with running(settings, own=("due",), required=("due",)) as (_, port, _, _):
        with pytest.raises(PermanentError, match=r"requires due: give it a value .* also for a change without dates"):
            await port.ping()
    async with running() as (_, port, _, _):
        assert "can be read and written" in await port.ping()


@pytest.mark.parametrize("made_all_the_same", [False, True])
async def test_an_account_that_fails_over_planning_fields_gets_them_afterwards(made_all_the_same):
    rules = Rules(apart=True, made=made_all_the_same)
    async with running(SETTINGS, own=("services", "act_by"), rules=rules) as (server, port, proxy, _):
        made = await port.open(ticket())

    (record,) = server.tickets
    assert (record.number, made.not_taken) == (made.number, ())
    assert "cannot be backed out" in record.fields["backout_plan"]
    assert record.history.count(ticket().notes[0]) == 1
    assert paths(proxy, "PUT") == [f"/changes/{made.number.removeprefix('CHN-')}"]


async def test_a_change_whose_state_forbids_it_is_told_and_not_tried_again():
    async with running(rules=Rules(inconsistent=frozenset({3}))) as (server, port, _, _):
        made = await port.open(ticket())
        server.move(made.number, "Awaiting Approval")
        for _ in range(2):
            after = await port.amend(made, ticket(risk="low", notes=("it moved",)))

    lines = server.tickets[0].history
    assert "did not take" in after.not_taken[0]
    assert "inconsistent state" in after.not_taken[0]
    assert lines.count("it moved") == sum("did not take" in line for line in lines) == 1


async def test_a_new_change_that_is_a_conflict_is_refused(rig):
    _, port, proxy, _ = rig
    proxy.fail_next(Fault(409), only=lambda method, _: method == "POST")

    with pytest.raises(PermanentError, match="409"):
        await port.open(ticket())


async def test_a_status_that_stays_as_it_was_is_asked_of_the_board():
    async with running(rules=Rules(left=frozenset({(6, 1)}))) as (server, port, _, _):
        made = await port.open(ticket())
        server.move(made.number, "Closed")
        for _ in range(2):
            after = await port.amend(made, ticket(reopen=True))

    assert after.state == "closed"
    assert after.not_taken[0].startswith("The ticket has ended, and we may not open it again: please open it again")
    assert sum("open this change again by hand" in line for line in server.tickets[0].history) == 1


async def test_plans_and_own_fields_that_stay_as_they_were_are_named():
    kept = Rules(kept=frozenset({"backout_plan", "services"}))
    async with running(SETTINGS, own=("services", "act_by"), rules=kept) as (server, port, _, _):
        made = await port.open(ticket())

    assert "Freshservice did not take backout_plan, services:" in made.not_taken[0]
    assert made.not_taken[0] in server.tickets[0].history


async def test_groups_and_fields_are_those_of_the_workspace():
    settings = PLAIN | {"workspace_id": 2, "fields": {"site": "Berlin"}}
    account = {"workspace_groups": {2: ("Facilities",)}, "workspace_own": {2: ("site",)}}
    async with running(settings, **account) as (server, port, _, _):
        made = await port.open(ticket(group="Facilities"))
        await port.ping()

    assert stored(server, made.number)["group_id"] == 22_200
    assert stored(server, made.number)["workspace_id"] == 2


@pytest.mark.parametrize(
    "body",
    ['{"change": {"id": "x", "status": 1}}', '{"change": {"id": 101}}', '{"change": {"id": 101, "status": ["Open"]}}'],
)
async def test_a_change_that_is_none_is_waited_for(rig, body):
    _, port, proxy, _ = rig
    made = await port.open(ticket())
    proxy.fail_next(Fault(200, {"Content-Type": "application/json"}, body))

    with pytest.raises(TransientError, match="without id or status"):
        await port.amend(made, ticket(notes=("more",)))


async def test_a_key_that_is_nobodys_is_named_by_its_secret(rig):
    _, port, proxy, _ = rig
    proxy.fail_next(Fault(401, body='{"code": "invalid_credentials", "message": "You have to be logged in"}'))

    with pytest.raises(PermanentError, match=r"API key in the secret FRESHSERVICE_API_KEY .*You have to be logged in"):
        await port.find("foresignal-test-MC1")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (PLAIN, "say `domain`"),
        (PLAIN | {"domain": "contoso.freshservice.com"}, "String should match pattern"),
        (PLAIN | {"url": "http://contoso.example"}, "begins with https://"),
        ({"domain": "contoso", "requester_id": 1}, "api_key"),
        (PLAIN | {"domain": "contoso", "key_field": "Our key"}, "String should match pattern"),
    ],
)
def test_settings_that_cannot_work_are_faults(settings, words):
    with pytest.raises(ValidationError) as failed:
        Settings.model_validate(settings)
    assert words in str(failed.value)


@pytest.mark.parametrize(
    ("url", "objected"),
    [
        ("https://contoso.freshservice.com", False),
        ("https://Contoso.FreshService.com/", False),
        ("http://127.0.0.1:8080", False),
        ("https://help.contoso.example", True),
        ("https://freshservice.com.contoso.example", True),
        ("https://contoso.freshservice.com.example", True),
    ],
)
def test_an_address_of_ones_own_is_objected_to(url, objected):
    settings = Settings.model_validate(PLAIN | {"url": url})

    assert [key for key, _ in settings.objections()] == ["url"] * objected


BACK = "The dates moved (21 days later) after the board approved"


async def test_a_life_cycle_without_a_way_back_is_asked_of_people_once():
    clock = FakeClock()
    server = Freshservice(clock, forbidden=frozenset({(4, 2)}))
    async with over(server, clock, PLAIN) as (another, _):
        port = another()
        made = await port.open(ticket())
        server.move(made.number, "Pending Release")
        for _ in range(3):
            after = await port.amend(made, ticket(reassess=BACK, notes=("2026-09-02: it moved",)))

    said = f"{BACK}. We may not send the ticket back to assessment: please do"
    assert after.state == "scheduled"
    (line,) = after.not_taken
    assert line.startswith(said)
    assert server.tickets[0].history.count(said) == 1
    assert server.tickets[0].history.count("2026-09-02: it moved") == 1


async def test_a_status_that_the_policy_maps_is_the_one_to_go_back_to():
    clock = FakeClock()
    server = Freshservice(clock, more_statuses={11: "Back at the board"})
    settings = PLAIN | {"states": {"Back at the board": "assess", "Planning": "new"}}
    async with over(server, clock, settings) as (another, _):
        port = another()
        made = await port.open(ticket())
        server.move(made.number, "Pending Release")
        after = await port.amend(made, ticket(reassess=BACK))

    assert (after.state, after.remote_state, after.not_taken) == ("assess", "Back at the board", ())


# What people filled in stays theirs.

MOVED = {"planned_start": date(2026, 11, 2), "planned_end": date(2026, 11, 30)}


def edit(server, number, plans=None, **fields):
    planning = {"planning_fields": {name: {"description": text} for name, text in plans.items()}} if plans else {}
    server.store.update(server._existing(number), {**fields, **planning})


@pytest.mark.parametrize(
    "path",
    [{}, {"cancelled": True}, {"reassess": BACK, "state": "Pending Release"},
     {"cancelled": True, "state": "Pending Review"},
     {"reassess": BACK, "state": "Pending Release", "forbidden": frozenset({(4, 2)})}],
    ids=["written", "cancelled", "sent back", "may not be cancelled", "may not be sent back"],
)  # fmt: skip
async def test_a_persons_back_out_plan_survives_moved_dates_on_every_path(path):
    account = {"forbidden": path.get("forbidden", frozenset({(5, 7)}))}
    async with running(**account) as (server, port, _, _):
        made = await port.open(ticket())
        edit(server, made.number, {"backout_plan": "<p>Restore last week's backup.</p>"})
        if "state" in path:
            server.move(made.number, path["state"])
        over_ticket = {name: what for name, what in path.items() if name in {"cancelled", "reassess"}}

        after = await port.amend(made, ticket(**MOVED, backout="Another way.", what="It goes.", **over_ticket))

    held = stored(server, made.number)
    assert held["backout_plan"] == "<div><p>Restore last week's backup.</p></div>"
    assert "It goes." in held["description"]
    assert held["planned_start_date"][:10] == ("2026-10-01" if path.get("state") == "Pending Review" else "2026-11-02")
    assert after.written["planning_fields.backout_plan"] == made.written["planning_fields.backout_plan"]


@pytest.mark.parametrize("reopen", [False, True])
async def test_what_has_ended_keeps_what_we_know_of_it(reopen):
    async with running() as (server, port, _, _):
        made = await port.open(ticket())
        edit(server, made.number, {"backout_plan": "<p>Restore.</p>"})
        server.move(made.number, "Closed")
        after = await port.amend(made, ticket(reopen=reopen, notes=("more",)))

    assert after.written == made.written
    assert "Restore." in stored(server, made.number)["backout_plan"]


async def test_a_field_that_we_want_as_somebody_filled_it_in_is_ours_again(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    edit(server, made.number, {"backout_plan": "<p>Another way.</p>"})

    after = await port.amend(made, ticket(backout="Another way."))
    await port.amend(after, ticket(backout="A third way."))

    assert "A third way." in stored(server, made.number)["backout_plan"]


async def test_titles_levels_dates_and_own_fields_are_kept_as_well(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    edit(server, made.number, subject="Ours", risk=1, custom_fields={"services": "Mail", KEY_FIELD: "mine"},
         planned_end_date="2026-12-24T12:00:00Z")  # fmt: skip

    await port.amend(made, ticket(title="MC1 Another", risk="medium", services=("Teams",), **MOVED))

    held = stored(server, made.number)
    assert (held["subject"], held["risk"], held["services"]) == ("Ours", 1, "Mail")
    assert (held["planned_start_date"], held["planned_end_date"]) == ("2026-11-02T00:00:00Z", "2026-12-24T12:00:00Z")
    assert held[KEY_FIELD] == ticket().key  # by which it is found


async def test_what_happens_if_nobody_acts_is_said_once_and_the_items_stand_in_the_description(rig):
    _, port, _, _ = rig
    fields = port.preview(ticket(configuration_items=("Mail", "Rooms"))).fields

    assert str(fields).count(ticket().if_nobody_acts) == 1
    assert "<h3>Configuration items</h3><ul><li>Mail</li><li>Rooms</li></ul>" in fields["description"].replace("\n", "")


async def test_somebodys_own_description_gets_our_key_where_it_is_found_by_it():
    async with running() as (server, port, _, _):
        made = await port.open(ticket())
        edit(server, made.number, description="<p>Our own words.</p>")
        after = made
        for _ in range(3):
            after = await port.amend(after, ticket(what="It goes."))
        assert (await port.find(ticket().key)).number == made.number

    held = stored(server, made.number)["description"]
    assert "Our own words." in held
    assert "It goes." not in held
    assert held.count("Foresignal key:") == 1
    assert after.not_taken == ()


async def test_html_that_freshservice_cleans_is_no_edit(monkeypatch):
    from sandbox.ticket_systems.freshservice import changes as theirs

    clean = theirs._cleaned
    monkeypatch.setattr(theirs, "_cleaned", lambda text: clean(text.replace("cannot", "can not")))
    async with running() as (server, port, _, _):
        made = await port.open(ticket())
        assert "can not" in stored(server, made.number)["backout_plan"]
        after = await port.amend(made, ticket(backout="None, it cannot."))
        assert "None, it can not." in stored(server, made.number)["backout_plan"]
        edit(server, made.number, {"backout_plan": "<p>Restore.</p>"})
        await port.amend(after, ticket(backout="A third way."))

    assert "Restore." in stored(server, made.number)["backout_plan"]


async def test_an_end_is_not_moved_before_the_start_that_somebody_filled_in(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    edit(server, made.number, planned_start_date="2026-10-20T00:00:00Z")

    after = await port.amend(made, ticket(planned_end=date(2026, 10, 10), backout="Another way."))

    held = stored(server, made.number)
    assert held["planned_end_date"] == "2026-10-31T23:59:59Z"
    assert "Another way." in held["backout_plan"]
    assert after.not_taken == ()


async def test_a_date_of_ours_that_somebody_replaced_stays_theirs():
    async with running() as (server, port, _, _):
        made = await port.open(ticket(**UNDATED, act_by=date(2026, 10, 15)))
        edit(server, made.number, planned_start_date="2026-10-10T00:00:00Z")
        made = await port.amend(made, ticket(**UNDATED, act_by=date(2026, 11, 15)))
        held = dict(stored(server, made.number))
        await port.amend(made, ticket())

    assert (held["planned_start_date"], held["planned_end_date"]) == ("2026-10-10T00:00:00Z", "2026-11-15T23:59:59Z")
    now = stored(server, made.number)
    assert (now["planned_start_date"], now["planned_end_date"]) == ("2026-10-10T00:00:00Z", "2026-10-31T23:59:59Z")


async def test_an_end_before_the_start_is_none_and_the_form_gets_one_of_ours(rig):
    server, port, _, _ = rig

    made = await port.open(ticket(planned_end=date(2026, 9, 1)))

    assert stored(server, made.number)["planned_end_date"] == "2026-10-01T23:59:59Z"
    assert any(line.startswith("The planned end 2026-10-01 is ours") for line in server.tickets[0].history)


async def test_an_end_that_is_known_no_more_is_not_kept_before_a_start_that_moved(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())

    after = await port.amend(made, ticket(planned_start=date(2026, 11, 2), planned_end=None, act_by=None))

    held = stored(server, made.number)
    assert (held["planned_start_date"], held["planned_end_date"]) == ("2026-11-02T00:00:00Z", "2026-11-02T23:59:59Z")
    assert any(line.startswith("The planned end 2026-11-02 is ours") for line in server.tickets[0].history)
    assert after.not_taken == ()


async def test_a_write_whose_answer_was_lost_is_no_edit_of_somebodys(rig):
    server, port, proxy, _ = rig
    made = await port.open(ticket())
    proxy.fail_next(Fault(lost=True), only=lambda method, _: method == "PUT")
    with pytest.raises(TransientError):
        await port.amend(made, ticket(title="MC1 The second", backout="Another way.", **MOVED))

    await port.amend(made, ticket(title="MC1 The third", backout="A third way."))  # it was never recorded

    held = stored(server, made.number)
    assert "A third way." in held["backout_plan"]
    assert "MC1 The third" in held.values()
    assert any("2026-10-01" in str(text) for text in held.values())


# Plans, people, tasks.


async def test_the_roll_out_plan_has_the_steps_then_communication_then_tests(rig):
    server, port, _, _ = rig

    made = await port.open(ticket())

    assert stored(server, made.number)["rollout_plan"] == (
        "<div><p>1. Tell the users (by 1 September 2026)<br>2. Install the new viewer</p><p>Communication plan "
        "(proposed): Tell the users by 17 September 2026.</p><p>Test plan (proposed): Find who still uses it.</p></div>"
    )
    assert stored(server, made.number)["change_impact"].endswith(
        f"<p>{ticket().freezes[0]}</p><p>{ticket().unsure}</p></div>"
    )


async def test_an_empty_sentence_leaves_no_label_behind_also_when_it_was_not_empty(rig):
    server, port, _, _ = rig
    empty = dict.fromkeys(
        ("test_plan", "communication_plan", "backout", "if_nobody_acts", "risk_why", "impact_why", "unsure",
         "implementation_plan"), "",
    )  # fmt: skip
    made = await port.open(ticket("MC1200002", **empty, freezes=()))
    held = stored(server, made.number)
    assert held["change_impact"] == ("<div><p>Risk: high.</p><p>Impact: Medium for admins, high for users.</p></div>")
    assert not held.keys() & {"rollout_plan", "backout_plan"}

    made = await port.open(ticket())
    for _ in range(2):
        made = await port.amend(made, ticket(**empty, freezes=()))

    assert "plan" not in stored(server, made.number)["rollout_plan"]
    assert made.not_taken == ()


async def test_the_agent_is_assigned_once_and_never_again(rig):
    server, port, proxy, _ = rig
    made = [await port.open(ticket(f"MC120000{n}")) for n in range(3)]
    assert paths(proxy, "GET").count("/agents") == 1
    change = server._existing(made[0].number)
    assert change.values["agent_id"] == 31_000
    change.values["agent_id"] = 31_007

    await port.amend(made[0], ticket("MC1200000", notes=("more",)))

    assert change.values["agent_id"] == 31_007
    assert change.values["requester_id"] == 1001  # by which it counts as ours


@pytest.mark.parametrize("rights", [{"agents", "tasks"}, {"tasks"}])
async def test_an_agent_who_is_not_known_there_is_said_on_the_ticket_and_loses_nothing(rig, rights):
    server, port, _, _ = rig
    server.tasks.rights = rights

    made = await port.open(ticket(assigned_to="x@contoso.example"))

    (record,) = server.tickets
    line = "Nobody with the address x@contoso.example is known here, so nobody is assigned yet"
    assert record.history.count(line) == 1
    assert "agent_id" not in record.fields
    assert made.not_taken == ()


@pytest.mark.parametrize("dates", [{}, UNDATED], ids=["dated", "undated"])
async def test_an_agent_whom_the_group_does_not_have_is_left_out_and_that_is_said(dates):
    async with running(rules=Rules(agents=frozenset())) as (server, port, _, _):
        made = await port.open(ticket(**dates))

    (record,) = server.tickets
    assert record.number == made.number
    assert "Freshservice did not take ana@contoso.example as its agent, so nobody is assigned yet" in record.history


async def test_an_agent_of_the_policys_own_goes_first():
    async with running(PLAIN | {"fields": {"agent_id": 31_005}}) as (server, port, proxy, _):
        made = await port.open(ticket())

    assert stored(server, made.number)["agent_id"] == 31_005
    assert "/agents" not in paths(proxy, "GET")


async def test_a_task_has_its_day_its_owner_and_our_key(rig):
    server, port, _, _ = rig
    made = await port.open(ticket(has_tasks=True))

    first, second = server._existing(made.number).tasks
    assert (first["due_date"], first["agent_id"], first["group_id"]) == ("2026-09-01T23:59:59Z", 31_000, 21_000)
    assert "<p>Foresignal key: foresignal-test-MC1200001-a1b2c3d4e5f6</p>" in first["description"]
    assert second["due_date"] is None
    assert "Tell the users (by 2026-09-01)" in stored(server, made.number)["tasks"]


async def test_tasks_that_are_refused_are_asked_of_people_and_made_when_they_are_not(rig):
    server, port, _, _ = rig
    server.tasks.rights = {"agents"}
    made = await port.open(ticket(has_tasks=True))
    assert made.tasks == ()
    (line,) = made.not_taken
    assert line.startswith("Freshservice did not take the tasks of the plan: please add them by hand, or let the role")
    server.tasks.rights = {"agents", "tasks"}

    after = await port.amend(made, ticket(has_tasks=True))

    assert (after.not_taken, after.tasks) == ((), ("a1b2c3d4e5f6", "0a1b2c3d4e5f"))


async def test_a_task_whose_answer_was_lost_is_made_once(rig):
    server, port, proxy, _ = rig
    made = await port.open(ticket())
    proxy.fail_next(Fault(lost=True), only=lambda method, path: method == "POST" and path.endswith("/tasks"))
    with pytest.raises(TransientError):
        await port.amend(made, ticket(has_tasks=True))

    await port.amend(made, ticket(has_tasks=True))

    assert len(server._existing(made.number).tasks) == 2


async def test_a_task_that_somebody_named_otherwise_is_known_by_our_key(rig):
    server, port, _, _ = rig
    made = await port.open(ticket(has_tasks=True))
    for task in server._existing(made.number).tasks:
        task["title"] = "Ours"

    await port.amend(replace(made, tasks=()), ticket(has_tasks=True))

    assert len(server._existing(made.number).tasks) == 2


async def test_known_tasks_cost_no_call_and_twenty_are_the_most(rig):
    server, port, proxy, _ = rig
    steps = tuple(PlanStep(f"{n:012x}", f"Step {n}") for n in range(30))
    made = await port.open(ticket(has_tasks=True, steps=steps))
    assert len(server._existing(made.number).tasks) == 20
    asked = len(proxy.asked)

    await port.amend(made, ticket(has_tasks=True, steps=steps[:10]))

    assert not [path for _, path in proxy.asked[asked:] if "tasks" in path]


def test_a_preview_shows_the_agent_and_the_tasks(rig):
    _, port, _, _ = rig

    fields = port.preview(ticket(has_tasks=True)).fields

    assert fields["agent_id"] == "ana@contoso.example"
    assert [task["title"] for task in fields["tasks"]] == ["Tell the users", "Install the new viewer"]
    assert "tasks" not in port.preview(ticket()).fields
