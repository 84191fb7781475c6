"""A person settles fields of a change: what counts then, who hears of it, and what Microsoft's next edition does."""

from datetime import UTC, date, datetime

import pytest

from shared.core import ids
from shared.core.changes.change import Change
from shared.core.errors import PermanentError
from shared.core.policy.model import Match, Route
from shared.core.posts.classification import Interval, Window
from shared.core.review.assessment import RELEASE, field_views
from shared.record.assessments import acts_of
from shared.record.audit import newest_entries
from shared.record.changes import read_with_effects
from shared.record.open_list import open_changes
from shared.record.register import entries
from shared.usecases.changes.classify import classify
from shared.usecases.review.decide import GUARD_DELAY, settle_fields
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import NOVEMBER, World, policy, post

ID = "MC1200001"
LATER = {"when": NOVEMBER, "modified": "2026-09-02T10:00:00Z"}
PLAIN = "<p>The list of pages has another order.</p><p><b>When this will happen:</b></p><p>{}</p>"


def harmless(when="We will begin rolling out in early October 2026.", **over):
    """A post that nobody is told of."""
    body = {"contentType": "html", "content": PLAIN.format(when)}
    return post(title="Another order of pages", tags=[], isMajorChange=False, body=body, **over)


def edited(**over):
    return harmless("We will begin rolling out in early November 2026.", modified="2026-09-02T10:00:00Z", **over)


async def settle(world, by="ana", **fields):
    """Settle as the command does, and what follows from it."""
    settled = await settle_fields(world.worker(), ID, fields, by)
    await world.drain()
    return settled


def told(world):
    return [
        (card.change_id, channel, card.headline)
        for card, channel in zip(world.inbox.cards, world.inbox.channels, strict=True)
    ]


# What counts.


async def test_a_settled_field_counts_and_the_reading_stays_as_it_was(world):
    await world.arrive(harmless())
    before = (await world.change()).reading
    assert (before.kind, before.crb) != ("security", True)

    settled = await settle(world, kind="security")

    change = await world.change()
    assert change.classification.kind == "security"
    assert change.reading == before
    assert change.editions[-1].facts.classification == before
    why = change.classification.why["kind"]
    assert (why.words, why.confidence, why.settled) == ("settled by ana on 1 September 2026", 1.0, True)
    assert [(act.name, act.old, act.new) for act in settled.acts] == [("kind", before.kind, "security")]
    assert change.standing("kind") == "holds"
    assert change.assessment.seq == change.decision.seq == 1


async def test_every_act_is_kept_with_who_when_and_what(world):
    await world.arrive(harmless())
    kind = (await world.change()).reading.kind

    await settle(world, kind="security", act_by=date(2026, 9, 20))
    world.clock.forward(hours=1)
    at = world.clock()
    await settle(world, by="ben", kind=RELEASE)

    acts = await acts_of(world.tables, ID)
    assert [(act.seq, act.who, act.through) for act in acts] == [(1, "ana", "command"), (2, "ben", "command")]
    assert acts[0].fields == (("kind", kind, "security", False), ("act_by", None, "2026-09-20", False))
    assert acts[1].fields == (("kind", "security", kind, True),)
    assert acts[1].at >= at
    assert (await world.change()).classification.act_by == date(2026, 9, 20)


async def test_the_same_value_again_by_anybody_changes_nothing(world):
    await world.arrive(harmless())
    await settle(world, kind="security")
    before = await world.all("changes")

    settled = await settle(world, by="ben", kind="security")

    (act,) = settled.acts
    assert not act.changes
    assert act.before.by == "ana"
    assert await world.all("changes") == before


async def test_a_released_field_is_the_readers_again(world):
    await world.arrive(harmless())
    before = await world.change()
    await settle(world, user_impact="high")

    await settle(world, user_impact=RELEASE)

    change = await world.change()
    assert change.classification == before.classification
    assert change.assessment.seq == 2
    assert (await settle(world, user_impact=RELEASE)).acts[0].changes is False


