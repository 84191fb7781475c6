"""Events are derived from the sorted editions of a change (rule 6)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.changes.change import Decision, Event, Facts
from shared.core.changes.events import derive
from shared.core.changes.merge import Arrival, merge
from shared.core.changes.slips import Slip
from shared.core.posts.classification import POSTPONED, Classification, Halt, Interval, Window
from tests.properties import unhurried

DAY = datetime(2026, 9, 1, tzinfo=UTC)
MAY, JUNE = (Interval(date(2026, m, 1), date(2026, m, 10)) for m in (5, 6))


def window(start=MAY, clouds=("worldwide",)):
    return Window("ga", clouds, start, None)


def facts(title="T", category="planForChange", major=False, **read):
    return Facts(Classification("MC1200001", **read), category, major, (), title)


def arrival(title, stamp, tenant="contoso", observed=None):
    moment = DAY + timedelta(days=stamp)
    seen = moment if observed is None else DAY + timedelta(days=observed)
    raw = {"id": "MC1200001", "title": title, "lastModifiedDateTime": moment.isoformat()}
    return Arrival.of(tenant, seen, raw)


def change(*steps, decided=None):
    """One edition for each of these facts, a day after another; `decided` is the index of the edition decided."""
    made = None
    for stamp, _ in enumerate(steps):
        made = merge(made, None, arrival(f"edition {stamp}", stamp)).change
    editions = tuple(replace(edition, facts=read) for edition, read in zip(made.editions, steps, strict=True))
    decision = None if decided is None else Decision(editions[decided].id, DAY, (), ())
    return replace(made, editions=editions, decision=decision)


def types(events):
    return [event.type for event in events]


CASES = {
    "nothing that we read differs": (facts(), facts(title="U"), ["text_changed"]),
    "another window": (facts(windows=(window(),)), facts(windows=(window(JUNE),)), ["dates_moved"]),
    "the same windows in another order": (
        facts(windows=(window(), window(JUNE))),
        facts(windows=(window(JUNE), window())),
        ["text_changed"],
    ),
    "another day to act by": (facts(), facts(act_by=date(2026, 5, 1)), ["act_by_moved"]),
    "another category": (facts(), facts(category="stayInformed"), ["scope_changed"]),
    "another cloud": (
        facts(windows=(window(),)),
        facts(windows=(window(clouds=("worldwide", "gcc")),)),
        ["dates_moved", "scope_changed"],
    ),
    "cancelled": (facts(status="scheduled"), facts(status="cancelled"), ["cancelled"]),
    "withdrawn": (facts(status="scheduled"), facts(status="withdrawn"), ["cancelled"]),
    "on hold": (facts(status="scheduled"), facts(status="on_hold"), ["paused"]),
    "on again": (facts(status="on_hold"), facts(status="scheduled"), ["resumed"]),
    "superseded": (facts(), facts(status="superseded", superseded_by="MC1300000"), ["superseded"]),
    "cancelled, with what it said of days gone": (
        facts(status="scheduled", windows=(window(),)),
        facts(status="cancelled"),
        ["cancelled"],
    ),
}


GCC_HALTED = Halt("paused", "only GCC", ("gcc",), "We are not releasing this to GCC.")
PUT_OFF = Halt("paused", POSTPONED)
BOTH, WORLDWIDE = ("worldwide", "gcc"), ("worldwide",)
CASES |= {
    "another tag": (facts(), replace(facts(), tags=("Retirement",)), ["scope_changed"]),
    "the tag that says that it was updated": (facts(), replace(facts(), tags=("Updated message",)), ["text_changed"]),
    "a part on hold, and its dates gone with it": (
        facts(windows=(window(clouds=BOTH),)),
        replace(facts(windows=(window(clouds=WORLDWIDE),)), halts=(GCC_HALTED,)),
        ["paused"],
    ),
    "a part still on hold": (
        replace(facts(), halts=(GCC_HALTED,)),
        replace(facts(title="U"), halts=(GCC_HALTED,)),
        ["text_changed"],
    ),
    "put off, and put off again": (
        replace(facts(windows=(window(),)), halts=(PUT_OFF,)),
        replace(facts(windows=(window(JUNE),)), halts=(PUT_OFF,)),
        ["paused", "dates_moved"],
    ),
    "dates where there were none": (facts(), facts(windows=(window(),)), ["dates_moved"]),
    "dates taken back, without a word": (facts(windows=(window(),)), facts(), ["dates_moved"]),
    "a text that says that it has begun": (
        replace(facts(), sentences=("Answers get a page.",)),
        replace(facts(), sentences=("Answers get a page.", "We have started rolling out.")),
        ["rollout_started"],
    ),
    "a text that says when it will begin": (
        replace(facts(), sentences=("Answers get a page.",)),
        replace(facts(), sentences=("Answers get a page.", "You are told once the rollout has started.")),
        ["text_changed"],
    ),
    "another text beside another deadline": (
        replace(facts(act_by=date(2026, 5, 1)), sentences=("Act by May 1, 2026.", "Owners see it.")),
        replace(facts(act_by=date(2026, 6, 1)), sentences=("Act by June 1, 2026.", "Members see it.")),
        ["act_by_moved", "text_changed"],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_one_step_makes_these_events(old, new, expected):
    assert types(derive(change(old, new))) == ["announced", *expected]


def test_an_event_says_what_was_and_what_is():
    moved = derive(change(facts(windows=(window(),)), facts(windows=(window(JUNE),))))[1]

    assert (moved.old, moved.new) == (
        "ga (worldwide): 2026-05-01..2026-05-10 to not said",
        "ga (worldwide): 2026-06-01..2026-06-10 to not said",
    )


def test_a_date_is_compared_with_the_last_plan_that_stood_before_a_pause():
    plan, paused = facts(status="scheduled", windows=(window(),)), facts(status="on_hold")
    again = facts(status="scheduled", windows=(window(JUNE),))

    resumed, moved = derive(change(plan, paused, again))[-2:]

    assert (resumed.type, moved.type) == ("resumed", "dates_moved")
    assert moved.slips == (Slip("ga", ("worldwide",), "start", MAY, JUNE, 31),)


def test_a_deadline_says_by_how_many_days_it_moved():
    moved = derive(change(facts(act_by=date(2026, 5, 1)), facts(act_by=date(2026, 4, 1))))[-1]

    assert [slip.days for slip in moved.slips] == [-30]


def test_an_event_tells_only_the_sentences_that_no_other_event_explains():
    old, new = CASES["another text beside another deadline"][:2]

    told = derive(change(old, new))[-1]

    assert (told.old, told.new) == ("Owners see it.", "Members see it.")


def test_a_plan_that_falls_or_goes_on_again_does_not_move_its_deadline_besides():
    plan, fallen = facts(act_by=date(2026, 5, 1)), facts(status="cancelled")

    assert "act_by_moved" not in types(derive(change(plan, fallen)))
    assert "act_by_moved" not in types(derive(change(plan, fallen, plan)))
    asks = facts(status="cancelled", act_by=date(2026, 6, 1))
    assert "act_by_moved" in types(derive(change(plan, asks)))


def test_events_of_what_was_decided_are_late_when_they_are_new():
    events = derive(change(facts(), facts(title="U"), facts(title="V"), decided=1))

    assert [(event.type, event.late) for event in events] == [
        ("announced", True),
        ("text_changed", True),
        ("text_changed", False),
    ]


def test_deriving_again_changes_nothing():
    one = change(facts(), facts(act_by=date(2026, 5, 1)))
    once = replace(one, events=derive(one), decision=Decision(one.current.id, DAY, (), ()))

    assert derive(once) == once.events


def test_a_recorded_event_keeps_its_time_and_says_what_the_editions_say_now():
    one = change(facts(windows=(window(),)), facts(windows=(window(JUNE),)))
    told = Event("dates_moved", one.current.id, DAY + timedelta(days=9), "something else", "so it was read", late=False)

    moved = derive(replace(one, events=(told,), decision=Decision(one.current.id, DAY, (), ())))[-1]

    assert (moved.at, moved.late) == (told.at, False)
    assert moved.new == "ga (worldwide): 2026-06-01..2026-06-10 to not said"


def test_events_that_tenants_made_are_kept():
    one = change(facts())
    gone = Event("gone", one.current.id, DAY + timedelta(days=5))

    assert types(derive(replace(one, events=(gone,)))) == ["announced", "gone"]


READ = {
    "A": facts("A", windows=(window(),)),
    "B": facts("B", windows=(window(JUNE),)),
    "C": facts("C", windows=(window(JUNE),), act_by=date(2026, 5, 1), status="on_hold"),
    "D": facts("D", status="cancelled"),
}
BY_HASH = {arrival(letter, 0).hash: read for letter, read in READ.items()}


def settled(one):
    """What `classify` makes of it."""
    with_facts = tuple(replace(edition, facts=BY_HASH[edition.hash]) for edition in one.editions)
    one = replace(one, editions=with_facts)
    one = replace(one, events=derive(one))
    return replace(one, decision=Decision(one.current.id, DAY, (), ()), stage="decided")


def said(one):
    return {(event.type, event.edition, event.old, event.new) for event in one.events}


@unhurried
@given(contents=st.lists(st.sampled_from("ABCD"), min_size=1, max_size=6), data=st.data())
def test_the_same_events_whatever_the_order_of_arrival_and_whenever_they_were_classified(contents, data):
    steps = [c for i, c in enumerate(contents) if i == 0 or contents[i - 1] != c]
    seen = [(c, stamp, tenant) for stamp, c in enumerate(steps) for tenant in ("contoso", "fabrikam")]
    order = data.draw(st.permutations([*seen, *seen]))
    pauses = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))

    one, copies, told = None, {}, []
    for (content, stamp, tenant), classified in zip(order, pauses, strict=True):
        merged = merge(one, copies.get(tenant), arrival(content, stamp, tenant))
        one, copies[tenant] = merged.change, merged.copy
        if classified and one.stage == "classify":
            before = {event.id for event in one.events}
            one = settled(one)
            told += sorted({event.edition for event in one.events if event.id not in before and not event.late})
    expected = None
    for stamp, content in enumerate(steps):
        expected = merge(expected, None, arrival(content, stamp)).change

    assert said(settled(one)) == said(settled(expected))
    assert told == sorted(told), "nobody is told of something older than what was told before"
