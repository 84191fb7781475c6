"""Reports come once: kept first, sent to each channel, and again only where a process died behind the channel."""

import contextlib
from collections import Counter
from datetime import datetime

import pytest

from shared.adapters.pages.reports import report_page
from shared.core.cards.listing import ListCard
from shared.core.cards.notice import Notice
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.life.periods import month_of, week_of
from shared.core.policy.model import Channel, Role, Roles
from shared.core.policy.reports import MonthlyReport, OwnerReports, Reports, WeeklyReport
from shared.record.people import KnownPerson
from shared.record.reports import ReportName, kept_reports, read_report, report_name
from shared.usecases.pages import reports as pages
from shared.usecases.reports.make import agenda_of, known_at, month_made
from shared.usecases.reports.send import send_reports
from shared.usecases.review.decide import Speaker, note
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import World, policy, post

URL = "https://foresignal.example"
EVERY = Reports(
    weekly=WeeklyReport(channels=("board",)),
    monthly=MonthlyReport(channels=("board", "executive_sponsor"), day=14),
    owners=OwnerReports(),
)
PRIVATE = {"title": "Act on the quetzal incident", "tags": ["GDPR", "Retirement"]}


def page(report):
    return report_page(report, URL)


def a_world(reports=EVERY, **over):
    base = policy()
    roles = Roles(executive_sponsor=Role(who="eva@contoso.example", channel="board"))
    channels = {**base.channels, "board": Channel(kind="fake", **over)}
    return World(base.model_copy(update={"reports": reports, "channels": channels, "roles": roles}))


async def ready(world):
    """Some changes, lists that are built, and a timer that has run once; it is Monday, 14 September, before eight."""
    await world.arrive(post(), post("MC1200002", services=["Viva Goals"]), post("MC1200003", **PRIVATE))
    world.clock.now = datetime(2026, 9, 14, 7, 10, tzinfo=world.clock.now.tzinfo)
    await world.mend()
    assert await send_reports(world.deps, page) == 0
    world.inbox.cards.clear()
    world.inbox.channels.clear()
    return world


async def run(world, hours=1):
    world.clock.forward(hours=hours)
    return await send_reports(world.deps, page)


async def test_each_report_comes_once_to_each_of_its_channels_and_stays_as_it_was():
    world = await ready(a_world())

    assert await run(world) == 5
    assert Counter(world.inbox.channels) == {"board": 3, "messaging": 1, "workplace": 1}
    assert [await run(world) for _ in range(30)] == [0] * 30
    titles = Counter(card.title for card in world.inbox.cards)
    assert titles == {
        "Agenda of the weekly review": 1, "1 service has no owner": 1, "Microsoft 365 changes in August 2026": 1,
        "What is due": 2,
    }  # fmt: skip
    kept = await pages.reports(world.deps)
    assert kept == [
        ReportName("weekly", "2026-W38"), ReportName("owner", "2026-W38", "workplace"),
        ReportName("owner", "2026-W38", "messaging"), ReportName("monthly", "2026-08"),
    ]  # fmt: skip
    first = await pages.report(world.deps, kept[0])
    assert "MC1200001" in first
    world.clock.forward(days=6)
    await run(world)
    assert await pages.report(world.deps, kept[0]) == first


async def test_a_post_on_data_privacy_is_in_no_report():
    world = await ready(a_world())
    await run(world)

    for name in await kept_reports(world.blobs):
        html = await read_report(world.blobs, name)
        assert "MC1200003" not in html
        assert "quetzal" not in html
    assert "MC1200003" not in repr(world.inbox.cards)


async def test_the_first_run_sends_nothing_for_the_time_before():
    world = a_world()
    await world.arrive(post())
    world.clock.now = datetime(2026, 9, 14, 9, 10, tzinfo=world.clock.now.tzinfo)
    await world.mend()

    assert [await run(world) for _ in range(48)] == [0] * 48


async def test_a_policy_that_names_reports_after_their_hour_brings_the_next_ones():
    world = await ready(a_world(Reports()))
    assert await run(world, 3) == 0
    world.policy.policy = world.policy.policy.model_copy(update={"reports": EVERY})

    assert [await run(world) for _ in range(24)] == [0] * 24
    world.clock.now = datetime(2026, 9, 21, 8, 5, tzinfo=world.clock.now.tzinfo)
    assert await send_reports(world.deps, page) == 4


async def test_while_the_lists_are_not_built_the_report_waits():
    world = await ready(a_world())
    live = await world.blobs.get("lists", "live.z")
    await world.blobs.delete("lists", "live.z")

    assert await run(world) == 0
    await world.blobs.put("lists", "live.z", live)
    assert await run(world) == 5


