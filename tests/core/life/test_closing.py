"""When a change is done, and what is still open."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.changes.change import Change, Closing, Days, Decision, Edition, Effect, Facts
from shared.core.changes.settled import Assessment, Handover, PageWord, TeamWord
from shared.core.life.closing import LOOKED_AT, NEVER_LOOKED_AT, closed_row, lapse, open_row, settle
from shared.core.life.moments import planned
from shared.core.policy.model import Closing as ClosingRules
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.tasks.task import TaskState
from shared.core.terms import CLOSED_BY
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

    assert (row.opened, row.closed) == (NOW, day(2))


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


# By weight: the page, tickets, tasks, answers.


def answering(before=None, page=None, moved=None, **words):
    """A change of two teams, and what they said: the disposition and the day."""
    said = {team: TeamWord("", None, word, "ana", day(when)) for team, (word, when) in words.items()}
    made = change(closed=before)
    decision = replace(made.decision, teams=("messaging", "voice"))
    assessment = Assessment(1, teams=said, moved=moved or {}, page=page, first_at=day(1))
    return replace(made, decision=decision, assessment=assessment)


def closed_on_page(when):
    return PageWord(True, "ana", day(when))


def opened_on_page(when):
    return PageWord(False, "ana", day(when))


BOTH = {"messaging": ("no_impact", 2), "voice": ("done", 4)}
BY_PAGE, BY_ANSWER = Closing(day(5), "page", "", 1, "ana"), Closing(day(4), "answer", "2 teams", 1)
WEIGHTS = {
    "answers of all teams close": (answering(**BOTH), [], [], ("answer", day(4))),
    "the answer of one of two does not": (answering(messaging=("no_impact", 2)), [], [], None),
    "a team with an impact is not done": (answering(messaging=("impact", 2), voice=("done", 3)), [], [], None),
    "a team that handed it over is not asked": (
        answering(moved={"messaging": Handover("voice", "ana", day(1))}, voice=("done", 3)), [], [], ("answer", day(3)),
    ),
    "an open ticket weighs more than answers": (answering(**BOTH), [OPEN], [], None),
    "an open task weighs more than answers": (answering(**BOTH), [], [task()], None),
    "a task that is gone weighs nothing": (answering(**BOTH), [], [replace(task(), gone=day(1))], ("answer", day(4))),
    "a person on the page weighs more than all": (
        answering(page=closed_on_page(5)), [OPEN], [task()], ("page", day(5)),
    ),
    "closed on the page, a ticket opens nothing": (answering(BY_PAGE, closed_on_page(5)), [OPEN], [], ("page", day(5))),
    "closed by answers, a ticket opens it": (answering(BY_ANSWER, **BOTH), [OPEN], [], None),
    "closed by answers, another answer opens it": (
        answering(BY_ANSWER, messaging=("impact", 6), voice=("done", 4)), [], [], None,
    ),
    "closed by its ticket, an open task opens nothing": (answering(BY_TICKET), [ENDED], [task()], ("ticket", day(3))),
    "closed by its ticket, answers open nothing": (
        answering(BY_TICKET, messaging=("impact", 6)), [ENDED], [], ("ticket", day(3)),
    ),
    "closed by tasks, one imported again opens nothing": (
        answering(BY_TASK), [], [task(completed=day(2)), task("t2", opened=day(3))], ("task", day(2)),
    ),
    "closed by tasks, one that is gone opens nothing": (
        answering(BY_TASK), [], [task(completed=day(2)), replace(task("t2"), gone=day(3))], ("task", day(2)),
    ),
    "a person opens what a ticket closed": (answering(BY_TICKET, opened_on_page(5)), [ENDED], [], None),
    "and what ended before that does not close it again": (answering(None, opened_on_page(5)), [ENDED], [], None),
    "but what ends after it does": (
        answering(None, opened_on_page(5)), [ticket("closed", done=day(6))], [], ("ticket", day(6)),
    ),
    "a weaker one that ends after it does, too": (
        answering(None, opened_on_page(3)), [ENDED], [task(completed=day(6))], ("task", day(6)),
    ),
    "a person's word of before the closing opens nothing": (
        answering(BY_TICKET, opened_on_page(2)), [ENDED], [], ("ticket", day(3)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("one", "tickets", "tasks", "expected"), WEIGHTS.values(), ids=WEIGHTS)
def test_what_weighs_more_closes_and_opens(one, tickets, tasks, expected):
    closed = settle(one, tickets, tasks, policy(), day(9)).closed

    assert (closed and (closed.through, closed.at)) == expected


def test_tasks_that_nobody_read_leave_answers_unheard():
    assert settle(answering(**BOTH), [], None, policy(), day(9)).closed is None
    assert settle(answering(BY_TASK), [], None, policy(), day(9)).closed == BY_TASK


@pytest.mark.parametrize("through", ["page", "ticket", "task", "answer"])
def test_the_policy_may_leave_out_what_closes_a_change(through):
    others = tuple(each for each in CLOSED_BY if each != through)
    rules = policy().model_copy(update={"closing": ClosingRules(through=others)})
    said = {
        "page": (answering(page=closed_on_page(5)), [], []),
        "ticket": (change(), [ENDED], []),
        "task": (change(), [], [task(completed=day(2))]),
        "answer": (answering(**BOTH), [], []),
    }

    assert settle(*said[through], policy(), day(9)).closed.through == through
    assert settle(*said[through], rules, day(9)).closed is None


def test_what_microsoft_takes_up_again_is_open_until_it_ends_anew():
    closed = settle(change(), [ENDED], [], policy(), day(3))

    opened = settle(closed, [ENDED], None, policy(), day(7), resumed=day(6))

    assert opened.closed is None
    assert (opened.moments["closed_before"], opened.moments["reopened"]) == (day(3), day(6))
    assert settle(opened, [ENDED], [], policy(), day(8)) is opened
    again = settle(opened, [ticket("closed", done=day(9))], [], policy(), day(9)).closed
    assert (again.at, again.number) == (day(9), 2)


def test_news_of_before_the_closing_opens_nothing():
    closed = settle(change(), [ENDED], [], policy(), day(3))

    assert settle(closed, [ENDED], None, policy(), day(7), resumed=day(2)) is closed


def test_what_it_stood_closed_counts_in_no_duration():
    """Monday to Tuesday a week later, closed from Wednesday to Friday."""
    monday = datetime(2026, 9, 7, 9, tzinfo=UTC)
    at = [monday + timedelta(days=number) for number in range(10)]
    first = settle(change(), [], [task(opened=at[0], completed=at[2])], policy(), at[2])
    opened = settle(first, [], [task(opened=at[0])], policy(), at[4])
    tasks = [task(opened=at[0], completed=at[8])]
    second = settle(opened, [], tasks, policy(), at[8])

    row = closed_row(second, [], tasks, policy())
    assert (row.opened, row.closed, row.stood) == (at[0], at[8], timedelta(days=2))
    assert second.closed.worked.close == 6 - 2


def test_a_closing_keeps_the_working_days_and_the_targets_of_its_day():
    tickets = [ticket("closed", done=day(10), opened_at=day(1), moved_at=day(2), decided_at=day(6))]
    closed = settle(change(admin_impact="high"), tickets, [], policy(), day(10)).closed

    assert closed.worked == Days(triage=2, decide=4, close=7)  # the first is a Tuesday
    assert closed.target == Days(triage=2, decide=10, close=30)


# What nobody dealt with.

OCTOBER_OVER = datetime(2026, 10, 11, tzinfo=UTC)


def over(**read):
    return change(**{"status": "scheduled", "windows": WINDOW, **read})


@pytest.mark.parametrize(
    ("one", "tickets", "tasks", "now", "expected"),
    [
        (over(), [], [], OCTOBER_OVER, (OCTOBER_OVER, NEVER_LOOKED_AT, False)),
        (over(), [], [], OCTOBER_OVER - timedelta(seconds=1), None),
        (over(), [ticket("assess")], [], OCTOBER_OVER, None),
        (over(), [ticket("", number="", first_load="kept")], [], OCTOBER_OVER, (OCTOBER_OVER, NEVER_LOOKED_AT, False)),
        (over(), [], [task()], OCTOBER_OVER, None),
        (over(), [], [replace(task(), gone=day(2))], OCTOBER_OVER, (OCTOBER_OVER, NEVER_LOOKED_AT, False)),
        (over(), [], [], OCTOBER_OVER + timedelta(days=15), (OCTOBER_OVER, NEVER_LOOKED_AT, True)),
        (over(status="cancelled"), [], [], NOW, (NOW, NEVER_LOOKED_AT, True)),
        (over(status="no_schedule"), [], [], day(29), None),
        (over(status="no_schedule"), [], [], day(30), (day(30), NEVER_LOOKED_AT, False)),
        (over(stage="classify"), [], [], OCTOBER_OVER, None),
        (over(closed=BY_TASK), [], [], OCTOBER_OVER, None),
    ],
)
def test_what_nobody_filed_lapses_when_its_plan_is_over(one, tickets, tasks, now, expected):
    after = lapse(one, tickets, tasks, policy(), now)

    lapsed = after.closed if after is not one else None
    assert (lapsed and (lapsed.at, lapsed.reference, lapsed.before)) == expected


def test_what_lapsed_says_whether_anybody_had_looked():
    one = over()
    seen = replace(one, assessment=Assessment(1, first_at=day(3)))

    assert lapse(seen, [], [], policy(), OCTOBER_OVER).closed.reference == LOOKED_AT
    assert closed_row(lapse(seen, [], [], policy(), OCTOBER_OVER), [], [], policy()).moments.triaged == day(3)


@pytest.mark.parametrize(("tickets", "tasks"), [([OPEN], []), ([], [task(opened=OCTOBER_OVER + timedelta(hours=1))])])
def test_a_ticket_opens_what_lapsed_and_a_task_made_later_does_not(tickets, tasks):
    lapsed = lapse(over(), [], [], policy(), OCTOBER_OVER)

    after = settle(lapsed, tickets, tasks, policy(), OCTOBER_OVER + timedelta(days=1))

    assert (after.closed is None) == bool(tickets)


def test_a_new_plan_opens_what_lapsed():
    lapsed = lapse(over(), [], [], policy(), OCTOBER_OVER)
    later = (Window("ga", ("worldwide",), Interval(date(2026, 12, 1), date(2026, 12, 10)), None),)
    facts = replace(lapsed.current.facts, classification=Classification(lapsed.id, status="scheduled", windows=later))
    planned_anew = replace(lapsed, editions=(replace(lapsed.current, facts=facts),))

    assert settle(planned_anew, [], None, policy(), OCTOBER_OVER).closed is None
    assert settle(lapsed, [], None, policy(), OCTOBER_OVER) is lapsed
