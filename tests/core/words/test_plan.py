"""When a change comes and what is to be done, by kind of rollout, status, dates and action."""

import re
from datetime import date, timedelta
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.classify.dates.phrases import find
from shared.core.posts.classification import UNSURE_BELOW, Classification, Interval, Why, Window
from shared.core.terms import OVER, Action, Cloud, Phase, Status
from shared.core.words.plan import UNKNOWN_ACTION, action_words, is_past, to_do, when_lines
from tests.properties import unhurried

TODAY = date(2026, 4, 5)


def span(first, last=None):
    return Interval(date.fromisoformat(first), date.fromisoformat(last or first))


EARLY_MARCH, MID_MARCH = span("2026-03-01", "2026-03-10"), span("2026-03-11", "2026-03-20")
EARLY_APRIL, MID_APRIL = span("2026-04-01", "2026-04-10"), span("2026-04-11", "2026-04-20")
EARLY_MAY, LATE_MAY = span("2026-05-01", "2026-05-10"), span("2026-05-21", "2026-05-31")
DAY_PAST, DAY_AHEAD = span("2026-03-14"), span("2026-05-14")


def doubted(*names):
    return {name: Why("", UNSURE_BELOW - 0.01) for name in names}


def lines(windows=(), status="scheduled", unsure=(), ours=(), **over):
    found = Classification("MC1", windows=tuple(windows), status=status, why=doubted(*unsure), **over)
    return when_lines(found, TODAY, ours)


@pytest.mark.parametrize(
    ("phase", "start", "end", "words"),
    [
        ("ga", EARLY_MARCH, MID_MARCH, "General availability, worldwide: rolled out (early to mid-March 2026)"),
        ("ga", EARLY_MARCH, EARLY_MARCH, "General availability, worldwide: rolled out (early March 2026)"),
        ("ga", None, MID_MARCH, "General availability, worldwide: rolled out (by mid-March 2026)"),
        (
            "ga",
            EARLY_MARCH,
            None,
            "General availability, worldwide: has begun (early March 2026)",
        ),
        ("ga", EARLY_MARCH, MID_APRIL, "General availability, worldwide: under way, complete by mid-April 2026"),
        ("ga", EARLY_APRIL, MID_APRIL, "General availability, worldwide: early to mid-April 2026 (may have begun)"),
        ("ga", EARLY_APRIL, None, "General availability, worldwide: early April 2026 (may have begun)"),
        ("ga", span("2026-04-05"), None, "General availability, worldwide: 5 April 2026"),
        ("ga", EARLY_MAY, LATE_MAY, "General availability, worldwide: early to late May 2026"),
        ("ga", None, LATE_MAY, "General availability, worldwide: complete by late May 2026"),
        ("ga", None, None, "General availability, worldwide: no date stated"),
        ("targeted", EARLY_MARCH, MID_MARCH, "Targeted release, worldwide: rolled out (early to mid-March 2026)"),
        ("preview", EARLY_MARCH, MID_MARCH, "Preview, worldwide: rolled out (early to mid-March 2026)"),
        ("preview", EARLY_MARCH, LATE_MAY, "Preview, worldwide: under way, complete by late May 2026"),
        ("retirement", DAY_PAST, None, "Retirement, worldwide: 14 March 2026, which is past"),
        ("retirement", EARLY_MARCH, None, "Retirement, worldwide: early March 2026, which is past"),
        ("retirement", EARLY_MARCH, MID_MARCH, "Retirement, worldwide: taken away (early to mid-March 2026)"),
        ("retirement", EARLY_MARCH, MID_APRIL, "Retirement, worldwide: being taken away, complete by mid-April 2026"),
        ("retirement", DAY_AHEAD, None, "Retirement, worldwide: 14 May 2026"),
    ],
)
def test_a_rollout_is_told_as_it_stands_on_the_day(phase, start, end, words):
    assert lines([Window(phase, ("worldwide",), start, end)]) == (words,)


AHEAD = Window("ga", ("worldwide",), EARLY_MAY, LATE_MAY, "It begins in early May.")


@pytest.mark.parametrize(
    ("status", "unsure", "first"),
    [
        ("cancelled", (), "Cancelled: will not be rolled out"),
        ("withdrawn", (), "Withdrawn by Microsoft"),
        ("superseded", (), "Replaced by another announcement"),
        ("on_hold", (), "On hold: there is no date now"),
        ("cancelled", ("status",), "Probably cancelled: look it up in the post"),
        ("on_hold", ("status", "rollouts"), "Probably on hold: look it up in the post"),
    ],
)
def test_a_plan_that_does_not_stand_is_told_as_what_was_planned(status, unsure, first):
    windows = [AHEAD, Window("retirement", ("gcc",), None, LATE_MAY), Window("ga", ("dod",), None, None)]

    assert lines(windows, status, unsure) == (
        first,
        "Rollout, worldwide: was planned for early to late May 2026",
        "Retirement, GCC: was planned to be complete by late May 2026",
    )
    assert lines((), status, unsure) == (first,)


