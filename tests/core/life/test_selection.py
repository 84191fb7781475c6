"""Selections: read from an address and written back; and the list behind each figure has as many changes as it says."""

from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.life import behind
from shared.core.life.figures import visible
from shared.core.life.line import Line, part_of
from shared.core.life.lives import lives
from shared.core.life.load import loads
from shared.core.life.measures import DIMENSIONS, measures
from shared.core.life.metrics import NO_WORKLOAD
from shared.core.life.periods import months_until, week_of
from shared.core.life.scope import Scope
from shared.core.life.selected import due_day, selected
from shared.core.life.selection import BUCKETS, CHOICES, EVERYTHING, SORTS, Selection, read_selection
from shared.core.life.shown import shown_of
from shared.core.life.spans import span_named
from shared.core.life.targets import STEPS
from shared.core.life.trends import closings_by_week, trends
from tests.fakes import NOW, a_policy
from tests.lines import some_lines

TODAY = NOW.date()
POLICY = a_policy()
LINES = some_lines()
SHOWN = shown_of(LINES, TODAY)


def read(query):
    return read_selection(dict(parse_qsl(query, keep_blank_values=True)), TODAY)


def ids(query, lines=LINES):
    selection, faults = read(query)
    assert not faults
    return [line.id for line in selected(shown_of(lines, TODAY), selection, POLICY, NOW)]


def change(number=1, *parts, **values):
    base = {"title": "A title", "decided": NOW.isoformat(), "first_seen": NOW.isoformat(), "planned": True}
    return Line(f"MC{1000000 + number}", (part_of("change", "1", base | values), *parts))


# Addresses.


@pytest.mark.parametrize(
    ("query", "again"),
    [
        ("", ""),
        ("q=&state=&page=1&sort=", ""),
        ("state=open&q=old+wizard", "q=old+wizard&state=open"),
        ("sort=title&page=3&team=messaging", "team=messaging&sort=title&page=3"),
        ("q=%C3%84nderung+%26+%3Cb%3E", "q=%C3%84nderung+%26+%3Cb%3E"),
        ("q=" + "x" * 300, "q=" + "x" * 199 + "%E2%80%A6"),
        ("closed=2026-08&workload=-", "workload=-&closed=2026-08"),
    ],
)
def test_an_address_says_only_what_was_chosen_always_in_the_same_order(query, again):
    selection, faults = read(query)

    assert (selection.query, faults) == (again, ())
    assert read(again) == (selection, ())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("colour=red", "“colour” is nothing that changes can be chosen by."),
        ("state=broken", "State cannot be “broken”; it can be “open”"),
        ("closed=yesterday", "Closed: “yesterday” says no days; write a day (2026-09-01)"),
        ("closed=2026-09-14..2026-09-01", "says no days"),
        ("page=0", "“0” is no page"),
        ("page=²", "is no page"),
        ("page=99999999999999999999", "is no page"),
        ("sort=up", "Sorted by cannot be “up”; it can be “newest”"),
        ("unsure=no", "Unsure cannot be “no”; it can be “yes”."),
        ("due=-1", "Due cannot be “-1”"),
    ],
)
def test_what_is_not_understood_is_told_in_a_sentence_and_left_out(query, words):
    selection, (fault,) = read(f"{query}&team=messaging")

    assert words in fault
    assert selection == Selection(team="messaging")


@given(
    st.dictionaries(
        st.sampled_from([each.name for each in fields(Selection)]) | st.text(max_size=9), st.text(max_size=30)
    )
)
def test_no_address_is_an_exception(params):
    selection, _ = read_selection(params, TODAY)

    assert read_selection(dict(parse_qsl(selection.query)), TODAY) == (selection, ())
    selected(shown_of(LINES[:20], TODAY), selection, POLICY, NOW)


def test_every_field_is_a_choice_with_a_label_and_every_value_can_be_asked_for():
    assert [each.name for each in fields(Selection)] == [*CHOICES, "page"]
    for name, choice in CHOICES.items():
        for value in choice.values if choice.kind == "value" else ():
            selection, faults = read_selection({name: value}, TODAY)
            assert not faults
            assert len(selected(SHOWN, selection, POLICY, NOW)) <= len(LINES)
            assert name == "sort" or selection.words(name)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-09-01", date(2026, 9, 1), date(2026, 9, 1)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-08..2026-W36", date(2026, 8, 1), date(2026, 9, 6)),
        ("2026-08-31..", date(2026, 8, 31), None),
        ("..2026-08-31", None, date(2026, 8, 31)),
        ("7d", TODAY - timedelta(days=6), TODAY),
        ("1d", TODAY, TODAY),
    ],
)
def test_a_span_is_a_day_a_month_a_week_from_one_to_another_or_the_last_days(text, first, last):
    span = span_named(text, TODAY)

    assert (span.first, span.last) == (first, last)
    assert span.holds(first or last)
    assert not span.holds(None)


@pytest.mark.parametrize(
    "text", ["", "..", "1026", "2026-13", "2026-02-30", "0001-01-01", "d", "-7d", "2026-09-01...", "٧d"]
)
def test_what_says_no_days_is_no_span(text):
    assert span_named(text, TODAY) is None


