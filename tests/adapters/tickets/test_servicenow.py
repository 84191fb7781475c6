"""What is special about ServiceNow: both APIs, tokens, the state model, groups, who decided, what ping says."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest

from sandbox.ticket_systems.servicenow.records import Rules
from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared.adapters.tickets.servicenow import Settings
from shared.adapters.tickets.servicenow.record import line_of, note_lines, ref_of
from shared.core.errors import PermanentError, TransientError
from shared.core.tickets.ticket import PlanStep
from tests.contracts.proxy import Fault
from tests.contracts.rig import ticket
from tests.contracts.servicenow import SETTINGS, over
from tests.fakes import FakeClock

BASIC = {"user": "foresignal", "password": "SERVICENOW_PASSWORD"}


@pytest.fixture
async def rig():
    clock = FakeClock()
    server = ServiceNow(clock, groups=("Identity & Security",), own=("u_services", "u_act_by"))
    async with over(server, clock, SETTINGS) as (another, proxy):
        yield server, another(), proxy, clock


def stored(server, number):
    return next(one.fields for one in server.tickets if one.number == number)


@pytest.mark.parametrize(
    ("over_settings", "path", "kind"),
    [
        ({}, "/api/sn_chg_rest/change/normal", "normal"),
        ({"type": "emergency"}, "/api/sn_chg_rest/change/emergency", "emergency"),
        ({"api": "table", "type": "emergency"}, "/api/now/table/change_request", "emergency"),
    ],
)
async def test_a_change_is_made_by_the_api_and_of_the_type_that_the_policy_says(over_settings, path, kind):
    clock = FakeClock()
    server = ServiceNow(clock)
    async with over(server, clock, SETTINGS | {"fields": {}} | over_settings) as (another, proxy):
        made = await another().open(ticket())

        assert ("POST", path) in proxy.asked
        assert stored(server, made.number)["type"] == kind
        assert made.url.endswith(f"change_request.do?sys_id={next(iter(server.store.changes))}")


async def test_basic_authentication_does_as_well():
    clock = FakeClock()
    server = ServiceNow(clock)
    async with over(server, clock, BASIC) as (another, proxy):
        assert (await another().open(ticket())).state == "new"
        assert not [path for _, path in proxy.asked if "oauth" in path]
        assert "as foresignal" in await another().ping()


async def test_a_token_is_used_until_it_ends_and_got_anew_then(rig):
    _, port, proxy, clock = rig
    for _ in range(3):
        await port.find("foresignal-test-MC1")
    assert [path for _, path in proxy.asked].count("/oauth_token.do") == 1

    clock.forward(minutes=29)
    await port.find("foresignal-test-MC1")

    assert [path for _, path in proxy.asked].count("/oauth_token.do") == 2


async def test_a_token_that_was_taken_back_is_got_anew_at_once_and_the_call_done_once(rig):
    server, port, _, _ = rig
    await port.find("foresignal-test-MC1")
    server.revoke()

    await port.open(ticket())

    assert len(server.tickets) == 1


async def test_a_client_that_is_not_accepted_is_named_with_what_to_set_up(rig):
    _, port, proxy, _ = rig
    proxy.fail_next(Fault(401, body='{"error": "access_denied"}'))

    with pytest.raises(PermanentError) as failed:
        await port.open(ticket())

    for words in ("f0re51gna1c11ent", "SERVICENOW_SECRET", "client credentials", "access_denied"):
        assert words in str(failed.value)


async def test_an_instance_that_is_asleep_is_waited_for(rig):
    _, port, proxy, _ = rig
    await port.find("foresignal-test-MC1")
    proxy.fail_next(Fault(200, {"Content-Type": "text/html"}, "<html>Your instance is hibernating</html>"))

    with pytest.raises(TransientError, match="is the instance awake"):
        await port.open(ticket())


async def test_the_group_is_assigned_by_its_id_and_asked_for_once(rig):
    server, port, proxy, _ = rig
    for n in range(3):
        made = await port.open(ticket(f"MC120000{n}", group="Identity & Security"))

    assert stored(server, made.number)["assignment_group"] == "0" * 31 + "b"
    assert [path for _, path in proxy.asked].count("/api/now/table/sys_user_group") == 1


async def test_a_group_that_is_not_there_is_said_on_the_ticket_and_loses_nothing(rig):
    server, port, _, _ = rig

    made = await port.open(ticket(group="Nobody"))

    (record,) = server.tickets
    assert record.number == made.number
    assert "No assignment group 'Nobody' is known here, so nobody is assigned yet" in record.history
    assert "assignment_group" not in record.fields


async def test_what_the_state_model_forbids_is_asked_of_the_board(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    server.move(made.number, "Review")

    after = await port.amend(made, ticket(cancelled=True, notes=("2026-09-02: Microsoft cancelled this change",)))

    assert after.state == "review"
    (record,) = server.tickets
    assert "2026-09-02: Microsoft cancelled this change" in record.history
    assert (
        "Microsoft will not make this change. Cancel this change by hand: its state does not let us" in record.history
    )


async def test_who_decided_and_when_is_read_once(rig):
    server, port, proxy, clock = rig
    made = await port.open(ticket())
    assert (await port.states([made.number]))[made.number].decision == ""
    clock.forward(days=2)
    server.approve(made.number, "Ana Costa")
    server.move(made.number, "Scheduled")

    for _ in range(3):
        seen = (await port.states([made.number]))[made.number]

    assert (seen.state, seen.decision, seen.decided_by, seen.decided_at) == (
        "scheduled", "approved", "Ana Costa", clock(),
    )  # fmt: skip
    assert [path for _, path in proxy.asked].count("/api/now/table/sysapproval_approver") == 1


async def test_a_rejection_is_a_decision_and_no_end(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    server.reject(made.number, "Ben")

    seen = (await port.states([made.number]))[made.number]

    assert (seen.state, seen.decision, seen.closed_at) == ("new", "rejected", None)


async def test_states_of_the_sites_own_are_mapped_by_word_or_value():
    clock = FakeClock()
    server = ServiceNow(clock)
    async with over(server, clock, BASIC | {"states": {"Waiting for CAB": "authorize", "11": "closed"}}) as (
        another,
        _,
    ):
        port = another()
        made = await port.open(ticket())
        server.move(made.number, "11")

        assert (await port.states([made.number]))[made.number].state == "closed"


async def test_what_the_board_set_is_left_alone(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    server.move(made.number, "Assess")
    change = next(iter(server.store.changes.values()))
    server.store.update(change, {"assignment_group": "a" * 31 + "2", "category": "Network"}, "ana")

    await port.amend(made, ticket(notes=("more",)))

    held = stored(server, made.number)
    assert (held["state"], held["assignment_group"], held["category"]) == ("-4", "a" * 31 + "2", "Network")


async def test_a_ticket_that_is_as_it_should_be_costs_one_call(rig):
    _, port, proxy, _ = rig
    made = await port.open(ticket())
    asked = len(proxy.asked)

    await port.amend(made, ticket())

    assert [method for method, _ in proxy.asked[asked:]] == ["GET"]


async def test_a_limit_of_requests_is_waited_for_as_long_as_the_instance_says():
    clock = FakeClock()
    server = ServiceNow(clock, hourly=1)
    async with over(server, clock, BASIC) as (another, _):
        port = another()
        await port.find("foresignal-test-MC1")
        clock.forward(minutes=20)

        with pytest.raises(TransientError) as failed:
            await port.find("foresignal-test-MC1")

    assert 2390 < failed.value.retry_after <= 2401


@pytest.mark.parametrize(
    ("api", "roles", "words"),
    [
        ("change_management", {"itil"}, None),
        ("change_management", {"sn_change_write"}, "could not be seen: it takes the role itil (or change_manager;"),
        ("table", {"sn_change_write"}, "could not be seen: it takes the role sn_change_write (or itil)"),
        ("table", {"itil"}, None),
    ],
)
async def test_ping_says_what_our_user_may(api, roles, words):
    clock = FakeClock()
    server = ServiceNow(clock)
    server.roles = roles
    async with over(server, clock, SETTINGS | {"api": api}) as (another, _):
        said = await another().ping()

    assert "change requests can be read" in said
    assert (words in said) if words else ("could not" not in said)


@pytest.mark.parametrize(
    ("api", "shown", "words"),
    [
        (
            "change_management",
            "sn_change_write",
            "give it the role itil (or change_manager; sn_change_write",
        ),
        ("table", "snc_read_only", "give it the role sn_change_write (or itil)"),
    ],
)
async def test_a_role_that_does_not_do_is_named_with_one_that_does(api, shown, words):
    clock = FakeClock()
    server = ServiceNow(clock)
    async with over(server, clock, SETTINGS | {"api": api}) as (another, proxy):
        body = f'{{"result": [{{"role.name": "{shown}"}}]}}'
        proxy.fail_next(Fault(200, {"Content-Type": "application/json"}, body), only=lambda _, path: "has_role" in path)
        with pytest.raises(PermanentError) as failed:
            await another().ping()

    assert words in str(failed.value)


@pytest.mark.parametrize(
    ("api", "roles", "words"),
    [
        (
            "change_management",
            {"sn_change_write"},
            "needs the role itil (or change_manager; sn_change_write",
        ),
        ("table", {"snc_read_only"}, "needs the role sn_change_write (or itil)"),
    ],
)
async def test_without_the_right_to_write_the_role_is_named(api, roles, words):
    clock = FakeClock()
    server = ServiceNow(clock)
    server.roles = roles
    async with over(server, clock, SETTINGS | {"api": api}) as (another, _):
        with pytest.raises(PermanentError) as failed:
            await another().open(ticket())

    assert "403: we lack a right" in str(failed.value)
    assert words in str(failed.value)


# What ServiceNow says yes to, and does not do.


@asynccontextmanager
async def ruled(settings=SETTINGS, **rules):
    """An instance with rules of its own, an adapter over it and the proxy between."""
    clock = FakeClock()
    server = ServiceNow(clock, own=("u_services", "u_act_by"), rules=Rules(**rules))
    async with over(server, clock, settings) as (another, proxy):
        yield server, another(), proxy


async def test_numbers_of_an_answer_are_the_states_that_they_mean(rig):
    _, port, _, _ = rig

    assert (await port.open(ticket())).state == "new"


@pytest.mark.parametrize("state", [0, 0.0, "0", "0.0"])
async def test_review_is_a_state_although_it_is_zero(state):
    settings = Settings.model_validate({"instance": "contoso", **BASIC})
    record = {"number": "CHG1", "state": {"value": state, "display_value": "Review"}}

    assert ref_of(settings, record).state == "review"
    assert ref_of(settings, {"number": "CHG1", "state": state}).state == "review"


async def test_what_a_new_change_leaves_out_is_written_once_more_through_the_table():
    async with ruled(late=frozenset({"justification", "u_services"})) as (server, port, proxy):
        made = await port.open(ticket())

    assert made.not_taken == ()
    assert stored(server, made.number)["u_services"] == "Exchange Online"
    assert stored(server, made.number)["justification"].startswith("something that is in use stops")
    writes = [method for method, path in proxy.asked if method in {"POST", "PATCH"} and "conflict" not in path]
    assert writes[-2:] == ["POST", "PATCH"]


async def test_a_time_that_was_read_in_our_users_zone_is_put_right():
    async with ruled(zone=2) as (server, port, _):
        made = await port.open(ticket())

    assert stored(server, made.number)["start_date"] == "2026-10-01 00:00:00"
    assert made.not_taken == ()


async def test_a_field_that_the_instance_lacks_is_named():
    settings = SETTINGS | {"fields": {"u_nothing": "x"}}
    async with ruled(settings) as (server, port, _):
        made = await port.open(ticket())

    assert "did not take u_nothing (no such field there, or we may not read it)" in made.not_taken[0]
    assert made.not_taken[0] in server.tickets[0].history


async def test_a_rule_that_refuses_the_fields_does_not_keep_the_notes_from_the_ticket():
    async with ruled() as (server, port, _):
        made = await port.open(ticket())
        change = next(iter(server.store.changes.values()))
        change.values["type"] = "standard"  # of a template by now: its texts may not be touched
        for _ in range(2):
            after = await port.amend(made, ticket(backout="Another way.", notes=("2026-09-02: it moved",)))

    history = server.tickets[0].history
    assert history.count("2026-09-02: it moved") == 1
    assert sum("did not take backout_plan" in line for line in history) == 1
    assert "Restrict fields from Standard Change" in after.not_taken[0]


@pytest.mark.parametrize("aborts", [False, True])
async def test_what_the_model_does_not_offer_is_asked_of_the_board_with_what_it_does(aborts):
    async with ruled(aborts=aborts) as (server, port, _):
        made = await port.open(ticket())
        server.move(made.number, "Review")
        for _ in range(2):
            after = await port.amend(made, ticket(cancelled=True))

    said = "Microsoft will not make this change. Cancel this change by hand: its state does not let us"
    assert server.tickets[0].history.count(said) == 1
    why = "Check State Transition" if aborts else "from Review ServiceNow offers: Implement, Closed"
    assert why in after.not_taken[0]


async def test_a_standard_change_gets_its_texts_as_a_note():
    settings = SETTINGS | {"type": "standard", "template": "c" * 32}
    async with ruled(settings) as (server, port, proxy):
        made = await port.open(ticket())
        moved = ticket(backout="Another way.", planned_end=date(2026, 11, 1), notes=("2026-09-02: it moved",))
        for _ in range(2):
            after = await port.amend(made, moved)

    assert ("POST", f"/api/sn_chg_rest/change/standard/{'c' * 32}") in proxy.asked
    (record,) = server.tickets
    assert (made.not_taken, after.not_taken) == ((), ())
    assert record.fields["short_description"] == ticket().title
    assert record.fields["end_date"] == "2026-11-01 23:59:59"
    assert not {"description", "test_plan", "backout_plan"} & record.fields.keys()
    for line in ("The old viewer is taken away.", "Back-out plan: The vendor's change cannot be backed out.",
                 "Back-out plan: Another way.", "2026-09-02: it moved"):  # fmt: skip
        assert record.history.count(line) == 1, line


async def test_a_search_that_is_answered_with_another_change_is_none_of_ours():
    async with ruled(unreadable=frozenset({"correlation_id"})) as (server, port, _):
        server.store.insert({"short_description": "Another of ours"}, "foresignal")
        with pytest.raises(PermanentError, match=r"let our user read that field"):
            await port.find(ticket().key)
        with pytest.raises(PermanentError, match=r"let our user read that field"):
            await port.open(ticket())

    assert len(server.tickets) == 1


async def test_states_that_are_answered_with_other_changes_end_nothing():
    async with ruled() as (_, port, proxy):
        made = await port.open(ticket())
        body = '{"result": [{"sys_id": "x", "number": "CHG0000001", "state": "3"}]}'
        proxy.fail_next(Fault(200, {"Content-Type": "application/json"}, body))
        with pytest.raises(PermanentError, match="a search by number"):
            await port.states([made.number])


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("Canceled", "normal", "copy it by hand"),
        ("Closed", "normal", "raise a new change by hand"),
        ("Canceled", "standard", "raise a new change by hand"),
    ],
)
async def test_where_no_copy_is_offered_a_new_change_is_asked_for(state, kind, words):
    async with ruled() as (server, port, _):
        made = await port.open(ticket())
        next(iter(server.store.changes.values())).values["type"] = kind
        server.move(made.number, state)
        for _ in range(2):
            after = await port.amend(made, ticket(reopen=True))

    assert sum(words in line for line in server.tickets[0].history) == 1
    assert after.not_taken[0].startswith("The ticket has ended, and we may not open it again: please")


def test_states_may_be_mapped_by_numbers():
    settings = Settings.model_validate({"instance": "contoso", **BASIC, "states": {-5: "assess", "7": "closed"}})

    assert ref_of(settings, {"state": -5.0}).state == "assess"
    assert ref_of(settings, {"state": {"value": 7.0, "display_value": "Odd"}}).state == "closed"


def test_a_text_cannot_open_html_in_a_journal():
    assert line_of("a [code]<b>x</b>[/CODE]") == "a [ code ]<b>x</b>[ /CODE ]"


def test_work_notes_are_read_back_oldest_first():
    shown = "2026-09-02 09:00:00 - Ana (Work notes)\nlater\n\n2026-09-01 09:00:00 - Fore Signal (Work notes)\na\nb\n"

    assert note_lines({"work_notes": {"value": "", "display_value": shown}}) == ["a", "b", "later"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "say `instance`"),
        ({"instance": "contoso"}, "say either `client_id`"),
        ({"instance": "contoso", "user": "a"}, "`user` with `password`"),
        ({"instance": "contoso", **BASIC, "client_id": "x", "client_secret": "A_SECRET"}, "say either"),
        ({"instance": "contoso", **BASIC, "type": "standard"}, "is made of a `template`"),
        ({"instance": "contoso.service-now.com", **BASIC}, "String should match pattern"),
        ({"url": "http://contoso.example", **BASIC}, "begins with https://"),
    ],
)
def test_settings_that_cannot_work_are_faults(settings, words):
    from pydantic import ValidationError

    from shared.adapters.tickets.servicenow import Settings

    with pytest.raises(ValidationError) as failed:
        Settings.model_validate(settings)
    assert words in str(failed.value)


BACK = "The dates moved (21 days later) after the board approved"
BY_HAND = f"{BACK}. We may not send the ticket back to assessment: please do"


async def approved(server, port):
    made = await port.open(ticket())
    server.move(made.number, "Scheduled")
    return made


@pytest.mark.parametrize(("offered", "state"), [({"-4", "-5", "-1"}, "assess"), ({"-5", "-1"}, "new")])
async def test_a_change_goes_back_to_assess_or_else_to_new_as_its_model_offers(monkeypatch, offered, state):
    async with ruled() as (server, port, proxy):
        made = await approved(server, port)
        monkeypatch.setattr(server.store, "next_states", lambda _: offered)
        proxy.asked.clear()
        moved = ticket(reassess=BACK, planned_end=ticket().planned_end.replace(month=12))
        after = await port.amend(made, moved)

    assert (after.state, after.not_taken) == (state, ())
    assert stored(server, made.number)["end_date"].startswith(str(moved.planned_end))


@pytest.mark.parametrize("aborts", [False, True])
async def test_a_model_without_a_way_back_is_asked_of_people_once(monkeypatch, aborts):
    async with ruled(aborts=aborts) as (server, port, _):
        made = await approved(server, port)
        monkeypatch.setattr(server.store, "next_states", lambda _: {"-1", "4"})
        for _ in range(3):
            after = await port.amend(made, ticket(reassess=BACK))

    assert after.state == "scheduled"
    assert after.not_taken == (f"{BY_HAND} (from Scheduled ServiceNow offers: Implement, Canceled)",)
    assert server.tickets[0].history.count(BY_HAND) == 1


async def test_where_servicenow_does_not_say_what_it_offers_assess_is_tried_and_its_answer_believed(monkeypatch):
    async with ruled(aborts=True) as (server, port, proxy):
        made = await approved(server, port)
        proxy.fail_next(Fault(status=403), only=lambda _, path: path.endswith("nextstates"))
        after = await port.amend(made, ticket(reassess=BACK))

    assert after.state == "scheduled"
    assert after.not_taken[0].startswith(BY_HAND)
    assert "Check State Transition" in after.not_taken[0]


# What people filled in stays theirs.

MOVED = {"planned_start": date(2026, 11, 2), "planned_end": date(2026, 11, 30)}


def edit(server, number, **fields):
    server.store.update(server._existing(number), fields, "ana")


@pytest.mark.parametrize(
    "path",
    [{}, {"cancelled": True}, {"reassess": BACK, "state": "Scheduled"}, {"cancelled": True, "state": "Review"},
     {"reassess": BACK, "state": "Scheduled", "next": {"-1"}}],
    ids=["written", "cancelled", "sent back", "may not be cancelled", "may not be sent back"],
)  # fmt: skip
async def test_a_persons_back_out_plan_survives_moved_dates_on_every_path(rig, monkeypatch, path):
    server, port, _, _ = rig
    made = await port.open(ticket())
    edit(server, made.number, backout_plan="Restore last week's backup.")
    if "state" in path:
        server.move(made.number, path["state"])
    if "next" in path:
        monkeypatch.setattr(server.store, "next_states", lambda _: path["next"])
    over_ticket = {name: what for name, what in path.items() if name in {"cancelled", "reassess"}}

    after = await port.amend(made, ticket(**MOVED, backout="Another way.", **over_ticket))

    held = stored(server, made.number)
    assert held["backout_plan"] == "Restore last week's backup."
    assert held["start_date"] == ("2026-10-01" if path.get("state") == "Review" else "2026-11-02") + " 00:00:00"
    assert after.written["backout_plan"] == made.written["backout_plan"]


@pytest.mark.parametrize("state", ["Closed", "Canceled"])
async def test_what_has_ended_keeps_what_we_know_of_it(rig, state):
    server, port, _, _ = rig
    made = await port.open(ticket())
    server.move(made.number, state)

    for reopen in (False, True):
        assert (await port.amend(made, ticket(reopen=reopen, notes=("more",)))).written == made.written


async def test_a_field_that_we_want_as_somebody_filled_it_in_is_ours_again(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    edit(server, made.number, backout_plan="Another way.")

    after = await port.amend(made, ticket(backout="Another way."))
    await port.amend(after, ticket(backout="A third way."))

    assert stored(server, made.number)["backout_plan"] == "A third way."


async def test_titles_levels_and_own_fields_are_kept_as_well_and_so_is_an_emptied_one(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    edit(server, made.number, short_description="Ours", risk="4", u_services="Mail", test_plan="", description="x")

    again = ticket(title="MC1 Another", risk="medium", services=("Teams",), test_plan="Try again.", what="It goes.")
    await port.amend(made, again)

    held = stored(server, made.number)
    assert (held["short_description"], held["risk"], held["u_services"], held["description"]) == (
        "Ours", "4", "Mail", "x",
    )  # fmt: skip
    assert "test_plan" not in held


async def test_what_servicenow_makes_of_our_values_is_no_edit():
    settings = SETTINGS | {"values": {"risk": {"high": "Moderate"}}, "fields": {"u_services": "y" * 400}}
    async with ruled(settings, zone=2) as (server, port, _):
        made = await port.open(ticket(backout="Back. " * 2_000))
        change = server._existing(made.number)
        change.values["risk"] = "3"  # what the label stands for
        made = await port.amend(made, ticket(backout="Back. " * 2_000))
        assert len(stored(server, made.number)["u_services"]) == 255  # cut there, and ours all the same

        after = await port.amend(made, ticket(backout="None.", risk="low", planned_start=date(2026, 10, 2)))

    held = stored(server, made.number)
    assert (held["backout_plan"], held["risk"], held["start_date"]) == ("None.", "4", "2026-10-02 00:00:00")
    assert after.written.keys() >= {"u_services", "backout_plan", "risk", "start_date"}


async def test_a_cut_text_that_somebody_replaced_stays_theirs():
    settings = SETTINGS | {"fields": {"u_services": "{{ 'y' * 400 }}"}}
    async with ruled(settings) as (server, port, _):
        made = await port.open(ticket())
        edit(server, made.number, u_services="Mail")
        after = await port.amend(made, ticket(notes=("more",)))

    assert stored(server, made.number)["u_services"] == "Mail"
    assert after.not_taken == ()


async def test_a_field_that_a_rule_kept_has_no_fingerprint_and_is_tried_again():
    async with ruled() as (server, port, _):
        made = await port.open(ticket())
        server.store.rules.kept = frozenset({"backout_plan"})
        after = await port.amend(made, ticket(backout="Another way."))
        assert after.written["backout_plan"] == made.written["backout_plan"]
        server.store.rules.kept = frozenset()
        await port.amend(after, ticket(backout="Another way."))

    assert stored(server, made.number)["backout_plan"] == "Another way."


async def test_a_plan_that_stood_there_before_we_wrote_any_is_somebody_elses(rig):
    server, port, _, _ = rig
    made = await port.open(ticket(implementation_plan="", communication_plan=""))
    edit(server, made.number, implementation_plan="Our own plan.")

    after = await port.amend(replace(made, written={}), ticket())

    assert stored(server, made.number)["implementation_plan"] == "Our own plan."
    assert "implementation_plan" not in after.written


async def test_an_end_is_not_moved_before_the_start_that_somebody_filled_in(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    edit(server, made.number, start_date="2026-10-20 00:00:00")

    after = await port.amend(made, ticket(planned_end=date(2026, 10, 10), backout="Another way."))

    held = stored(server, made.number)
    assert (held["start_date"], held["end_date"]) == ("2026-10-20 00:00:00", "2026-10-31 23:59:59")
    assert (held["backout_plan"], after.not_taken) == ("Another way.", ())


async def test_an_end_before_the_start_is_none(rig):
    server, port, _, _ = rig

    made = await port.open(ticket(planned_end=date(2026, 9, 1)))

    assert stored(server, made.number)["start_date"] == "2026-10-01 00:00:00"
    assert "end_date" not in stored(server, made.number)


async def test_a_plan_of_the_policys_own_is_written_on_although_it_has_no_fingerprint_yet():
    settings = SETTINGS | {"fields": {"implementation_plan": "{{ to_do }}"}}
    async with ruled(settings) as (server, port, _):
        made = await port.open(ticket())
        await port.amend(replace(made, written={}), ticket(to_do="Action required"))

    assert stored(server, made.number)["implementation_plan"] == "Action required"


async def test_a_write_whose_answer_was_lost_is_no_edit_of_somebodys(rig):
    server, port, proxy, _ = rig
    made = await port.open(ticket())
    proxy.fail_next(Fault(lost=True), only=lambda method, _: method == "PATCH")
    with pytest.raises(TransientError):
        await port.amend(made, ticket(title="MC1 The second", backout="Another way.", **MOVED))

    await port.amend(made, ticket(title="MC1 The third", backout="A third way."))  # it was never recorded

    held = stored(server, made.number)
    assert "A third way." in held["backout_plan"]
    assert "MC1 The third" in held.values()
    assert any("2026-10-01" in str(text) for text in held.values())


# Plans, people, items.


async def test_an_empty_sentence_leaves_no_label_behind(rig):
    server, port, _, _ = rig
    empty = dict.fromkeys(
        ("test_plan", "communication_plan", "backout", "if_nobody_acts", "risk_why", "impact_why", "unsure",
         "implementation_plan"), "",
    )  # fmt: skip

    made = await port.open(ticket(**empty, freezes=()))

    held = stored(server, made.number)
    assert held["risk_impact_analysis"] == "Risk: high.\nImpact: Medium for admins, high for users."
    assert not held.keys() & {"test_plan", "backout_plan", "implementation_plan"}
    assert made.not_taken == ()


async def test_what_is_unsure_and_the_freezes_stand_with_the_risk_and_the_communication_with_the_plan(rig):
    server, port, _, _ = rig

    made = await port.open(ticket())

    held = stored(server, made.number)
    assert held["risk_impact_analysis"].split("\n")[-3:] == [
        "If nobody acts: It is taken away from 1 October 2026.", *ticket().freezes, ticket().unsure,
    ]  # fmt: skip
    assert held["implementation_plan"].endswith("\n\nCommunication: Tell the users by 17 September 2026.")


async def test_what_happens_if_nobody_acts_is_said_once_and_items_where_the_field_holds_only_the_first(rig):
    _, port, _, _ = rig
    one, two = (port.preview(ticket(configuration_items=items)).fields for items in (("Mail",), ("Mail", "Rooms")))

    assert str(one).count(ticket().if_nobody_acts) == 1
    assert "Mail" not in one["description"]
    assert "- Mail\n- Rooms" in two["description"]
    assert two["cmdb_ci"] == "Mail"


async def test_people_and_the_item_are_looked_up_once_and_never_set_again(rig):
    server, port, proxy, _ = rig
    made = [await port.open(ticket(f"MC120000{n}")) for n in range(3)]
    paths = [path for _, path in proxy.asked]
    assert (paths.count("/api/now/table/sys_user"), paths.count("/api/now/table/cmdb_ci")) == (1, 1)
    change = server._existing(made[0].number)
    change.values |= {"assigned_to": "", "requested_by": "0" * 30 + "1d", "cmdb_ci": ""}

    await port.amend(made[0], ticket("MC1200000", notes=("more",)))

    assert (change.values["assigned_to"], change.values["cmdb_ci"]) == ("", "")
    assert change.values["requested_by"] == "0" * 30 + "1d"


UNKNOWN = {"requested_by": "x@contoso.example", "assigned_to": "y@contoso.example", "configuration_items": ("Mail",)}


@pytest.mark.parametrize("unreadable", [set(), {"sys_user", "cmdb_ci"}])
async def test_who_is_not_known_there_is_said_on_the_ticket_and_loses_nothing(rig, unreadable):
    server, port, _, _ = rig
    server.tables.unreadable = unreadable

    made = await port.open(ticket(**UNKNOWN))

    (record,) = server.tickets
    for line in ("Nobody with the address x@contoso.example is known here, so our user requests it",
                 "Nobody with the address y@contoso.example is known here, so nobody is assigned yet",
                 "No configuration item 'Mail' is known here, so none is set"):  # fmt: skip
        assert record.history.count(line) == 1
    assert not record.fields.keys() & {"requested_by", "assigned_to", "cmdb_ci"}
    assert made.not_taken == ()


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("assigned_to", "assigned_to, cmdb_ci, requested_by"),
        ("end_date", "assigned_to, cmdb_ci, end_date, requested_by, start_date"),
    ],
)
async def test_what_a_rule_refuses_of_a_new_change_is_left_out_and_that_is_said_once(field, names):
    async with ruled(refuses=frozenset({field})) as (server, port, _):
        made = await port.open(ticket())

    (record,) = server.tickets
    assert record.number == made.number
    assert field not in record.fields
    assert "cannot be backed out" in record.fields["backout_plan"]
    assert [line for line in record.history if "did not take" in line] == [
        f"ServiceNow did not take {names}: please set that by hand, or let us (a rule there keeps it)."
    ]
    (line,) = made.not_taken
    assert f"did not take {names}:" in line
    assert f"aborted by Business Rule 'Check {field}" in line


async def test_dates_that_a_rule_refuses_do_not_keep_the_other_fields_from_the_ticket():
    async with ruled() as (server, port, _):
        made = await port.open(ticket())
        server.store.rules.refuses = frozenset({"start_date"})
        for _ in range(2):
            after = await port.amend(made, ticket(**MOVED, backout="Another way.", notes=("it moved",)))

    (record,) = server.tickets
    assert (record.fields["backout_plan"], record.fields["start_date"]) == ("Another way.", "2026-10-01 00:00:00")
    assert record.history.count("it moved") == 1
    (line,) = after.not_taken
    assert "did not take end_date, start_date" in line
    assert "Check start_date" in line


async def test_an_item_may_be_mapped_to_its_id_or_to_another_name():
    for mapped, calls in (("0" * 31 + "e", 0), ("Exchange Online", 1)):
        settings = SETTINGS | {"values": {"configuration_item": {"Mail": mapped}}}
        async with ruled(settings) as (server, port, proxy):
            made = await port.open(ticket(configuration_items=("Mail", "Teams")))
        assert stored(server, made.number)["cmdb_ci"] == "0" * 31 + "e"
        assert [path for _, path in proxy.asked].count("/api/now/table/cmdb_ci") == calls


async def test_a_field_of_the_policys_own_goes_before_what_we_would_set():
    settings = SETTINGS | {"fields": {"assigned_to": "0" * 31 + "d"}}
    async with ruled(settings) as (server, port, _):
        made = await port.open(ticket())

    assert stored(server, made.number)["assigned_to"] == "0" * 31 + "d"


# Conflicts of planned dates.

SAID = "ServiceNow sees conflicts with the planned dates: "


async def test_conflicts_are_told_by_kind_and_name_and_once():
    async with ruled(blackouts=(("Year end", "2026-10-30", "2027-01-05"),)) as (server, port, proxy):
        first = await port.open(ticket())
        made = await port.open(ticket("MC1200002"))
        asked = len(proxy.asked)
        for _ in range(2):
            await port.amend(made, ticket("MC1200002", notes=("more",)))
        assert not [path for _, path in proxy.asked[asked:] if "conflict" in path]  # the dates are what they were
        moved = ticket("MC1200002", planned_start=date(2027, 2, 1), planned_end=date(2027, 2, 2), notes=())
        await port.amend(made, moved)

    lines = [line for line in server.tickets[1].history if line.startswith(SAID)]
    assert lines == [f"{SAID}CI Already Scheduled ({first.number}), Blackout Window (Year end)"]


async def test_of_many_conflicts_five_are_named():
    async with ruled() as (server, port, _):
        for n in range(8):
            await port.open(ticket(f"MC120000{n}"))

    (line,) = [line for line in server.tickets[-1].history if line.startswith(SAID)]
    assert line.count("CHG") == 5
    assert line.endswith(", and 2 more")


@pytest.mark.parametrize("checks", [False, None], ids=["it still runs", "there is none"])
async def test_conflicts_that_are_not_known_are_not_spoken_of(checks):
    async with ruled(blackouts=(("Year end", "2026-10-30", "2027-01-05"),)) as (server, port, proxy):
        server.tables.checks = checks
        await port.open(ticket())
        proxy.fail_next(Fault(503), only=lambda _, path: path.endswith("/conflict"))
        made = await port.open(ticket("MC1200002"))

    assert made.state == "new"
    assert not any("conflict" in line for record in server.tickets for line in record.history)


@pytest.mark.parametrize(
    ("settings", "over_ticket"),
    [
        (SETTINGS | {"api": "table"}, {}),
        (SETTINGS, {"configuration_items": ()}),
        (SETTINGS, {"planned_end": None}),
        (SETTINGS, {"cancelled": True}),
    ],
)
async def test_where_there_is_nothing_to_check_nothing_is_asked(settings, over_ticket):
    async with ruled(settings) as (_, port, proxy):
        await port.open(ticket(**over_ticket))

    assert not [path for _, path in proxy.asked if "conflict" in path]


# Tasks.


async def test_a_task_has_its_day_its_owner_and_our_key(rig):
    server, port, _, _ = rig
    made = await port.open(ticket(has_tasks=True))

    first, second = server._existing(made.number).tasks
    assert first["correlation_id"] == "foresignal-test-MC1200001-a1b2c3d4e5f6"
    assert (first["planned_end_date"], first["assigned_to"]) == ("2026-09-01 23:59:59", "ana@contoso.example")
    assert (first["assignment_group"], "planned_end_date" in second) == ("Messaging", False)
    assert "Tell the users (by 2026-09-01, ana@contoso.example)" in stored(server, made.number)["change_task"]


async def test_tasks_that_are_refused_are_asked_of_people_and_made_when_they_are_not(rig):
    server, port, _, _ = rig
    server.tables.closed = {"change_task"}
    made = await port.open(ticket(has_tasks=True))
    assert made.tasks == ()
    (line,) = made.not_taken
    assert line.startswith("ServiceNow did not take the tasks of the plan: please add them by hand, or let our user")
    assert "ACL Exception" in line
    server.tables.closed = set()

    after = await port.amend(made, ticket(has_tasks=True))

    assert (after.not_taken, after.tasks) == ((), ("a1b2c3d4e5f6", "0a1b2c3d4e5f"))


async def test_a_task_whose_answer_was_lost_is_made_once(rig):
    server, port, proxy, _ = rig
    made = await port.open(ticket())
    proxy.fail_next(Fault(lost=True), only=lambda method, path: method == "POST" and path.endswith("change_task"))
    with pytest.raises(TransientError):
        await port.amend(made, ticket(has_tasks=True))

    await port.amend(made, ticket(has_tasks=True))

    assert len(server._existing(made.number).tasks) == 2


async def test_known_tasks_cost_no_call_and_twenty_are_the_most(rig):
    server, port, proxy, _ = rig
    steps = tuple(PlanStep(f"{n:012x}", f"Step {n}") for n in range(30))
    made = await port.open(ticket(has_tasks=True, steps=steps))
    assert len(server._existing(made.number).tasks) == 20
    asked = len(proxy.asked)

    await port.amend(made, ticket(has_tasks=True, steps=steps[:10]))

    assert [method for method, _ in proxy.asked[asked:]] == ["GET"]


def test_a_preview_shows_people_and_tasks_by_their_names(rig):
    _, port, _, _ = rig

    fields = port.preview(ticket(has_tasks=True)).fields

    assert (fields["requested_by"], fields["cmdb_ci"]) == ("sam@contoso.example", "Exchange Online")
    assert [task["short_description"] for task in fields["change_task"]] == ["Tell the users", "Install the new viewer"]
    assert "change_task" not in port.preview(ticket()).fields
