"""Maturity, as tables of cases: what each criterion makes of the evidence, and which level that is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shared.core.life.effectiveness import CardFigures, FiguresKey
from shared.core.life.evidence import Acts, Evidence, evidence_of
from shared.core.life.line import Line, part_of
from shared.core.life.lives import Life
from shared.core.life.maturity import CRITERIA, LEVELS, maturity
from shared.core.life.measures import Share
from shared.core.life.periods import months_until
from shared.core.policy.model import (
    Channel,
    Policy,
    Role,
    Roles,
    Route,
    Team,
    Tenant,
    TicketSystemEntry,
    Workload,
)

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
PERIOD = months_until(NOW.date(), 3)
ALL, HALF, TENTH, NONE, FEW = Share(10, 10), Share(5, 10), Share(1, 10), Share(0, 10), Share(4, 4)
BEST = Evidence(
    since=PERIOD.start, at=NOW, known=50, new=10, process_owner=True, workloads=3, deputies=ALL, tenants=2, plans=2,
    systems=1, targeted=1, owned=ALL, looked=ALL, weeks=ALL, agendas=ALL, tracked=ALL, filed=ALL, timed=ALL, board=ALL,
    returned=HALF, reached=ALL, carded=HALF, cards=CardFigures(20, 10, (2.0,)), channels=2, leads=Share(2, 2),
    lead_channels=2, early=ALL, feedback=Share(1, 1), roadmap=True, roadmap_read=NOW - timedelta(days=1),
)  # fmt: skip
POLICY = Policy(
    tenants={"home": Tenant(plan="plan1"), "lab": Tenant(ring="targeted")},
    teams={"messaging": Team(owner="ben@contoso.example", deputy="ana@contoso.example"), "devices": Team(owner="cy")},
    workloads={"exchange": Workload(services=("Exchange Online",), team="messaging")},
    roles=Roles(
        user_communications_lead=Role(who=("eva",), channel="news"),
        privacy_readers=Role(who=("pia",), channel="secret"),
    ),
    channels={name: Channel(kind="fake") for name in ("news", "secret", "messaging")},
    tickets={"crb": TicketSystemEntry(kind="register"), "dry": TicketSystemEntry(kind="register", mode="dry_run")},
    routes=Route(team="messaging"),
)
CARDS = {
    FiguresKey("messaging", "New", "exchange"): CardFigures(6, 4, (1.0,)),
    FiguresKey("secret", "New", ""): CardFigures(9, 9, (1.0,)),
}


def state_of(id_, **over):
    results = {result.id: result for result in maturity(replace(BEST, **over)).results}
    return results[id_].state


@pytest.mark.parametrize(
    ("id_", "over", "state"),
    [
        ("arrive", {}, "met"),
        ("arrive", {"new": 0}, "not"),
        ("responsible", {}, "met"),
        ("responsible", {"process_owner": False}, "partly"),
        ("looked", {"looked": HALF}, "met"),
        ("looked", {"looked": TENTH}, "partly"),
        ("looked", {"looked": Share(1, 900)}, "partly"),
        ("looked", {"looked": NONE}, "not"),
        ("looked", {"looked": FEW}, "unknown"),
        ("regular", {"weeks": HALF}, "met"),
        ("regular", {"weeks": Share(3, 10)}, "partly"),
        ("regular", {"weeks": TENTH}, "not"),
        ("regular", {"weeks": Share(3, 3)}, "unknown"),
        ("sorted", {"workloads": 0}, "not"),
        ("sorted", {"owned": HALF}, "partly"),
        ("sorted", {"owned": FEW}, "unknown"),
        ("tracked", {"tracked": Share(8, 10)}, "met"),
        ("tracked", {"tracked": TENTH}, "not"),
        ("filed", {"plans": 0, "systems": 0}, "not"),
        ("filed", {"plans": 0}, "met"),
        ("filed", {"systems": 0, "filed": HALF}, "partly"),
        ("weekly", {}, "met"),
        ("weekly", {"agendas": HALF}, "partly"),
        ("weekly", {"agendas": NONE}, "partly"),
        ("weekly", {"weeks": NONE}, "partly"),
        ("weekly", {"weeks": TENTH, "agendas": NONE}, "not"),
        ("weekly", {"weeks": Share(3, 3), "agendas": Share(3, 3)}, "unknown"),
        ("timed", {"timed": HALF}, "partly"),
        ("timed", {"timed": NONE}, "not"),
        ("timed", {"timed": Share(0, 0)}, "unknown"),
        ("cards_measured", {}, "met"),
        ("cards_measured", {"cards": CardFigures(20, 10)}, "partly"),
        ("cards_measured", {"cards": CardFigures(20)}, "not"),
        ("cards_measured", {"cards": CardFigures(4, 4, (1.0,))}, "unknown"),
        ("board", {"board": HALF}, "partly"),
        ("board", {"board": NONE}, "not"),
        ("board", {"board": Share(0, 0)}, "unknown"),
        ("other_sources", {}, "met"),
        ("other_sources", {"roadmap": False}, "not"),
        ("other_sources", {"roadmap_read": None}, "unknown"),
        ("other_sources", {"roadmap_read": NOW - timedelta(days=8)}, "partly"),
        ("owner_aware", {}, "met"),
        ("owner_aware", {"deputies": Share(9, 10)}, "partly"),
        ("owner_aware", {"reached": TENTH}, "not"),
        ("control", {}, "met"),
        ("control", {"returned": NONE}, "partly"),
        ("control", {"board": TENTH}, "not"),
        ("communication", {"leads": Share(1, 2)}, "partly"),
        ("communication", {"leads": Share(0, 2)}, "not"),
        ("communication", {"leads": Share(0, 2), "lead_channels": 0}, "not"),
        ("communication", {"leads": Share(0, 2), "cards": CardFigures()}, "unknown"),
        ("once", {}, "met"),
        ("once", {"tenants": 1}, "met"),
        ("targeted", {}, "met"),
        ("targeted", {"channels": 1}, "partly"),
        ("targeted", {"channels": 1, "carded": ALL}, "not"),
        ("targeted", {"carded": NONE}, "unknown"),
        ("targeted", {"cards": CardFigures(), "channels": 0}, "unknown"),
        ("previews", {}, "met"),
        ("previews", {"targeted": 0}, "not"),
        ("previews", {"early": TENTH}, "partly"),
        ("previews", {"early": Share(0, 0)}, "unknown"),
        ("impact", {}, "not"),
        ("impact", {"asks": True}, "unknown"),
        ("impact", {"asks": True, "outcomes": NONE}, "not"),
        ("impact", {"asks": True, "outcomes": TENTH}, "partly"),
        ("impact", {"outcomes": ALL}, "met"),
        ("feedback", {}, "met"),
        ("feedback", {"feedback": TENTH}, "partly"),
        ("feedback", {"feedback": NONE}, "not"),
        ("feedback", {"feedback": Share(0, 0)}, "unknown"),
    ],
)
def test_a_criterion_is_met_partly_or_not_by_its_figure_and_unknown_where_there_is_too_little(id_, over, state):
    assert state_of(id_, **over) == state


@pytest.mark.parametrize(
    ("over", "reached"),
    [
        ({}, 400),  # what a rollout does is measured by nothing yet
        ({"board": Share(0, 0)}, 300),  # unknown is not met
        ({"weeks": NONE}, 200),
        ({"process_owner": False}, 100),  # and everything above it does not help
        ({"new": 0}, 0),
    ],
)
def test_a_level_is_reached_when_all_of_it_and_all_below_is_met(over, reached):
    result = maturity(replace(BEST, **over))

    assert result.reached == reached
    assert result.next_level == next(level for level in LEVELS if level > reached)


@pytest.mark.parametrize("over", [{"known": 0}, {"complete": False}])
def test_of_a_new_deployment_everything_is_unknown_whatever_its_policy_says(over):
    result = maturity(replace(BEST, **over))

    assert not result.measured
    assert {each.state for each in result.results} == {"unknown"}
    assert result.reached == 0
    assert all(each.raises for each in result.results)


def test_what_is_met_needs_nothing_and_the_figure_says_how_many_of_how_many_since_when():
    results = {result.id: result for result in maturity(replace(BEST, looked=Share(37, 1041))).results}

    looked = results["looked"]
    assert looked.figure == "A person acted on 37 of 1,041 changes that asked somebody since 1 July 2026."
    assert looked.raises
    assert results["board"].raises == ""


def test_each_level_has_criteria_and_each_criterion_has_a_name_of_its_own():
    assert {criterion.level for criterion in CRITERIA} == set(LEVELS)
    assert len({criterion.id for criterion in CRITERIA}) == len(CRITERIA)
    assert [criterion.level for criterion in CRITERIA] == sorted(criterion.level for criterion in CRITERIA)


def test_the_documentation_names_every_criterion_and_what_would_raise_it():
    text = (Path(__file__).parents[3] / "docs" / "maturity.md").read_text(encoding="utf-8").replace("`", "")

    assert [criterion.id for criterion in CRITERIA if criterion.sentence not in text] == []
    assert [criterion.id for criterion in CRITERIA if criterion.raises not in text] == []


# The evidence


def at(day, month=8):
    return datetime(2026, month, day, 9, tzinfo=UTC)


def life(id_, **over):
    fields = {
        "title": "A title", "team": "messaging", "workloads": ("exchange",), "services": ("Exchange Online",),
        "kind": "retirement", "impact": "high", "private": False, "first_seen": at(4), "opened": at(4), "asked": True,
    }  # fmt: skip
    return Life(id_, **(fields | over))


def line(id_, *parts, **over):
    return Line(id_, (part_of("change", "1", {"services": ("Exchange Online",), "team": "messaging"} | over), *parts))


def ticket(system="crb", **over):
    return part_of(f"ticket|{system}", "1", {"number": "CHG1", "state": "new"} | over)


TOLD = part_of("people", "1", {"outcome": ("some", "Tell users first.", "2026-08-25T09:00:00+00:00")})


def counted(*pairs, at=NOW, complete=True, **acts):
    lives, lines = zip(*pairs, strict=True) if pairs else ((), ())
    return evidence_of(POLICY, lives, lines, Acts(**acts), PERIOD, at, complete=complete)


@pytest.mark.parametrize(
    ("name", "lived", "said", "share"),
    [
        ("looked", {"triaged": at(5)}, line("MC1"), (1, 1)),
        ("looked", {}, line("MC1"), (0, 1)),
        ("looked", {"asked": False}, line("MC1"), (0, 0)),
        ("looked", {"first_seen": at(30, 6), "triaged": at(5)}, line("MC1"), (0, 0)),  # an earlier one
        ("owned", {"asked": False}, line("MC1"), (1, 1)),
        ("owned", {}, line("MC1", unowned=("Exchange Online",)), (0, 1)),
        ("owned", {}, line("MC1", services=()), (0, 1)),
        ("reached", {"asked": False}, line("MC1"), (0, 0)),
        ("tracked", {}, line("MC1", ticket()), (1, 1)),
        ("tracked", {}, line("MC1", part_of("task|home|t", "1", {"opened": "2026-08-04T09:00:00+00:00"})), (1, 1)),
        ("tracked", {}, line("MC1", part_of("people", "1", {"words": (("messaging", "", "no_impact"),)})), (1, 1)),
        ("tracked", {}, line("MC1", ticket("dry")), (0, 1)),
        ("filed", {}, line("MC1", part_of("people", "1", {"words": (("messaging", "", "no_impact"),)})), (0, 1)),
        ("filed", {}, line("MC1", ticket()), (1, 1)),
        ("timed", {"closed": at(20), "through": "ticket"}, line("MC1"), (1, 1)),
        ("timed", {"closed": at(20), "through": "lapsed"}, line("MC1"), (0, 1)),
        ("timed", {"closed": at(20), "through": "ticket", "measured": False}, line("MC1"), (0, 1)),
        ("timed", {"closed": at(20), "through": "lapsed", "asked": False}, line("MC1"), (0, 0)),
        ("board", {}, line("MC1", ticket(), crb=True), (1, 1)),
        ("board", {}, line("MC1", ticket("dry"), crb=True), (0, 1)),
        ("board", {}, line("MC1", ticket(silent=True), crb=True), (0, 1)),
        ("board", {}, line("MC1", ticket()), (0, 0)),
        ("board", {"published": at(1, 7)}, line("MC1", crb=True), (0, 0)),  # old when we saw it
        ("board", {"rollout_end": date(2026, 8, 3)}, line("MC1", crb=True), (0, 0)),  # over
        ("board", {"published": at(6, 7), "rollout_end": date(2026, 8, 4)}, line("MC1", crb=True), (0, 1)),
        ("returned", {}, line("MC1", ticket(moved_at="2026-08-09T09:00:00+00:00"), crb=True), (1, 1)),
        ("returned", {}, line("MC1", ticket(), crb=True), (0, 1)),
        ("carded", {"communicated": at(5)}, line("MC1"), (1, 1)),
        ("early", {"rollout_start": date(2026, 9, 1), "triaged": at(5)}, line("MC1"), (1, 1)),
        ("early", {"rollout_start": date(2026, 9, 1), "triaged": at(1, 9)}, line("MC1"), (0, 1)),
        ("early", {"rollout_start": date(2026, 9, 20), "triaged": at(5)}, line("MC1"), (0, 0)),  # still to come
        ("outcomes", {"rollout_start": date(2026, 8, 6)}, line("MC1", TOLD), (1, 1)),
        ("outcomes", {"rollout_start": date(2026, 8, 6)}, line("MC1"), (0, 1)),
        ("outcomes", {"rollout_start": date(2026, 9, 10)}, line("MC1", TOLD), (0, 0)),  # too young to ask
        ("outcomes", {"rollout_start": date(2026, 8, 6), "asked": False}, line("MC1", TOLD), (0, 0)),
        ("early", {"rollout_start": date(2026, 8, 4), "triaged": at(5)}, line("MC1"), (0, 0)),  # begun when we saw it
    ],
)
def test_what_counts_of_one_change(name, lived, said, share):
    assert getattr(counted((life("MC1", **lived), said)), name) == Share(*share)


def test_a_post_on_data_privacy_counts_nowhere():
    private = life("MC1", private=True, triaged=at(5), closed=at(20), through="ticket", rollout_start=date(2026, 9, 1))
    said = line("MC1", ticket(), crb=True, private=True)

    assert counted((private, said), unclear={"MC1"}, given={"MC1"}) == counted()


def test_the_channel_of_privacy_readers_counts_nowhere_and_a_lead_counts_with_its_cards():
    before = counted(cards=CARDS)
    after = counted(cards=CARDS | {FiguresKey("news", "New", "exchange"): CardFigures(1)})

    assert (before.cards.sent, before.cards.opened, before.channels) == (6, 4, 1)
    assert (before.leads, after.leads) == (Share(0, 2), Share(1, 2))


def test_whole_weeks_count_from_the_first_change_on_and_this_week_does_not_yet():
    first = life(
        "MC1", first_seen=at(4), triaged=at(12), decided=at(13)
    )  # a Tuesday; looked at in the week of the 10th
    closed = life("MC2", first_seen=at(5), closed=at(14, 9), through="ticket")  # in this week
    lapsed = life("MC3", first_seen=at(5), closed=at(18), through="lapsed")  # by nobody
    answered = line("MC2", part_of("people", "1", {"at": "2026-08-31T09:00:00+00:00"}))

    evidence = counted(
        (first, line("MC1")), (closed, answered), (lapsed, line("MC3")), agendas={"2026-W33", "2026-W38"}
    )

    assert evidence.weeks == Share(2, 5), "10, 17, 24 and 31 August, 7 September"
    assert evidence.agendas == Share(1, 5)


def test_the_policy_says_deputies_plans_rings_and_systems_that_file():
    evidence = counted()

    assert (evidence.deputies, evidence.plans, evidence.targeted, evidence.systems) == (Share(1, 2), 1, 1, 1)
    assert (evidence.tenants, evidence.workloads, evidence.process_owner, evidence.roadmap) == (2, 1, False, True)


def test_remarks_count_once_for_each_change_that_is_known():
    evidence = counted(
        (life("MC1"), line("MC1")), (life("MC2"), line("MC2")), unclear={"MC1", "MC2", "MC9"}, given={"MC2", "MC9"}
    )

    assert evidence.feedback == Share(1, 2)