async def test_a_change_that_is_not_known_or_not_read_cannot_be_settled(world):
    assert await settle_fields(world.deps, ID, {"kind": "security"}, "ana") is None
    await world.deps.storage.queues.send("posts", batch_of(harmless(), world))
    await world.drain_only("posts")

    with pytest.raises(PermanentError, match="not been read yet"):
        await settle_fields(world.deps, ID, {"kind": "security"}, "ana")


def batch_of(raw, world):
    from tests.usecases.world import batch

    return batch(raw, observed=world.clock())


# What follows.


async def test_who_was_not_told_is_told_once_and_a_ticket_is_filed(world):
    await world.arrive(harmless())
    assert told(world) == []

    await settle(world, crb=True)
    await settle(world, by="ben", user_impact="high")
    await world.mend()

    assert sorted(told(world)) == [(ID, "messaging", "New"), (ID, "workplace", "New")]
    (entry,) = await entries(world.tables)
    assert "settled by ana on 1 September 2026" in entry.description
    state = await world.ticket_state()
    assert (state.due, state.ticket.number) == ("", "CHG1200001")
    assert any("settled by ana" in reason.words for reason in state.effect.why)
    assert [event.type for event in (await world.change()).events] == ["announced"]


async def test_the_ticket_is_filed_anew_with_what_was_settled_and_nobody_gets_another_card(world):
    await world.arrive(post())
    cards = told(world)
    act_by = (await entries(world.tables))[0].act_by  # none: the day is unsure

    await settle(world, act_by=date(2026, 9, 15), admin_impact="low")

    (entry,) = await entries(world.tables)
    assert (act_by, entry.act_by) == (None, date(2026, 9, 15))
    assert told(world) == cards
    assert [row.act_by async for row in open_changes(world.tables)] == [date(2026, 9, 15)]
    assert (await world.ticket_state()).due == ""


async def test_the_ticket_is_raised_under_the_number_of_the_assessment(world):
    await world.arrive(post())
    await settle_fields(world.deps, ID, {"action": "none"}, "ana")
    assert [delay for _, _, delay in world.queues.sent] == [GUARD_DELAY, 0.0]

    await world.drain_only("changes")

    row = await world.tables.get("changes", ids.partition(ID), "c|0001200001|x|ticket|crb")
    edition = (await world.change()).current.id
    assert row.values["due"] == f"{edition}+a1"
    await world.drain()
    assert (await world.ticket_state()).done == edition


async def test_what_was_told_stays_told_when_a_person_says_that_it_is_nothing_for_the_board(world):
    await world.arrive(post())
    cards = told(world)

    await settle(world, crb=False)

    assert told(world) == cards
    (entry,) = await entries(world.tables)
    assert entry.state == "new"
    assert "settled by ana" not in " ".join(reason.words for reason in (await world.ticket_state()).effect.why)


async def test_a_settled_status_cancels_no_ticket(world):
    await world.arrive(post())

    await settle(world, status="cancelled")

    assert (await entries(world.tables))[0].state == "new"
    assert (await world.change()).classification.status == "cancelled"


async def test_of_a_change_that_is_over_nobody_hears_for_the_first_time(world):
    await world.arrive(
        harmless("We will begin rolling out in early July 2026 and expect to complete by mid-July 2026.")
    )

    await settle(world, crb=True)

    assert told(world) == []
    assert await entries(world.tables) == []
    assert (await world.change()).classification.crb is True


async def test_a_confirmation_wakes_nobody(world):
    await world.arrive(post())
    change = await world.change()

    settled = await settle_fields(world.deps, ID, {"kind": change.reading.kind, "crb": True}, "ana")

    assert settled.change.assessment.seq == 1
    assert [delay for _, _, delay in world.queues.sent] == [GUARD_DELAY]  # it looks after the audit's copy alone
    assert (await world.change()).stage == "decided"
    before = await world.all("changes")
    await world.drain()
    assert await world.all("changes") == before