def test_a_span_goes_by_the_day_in_utc():
    late = datetime.fromisoformat("2026-09-01T01:00:00+02:00")

    assert span_named("2026-08-31", TODAY).holds(late)
    assert not span_named("2026-09-01", TODAY).holds(late)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("MC1234567", "MC1234567"),
        ("mc1234567", "MC1234567"),
        (" MC 1234567 ", "MC1234567"),
        ("1234567", "MC1234567"),
        ("123", ""),
        ("MC123456 old", ""),
        ("wizard", ""),
        ("１２３４５６７", ""),
    ],
)
def test_an_id_with_mc_or_without_leads_to_its_change(text, wanted):
    assert Selection(q=text).wanted_id == wanted


def test_a_thing_that_was_chosen_can_be_taken_away():
    chosen = Selection(q="old", state="open", kind="retirement", page=4)

    assert chosen.without("state") == Selection(q="old", kind="retirement")
    assert chosen.words("kind") == "retirement"
    assert Selection(workload="-").words("workload") == "no workload"
    assert list(chosen.chosen) == ["q", "state", "kind"]


# What is searched.

SEARCHED = change(
    7,
    services=("Exchange Online",),
    roadmap=("123456",),
    controls=("Set-OwaMailboxPolicy",),
    title="Ältere Wizards gehen",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mc1000007", True),
        ("1000007", True),
        ("WIZARDS", True),
        ("ältere exchange", True),
        ("123456", True),
        ("owamailbox", True),
        ("wizards teams", False),
        ("nothing", False),
    ],
)
def test_a_search_finds_words_of_id_title_product_roadmap_id_and_control(text, found):
    assert bool(selected(shown_of([SEARCHED], TODAY), Selection(q=text), POLICY, NOW)) is found


def test_of_a_post_on_data_privacy_nothing_but_its_id_can_be_searched():
    private = [line for line in LINES if line.private]

    assert private
    assert all(line.searched == f"{line.id}\na message on data privacy".casefold() for line in private)


# What is due.


@pytest.mark.parametrize(
    ("act_by", "plan_end", "due"),
    [
        (5, 9, (5, "act by")),
        (None, 9, (9, "planned end")),
        (5, -1, (-1, "planned end")),
        (-2, -9, (-2, "act by")),
        (0, 9, (0, "act by")),
        (None, None, None),
    ],
)
def test_the_day_that_has_passed_is_due_first_then_the_day_to_act_by_then_the_planned_end(act_by, plan_end, due):
    def day(ahead):
        return "" if ahead is None else (TODAY + timedelta(days=ahead)).isoformat()

    own = due_day(change(act_by=day(act_by), plan_end=day(plan_end)), TODAY)

    assert (own and (own.days, own.because)) == due


def test_the_list_begins_with_what_is_due_first_then_what_has_no_day_then_what_is_over_the_newest_first():
    def day(ahead):
        return (TODAY + timedelta(days=ahead)).isoformat()

    over = part_of("closing", "2", {"number": 1, "at": NOW.isoformat(), "through": "ticket"})
    lines = [
        change(1, over, act_by=day(-90), first_seen="2026-08-01T00:00:00+00:00"),
        change(2, act_by=day(3)),
        change(3),
        change(4, plan_end=day(-1)),
        change(5, over, first_seen="2026-08-02T00:00:00+00:00"),
        change(6, act_by=day(3)),
    ]

    assert [line.id[-1] for line in selected(shown_of(lines, TODAY), EVERYTHING, POLICY, NOW)] == list("426351")
    assert [line.id[-1] for line in selected(shown_of(lines, TODAY), Selection(sort="newest"), POLICY, NOW)] == list(
        "643251"
    )


@pytest.mark.parametrize("sort", SORTS)
def test_the_order_is_the_same_however_the_lines_come(sort):
    backwards = selected(shown_of(reversed(LINES), TODAY), Selection(sort=sort), POLICY, NOW)

    assert backwards == selected(SHOWN, Selection(sort=sort), POLICY, NOW)
    assert len(backwards) == len(LINES)


def test_what_is_chosen_narrows_one_after_the_other():
    everything = set(ids(""))
    assert set(ids("state=open")) & set(ids("team=messaging")) == set(ids("state=open&team=messaging"))
    assert set(ids("ticket=yes")) | set(ids("ticket=no")) == everything
    assert set(ids("due=7")) < set(ids("due=30")) < set(ids("state=open"))
    assert set(ids("lead=messaging")) < set(ids("team=messaging"))
    assert set(ids("tenant=fabrikam")) < set(ids("tenant=contoso")) < everything
    assert set(ids("state=closed")) | set(ids("state=lapsed")) == set(ids("state=ended"))
    assert sorted(each for bucket in BUCKETS for each in ids(f"age={bucket}")) == sorted(ids("state=open"))


def test_a_change_that_was_handed_over_is_found_under_the_team_that_has_it_now():
    assert ids("team=voice") == [line.id for line in selected(SHOWN, EVERYTHING, POLICY, NOW) if line.moved]


# Every figure has the list behind it.


