"""What lies between two reads of a task: a person's act, our own, or the sync's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.core.tasks.reads import NOT_OURS, LastRead, OurHand, is_news, state_after, was_moved
from shared.core.tasks.task import Task

AT = datetime(2026, 9, 1, 10, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


def task(progress=0, assignees=(), bucket="todo", etag="E2"):
    done = LATER if progress == 100 else None
    return Task("t", etag, "A title", AT, AT if assignees else None, done, bucket, progress, frozenset(assignees))


def last(progress=0, assignees=(), bucket="todo", **more):
    people = frozenset(assignees)
    fields = {"done": progress == 100, "assigned": bool(people), "bucket": bucket, "progress": progress}
    return LastRead(**{"etag": "E1", "assignees": people, "at": AT, **fields, **more})


def old(progress=0, assignees=()):
    """As the version before kept it: neither bucket nor progress nor anybody's id."""
    return replace(last(progress, assignees), bucket=None, progress=None, assignees=None)


WE_GAVE = OurHand(frozenset({"ana"}))
WE_CLOSED = OurHand(completed=True)


@pytest.mark.parametrize(
    ("before", "now", "ours", "moved"),
    [
        (last(), task(), NOT_OURS, False),
        (last(), task(bucket="doing"), NOT_OURS, True),
        (last(), task(bucket="doing"), WE_GAVE, True),
        (last(), task(assignees=["ana"]), NOT_OURS, True),
        (last(), task(assignees=["ana"]), WE_GAVE, False),
        (last(), task(assignees=["ana", "ben"]), WE_GAVE, True),
        (last(assignees=["ana"]), task(assignees=["ben"]), NOT_OURS, True),
        (last(assignees=["ben"]), task(), NOT_OURS, True),
        (last(), task(50), NOT_OURS, True),
        (last(50), task(), NOT_OURS, False),
        (last(), task(100), NOT_OURS, True),
        (last(), task(100), WE_CLOSED, False),
        (last(100), task(), WE_CLOSED, True),
        (old(), task(50, bucket="doing"), NOT_OURS, False),
        (old(), task(assignees=["ana"]), NOT_OURS, True),
        (old(assignees=["ana"]), task(assignees=["ana"]), NOT_OURS, False),
        (old(), task(100), NOT_OURS, True),
        (old(100), task(50), NOT_OURS, True),
    ],
)
def test_what_a_person_did_between_two_reads(before, now, ours, moved):
    assert was_moved(before, now, ours) is moved


@pytest.mark.parametrize(
    ("before", "etag", "observed", "news"),
    [
        (None, "E1", AT, True),
        (last(), "E2", LATER, True),
        (last(), "E1", LATER, False),
        (last(), "E0", LATER, False),
        (last(gone=AT), "E1", LATER, True),
        (last(gone=LATER), "E1", AT, False),
        (last(gone=AT), "E0", LATER, False),
    ],
)
def test_what_is_news(before, etag, observed, news):
    assert is_news(before, task(etag=etag), observed) is news


def test_a_task_that_was_gone_is_newer_when_it_is_back_whatever_its_etag():
    gone = last(gone=AT, turns=1)
    back = state_after(gone, "contoso", task(etag="E1"), LATER, NOT_OURS)
    edited = state_after(gone, "contoso", task(etag="E2"), LATER, NOT_OURS)

    assert (back.gone, back.version) == (None, ("E1", 2))
    assert (edited.gone, edited.version) == (None, ("E2", 0))


def test_the_first_act_of_a_person_stays_the_first():
    state = state_after(last(moved=AT), "contoso", task(bucket="doing"), LATER, NOT_OURS)
    assert state.moved == AT


def test_that_we_gave_it_to_somebody_is_remembered_until_a_person_gives_it_to_another():
    ours = state_after(last(), "contoso", task(assignees=["ana"]), LATER, WE_GAVE)
    later = state_after(last(assignees=["ana"], by_us=True), "contoso", task(50, ["ana"]), LATER, NOT_OURS)
    theirs = state_after(last(assignees=["ana"], by_us=True), "contoso", task(assignees=["ben"]), LATER, WE_GAVE)
    assert [(each.by_us, bool(each.moved)) for each in (ours, later, theirs)] == [
        (True, False), (True, True), (False, True),
    ]  # fmt: skip
