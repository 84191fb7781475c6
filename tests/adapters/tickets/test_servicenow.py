"""What is special about ServiceNow: both APIs, tokens, the state model, groups, who decided, what ping says."""

from contextlib import asynccontextmanager
from datetime import date

import pytest

from sandbox.ticket_systems.servicenow.records import Rules
from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared.adapters.tickets.servicenow import Settings
from shared.adapters.tickets.servicenow.record import line_of, note_lines, ref_of
from shared.core.errors import PermanentError, TransientError
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
    assert [method for method, _ in proxy.asked if method in {"POST", "PATCH"}][-2:] == ["POST", "PATCH"]


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