@pytest.mark.parametrize("error", [TransientError("no"), TargetDownError("off", "turn it on"), PermanentError("no")])
async def test_a_channel_that_fails_brings_no_other_channel_a_report_twice(error):
    world = await ready(a_world())
    world.inbox.fails = [error]
    await run(world)
    world.clock.forward(hours=5)
    world.deps.here.down.targets = frozenset()
    await run(world)

    assert max(Counter((card.title, repr(card)[:400]) for card in world.inbox.cards).values()) == 1


async def test_after_three_days_a_report_that_could_not_be_sent_is_given_up():
    world = await ready(a_world(Reports(weekly=WeeklyReport(channels=("board",)))))
    world.inbox.fails = [TransientError("no") for _ in range(500)]
    for _ in range(100):
        await run(world)
    world.inbox.fails = []

    assert await run(world) == 0


async def test_killed_at_every_call_a_report_is_sent_and_at_most_twice_and_only_behind_the_channel():
    """The one gap: the process dies between the channel's answer and our record."""
    calls = Lifetime()
    world = await ready(a_world())
    world.clock.forward(hours=1)
    await send_reports(mortal(world, calls), page)
    total = calls.calls
    assert total > 20
    twice = 0
    for number in range(total):
        for after in (False, True):
            world = await ready(a_world())
            world.clock.forward(hours=1)
            life = Lifetime(number, after=after)
            with contextlib.suppress(DiedError):
                await send_reports(mortal(world, life), page)
            world.clock.forward(hours=1)
            await send_reports(world.deps, page)
            counts = Counter(
                (channel, card.title) for channel, card in zip(world.inbox.channels, world.inbox.cards, strict=True)
            )
            assert len(counts) == 5
            assert sorted(counts.values())[:-1] == [1] * 4
            assert max(counts.values()) <= 2
            twice += max(counts.values()) == 2
            assert len(await kept_reports(world.blobs)) == 4
    assert 0 < twice <= 10, "before and after the call that records each of the five"


def mortal(world, life):
    return deps_with(
        world.worker(),
        tables=Mortal(world.tables, life), blobs=Mortal(world.blobs, life), queues=Mortal(world.queues, life),
    )  # fmt: skip


async def test_cards_are_of_the_two_kinds_that_every_channel_can_show_in_its_own_language():
    world = await ready(a_world(language="de"))
    await run(world)
    board = [card for card, name in zip(world.inbox.cards, world.inbox.channels, strict=True) if name == "board"]

    assert {type(card) for card in board} == {ListCard, Notice}
    assert {card.title for card in board} == {
        "Tagesordnung der wöchentlichen Durchsicht",
        "1 Dienst gehört niemandem",
        "Microsoft-365-Änderungen im August 2026",
    }
    html = await read_report(world.blobs, ReportName("weekly", "2026-W38"))
    assert "Nobody has looked at it" in html


@pytest.mark.parametrize(
    "parts",
    [("weekly", "../x"), ("weekly", "2026-05", "a"), ("owner", "2026-W19"), ("owner", "2026-W19", "a/b"),
     ("yearly", "2026"), ("", ""), ("owner", "2026-W19", "..")],
)  # fmt: skip
def test_what_names_no_report_is_none(parts):
    assert report_name(*parts) is None


def storage_calls(world):
    return world.tables.calls + world.blobs.calls


async def test_a_report_over_twelve_months_costs_at_most_thirty_calls():
    world = await ready(a_world())
    before = storage_calls(world)
    await month_made(world.worker(), month_of(world.clock().date()))
    month = storage_calls(world) - before
    await known_at(world.worker(), week_of(world.clock().date()))

    assert 15 <= month <= 30
    assert storage_calls(world) - before - month <= 7
    known = await known_at(world.deps, week_of(world.clock().date()))
    assert agenda_of(known, week_of(world.clock().date()), world.clock()).measures.open == 2


async def test_the_month_says_how_rollouts_went():
    world = await ready(a_world())
    who = KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana@contoso.example")
    await note(
        world.deps, "MC1200001", "outcome", Speaker(who, "messaging"), "Ask first.", "c" * 32, "much", broke="all"
    )
    await note(world.deps, "MC1200003", "outcome", Speaker(who, "messaging"), "Secret.", "d" * 32, "much")
    await world.drain()

    made = await month_made(world.deps, month_of(world.clock().date()))

    assert [(row.change, row.team, row.load, row.lesson) for row in made.report.outcomes] == [
        ("MC1200001", "messaging", "much", "Ask first.")
    ]
    html = page(made.report)
    assert "much load" in html
    assert "Ask first." in html
    assert "Secret" not in html
