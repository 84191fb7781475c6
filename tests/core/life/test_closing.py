"""When a change is done, and what is still open."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.change import Change, Closing, Days, Decision, Edition, Effect, Facts
from shared.core.life.closing import closed_row, open_row, settle
from shared.core.life.moments import planned
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.tasks.task import TaskState
from tests.fakes import effect_state
from tests.usecases.world import policy

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)


def day(number):
    return NOW + timedelta(days=number)


def change(stage="decided", closed=None, **read):
    facts = Facts(Classification("MC1200001", **read), "", False, (), "T")
    edition = Edition(NOW, NOW, "ab" * 16, "contoso", facts=facts)
    decision = Decision(edition.id, NOW, ("messaging",), ("exchange",))
    raw = {"id": "MC1200001", "title": "T"}
    made = Change("MC1200001", raw, NOW, (edition,), stage, decision=decision, closed=closed)
    return replace(made, closings=closed.number if closed else 0)


def ticket(state="", number="CHG1", done=None, due="", target="crb", **over):
    effect = Effect("ticket", target, "messaging", "e", ())
    return effect_state(effect, due=due, number=number, state=state, done_at=done, **over)


def task(name="t1", completed=None, assigned=None, opened=NOW):
    return TaskState("contoso", name, "E1", opened, assigned, completed)


OPEN, ENDED = ticket("assess"), ticket("closed", done=day(3))
BY_TICKET = Closing(day(3), "ticket", "CHG1", 1)
BY_TASK = Closing(day(2), "task", "1 task", 1)

CASES = {
    "nothing is tracked": (None, [], [], None),
    "an open ticket": (None, [OPEN], [], None),
    "an ended ticket": (None, [ENDED], [], BY_TICKET),
    "a cancelled ticket": (None, [ticket("cancelled", done=day(3))], [], BY_TICKET),
    "one of two tickets ended": (None, [ENDED, ticket("assess", target="other")], [], None),
    "two tickets: the last one closes": (None, [ENDED, ticket("closed", done=day(5), target="b")], [], day(5)),
    "an ended ticket that has to be told something": (None, [replace(ENDED, due="e2")], [], None),
    "a done task": (None, [], [task(completed=day(2))], BY_TASK),
    "an open task": (None, [], [task()], None),
    "one of two tasks done": (None, [], [task(completed=day(2)), task("t2")], None),
    "two tasks: the last one closes": (None, [], [task(completed=day(2)), task("t2", completed=day(4))], day(4)),
    "a ticket beats a task": (None, [OPEN], [task(completed=day(2))], None),
    "a task opened again": (BY_TASK, [], [task()], None),
    "another open task": (BY_TASK, [], [task(completed=day(2)), task("t2")], None),
    "closed stays closed": (BY_TICKET, [ENDED], [], BY_TICKET),
    "closed, and its ticket has to be told something": (BY_TICKET, [replace(ENDED, due="e2")], [], BY_TICKET),
    "a new ticket for what a task had closed": (BY_TASK, [ticket("", number="", due="e2")], [], None),
}


@pytest.mark.parametrize(("before", "tickets", "tasks", "expected"), CASES.values(), ids=CASES)
def test_a_change_is_closed_as_its_tickets_and_tasks_say(before, tickets, tasks, expected):
    closed = settle(change(closed=before), tickets, tasks, policy(), day(9)).closed

    plain = closed and replace(closed, worked=Days(), target=Days())
    assert (closed.at if isinstance(expected, datetime) else plain) == expected


def test_a_change_that_is_as_it_was_is_the_same_object():
    for one, tickets in ((change(), [OPEN]), (change(closed=BY_TICKET), [ENDED])):
        assert settle(one, tickets, [], policy(), day(9)) is one


def test_every_closing_has_a_number_of_its_own():
    first = settle(change(), [], [task(completed=day(2))], policy(), day(9))
    opened = settle(first, [], [task()], policy(), day(9))
    second = settle(opened, [], [task(completed=day(6))], policy(), day(9))

    assert (first.closed.number, second.closed.number, second.closings) == (1, 2, 2)


def test_the_row_of_a_closing_holds_the_whole_life():
    tickets, tasks = [ticket("closed", done=day(3), opened_at=day(1))], [task(assigned=day(2), opened=day(2))]
    closed = settle(change(), tickets, tasks, policy(), day(9))

    row = closed_row(closed, tickets, tasks, policy())

    assert (row.announced, row.opened, row.assigned, row.closed) == (NOW, day(1), day(2), day(3))
    assert (row.through, row.reference, row.team, row.workloads) == ("ticket", "CHG1", "messaging", ("exchange",))
    assert closed_row(change(), tickets, tasks, policy()) is None


def test_nothing_is_closed_before_it_was_opened():
    tasks = [task(completed=day(2), opened=day(5))]

    row = closed_row(settle(change(), [], tasks, policy(), day(9)), [], tasks, policy())

    assert row.opened == row.closed == day(2)


WINDOW = (Window("ga", ("worldwide",), Interval(date(2026, 10, 1), date(2026, 10, 10)), None),)


@pytest.mark.parametrize(
    ("one", "tickets", "tasks", "through"),
    [
        (change(), [OPEN], [task()], "ticket"),
        (change(), [], [task()], "task"),
        (change(status="scheduled", windows=WINDOW), [], [], ""),
        (change(), [], [], None),
        (change(status="cancelled", windows=WINDOW), [], [], None),
        (change(stage="classify"), [OPEN], [], None),
        (change(closed=BY_TICKET), [ENDED], [], None),
    ],
)
def test_what_people_still_have_to_deal_with_is_open(one, tickets, tasks, through):
    row = open_row(one, tickets, tasks, policy(), NOW)

    assert (row and row.through) == through


def test_our_plan_runs_from_its_first_day_to_its_last():
    later = Window(
        "ga",
        ("worldwide",),
        Interval(date(2026, 11, 1), date(2026, 11, 10)),
        Interval(date(2026, 12, 1), date(2026, 12, 31)),
    )

    assert planned(change(windows=(*WINDOW, later)), policy()) == (date(2026, 10, 1), date(2026, 12, 31))
    assert planned(change(), policy()) == (None, None)