async def test_who_confirms_what_was_unsure_has_the_ticket_filed_anew_without_the_doubt(world):
    await world.arrive(harmless())
    await settle(world, crb=True)
    reading = (await world.change()).classification
    assert "default" in reading.unsure
    cards = len(told(world))

    await settle_fields(world.deps, ID, {"default": reading.default}, "ana")
    await world.drain_only("changes")

    assert "default" not in (await world.change()).classification.unsure
    row = await world.tables.get("changes", ids.partition(ID), "c|0001200001|x|ticket|crb")
    assert row.values["due"].endswith("+a2")
    await world.drain()
    assert len(told(world)) == cards


async def test_who_hears_of_an_event_is_decided_by_what_was_settled(world):
    await world.arrive(harmless())
    await settle(world, crb=True)
    world.clock.forward(days=1)

    await world.arrive(edited())

    assert sorted(told(world))[:2] == [(ID, "messaging", "Dates moved"), (ID, "messaging", "New")]


async def test_settling_costs_six_calls_and_its_decision_what_a_decision_costs():
    world = World()
    await world.arrive(harmless())
    calls = world.tables.calls

    await settle_fields(world.deps, ID, {"kind": "security"}, "ana")

    assert world.tables.calls - calls + len(world.queues.sent) == 6


async def test_the_audit_has_a_copy_of_each_act_and_the_guard_makes_good_what_a_death_left_out(world):
    await world.arrive(harmless())
    await settle(world, kind="security")
    world.clock.forward(hours=1)
    life = Lifetime(3)  # read, guard, commit
    mortal = deps_with(world.deps, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life))
    with pytest.raises(DiedError):
        await settle_fields(mortal, ID, {"crb": True, "kind": "retirement"}, "ben")
    assert [each.who for each in (await newest_entries(world.tables, world.clock())).entries] == ["ana"]

    await world.drain()

    entries_, acts = (await newest_entries(world.tables, world.clock())).entries, await acts_of(world.tables, ID)
    assert [(each.who, each.subject, each.what, each.mark) for each in reversed(entries_)] == [
        (act.who, ID, "settle", f"{act.seq:06d}") for act in acts
    ]
    assert [act.who for act in acts] == ["ana", "ben"]
    assert list(entries_[-1].details["fields"][0]) == list(acts[0].fields[0])


# Microsoft's next edition.


async def test_a_judgement_goes_on_over_an_edit_marked_as_settled_for_an_earlier_edition(world):
    await world.arrive(harmless())
    await settle(world, kind="security")
    world.clock.forward(days=1)

    await world.arrive(edited())

    change = await world.change()
    why = change.classification.why["kind"]
    assert change.classification.kind == "security"
    assert (why.words, why.confidence) == ("settled by ana on 1 September 2026, for an earlier edition", 0.5)
    assert change.standing("kind") == "earlier"

    settled = await settle(world, by="ben", kind="security")

    assert settled.acts[0].changes
    assert (await world.change()).standing("kind") == "holds"
    assert (await world.change()).classification.why["kind"].confidence == 1.0


async def test_a_settled_day_holds_over_an_edit_that_says_nothing_new_of_it(world):
    await world.arrive(post())
    await settle(world, act_by=date(2026, 11, 1))
    world.clock.forward(days=1)

    await world.arrive(post(**LATER))

    change = await world.change()
    assert change.standing("act_by") == "holds"
    assert change.classification.act_by == date(2026, 11, 1)


