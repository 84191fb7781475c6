"""The ticket that a change should have."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.core.changes.change import Copy, EffectState
from shared.core.decisions.decide import decide
from shared.core.policy.freezes import raised
from shared.core.policy.model import Calendar, Freeze, Tenant, TicketSystemEntry, Workload
from shared.core.posts.classification import UNSURE_BELOW, Classification, Why
from shared.core.posts.particulars import Particulars, Step
from shared.core.text.safe import cut
from shared.core.tickets.content import ticket_key, wanted_ticket
from shared.core.tickets.proposal.risk import risk_of
from tests.core.decisions.test_decide import MOVED, NOW, change, decided
from tests.fakes import effect_state
from tests.usecases.world import policy


def made(one=None, applied=(), **over):
    one = one or change(*MOVED)
    effect = decide(one, (), policy(), NOW).effects[0]
    return wanted_ticket(
        one, effect_state(effect, applied=applied, **over), policy(), "test", "https://x.example", as_of=NOW.date()
    )


def test_a_ticket_says_what_when_for_whom_and_why():
    ticket = made()

    assert ticket.key == ticket_key("test", "MC1200001") == "foresignal-test-MC1200001"
    assert ticket.title == "MC1200001 edition 1"
    assert ticket.group == "Messaging"
    assert ticket.planned_end.isoformat() == "2026-11-01"
    assert ticket.what == "edition 1"
    assert ticket.services == ("Exchange Online",)
    assert ticket.why
    assert ticket.why_board


def test_its_notes_are_the_events_that_it_has_not_been_told():
    one = change(*MOVED)
    first, second = (event.id for event in one.events)

    assert [" ".join(text.split()[1:3]) for text in made(one).notes] == ["Announced: T", "Microsoft moved"]
    assert len(made(one, applied=(first,)).notes) == 1
    assert not made(one, applied=(first, second)).notes


def test_late_events_and_those_that_the_decision_did_not_name_are_not_told():
    one = change(*MOVED)
    late = replace(one, events=tuple(replace(event, late=True) for event in one.events))
    effect = decide(one, (), policy(), NOW).effects[0]

    assert not wanted_ticket(late, EffectState(effect), policy(), "test", "", as_of=NOW.date()).notes
    assert not wanted_ticket(one, EffectState(replace(effect, events=())), policy(), "test", "", as_of=NOW.date()).notes


def test_a_title_of_any_length_fits():
    for length in (1, 200, 254, 255, 256, 5000):
        one = change(*MOVED)
        one = replace(one, post={**one.post, "title": "é" * length, "body": {"content": "<p>" + "x y " * 20_000}})

        ticket = made(one)

        assert len(ticket.title) <= 255
        assert len(ticket.what) <= 6_000
        assert ticket.title.endswith("…") is (length + len("MC1200001 ") > 255)


def test_a_team_that_the_policy_no_longer_has_is_named_as_it_was():
    one = decided(change(*MOVED))
    effect = replace(decide(one, (), policy(), NOW).effects[0], team="former")

    assert wanted_ticket(one, EffectState(effect), policy(), "test", "", as_of=NOW.date()).group == "former"


@pytest.mark.parametrize(("status", "over"), [("cancelled", True), ("withdrawn", True), ("on_hold", False)])
def test_what_will_not_come_is_cancelled(status, over):
    facts = replace(MOVED[0], classification=replace(MOVED[0].classification, status=status))

    assert made(change(facts)).cancelled is over


@pytest.mark.parametrize("on_cancel", ["cancel", "note"])
@pytest.mark.parametrize(("status", "again"), [("cancelled", False), ("planned", True)])
def test_a_ticket_that_ended_is_not_opened_again_for_a_plan_that_moved_and_then_fell(status, again, on_cancel):
    last = replace(MOVED[1], classification=replace(MOVED[1].classification, status=status))
    one = change(MOVED[0], MOVED[1], last)
    rules = policy(tickets={"crb": TicketSystemEntry(kind="register", on_cancel=on_cancel, reopen="material")})
    effect = decide(one, (), rules, NOW).effects[0]
    effect = replace(effect, events=tuple(event.id for event in one.events))
    announced = next(event.id for event in one.events if event.type == "announced")

    closed = effect_state(effect, number="CHG1", state="closed", applied=(announced,))
    ticket = wanted_ticket(one, closed, rules, "test", "https://x.example", as_of=NOW.date())

    assert any("moved the rollout" in note for note in ticket.notes)
    assert ticket.reopen is again
    assert ticket.cancelled is (status == "cancelled" and on_cancel == "cancel")


@pytest.mark.parametrize(
    ("admin", "user", "crb", "risk"),
    [
        ("high", "low", False, "high"),
        ("low", "medium", False, "medium"),
        ("low", "low", True, "medium"),
        ("low", "low", False, "low"),
    ],
)
def test_the_risk_is_the_higher_impact(admin, user, crb, risk):
    assert risk_of(Classification("MC1", admin_impact=admin, user_impact=user, crb=crb)) == risk


@pytest.mark.parametrize(
    ("text", "limit", "expected"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a   d", 4, "a…"), ("", 1, "")]
)
def test_cutting_says_so(text, limit, expected):
    assert cut(text, limit) == expected


def doubted(one, *names):
    facts = one.current.facts
    why = {name: Why("", UNSURE_BELOW - 0.01) for name in names}
    found = replace(facts, classification=replace(facts.classification, why=why))
    return replace(one, editions=(*one.editions[:-1], replace(one.current, facts=found)))


def test_a_ticket_names_what_was_read_with_doubt():
    ticket = made(doubted(change(*MOVED), "kind", "action"))

    assert ticket.unsure == (
        "Not sure about the kind of change and whether anything has to be done: look it up in the post."
    )
    assert ticket.to_do.startswith(("Action is probably", "Not sure"))


def test_a_ticket_says_that_it_may_not_be_for_the_board():
    assert made(doubted(change(*MOVED), "crb")).why_board == ("It may be for the board: we are not sure.")


def test_a_ticket_that_was_read_surely_names_no_doubt():
    ticket = made(doubted(change(*MOVED)))

    assert "Not sure" not in ticket.impact_why + ticket.why_board


def test_a_rollout_in_a_freeze_is_told_and_raises_the_risk():
    one = change(*MOVED)
    freeze = Freeze.model_validate({"name": "Quarter end", "from": "2026-09-20", "until": "2026-10-10"})
    rules = policy(calendar=Calendar(freezes=(freeze,)))
    effect = decide(one, (), rules, NOW).effects[0]

    ticket = wanted_ticket(one, EffectState(effect), rules, "test", "", as_of=NOW.date())

    assert len(ticket.freezes) == 1
    assert "our freeze “Quarter end”" in ticket.freezes[0]
    assert ticket.risk == raised(made(one).risk)
    assert ticket.risk_why.endswith("Our freeze “Quarter end” raises it.")
    assert not made(one).freezes


def test_who_asks_who_answers_and_what_it_touches_come_from_the_policy():
    one = decided(change(*MOVED))
    rules = policy(
        tickets={"crb": TicketSystemEntry(kind="register", tasks=True, requested_by="sam@contoso.example")},
        workloads={
            "exchange": Workload(services=("Exchange Online",), team="messaging", configuration_item="Exchange Online")
        },
    )
    effect = replace(decide(change(*MOVED), (), rules, NOW).effects[0], answers="ana@contoso.example")

    ticket = wanted_ticket(one, EffectState(effect), rules, "test", "", as_of=NOW.date())

    assert ticket.requested_by == "sam@contoso.example"
    assert ticket.assigned_to == "ana@contoso.example"
    assert ticket.configuration_items == ("Exchange Online",)
    assert ticket.has_tasks
    group = wanted_ticket(one, EffectState(replace(effect, answers="group:Mail")), rules, "test", "", as_of=NOW.date())
    assert group.assigned_to == ""


def test_tenants_that_differ_are_told_and_one_tenant_alone_is_not():
    one = change(*MOVED)
    rules = policy(tenants={"contoso": Tenant(), "northwind": Tenant(cloud="gcc")})
    copies = [Copy(name, ("Exchange Online",), one.current.id, NOW, NOW, NOW) for name in rules.tenants]
    effect = decide(one, (), rules, NOW).effects[0]

    told = wanted_ticket(
        one, EffectState(effect), rules, "test", "", ("contoso", "northwind"), copies, as_of=NOW.date()
    )

    assert any(line.startswith("northwind (GCC): ") for line in told.differences)
    assert not made(one).differences


def test_every_line_that_speaks_for_us_has_a_source():
    ticket = made(doubted(change(*MOVED), "kind"))

    assert {"audience", "when", "why_board", "why", "unsure", "backout", "risk_why"} <= set(ticket.sources)
    assert all(part.source for parts in ticket.sources.values() for part in parts)
    assert ticket.why == tuple(part.text for part in ticket.sources["why"])


def test_a_date_that_was_over_before_there_was_a_ticket_is_no_plan():
    one, late = change(*MOVED), NOW.date() + timedelta(days=2000)
    effect = decide(one, (), policy(), NOW).effects[0]
    first = wanted_ticket(one, effect_state(effect), policy(), "test", "", as_of=late)
    filed = wanted_ticket(one, effect_state(effect, number="CHG1"), policy(), "test", "", as_of=late)

    assert (first.planned_start, first.planned_end, first.act_by) == (None, None, None)
    assert filed.planned_end == made(one).planned_end


def test_the_plan_of_a_ticket_that_is_open_does_not_vanish_when_its_days_have_gone_by():
    steps = (Step("Move the files", "Move the files by then.", date(2026, 9, 20)),)
    one = change(*MOVED)
    facts = replace(one.current.facts, particulars=Particulars(steps=steps))
    one = replace(one, editions=(*one.editions[:-1], replace(one.current, facts=facts)))
    effect = decide(one, (), policy(), NOW).effects[0]
    later = NOW.date() + timedelta(days=400)

    new = wanted_ticket(one, effect_state(effect), policy(), "test", "", as_of=later)
    there = wanted_ticket(one, effect_state(effect, number="CHG1", opened_at=NOW), policy(), "test", "", as_of=later)

    assert not new.steps
    assert [step.text for step in there.steps] == ["Move the files"]
    assert "which is past" in there.when[0] or "rolled out" in there.when[0]
