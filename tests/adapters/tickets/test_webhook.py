"""What is special about the webhook: signatures, repeats, what is told us, what is remembered, where it may be sent."""

import base64
import uuid
from collections import Counter
from dataclasses import replace

import pytest

from sandbox.ticket_systems.webhook import WebhookReceiver
from shared.adapters import registry
from shared.adapters.storage.tables import AzureTables
from shared.adapters.tickets.webhook.address import checked
from shared.adapters.tickets.webhook.message import HARD, PREFERRED
from shared.adapters.tickets.webhook.system import SCHEDULE
from shared.core.errors import PermanentError, TransientError
from shared.core.terms import ENDED
from shared.core.tickets.ticket import PlanStep
from tests.contracts.proxy import Fault
from tests.contracts.rig import ticket
from tests.contracts.webhook import SETTINGS, Now, over
from tests.fakes import FakeTables
from tests.usecases.world import PrefixedTables


@pytest.fixture
async def rig():
    now = Now()
    server = WebhookReceiver(now)
    async with over(server, now) as (another, proxy):
        yield server, another(), proxy, now.own


async def test_a_message_is_signed_and_says_all_that_a_ticket_says(rig):
    server, port, _, _ = rig

    made = await port.open(ticket())

    (record,) = server.tickets
    assert made.number == record.number == "HOOK-1"
    assert made.url.endswith("/ticket/HOOK-1")
    assert record.fields["description"]["text"].startswith("The old viewer is taken away.")
    assert record.fields["description"]["html"].startswith("<p>The old viewer is taken away.")
    assert record.fields["test_plan"] == "Find who still uses it."
    assert record.history == ("2026-08-30: Announced: Retirement of the old viewer",)