async def test_a_settled_plan_falls_with_microsofts_newer_word_which_is_told_as_the_move_that_it_is(world):
    await world.arrive(post())
    read = (await world.change()).reading.windows
    ours = (Window("ga", ("worldwide",), Interval(date(2026, 12, 1), date(2026, 12, 1)), None),)
    await settle(world, rollouts=ours)
    assert (await world.change()).classification.windows == ours
    assert (await entries(world.tables))[0].planned_start == date(2026, 12, 1)
    world.clock.forward(days=1)

    await world.arrive(post(**LATER))

    change = await world.change()
    assert change.standing("rollouts") == "fell"
    assert change.classification.windows == change.reading.windows != read
    assert change.classification.windows[0].start.first == date(2026, 11, 1)
    moved = next(event for event in change.events if event.type == "dates_moved")
    assert "2026-10-01" in moved.old, "what moved is what Microsoft said, not what a person settled"
    assert "2026-12" not in moved.old
    assert (await entries(world.tables))[0].planned_start == date(2026, 11, 1)
    assert [event.type for event in change.events] == ["announced", "dates_moved"]


async def test_a_plan_that_fell_stays_so_when_microsoft_goes_back_to_the_first_days(world):
    await world.arrive(post())
    ours = (Window("ga", ("worldwide",), Interval(date(2026, 12, 1), date(2026, 12, 1)), None),)
    await settle(world, rollouts=ours)
    world.clock.forward(days=1)
    await world.arrive(post(**LATER))
    world.clock.forward(days=1)
    await world.arrive(post(modified="2026-09-03T10:00:00Z"))

    assert (await world.change()).standing("rollouts") == "fell"

    await settle(world, rollouts=ours)

    assert (await world.change()).classification.windows == ours


async def test_a_settled_status_falls_when_microsoft_says_another_one(world):
    await world.arrive(post())
    await settle(world, status="on_hold")
    assert (await world.change()).classification.status == "on_hold"
    world.clock.forward(days=1)

    text = "<p>We have decided not to proceed with this change at this time.</p>"
    await world.arrive(post(modified="2026-09-02T10:00:00Z", body={"contentType": "html", "content": text}))

    change = await world.change()
    assert change.standing("status") == "fell"
    assert change.classification.status == change.reading.status == "cancelled"
    assert "cancelled" in [event.type for event in change.events]


async def test_an_older_edition_that_comes_late_ends_nothing(world):
    await world.arrive(post(**LATER))
    ours = (Window("ga", ("worldwide",), Interval(date(2026, 12, 1), date(2026, 12, 1)), None),)
    await settle(world, rollouts=ours, kind="security")
    world.clock.forward(days=1)

    await world.arrive(post())

    change = await world.change()
    assert len(change.editions) == 2
    assert (change.standing("rollouts"), change.standing("kind")) == ("holds", "holds")


# Two at once.


async def at_once(world, mine, theirs):
    """Ben settles between Ana's reading and her commit."""
    done = []

    async def interfere():
        done.append(await settle_fields(world.worker(), ID, theirs, "ben"))

    class Interfering:
        def __init__(self, inner):
            self._inner, self._first = inner, [interfere]

        def __getattr__(self, name):
            return getattr(self._inner, name)

        async def commit(self, *args):
            if self._first:
                await self._first.pop()()
            return await self._inner.commit(*args)

    ana = deps_with(world.deps, tables=Interfering(world.deps.storage.tables))
    settled = await settle_fields(ana, ID, mine, "ana")
    await world.drain()
    return settled, *done


async def test_of_two_who_settle_one_field_at_once_one_wins_and_the_other_is_shown_that(world):
    await world.arrive(harmless())

    ana, ben = await at_once(world, {"kind": "security", "crb": True}, {"kind": "maintenance"})

    assert not ben.lost
    (lost,) = ana.lost
    assert (lost.name, lost.before.value, lost.before.by) == ("kind", "maintenance", "ben")
    change = await world.change()
    assert (change.classification.kind, change.assessment.seq) == ("maintenance", 1)
    assert "crb" not in change.assessment.settled, "all of a person's word or none of it"

    await settle(world, kind="security")

    assert (await world.change()).classification.kind == "security"