@pytest.fixture(params=[True, False], ids=["with privacy", "without"])
def seen(request):
    return visible(LINES, privacy=request.param)


def count(lines, selection):
    """How many changes the list has at which the figure's link leads."""
    again, faults = read(selection.query)
    assert (again, faults) == (selection, ())
    return len(selected(shown_of(lines, TODAY), selection, POLICY, NOW))


def test_each_figure_of_home_is_the_length_of_its_list(seen):
    figures = asdict(behind.home_figures(shown_of(seen, TODAY), POLICY, NOW))

    assert {name: figures[name] for name in behind.HOME} == {
        name: count(seen, selection) for name, selection in behind.HOME.items()
    }
    assert all(figures[name] for name in behind.HOME), "the sample lines have some of everything"


SCOPES = (
    Scope(),
    Scope(3),
    Scope(24),
    Scope(team="messaging"),
    Scope(6, workload="exchange"),
    Scope(12, "devices", NO_WORKLOAD),
)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_each_measure_is_the_length_of_its_list(seen, scope):
    period = months_until(TODAY, scope.months)
    known = measures([life for life in lives(seen, (), POLICY, NOW) if scope.holds(life)], period, NOW)
    lists = behind.Behind(period, scope)

    assert known.open == count(seen, lists.open())
    assert known.overdue == count(seen, lists.overdue())
    assert known.over == count(seen, lists.over())
    assert known.about == count(seen, lists.about())
    assert known.closed == count(seen, lists.closed())
    assert known.lapsed == count(seen, lists.lapsed())
    assert known.opened == count(seen, lists.opened())
    assert known.health.missed.part == count(seen, lists.missed())
    assert known.health.missed.whole == count(seen, lists.due())
    assert known.health.unseen.part == count(seen, lists.unseen())
    assert known.health.unseen.whole == count(seen, lists.ended())
    assert known.unmeasured.no_day == count(seen, lists.undated())
    assert known.unmeasured.no_impact == count(seen, lists.untargeted())
    for bucket in known.ages:
        assert bucket.count == count(seen, lists.aged(bucket.label))
    for step in STEPS:
        taken, within = getattr(known, step), known.within[step]
        assert taken.days.count == count(seen, lists.done(step))
        assert within.whole == count(seen, lists.targeted(step, kept=False))
        assert within.part == count(seen, lists.targeted(step, kept=True))
    for dimension in DIMENSIONS:
        for row in known.groups[dimension]:
            assert row.open == count(seen, lists.group(dimension, row.name, lists.open()))
            assert row.overdue == count(seen, lists.group(dimension, row.name, lists.overdue()))
            assert row.over == count(seen, lists.group(dimension, row.name, lists.over()))
            assert row.closed == count(seen, lists.group(dimension, row.name, lists.closed()))
            for step in STEPS:
                assert getattr(row, step).days.count == count(seen, lists.group(dimension, row.name, lists.done(step)))
    for row in known.notice:
        assert row.changes == count(seen, lists.noticed(row.product))
        assert row.slipped == count(seen, lists.noticed(row.product, moved="yes"))
        assert row.short.part == count(seen, lists.noticed(row.product, notice="short"))


@pytest.mark.parametrize("scope", SCOPES[:4], ids=str)
def test_each_number_of_a_month_or_week_is_the_length_of_its_list(seen, scope):
    period = months_until(TODAY, scope.months)
    known = [life for life in lives(seen, (), POLICY, NOW) if scope.holds(life)]
    lists = behind.Behind(period, scope)

    for month in trends(known, period):
        span = f"{month.first:%Y-%m}"
        assert month.opened == count(seen, lists.opened(span))
        assert month.ended == count(seen, lists.ended(span))
        assert month.closed == count(seen, lists.closed(span))
        assert month.lapsed == count(seen, lists.lapsed(span))
        assert month.notice.changes == count(seen, lists.noticed(span=span))
        assert month.notice.short.part == count(seen, lists.noticed(span=span, notice="short"))
        for step in STEPS:
            assert month.steps[step].count == count(seen, lists.done(step, span))
    for week in closings_by_week(known, period, TODAY):
        assert week.count == count(seen, lists.closed(week_of(date.fromisoformat(week.label)).name))


def test_the_sample_lines_have_something_of_each_measure():
    period = months_until(TODAY, 12)
    lists = behind.Behind(period)
    asked = [
        lists.over(),
        lists.about(),
        lists.lapsed(),
        lists.missed(),
        lists.unseen(),
        lists.undated(),
        lists.untargeted(),
    ]
    asked += [lists.targeted(step, kept=True) for step in STEPS] + [
        lists.noticed(notice="short"),
        lists.noticed(moved="yes"),
    ]

    assert all(count(LINES, each) for each in asked)


def test_each_number_of_a_teams_load_is_the_length_of_its_list(seen):
    for team, load in loads(seen, POLICY, NOW).items():
        for state, number in asdict(load).items():
            assert number == count(seen, Selection(state=state, team=team))


def test_the_views_that_everybody_has_can_be_opened():
    for selection in behind.VIEWS.values():
        assert 0 < count(LINES, selection) < len(LINES)