async def test_a_message_about_an_approved_ticket_whose_dates_moved_says_so_and_the_next_one_not(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    assert "reassess" not in server.tickets[0].fields
    await port.receive({"number": made.number, "state": "scheduled"})

    back = "The dates moved (21 days later) after the board approved"
    await port.amend(made, ticket(reassess=back, notes=(f"2026-09-02: {back}: please assess it again",)))

    assert server.tickets[0].fields["reassess"] is True
    await port.receive({"number": made.number, "state": "implement"})
    await port.amend(made, ticket(reassess=back, notes=("2026-09-09: it moved again",)))
    assert "reassess" not in server.tickets[0].fields


async def test_a_message_whose_answer_was_lost_is_taken_once(rig):
    server, port, proxy, clock = rig
    proxy.fail_next(Fault(lost=True), Fault(lost=True))
    for _ in range(2):
        with pytest.raises(TransientError):
            await port.open(ticket())
        clock.forward(minutes=1)

    await port.open(ticket())

    assert len(server.answers) == 1
    assert server.tickets[0].history == ticket().notes


async def test_what_the_receiver_has_is_not_sent_again(rig):
    _, port, proxy, _ = rig
    made = await port.open(ticket())
    asked = len(proxy.asked)

    assert await port.amend(made, ticket()) == made

    assert len(proxy.asked) == asked


async def test_another_secret_is_refused_and_named_and_never_shown(rig):
    _, port, proxy, _ = rig
    port._deps.secrets.held["WEBHOOK_SECRET"] = "whsec_" + base64.b64encode(b"x" * 32).decode()

    with pytest.raises(PermanentError, match="401") as failed:
        await port.open(ticket())

    assert "whsec_" not in str(failed.value)
    assert "token=" not in str(failed.value)
    assert proxy.asked


@pytest.mark.parametrize(("secret", "words"), [("short", "shorter than 24"), ("whsec_***", "no base64")])
async def test_a_secret_that_protects_nothing_is_not_used(rig, secret, words):
    _, port, proxy, _ = rig
    port._deps.secrets.held["WEBHOOK_SECRET"] = secret

    with pytest.raises(PermanentError, match=words):
        await port.open(ticket())
    assert not proxy.asked


async def test_a_receiver_that_is_gone_is_parked_with_what_to_do(rig):
    server, port, _, _ = rig
    server.stopped = True

    with pytest.raises(PermanentError, match="410, it takes no more messages; give the secret WEBHOOK_URL another"):
        await port.open(ticket())


async def test_a_redirect_is_a_failure_and_is_not_followed(rig):
    _, port, proxy, _ = rig
    proxy.fail_next(Fault(307, {"Location": "http://127.0.0.1:9/"}))

    with pytest.raises(PermanentError, match="307"):
        await port.open(ticket())
    assert len(proxy.asked) == 1


async def test_an_answer_without_a_word_makes_our_key_the_number(rig):
    server, port, _, _ = rig
    server.silent = True

    made = await port.open(ticket())

    assert (made.number, made.state) == (ticket().key, "new")
    ended = await port.amend(made, ticket(cancelled=True))
    assert ended.state == "cancelled"
    assert (await port.amend(ended, ticket(reopen=True, notes=("again",)))).state not in ENDED


async def test_what_the_system_tells_is_kept_with_decision_and_times(rig):
    _, port, _, clock = rig
    made = await port.open(ticket())
    clock.forward(days=1)

    told = await port.receive({"key": ticket().key, "state": "scheduled", "decision": "approved", "decided_by": "Ana"})

    seen = (await port.states([made.number]))[made.number]
    assert told == [made.number]
    assert (seen.state, seen.decision, seen.decided_by, seen.decided_at) == ("scheduled", "approved", "Ana", clock())
    clock.forward(days=1)
    await port.receive({"number": made.number, "state": "closed", "closed_at": "2026-09-02T10:00:00Z"})
    assert (await port.states([made.number]))[made.number].closed_at.isoformat() == "2026-09-02T10:00:00+00:00"


@pytest.mark.parametrize(
    "said",
    [{}, {"number": "HOOK-99"}, {"number": None}, {"key": "x"}, {"key": "foresignal-test-MCx"}, {"key": 7},
     {"number": ["HOOK-1"]}, {"number": "HOOK-1", "decision": "maybe"}],
)  # fmt: skip
async def test_what_is_told_of_nothing_of_ours_changes_nothing(rig, said):
    _, port, _, _ = rig
    made = await port.open(ticket())

    await port.receive(said)

    assert (await port.states([made.number]))[made.number] == made


async def test_two_systems_over_the_same_tables_do_not_meet():
    now, tables = Now(), FakeTables()
    server = WebhookReceiver(now)
    async with over(server, now, tables=tables) as (another, _):
        one = another()
        other = registry.build("tickets", "webhook", SETTINGS, replace(one._deps, name="second"))
        made = await one.open(ticket())

        assert await other.find(ticket().key) is None
        assert await other.states([made.number]) == {}
        assert await other.receive({"number": made.number, "state": "closed"}) == []


async def test_messages_are_small_whatever_the_post_says_and_no_note_is_left_out(rig):
    server, port, proxy, _ = rig
    wide = "𝔘" * 30_000
    notes = tuple(f"{n} {'é' * 1_900}" for n in range(12))

    await port.open(ticket(what=wide, audience=wide, backout=wide, why=(wide,) * 60, notes=notes))

    assert server.largest <= PREFERRED
    assert server.tickets[0].history == notes
    assert len(proxy.asked) > 2


async def test_the_plan_the_people_and_what_a_board_asks_are_in_the_message(rig):
    server, port, _, _ = rig

    await port.open(ticket(has_tasks=True))

    data = server.tickets[0].fields
    assert data["steps"][0] == {
        "key": "a1b2c3d4e5f6", "text": "Tell the users", "day": "2026-09-01", "owner": "ana@contoso.example"
    }  # fmt: skip
    assert data["steps"][1]["day"] is None
    assert data["has_tasks"] is True
    assert data["implementation_plan"].startswith("1. Tell the users")
    assert (data["requested_by"], data["assigned_to"]) == ("sam@contoso.example", "ana@contoso.example")
    assert (data["configuration_items"], data["freezes"]) == (["Exchange Online"], list(ticket().freezes))
    assert (data["affected"], data["compliance"]) == (list(ticket().affected), list(ticket().compliance))
    assert (data["unsure"], data["differences"]) == (ticket().unsure, list(ticket().differences))


async def test_what_is_not_known_is_empty_and_its_name_stays(rig):
    server, port, _, _ = rig
    sentences = (
        "test_plan", "communication_plan", "backout", "if_nobody_acts", "risk_why", "impact_why", "audience",
        "implementation_plan", "unsure", "requested_by", "assigned_to",
    )  # fmt: skip

    await port.open(ticket(**dict.fromkeys(sentences, ""), steps=(), freezes=()))

    data = server.tickets[0].fields
    assert {name: data[name] for name in sentences} == dict.fromkeys(sentences, "")
    assert data["steps"] == data["freezes"] == []


async def test_the_steps_of_a_message_are_cut_as_other_lists_are(rig):
    server, port, _, _ = rig
    steps = tuple(PlanStep(f"{n:012x}", "é" * 400, None, "ana@contoso.example") for n in range(200))

    await port.open(ticket(steps=steps, implementation_plan="é" * 30_000, affected=("é" * 900,) * 50))

    assert server.largest <= PREFERRED
    assert server.tickets[0].fields["steps"][0]["key"] == "000000000000"


async def test_the_policys_words_for_configuration_items_are_sent_as_a_list():
    now = Now()
    server = WebhookReceiver(now)
    settings = SETTINGS | {"values": {"configuration_item": {"Exchange Online": "CI-7"}, "risk": {"high": 1}}}
    async with over(server, now, settings) as (another, _):
        await another().open(ticket(configuration_items=("Exchange Online", "Teams")))

    assert server.tickets[0].fields["values"] == {"configuration_item": ["CI-7", None], "risk": 1}


async def test_fields_that_are_too_large_are_named_and_nothing_is_sent():
    now = Now()
    settings = SETTINGS | {"fields": {"all": "{{ what }}"}}
    async with over(WebhookReceiver(now), now, settings) as (another, proxy):
        with pytest.raises(PermanentError, match=r"is too large \(65536\): shorten `fields`"):
            await another().open(ticket(what="x" * HARD))
        assert proxy.asked == []


async def test_a_lost_answer_is_made_good_by_the_same_message_however_the_change_moves_on(rig):
    server, port, proxy, clock = rig
    proxy.fail_next(Fault(lost=True))
    with pytest.raises(TransientError):
        await port.open(ticket())
    clock.forward(minutes=5)

    made = await port.open(ticket(risk="low", notes=(*ticket().notes, "moved")))

    assert len(proxy.asked) == 3
    assert server.kinds == ["ticket.opened", "ticket.amended"]
    (record,) = server.tickets
    assert (record.number, record.fields["risk"]) == (made.number, "low")
    assert record.history == (*ticket().notes, "moved")


async def test_it_is_sent_again_as_standard_webhooks_advises_where_the_receiver_says_nothing_of_it(rig):
    _, port, proxy, _ = rig
    waits = []
    proxy.fail_every(1, [Fault(503)])
    for _ in SCHEDULE:
        with pytest.raises(TransientError) as failed:
            await port.open(ticket())
        waits.append(failed.value.retry_after)

    assert tuple(waits) == SCHEDULE
    assert sum(SCHEDULE) < 24 * 3600


async def test_content_that_is_refused_is_not_sent_again(rig):
    server, port, proxy, _ = rig
    proxy.fail_next(Fault(422, body='{"error": "risk"}'))
    with pytest.raises(PermanentError, match=r'422: it does not take the message \({"error": "risk"}\)'):
        await port.open(ticket())

    await port.open(ticket(risk="low"))

    assert server.kinds == ["ticket.opened"]
    assert server.tickets[0].fields["risk"] == "low"


async def test_while_a_secret_is_changed_the_old_one_still_signs(rig):
    server, port, _, _ = rig
    new = "whsec_" + base64.b64encode(b"n" * 32).decode()
    port._deps.secrets.held["WEBHOOK_SECRET"] = f"{new} {server.secrets['WEBHOOK_SECRET']}"

    assert (await port.open(ticket())).number == "HOOK-1"


async def test_two_tickets_of_one_number_are_refused(rig):
    _, port, proxy, _ = rig
    await port.open(ticket())
    proxy.fail_next(Fault(200, body='{"number": "HOOK-1"}'))

    with pytest.raises(PermanentError, match="HOOK-1 for foresignal-test-MC1200002, and that is another ticket"):
        await port.open(ticket("MC1200002"))


async def test_a_ticket_that_was_deleted_is_opened_by_the_same_content_as_a_new_one(rig):
    server, port, _, _ = rig
    made = await port.open(ticket())
    server.delete(made.number)
    await port.receive({"number": made.number, "gone": True})

    again = await port.amend(made, ticket())

    assert server.kinds == ["ticket.opened", "ticket.opened"]
    assert list(await port.states([made.number, again.number])) == [again.number]


async def test_an_older_call_that_comes_late_changes_nothing(rig):
    _, port, _, _ = rig
    made = await port.open(ticket())
    for hour, state in ((12, "scheduled"), (11, "assess")):
        await port.receive({"number": made.number, "state": state, "timestamp": f"2026-09-02T{hour}:00:00Z"})

    assert (await port.states([made.number]))[made.number].state == "scheduled"


async def test_a_call_that_comes_while_a_message_is_answered_is_not_lost():
    now, tables = Now(), FakeTables()
    server = WebhookReceiver(now)
    async with over(server, now, tables=tables) as (another, _):
        port, made, writes = another(), await another().open(ticket()), []

        async def meanwhile():
            writes.append(1)
            if len(writes) == 1:  # the message is being kept; the call comes before its answer is
                tables.interfere = meanwhile
            else:
                await another().receive({"number": made.number, "decision": "rejected", "decided_by": "Ben"})

        tables.interfere = meanwhile
        after = await port.amend(made, ticket(notes=("moved",)))

        assert (after.decision, after.decided_by) == ("rejected", "Ben")
        await port.amend(after, ticket(notes=("moved",)))
        assert server.kinds == ["ticket.opened", "ticket.amended"]


async def test_what_is_remembered_stands_in_real_tables_as_well(storage):
    real = AzureTables.connect(Counter(), connection=storage)
    tables, now = PrefixedTables(real, "h" + uuid.uuid4().hex[:12]), Now()
    await real.create([tables.name("webhooks")])
    try:
        async with over(WebhookReceiver(now), now, tables=tables) as (another, proxy):
            proxy.fail_next(Fault(lost=True))
            with pytest.raises(TransientError):
                await another().open(ticket())
            made = await another().open(ticket())
            await another().receive({"number": made.number, "decision": "approved", "decided_by": "Ana"})

            seen = (await another().states([made.number]))[made.number]
            assert (seen.decision, seen.decided_by, seen.decided_at) == ("approved", "Ana", now())
    finally:
        await real.close()


ADDRESSES = [
    ("https://127.0.0.1/x", None), ("http://localhost:8080/x", None), ("https://hooks.example/x?sig=1", None),
    ("http://hooks.example/x", "must begin with https://"), ("ftp://hooks.example", "no address"), ("", "no address"),
    ("https://[", "no address"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "words"), ADDRESSES)
def test_nothing_is_sent_in_the_clear_nor_to_what_is_no_address(url, words):
    if words is None:
        assert checked(url, "crb") == url
    else:
        with pytest.raises(PermanentError, match=words):
            checked(url, "crb")


async def test_ping_says_what_can_be_known_without_sending(rig):
    _, port, proxy, _ = rig

    assert "may be called" in await port.ping()
    assert not proxy.asked