async def test_two_who_settle_different_fields_at_once_both_stand(world):
    await world.arrive(harmless())

    ana, ben = await at_once(world, {"kind": "security"}, {"training": True})

    assert not ana.lost
    assert not ben.lost
    change = await world.change()
    assert (change.classification.kind, change.classification.training, change.assessment.seq) == ("security", True, 2)
    assert [act.who for act in await acts_of(world.tables, ID)] == ["ben", "ana"]


async def test_two_who_say_the_same_at_once_agree(world):
    await world.arrive(harmless())

    ana, _ = await at_once(world, {"kind": "security"}, {"kind": "security"})

    assert not ana.lost
    assert not ana.acts[0].changes
    assert ana.acts[0].before.by == "ben"


async def test_a_decision_that_is_being_made_meanwhile_is_made_again_with_what_was_settled(world):
    await world.arrive(harmless())
    await settle_fields(world.deps, ID, {"admin_impact": "medium"}, "ben")
    (message, *_) = world.queues.take("changes")

    class Interfering:
        def __init__(self, inner):
            self._inner, self._left = inner, [1]

        def __getattr__(self, name):
            return getattr(self._inner, name)

        async def commit(self, *args):
            if self._left:
                self._left.pop()
                await settle_fields(world.deps, ID, {"crb": True}, "ana")
            return await self._inner.commit(*args)

    await classify(deps_with(world.deps, tables=Interfering(world.deps.storage.tables)), message)

    assert (await world.change()).decision.seq == 2
    await world.drain()
    assert len(told(world)) == 2


# Crashes.


async def outcome(world):
    held = await world.held()
    change = held.change
    return (
        change.stage, change.assessment.settled.keys(), change.assessment.seq, change.decision.seq,
        [(s.effect.key, s.due, s.done, s.parked, s.claim) for s in held.states],
        [(act.seq, act.who, act.fields) for act in await acts_of(world.tables, ID)],
        [(e.number, e.act_by) for e in await entries(world.tables)],
        sorted(told(world)),
    )  # fmt: skip


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_leaves_nothing_or_all_of_it(after):
    fields = {"crb": True, "act_by": date(2026, 9, 20)}
    whole = World()
    await whole.arrive(harmless())
    await settle(whole, **fields)
    expected = await outcome(whole)
    for calls in range(60):
        world = World()
        await world.arrive(harmless())
        nothing = await outcome(world)
        life = Lifetime(calls, after=after)
        mortal = deps_with(world.deps, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life))
        world.deps = mortal
        died = False
        try:
            await settle_fields(mortal, ID, fields, "ana")
        except DiedError:
            died = True
        made = life.calls
        await world.drain()
        seen = await outcome(world)
        if died and seen == nothing:
            assert made < 3 or (made == 3 and not after), "it died before its commit"
        elif sorted(set(seen[-1])) == expected[-1]:
            assert seen[:-1] == expected[:-1], f"died at call {calls + 1}"
            assert len(seen[-1]) <= len(expected[-1]) + 1, "the one gap: a card sent and not recorded"
        else:
            pytest.fail(f"died at call {calls + 1}: {seen}")
        if life.left is not None:  # nobody died any more
            assert calls > 10
            return
    pytest.fail("it never came to its end")


async def test_one_that_died_behind_its_commit_is_made_good_by_its_guard_and_else_by_mend(world):
    await world.arrive(harmless())
    await settle_fields(world.deps, ID, {"crb": True}, "ana")
    world.queues.take("changes")
    assert (await world.change()).stage == "classify"

    assert (await world.mend()).classify == 1

    assert (await world.change()).decision.seq == 1
    assert len(told(world)) == 2


# What stands beside it.


