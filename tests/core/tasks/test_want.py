"""What a task should say: from the post, what people said, the tickets, the closing."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shared.core.changes.change import Change, Closing, Decision, Edition, Effect, Facts
from shared.core.changes.settled import Assessment, Handover, TeamWord
from shared.core.policy.model import Auth, Team, Tenant
from shared.core.policy.planner import PlannerWrites
from shared.core.posts.classification import Classification, Interval, Why, Window
from shared.core.posts.particulars import Particulars, Step
from shared.core.tasks.want import ASSIGN, DUE, ITEM, MOST_ITEMS, REFERENCE, People, owner_of, synced_days, wanted_task
from tests.fakes import effect_state
from tests.usecases.world import policy

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
ANA, BEN, CYD = (f"00000000-0000-4000-8000-00000000000{n}" for n in "abc")
SURE = {"act_by": Why("by then", 1.0), "rollouts": Why("rolls out", 1.0)}


def window(first, last):
    return Window("general", ("worldwide",), Interval(first, last), None)


OCTOBER = window(date(2026, 10, 1), date(2026, 10, 10))


def change(particulars=(), tags=(), **read):
    classification = Classification("MC1200001", **{"why": SURE, **read})
    said = Particulars(steps=tuple(Step(text, text) for text in particulars))
    edition = Edition(NOW, NOW, "ab" * 16, "contoso", facts=Facts(classification, "", False, (), "T", particulars=said))
    raw = {"id": "MC1200001", "title": "T", "tags": list(tags)}
    decision = Decision(edition.id, NOW, ("messaging",), ("exchange",))
    return Change("MC1200001", raw, NOW, (edition,), "decided", decision=decision)


def in_force(**over):
    teams = {
        "workplace": Team(owner="Cyd@contoso.example"),
        "messaging": Team(owner="ana@contoso.example", owner_id=ANA),
        "group": Team(owner="group:Everybody"),
    }
    return policy(**{"teams": teams, "planner": PlannerWrites(mode="live"), **over})


PEOPLE = People.of(in_force(), [(BEN, "ben@contoso.example"), (CYD, "cyd@contoso.example")])


def want(one, effects=(), tenant="contoso", **over):
    return wanted_task(one, effects, in_force(**over), tenant, "https://foresignal.example", PEOPLE)


@pytest.mark.parametrize(
    ("read", "due"),
    [
        ({"act_by": date(2026, 11, 30), "windows": (OCTOBER,)}, "2026-11-30"),
        ({"windows": (OCTOBER,)}, "2026-10-01"),
        ({"windows": (window(date(2026, 10, 1), date(2026, 10, 31)),)}, ""),
        ({"windows": (window(date(2026, 8, 1), date(2026, 8, 10)),)}, ""),
        ({"act_by": date(2026, 8, 1)}, ""),
        ({"act_by": date(2026, 8, 1), "windows": (OCTOBER,)}, "2026-10-01"),
        ({"act_by": date(2026, 11, 30), "windows": (OCTOBER,), "status": "cancelled"}, ""),
        ({"act_by": date(2026, 11, 30), "windows": (OCTOBER,), "why": {**SURE, "act_by": Why("?", 0.1)}}, "2026-10-01"),
        ({"windows": (OCTOBER,), "why": {"rollouts": Why("?", 0.1)}}, ""),
        ({}, ""),
    ],
)
def test_it_is_due_on_the_day_to_act_by_else_when_it_begins_if_that_is_sure(read, due):
    assert want(change(**read)).fields[DUE] == due


def test_ticket_and_page_are_references_and_steps_are_items():
    ticket = effect_state(
        Effect("ticket", "crb", "messaging", "e", ()), number="CHG7", url="https://crb.example/7", done="e"
    )
    wanted = want(change(particulars=["Turn it off.", "Turn it off.", "x" * 200]), [ticket])
    assert {k: v for k, v in wanted.fields.items() if k.startswith(REFERENCE)} == {
        REFERENCE + "https://crb.example/7": "Ticket CHG7",
        REFERENCE + "https://foresignal.example/api/changes/MC1200001": "MC1200001 in Foresignal",
    }
    items = [title for name, title in wanted.fields.items() if name.startswith(ITEM)]
    assert items[0] == "Turn it off."
    assert [len(title) <= 100 for title in items] == [True, True]
    assert (
        len([1 for name in want(change([f"Step {n}" for n in range(50)])).fields if name.startswith(ITEM)])
        == MOST_ITEMS
    )


def test_a_ticket_that_nobody_asked_for_is_no_reference():
    silent = effect_state(Effect("ticket", "crb", "messaging", "e", ()))
    assert [name for name in want(change(), [silent]).fields if "crb" in name] == []


def said(**teams):
    return Assessment(seq=1, teams={team: TeamWord(owner=owner) for team, owner in teams.items()})


@pytest.mark.parametrize(
    ("assessment", "teams", "owner"),
    [
        (Assessment(), ("messaging",), ANA),
        (Assessment(), ("workplace",), CYD),  # known by the address, whatever its case
        (Assessment(), ("group",), ""),
        (Assessment(), (), CYD),  # the root's team
        (Assessment(), ("nobody",), ""),
        (said(messaging=BEN), ("messaging",), BEN),
        (said(messaging="somebody-unknown"), ("messaging",), ""),
        (said(workplace=BEN), ("messaging",), ANA),
        (Assessment(moved={"messaging": Handover("workplace", BEN, NOW)}), ("messaging",), CYD),
    ],
)
def test_whoever_took_the_change_owns_it_else_its_team_s_owner(assessment, teams, owner):
    one = replace(change(), assessment=assessment, decision=Decision("e", NOW, teams, ()))
    assert owner_of(one, in_force(), PEOPLE) == owner
    assert want(one).fields.get(ASSIGN, "") == owner


def test_nobody_is_assigned_in_a_tenant_whose_people_these_are_not():
    foreign = Tenant(tenant_id=ANA, auth=Auth(kind="federated", client_id=BEN))
    assert ASSIGN not in want(change(), tenants={"contoso": foreign}).fields


def test_a_closed_change_wants_to_be_done_and_nothing_else():
    closed = replace(change(windows=(OCTOBER,)), closed=Closing(NOW, "ticket", "CHG1", 2), closings=2)
    assert (want(closed).fields, want(closed).completes, want(closed).collections) == ({}, 2, ())
    assert want(closed, planner=PlannerWrites(mode="live", write="due")).completes == 0


def test_a_private_post_wants_nothing_said():
    private = change(particulars=["Look here"], tags=["GDPR"], act_by=date(2026, 11, 30))
    assert want(private).fields == {}
    closed = replace(private, closed=Closing(NOW, "ticket", "CHG1", 1))
    assert (want(closed).fields, want(closed).completes) == ({}, 1)


@pytest.mark.parametrize("write", [(), ("due",), ("references",), ("checklist",), ("assign",)])
def test_only_what_the_policy_names_is_wanted(write):
    fields = want(change(["A step"], windows=(OCTOBER,)), planner=PlannerWrites(mode="live", write=write)).fields
    kinds = {"due": DUE, "references": REFERENCE, "checklist": ITEM, "assign": ASSIGN}
    assert {name for name, kind in kinds.items() if any(field.startswith(kind) for field in fields)} == set(write)


def test_two_that_want_the_same_have_one_digest_and_others_another():
    one = want(change(windows=(OCTOBER,)))
    assert one.digest == want(change(windows=(OCTOBER,))).digest
    assert one.digest != want(change()).digest


def test_the_days_of_the_sync_are_graphs_own_of_any_edition():
    one = change(act_by=date(2026, 11, 30))
    one = replace(one, post={**one.post, "actionRequiredByDateTime": "2026-12-15T00:00:00Z"})
    assert synced_days(one) == {"2026-11-30", "2026-12-15"}
