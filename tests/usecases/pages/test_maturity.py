"""How mature the process is, read from the record: what counts, and how many calls it costs."""

from datetime import timedelta

from shared.core.life.effectiveness import CardFigures, FiguresKey
from shared.core.life.measures import Share
from shared.record import opens, runs
from shared.record.audit import Entry, insert_entry
from shared.record.tenants import commit, roadmap_record
from shared.usecases.deps import ListMemory
from shared.usecases.pages.maturity import maturity, maturity_evidence
from shared.usecases.upkeep.lists import build
from tests.fakes import NOW, deps_with
from tests.usecases.world import World, post

MOST_CALLS = 12


async def send_agenda(world, week, *, done=True):
    key = runs.report_key("weekly", week, "workplace")
    turn = await runs.claim_turn(world.tables, key, "us", NOW, 60)
    if done:
        await runs.finish_turn(world.tables, turn, NOW)


async def a_process(world):
    """Two changes with tickets, and everything else that counts."""
    await world.arrive(post(), post("MC1200002"))
    world.clock.forward(days=15)
    await build(world.deps)
    for week, done in (("2026-W37", True), ("2026-W22", True), ("2026-W36", False)):
        await send_agenda(world, week, done=done)
    figures = {FiguresKey("messaging", "New", "exchange"): CardFigures(7, 3, (2.0,))}
    await opens.write_figures(world.tables, "2026-08", figures)
    await opens.write_figures(world.tables, "2026-06", figures)
    for change_id, what, days in (
        ("MC1200001", "unclear", 0), ("MC1200001", "given", 1),
        ("MC1200002", "given", 0), ("MC1200002", "unclear", 1),
    ):  # fmt: skip
        entry = Entry(NOW + timedelta(days=days), change_id, what, "ana", "page", what, {}, "feedback")
        await insert_entry(world.tables, entry)
    reading = (await roadmap_record(world.tables)).write_reading(NOW, 5, 0)
    await commit(world.tables, reading)


async def test_everything_that_counts_is_read_from_the_record():
    world = World()
    await a_process(world)

    evidence = await maturity_evidence(world.deps)

    assert (evidence.known, evidence.new, evidence.tenants) == (2, 2, 2)
    assert (evidence.board, evidence.filed, evidence.owned) == (Share(2, 2), Share(2, 2), Share(2, 2))
    assert (evidence.weeks, evidence.agendas) == (Share(0, 1), Share(1, 1)), "the week from 7 September"
    assert evidence.cards.sent == 7, "June is not in the period"
    assert evidence.feedback == Share(1, 2), "a remark came after the other was given"
    assert evidence.roadmap_read == NOW


async def test_an_agenda_counts_once_it_was_sent_and_from_the_first_week_of_the_period_on():
    world = World()
    await a_process(world)

    assert await runs.sent_periods(world.tables, "weekly", "2026-W27") == {"2026-W37"}
    assert await runs.sent_periods(world.tables, "weekly", "2026-W22") == {"2026-W22", "2026-W37"}
    assert await runs.sent_periods(world.tables, "monthly", "2026-05") == frozenset()


async def test_it_costs_at_most_twelve_calls_also_where_changes_came_that_the_lists_do_not_have_yet():
    world = World()
    await a_process(world)
    await world.arrive(*(post(f"MC12{number:05d}") for number in range(300, 330)))
    world.clock.forward(hours=15)  # past midnight
    process = deps_with(world.deps, lists=ListMemory())
    before = world.tables.calls + world.blobs.calls

    assert (await maturity(process)).measured
    assert world.tables.calls + world.blobs.calls - before <= MOST_CALLS


async def test_while_the_lists_are_missing_nothing_else_is_read_and_all_is_unknown():
    world = World()
    await world.arrive(post())
    before = world.tables.calls + world.blobs.calls

    view = await maturity(world.deps)

    assert not view.complete
    assert {result.state for result in view.results} == {"unknown"}
    assert world.tables.calls + world.blobs.calls - before <= 5


async def test_of_a_new_deployment_no_level_is_known():
    world = World()
    await build(world.deps)

    view = await maturity(world.deps)

    assert view.complete
    assert not view.measured
    assert view.reached == 0