def test_what_replaces_an_announcement_is_named_where_it_is_known():
    assert lines((), "superseded", superseded_by="MC1234567") == ("Replaced by MC1234567",)


def test_without_a_rollout_it_is_said_that_there_is_no_date_or_that_nobody_is_sure():
    assert lines((), "no_schedule") == ("No date stated",)
    assert lines((), "no_schedule", ["rollouts"]) == ("Not sure whether the post states a date",)


def test_dates_of_which_we_are_not_sure_come_with_the_posts_words_once_and_without_a_conclusion():
    past = Window("ga", ("gcc",), EARLY_MARCH, MID_MARCH, "It begins\n in early May.")
    long = Window("ga", ("dod",), EARLY_MAY, None, "word " * 100)

    told = lines([AHEAD, past, Window("ga", ("china",), EARLY_MAY, None), long], unsure=["rollouts"])

    assert told[:3] == (
        "Rollout, worldwide: early to late May 2026 (not sure: the post says “It begins in early May.”)",
        "Rollout, GCC: early to mid-March 2026, which is over (not sure)",
        "General availability, China: early May 2026 (not sure)",
    )
    assert told[3].endswith("word…”)")


def test_our_rollouts_come_first():
    gcc = Window("ga", ("gcc",), EARLY_MAY, None)

    assert lines([AHEAD, gcc], ours=[gcc])[0].startswith("General availability, GCC")
    assert len(lines([AHEAD, gcc], ours=[gcc])) == 2


@pytest.mark.parametrize(
    ("action", "act_by", "unsure", "words"),
    [
        ("required", None, (), "Action required"),
        ("required", "2026-04-05", (), "Action required by 5 April 2026"),
        ("required", "2026-03-14", (), "Action was required by 14 March 2026"),
        ("required", "2026-05-14", ("act_by",), "Action required; we are not sure by when"),
        ("required", "2026-03-14", ("act_by",), "Action required; we are not sure by when"),
        ("required", None, ("action",), "Not sure whether anything has to be done"),
        ("required", "2026-05-14", ("action",), "Not sure whether anything has to be done; deadline 14 May 2026"),
        (
            "required",
            "2026-03-14",
            ("action",),
            "Not sure whether anything has to be done; the deadline was 14 March 2026",
        ),
        ("optional", None, (), "Action is optional"),
        ("optional", "2026-05-14", (), "Review by 14 May 2026"),
        ("optional", "2026-03-14", (), "It was to be reviewed by 14 March 2026"),
        ("optional", None, ("action",), "Not sure whether anything has to be done"),
        (
            "optional",
            "2026-03-14",
            ("action",),
            "Not sure whether anything has to be done; the deadline was 14 March 2026",
        ),
        ("none", None, (), "No admin action is required"),
        ("none", "2026-05-14", (), "Deadline 14 May 2026"),
        ("none", "2026-03-14", (), "The deadline was 14 March 2026"),
        ("none", None, ("action",), "Not sure whether anything has to be done"),
        ("none", "2026-05-14", ("action",), "Not sure whether anything has to be done; deadline 14 May 2026"),
        ("none", "2026-03-14", ("action",), "Not sure whether anything has to be done; the deadline was 14 March 2026"),
    ],
)
def test_what_to_do_is_told_as_of_the_day(action, act_by, unsure, words):
    by = date.fromisoformat(act_by) if act_by else None
    found = Classification("MC1", status="scheduled", action=action, act_by=by, why=doubted(*unsure))

    assert to_do(found, TODAY) == words


@pytest.mark.parametrize(
    ("action", "act_by", "words"),
    [
        ("required", None, "Action is probably required"),
        ("required", date(2026, 5, 14), "Action is probably required, by 14 May 2026"),
        ("required", date(2026, 3, 14), "Action was probably required, by 14 March 2026"),
        ("optional", None, "Action is probably optional"),
        ("optional", date(2026, 5, 14), "Probably to be reviewed, by 14 May 2026"),
        ("none", None, "Probably nothing to do"),
        ("none", date(2026, 5, 14), "Deadline 14 May 2026"),
    ],
)
def test_what_is_likely_is_told_as_probable(action, act_by, words):
    likely = {"action": Why("", UNSURE_BELOW)}
    found = Classification("MC1", status="scheduled", action=action, act_by=act_by, why=likely)

    assert to_do(found, TODAY) == words