async def test_every_reader_of_changes_gives_the_same_settled_values(world):
    from shared.record.changes import all_changes, changes_of, read_alone, read_with_tasks

    await world.arrive(harmless())
    await settle(world, kind="security")

    read = [
        (await changes_of(world.tables, ids.partition(ID), [ID]))[ID],
        await read_with_effects(world.tables, ID),
        await read_with_tasks(world.tables, ID),
        await read_alone(world.tables, ID),
        *[record async for record in all_changes(world.tables)],
    ]

    assert len(read) == 5
    assert {record.change.classification.kind for record in read} == {"security"}


async def test_what_a_later_version_can_settle_besides_stays(world):
    from dataclasses import replace

    from shared.core.ports.storage import Write
    from shared.record.packing import pack, unpack

    await world.arrive(harmless())
    await settle(world, kind="security")
    row = await world.tables.get("changes", ids.partition(ID), "c|0001200001|a")
    settled = unpack("settled", row.values) | {"audience": {"value": "all"}}
    values = {"owner": "ben", **pack("settled", settled)}
    await world.tables.commit("changes", [Write("merge", replace(row, values=values))])

    await settle(world, crb=True)

    row = await world.tables.get("changes", ids.partition(ID), "c|0001200001|a")
    assert row.values["owner"] == "ben"
    assert unpack("settled", row.values).keys() == {"kind", "crb", "audience"}


async def test_a_row_in_which_a_later_version_settled_nothing_is_read_and_added_to(world):
    from shared.core.ports.storage import Row, Write

    await world.arrive(harmless())
    place = (ids.partition(ID), "c|0001200001|a")
    act = Row(place[0], "n|0001200001|000004", {"at": world.clock(), "words": "mine"})
    await world.tables.commit(
        "changes", [Write("insert", Row(*place, {"seq": 4, "owner": "ben"})), Write("insert", act)]
    )

    await settle(world, kind="security")

    row = await world.tables.get("changes", *place)
    assert (row.values["owner"], row.values["seq"]) == ("ben", 5)
    assert (await world.change()).classification.kind == "security"
    assert [(each.seq, each.who, len(each.fields)) for each in await acts_of(world.tables, ID)] == [
        (4, "", 0),
        (5, "ana", 1),
    ]


async def test_the_fields_are_shown_with_what_counts_and_what_was_read(world):
    await world.arrive(harmless())
    await settle(world, kind="security")
    change: Change = await world.change()

    views = {view.name: view for view in field_views(change)}

    assert (views["kind"].value, views["kind"].reading, views["kind"].standing) == (
        "security",
        change.reading.kind,
        "holds",
    )
    assert (views["status"].settled, views["status"].standing) == (None, None)


async def test_a_route_that_asks_for_the_announcement_takes_what_was_settled_into_account():
    announced = Route(match=Match(event="announced", kind="security"), cards=("owner",))
    world = World(policy(routes=Route(team="workplace", routes=(announced,))))
    await world.arrive(harmless())
    world.clock.forward(days=1)
    await world.arrive(edited())
    assert told(world) == []

    await settle(world, kind="security")

    assert [channel for _, channel, _ in told(world)] == ["messaging"]


async def test_a_parked_change_stays_parked_and_is_decided_with_what_was_settled_when_it_is_sent_again(world):
    from shared.record.parked import mark, unmark

    await world.arrive_only(harmless())
    await settle_fields(world.deps, ID, {"user_impact": "medium"}, "ana")
    await mark(world.tables, ID, "", "a fault")

    await settle(world, crb=True)

    assert (await world.change()).stage == "parked"
    assert told(world) == []
    await unmark(world.tables, ID, "")
    await world.mend()
    assert len(told(world)) == 2


def test_the_day_of_settling_is_in_the_words():
    from shared.core.changes.settled import SettledField

    settled = SettledField("high", "Ana", datetime(2026, 5, 3, 10, tzinfo=UTC), "e1", "low")

    assert settled.words == "settled by Ana on 3 May 2026"
