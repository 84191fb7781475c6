from dataclasses import replace

import pytest

from shared.core.changes.change import Closing, Days
from shared.core.life.course import course, how, took
from shared.core.life.moments import Moments, moments_of
from tests.core.life.test_closing import change, day, task
from tests.usecases.world import policy


def test_the_course_of_a_change_is_told_in_order():
    moments = Moments(
        first_seen=day(1), opened=day(3), published=day(0), triaged=day(4), ticketed=day(3), communicated=day(2),
        decided=day(6),
    )  # fmt: skip
    closed = Closing(day(9), "ticket", "CHG1", 2, worked=Days(2, 3, 5))
    one = replace(change(closed=closed), moments={"closed_before": day(7), "reopened": day(8), "resumed": day(8)})

    assert [(step.what, step.at) for step in course(one, moments)] == [
        ("Published", day(0)), ("First seen", day(1)), ("First card", day(2)), ("Ticket filed", day(3)),
        ("First looked at", day(4)), ("Board decided", day(6)), ("Closed before", day(7)), ("Opened again", day(8)),
        ("Closed", day(9)),
    ]  # fmt: skip
    assert course(one, moments)[-1].note == "with ticket CHG1; open for 5 working days"


@pytest.mark.parametrize(
    ("through", "reference", "by", "words"),
    [
        ("page", "", "Ana Torres", "by Ana Torres on this page"),
        ("page", "", "", "on this page"),
        ("ticket", "CHG1", "", "with ticket CHG1"),
        ("task", "2 tasks", "", "with 2 tasks"),
        ("answer", "1 team", "", "by the answers of 1 team"),
        ("lapsed", "nobody looked at it", "", "its time was over, and nobody looked at it"),
    ],
)
def test_through_what_it_was_closed_is_told_in_words(through, reference, by, words):
    assert how(Closing(day(9), through, reference, 1, by)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(Days(), ""), (Days(close=0), "open for 0 working days"), (Days(close=1), "open for 1 working day")],
)
def test_how_long_it_was_open_is_told_in_working_days(days, words):
    assert took(days) == words


def test_a_task_that_we_gave_to_somebody_is_not_looked_at_before_they_move_it():
    given = replace(task(assigned=day(2)), by_us=True)
    assert moments_of(change(), [], [given], policy()).triaged is None
    assert moments_of(change(), [], [given], policy()).assigned == day(2)
    assert moments_of(change(), [], [replace(given, moved=day(4))], policy()).triaged == day(4)
    assert moments_of(change(), [], [task(assigned=day(2))], policy()).triaged == day(2)
