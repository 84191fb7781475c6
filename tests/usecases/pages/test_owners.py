"""Who owns what, what each team has to do, and why somebody gets a change."""

from datetime import date, timedelta

import pytest

from shared.core.errors import PermanentError
from shared.core.life.load import Load
from shared.core.policy.model import Absence, Match, Role, Roles, Route, Team, Workload
from shared.record.people import KnownPerson
from shared.usecases.pages.owners import owners
from shared.usecases.pages.why import Pasted, why_of_change, why_of_pasted
from shared.usecases.review.decide import Speaker, answer
from shared.usecases.upkeep.mend import mend
from tests.fakes import NOW
from tests.usecases.review.test_answers import three_teams
from tests.usecases.world import World, policy, post

ID = "MC1200001"


def team(view, name):
    return next(each for each in view.teams if each.name == name)


async def test_a_team_is_shown_with_what_it_owns_and_what_is_open():
    world = World()
    await world.arrive(post(), post("MC1200002", services=["Sway", "Exchange Online"]))
    view = await owners(world.deps, privacy=False)
    messaging = team(view, "messaging")

    assert (messaging.owner, messaging.channel, messaging.group) == ("ben@contoso.example", "messaging", "Messaging")
    assert [(each.workload, each.services) for each in messaging.owned] == [("exchange", ("Exchange Online",))]
    assert messaging.load == Load(open=2, quiet=2)
    assert team(view, "workplace").load == Load(open=1, quiet=1)
    assert team(view, "workplace").gets_the_rest
    assert (view.unowned, view.unowned_changes) == ((("Sway", 1),), 1)


async def test_what_is_late_is_counted_and_what_a_team_answered_waits_no_more():
    world = World(three_teams())
    await world.arrive(post())
    before = team(await owners(world.deps, privacy=False), "messaging").load
    await answer(world.deps, ID, "own", Speaker(KnownPerson("here", "Ana", ""), "messaging"))
    answered = team(await owners(world.deps, privacy=False), "messaging").load
    world.clock.now = NOW + timedelta(days=120)
    await mend(world.deps)
    late = team(await owners(world.deps, privacy=False), "messaging").load

    assert (before.quiet, answered.quiet, answered.open) == (1, 0, 1)
    assert (before.overdue, late.overdue, late.over) == (0, 1, 1)


async def test_a_post_on_data_privacy_counts_for_its_readers_only():
    world = World(policy(roles=Roles(privacy_readers=Role(who=("pia@contoso.example",), channel="workplace"))))
    await world.arrive(post(tags=["Data privacy"]), post("MC1200002"))

    def total(view):
        return sum(each.load.open for each in view.teams)

    assert total(await owners(world.deps, privacy=False)) == 1
    assert total(await owners(world.deps, privacy=True)) == 2
    assert await why_of_change(world.deps, ID, privacy=False) is None
    assert await why_of_change(world.deps, ID, privacy=True) is not None


@pytest.mark.parametrize(
    ("absent", "who"),
    [
        ((), "ben@contoso.example"),
        ((Absence(**{"from": NOW.date(), "until": NOW.date()}),), "dee@contoso.example"),
        ((Absence(**{"from": date(2020, 1, 1), "until": date(2020, 1, 2)}),), "ben@contoso.example"),
    ],
)
async def test_who_answers_today_is_said_and_absences_that_are_over_are_not(absent, who):
    teams = {
        "workplace": Team(owner="ana@contoso.example"),
        "messaging": Team(owner="ben@contoso.example", deputy="dee@contoso.example", absent=absent),
    }
    view = team(await owners(World(policy(teams=teams)).deps, privacy=False), "messaging")

    assert view.answer.who == who
    assert view.absences == tuple(each for each in absent if each.until >= NOW.date())


async def test_changes_of_a_team_that_the_policy_has_no_more_are_not_lost():
    world = World()
    await world.arrive(post())
    world.policy.policy = policy(
        teams={"workplace": Team(owner="ana@contoso.example")},
        workloads={"exchange": Workload(services=("Exchange Online",), team="workplace")},
    )
    view = await owners(world.deps, privacy=False)

    assert [each.name for each in view.teams] == ["workplace"]
    assert view.elsewhere["messaging"].open == 1


async def test_the_page_costs_five_calls_at_most_and_two_where_the_lists_are_known():
    world = World()
    await world.arrive(post())
    await mend(world.deps)
    before = world.tables.calls + world.blobs.calls
    view = await owners(world.deps, privacy=False)
    cold = world.tables.calls + world.blobs.calls
    await owners(world.deps, privacy=False)

    assert view.complete
    assert cold - before <= 4
    assert world.tables.calls + world.blobs.calls - cold <= 2


async def test_why_somebody_gets_a_stored_change_is_told_with_the_policy_in_force():
    world = World()
    await world.arrive(post())
    before = world.tables.calls
    why = await why_of_change(world.deps, "mc1200001")

    assert {(effect.kind, effect.target) for effect in why.routed.effects} == {
        ("ticket", "crb"), ("card", "messaging"), ("card", "workplace"),
    }  # fmt: skip
    assert world.tables.calls - before <= 2
    assert await why_of_change(world.deps, "MC1209999") is None
    with pytest.raises(PermanentError):
        await why_of_change(world.deps, "nothing")


async def test_a_pasted_post_is_read_and_routed_and_nothing_of_it_is_kept():
    routes = Route(team="workplace", routes=(Route(match=Match(kind=("retirement",)), cards=("owner",)),))
    world = World(policy(routes=routes))
    raw = post()
    before = dict(world.tables.rows)
    why = await why_of_pasted(world.deps, Pasted(raw["title"], raw["body"]["content"], ("exchange online",)))

    assert (why.id, why.title) == ("", "Retirement of the old viewer")
    assert [(effect.target, effect.team) for effect in why.routed.effects] == [("messaging", "messaging")]
    assert world.tables.rows == before
    assert not (await why_of_pasted(world.deps, Pasted("Something new", "It is new."))).routed.effects
