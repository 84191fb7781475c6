"""What a review goes through, and what of it waits for a word."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.core.life.line import Line, part_of
from shared.core.review.agenda import MOST, AgendaItem, item_of, review_agenda

NOW = datetime(2026, 9, 18, 9, tzinfo=UTC)
TODAY = NOW.date()


def ago(**days):
    return (NOW - timedelta(**days)).isoformat()


def line(id_="MC1", people=None, closing=None, **over):
    """A planned change that was first seen yesterday, of one team."""
    values = {
        "title": "t", "team": "mail", "teams": ("mail",), "first_seen": ago(days=1), "decided": ago(days=1),
        "modified": ago(days=2), "revision": 1, "planned": True, "last_day": "2026-12-01", "plan_end": "2026-12-01",
        **over,
    }  # fmt: skip
    parts = [part_of("change", "1", values)]
    parts += [part_of("people", "00000001", people)] if people else []
    parts += [part_of("closing", "2", closing)] if closing else []
    return Line(id_, tuple(parts))


def said(what="no_impact", team="mail", hours=1):
    return {"at": ago(hours=hours), "words": ((team, "", what, "ana", ago(hours=hours)),)}


OLD = {"first_seen": ago(days=30), "decided": ago(days=30), "modified": ago(days=40)}
EDITED = OLD | {"revision": 2, "modified": ago(days=3)}
PAST = {"act_by": "2026-09-10"}


@pytest.mark.parametrize(
    ("own", "reason", "waits_for"),
    [
        (line(), "new", ("mail",)),
        (line(people=said()), "new", ()),
        (line(people={"at": ago(hours=1), "words": (("mail", "ana", "", "", ago(hours=1)),)}), "new", ()),
        (line(people={"at": ago(hours=1), "asked": (("2026-10-01", "mail"),)}), "new", ()),
        (line(people={"at": ago(hours=1), "asked": (("2026-09-10", "mail"),)}), "new", ("mail",)),  # that day is past
        (line(people={"at": ago(hours=1)}), "new", ("mail",)),  # a comment decides nothing
        (line(private=True, teams=(), people={"at": ago(hours=1)}), "new", ()),  # who said what stands in no line of it
        (line(private=True, teams=()), "new", ("mail",)),
        (line(closing={"at": ago(hours=2), "number": 1}), None, None),  # by its ticket: nobody has to look
        (line(people={"at": ago(hours=2)}, closing={"at": ago(hours=2), "number": 1}), "new", ()),
        (line(decided=""), None, None),
        (line(planned=False), None, None),
        (line(planned=False, people=said()), "new", ()),  # what ended in this review stays at its place
        (line(**OLD), "waiting", ("mail",)),
        (line(**OLD, people=said(hours=200)), None, None),
        (line(**OLD, people=said(hours=2)), "waiting", ()),
        (line(**OLD, closing={"at": ago(days=9), "number": 1}), None, None),
        (line(**EDITED), "edited", ("mail",)),
        (line(**EDITED, people=said(hours=200)), "edited", ("mail",)),
        (line(**EDITED, people=said(hours=2)), "edited", ()),
        # stamped by Microsoft before the word, and seen by us after it
        (line(**EDITED, observed=ago(hours=1), people=said(hours=2)), "edited", ("mail",)),
        (line(**OLD | {"revision": 2}, observed=ago(days=2)), "edited", ("mail",)),
        (line(**PAST), "late", ("mail",)),
        (line(**OLD, **PAST, people=said(hours=200)), "late", ("mail",)),
        (line(**OLD, **PAST, people=said(hours=2)), "late", ()),
        (line(**OLD, **PAST, people={"at": ago(days=20), "words": (("mail", "", "impact"),)}), "late", ("mail",)),
        (line(people={"at": ago(hours=1), "words": (("mail", "", "impact"),)}), "new", ()),  # of an earlier version
        (line(**PAST, people={"at": ago(hours=2)}, closing={"at": ago(hours=2), "number": 1}), "late", ()),
    ],
)
def test_a_change_is_on_the_agenda_for_a_reason_until_its_teams_have_said_a_word(own, reason, waits_for):
    item = item_of(own, NOW)

    assert (item and item.reason, item and item.waits_for) == (reason, waits_for)


def test_each_team_has_its_own_word_and_its_own_agenda():
    both = line(teams=("mail", "voice"), people=said())

    assert item_of(both, NOW).waits_for == ("voice",)
    assert item_of(both, NOW, team="mail").is_done
    assert item_of(both, NOW, team="voice").waits_for == ("voice",)
    assert item_of(both, NOW, team="devices") is None


def test_what_is_late_comes_first_then_what_is_due_soonest_and_no_word_moves_anything():
    lines = [
        line("MC1", act_by="2026-11-01"),
        line("MC2", plan_start="2026-09-20"),
        line("MC3", act_by="2026-09-01"),
        line("MC4", plan_end=""),
        line("MC5", plan_start="2026-09-20"),
    ]
    answered = [line("MC2", plan_start="2026-09-20", people=said()), line("MC3", act_by="2026-09-01", people=said())]
    before = review_agenda(lines, NOW)
    after = review_agenda([*answered, *(own for own in lines if own.id not in {"MC2", "MC3"})], NOW)

    assert [item.id for item in before.items] == ["MC3", "MC2", "MC5", "MC1", "MC4"]
    assert [item.id for item in after.items] == [item.id for item in before.items]
    assert (before.done, after.done) == (0, 2)
    assert [item.version for item in before.items][3:] == [item.version for item in after.items][3:]
    assert before.items[0].version != after.items[0].version


@pytest.mark.parametrize(("at", "expected"), [("MC1", "MC3"), ("MC3", "MC1"), ("", "MC1"), ("MC9", "MC1")])
def test_the_next_one_is_the_next_that_waits_and_then_the_first(at, expected):
    agenda = review_agenda([line("MC1"), line("MC2", people=said()), line("MC3")], NOW)

    assert agenda.after(at).id == expected


def test_where_all_are_done_there_is_no_next_one():
    agenda = review_agenda([line("MC1", people=said()), line("MC2")], NOW)

    assert agenda.after("MC2") is None


def test_the_last_weeks_are_looked_at_as_far_back_as_asked():
    three = line(first_seen=ago(days=20), modified=ago(days=30), people=said(hours=24 * 19))

    assert item_of(three, NOW) is None
    assert item_of(three, NOW, weeks=4).reason == "new"


def test_a_page_has_a_bound_and_says_how_many_more_there_are():
    agenda = review_agenda([line(f"MC{number}") for number in range(MOST + 7)], NOW)

    assert (len(agenda.items), agenda.left) == (MOST, 7)


def test_words_of_teams_that_it_is_no_more_are_left_out():
    own = line(people={"at": ago(hours=1), "moved": (("mail", "voice"),), "words": (("mail", "", "impact"),)})

    item = item_of(own, NOW)
    assert isinstance(item, AgendaItem)
    assert (item.words, item.waits_for) == ((), ("voice",))
