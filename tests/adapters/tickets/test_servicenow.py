"""What is special about ServiceNow: both APIs, tokens, the state model, groups, who decided, what ping says."""

import pytest

from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared.adapters.tickets.servicenow.record import note_lines
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
    ("roles", "words"),
    [({"itil"}, None), ({"sn_change_write"}, None), (set(), "whether it may write could not be seen"),
     ({"snc_read_only"}, "sn_change_write (or itil)")],
)  # fmt: skip
async def test_ping_says_what_our_user_may(rig, roles, words):
    server, port, _, _ = rig
    server.roles = roles

    if roles == {"snc_read_only"}:
        with pytest.raises(PermanentError) as failed:
            await port.ping()
        assert words in str(failed.value)
    else:
        said = await port.ping()
        assert "change requests can be read" in said
        assert words is None or words in said


async def test_without_the_right_to_write_the_role_is_named(rig):
    server, port, _, _ = rig
    server.roles = {"itil"}

    with pytest.raises(
        PermanentError, match=r"403: we lack a right: .* sn_change_write \(or itil\) \(Operation Failed"
    ):
        await port.open(ticket())


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