def test_where_a_post_recommends_steps_it_is_not_told_that_there_is_nothing_to_do():
    found = Classification("MC1", status="scheduled", action="none")

    assert to_do(found, TODAY) == "No admin action is required"
    assert to_do(found, TODAY, recommends=True) == "No action is required; the post recommends some steps"


def test_a_long_sentence_is_quoted_where_its_month_stands():
    words = f"{'While it is delivered every month to help everybody, ' * 6}it expires in May 2026."
    (line,) = lines([Window("ga", ("worldwide",), EARLY_MAY, None, words)], unsure=["rollouts"])

    assert "“…" in line
    assert "it expires in May 2026.”" in line


@pytest.mark.parametrize(
    ("status", "action", "unsure", "words"),
    [
        ("cancelled", "required", (), "Nothing to do: Microsoft cancelled it"),
        ("withdrawn", "optional", (), "Nothing to do: Microsoft withdrew it"),
        ("superseded", "required", ("action",), "Nothing to do here: another announcement takes its place"),
        ("cancelled", "required", ("status",), UNKNOWN_ACTION),
        ("on_hold", "required", ("status",), UNKNOWN_ACTION),
        ("on_hold", "required", (), "On hold; action is required once it goes on"),
        ("on_hold", "optional", (), "On hold; action is optional once it goes on"),
        ("on_hold", "none", (), "On hold; nothing to do for now"),
        ("on_hold", "none", ("action",), "On hold; not sure whether anything has to be done"),
    ],
)
def test_nothing_is_asked_of_what_does_not_stand(status, action, unsure, words):
    found = Classification("MC1", status=status, action=action, act_by=date(2026, 5, 1), why=doubted(*unsure))

    assert to_do(found, TODAY) == words


def test_the_field_alone_says_nothing_of_days():
    found = Classification("MC1", status="cancelled", action="required", act_by=date(2026, 3, 14))

    assert action_words(found) == "Action required"


DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
SPANS = st.none() | st.builds(lambda day, n: Interval(day, day + timedelta(days=n)), DAYS, st.integers(0, 90))
WINDOWS = st.builds(
    lambda phase, clouds, start, end: Window(
        phase, clouds, start, Interval(max(end.first, start.first), max(end.last, start.last)) if start and end else end
    ),
    st.sampled_from(get_args(Phase)),
    st.lists(st.sampled_from(get_args(Cloud)), min_size=1, unique=True).map(tuple),
    SPANS,
    SPANS,
)
FOUND = st.builds(
    lambda unsure, **fields: Classification("MC1", why=doubted(*unsure), **fields),
    unsure=st.sets(st.sampled_from(["rollouts", "status", "act_by", "action"])),
    windows=st.lists(WINDOWS, max_size=5).map(tuple),
    status=st.sampled_from(get_args(Status)),
    act_by=st.none() | DAYS,
    action=st.sampled_from(get_args(Action)),
)
PAST = re.compile(r"\b(rolled out|taken away|has begun|was|is over|is past)\b")


def last_day(text):
    """The last day that the words name, as a reader of posts finds it."""
    phrases = [(phrase, phrase.span(phrase.year)) for phrase in find(text) if phrase.year]
    return max((days.last for _, days in phrases if days), default=None)


@unhurried
@given(FOUND, DAYS)
def test_no_line_tells_of_a_day_before_as_if_it_lay_ahead(found, as_of):
    for words in (*when_lines(found, as_of, found.windows[-1:]), to_do(found, as_of)):
        last = last_day(words)
        assert last is None or last >= as_of or PAST.search(words), words


@unhurried
@given(WINDOWS, DAYS, st.booleans())
def test_what_is_over_is_always_told_as_over(window, as_of, unsure):
    found = Classification("MC1", windows=(window,), status="scheduled", why=doubted(*["rollouts"] * unsure))

    assert bool(re.search(r"rolled out|taken|has begun|over|past", when_lines(found, as_of)[0])) >= is_past(
        window, as_of
    )


@unhurried
@given(FOUND, DAYS)
def test_no_line_contradicts_the_status(found, as_of):
    lines, asked = when_lines(found, as_of), to_do(found, as_of)
    if found.status in OVER | {"on_hold"}:
        assert all(" was planned " in line for line in lines[1:])
        assert not re.search(r"required by|Review by|Deadline", asked)
    else:
        assert not any(re.search(r"ancelled|ithdrawn|eplaced|On hold|was planned", line) for line in lines)


@pytest.mark.parametrize(("status", "action"), list(product(get_args(Status), get_args(Action))))
def test_nothing_to_do_is_never_said_from_doubt(status, action):
    found = Classification("MC1", status=status, action=action, why=doubted("action", "status"))

    assert "othing to do" not in to_do(found, TODAY)
