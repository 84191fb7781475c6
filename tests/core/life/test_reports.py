"""What reports say, and how cards say it in few lines."""

from dataclasses import replace
from datetime import UTC, date, datetime

from shared.core.cards.listing import ListCard
from shared.core.life.effectiveness import CardFigures, FiguresKey
from shared.core.life.line import Line, part_of
from shared.core.life.lives import Life
from shared.core.life.measures import measures
from shared.core.life.periods import month_of, week_of
from shared.core.life.report_cards import MOST_LINES, agenda_card, month_card, team_card, unowned_card
from shared.core.life.reports import agenda, key_figures, month_report, team_list, unowned
from shared.core.life.targets import Clock
from shared.core.words.language import speaking

NOW = datetime(2026, 5, 18, 6, tzinfo=UTC)
WEEK, MAY = week_of(NOW.date()), month_of(NOW.date())
URL = "https://changes.example"


def at(day, month=5):
    return datetime(2026, month, day, 9, tzinfo=UTC)


def life(id_="MC1", **over):
    fields = {
        "title": "A title", "team": "messaging", "workloads": ("exchange",), "services": ("Exchange Online",),
        "kind": "retirement", "impact": "high", "private": False, "first_seen": at(1), "opened": at(1), "asked": True,
        "is_open": True, "triaged": at(2),
    }  # fmt: skip
    return Life(id_, **(fields | over))


def said(report):
    return {section.topic: [(item.id, item.why) for item in section.items] for section in report.sections}


def weekly(*known, lines=()):
    return agenda(known, lines, measures(known, WEEK, NOW), WEEK, NOW)


def test_the_agenda_names_what_is_new_to_decide_due_late_and_moved():
    report = weekly(
        life("MC1", triaged=None, first_seen=at(14)),
        life("MC2", triaged=None, first_seen=at(3)),
        life("MC3", ticketed=at(4), opened=at(4), reference="CHG3"),
        life("MC4", act_by=date(2026, 5, 18), rollout_start=date(2026, 5, 30)),
        life("MC5", rollout_start=date(2026, 6, 1)),
        life("MC6", act_by=date(2026, 6, 2)),
        life("MC7", act_by=date(2026, 5, 17), clocks=(Clock("triage", 3, 2), Clock("close", 1, 9))),
        life("MC8", slips=2, slip_days=30, slipped_at=at(15)),
        life("MC9", slips=1, slip_days=30, slipped_at=at(3)),
        life("MC10", triaged=None, asked=False),
        life("MC11", triaged=None, is_open=False, closed=at(16)),
    )

    assert said(report) == {
        "look": [("MC1", "first seen on 14 May 2026"), ("MC2", "first seen on 3 May 2026")],
        "decide": [("MC3", "CHG3 waits since 4 May 2026")],
        "ahead": [("MC4", "act by 18 May 2026"), ("MC5", "the rollout begins on 1 June 2026")],
        "late": [("MC7", "1 day overdue; no look for 3 working days of 2")],
        "moved": [("MC8", "in all 30 days later")],
    }
    assert [item.id for section in report.sections for item in section.items if item.is_new] == ["MC1"]


def test_an_agenda_of_nothing_says_so_under_every_topic():
    report = weekly()
    card = agenda_card(report, URL)

    assert said(report) == {"look": [], "decide": [], "ahead": [], "late": [], "moved": []}
    assert all(section.empty for section in report.sections)
    assert (card.entries, card.left) == ((), 0)
    assert card.text.startswith("0 changes are open: 0 overdue")


def test_the_card_names_each_change_once_and_counts_those_that_do_not_fit():
    many = [life(f"MC{n}", triaged=None, act_by=date(2026, 5, 20), first_seen=at(14)) for n in range(40)]
    card = agenda_card(weekly(*many), URL)

    assert (len(card.entries), card.left) == (MOST_LINES, 15)
    assert {entry.group for entry in card.entries} == {"Nobody has looked at it"}
    assert card.home_url == "https://changes.example/api/reports/weekly/2026-W21"
    assert card.entries[0].page_url == "https://changes.example/api/changes/MC0"
    assert card.entries[0].headline == "New"


def test_a_teams_list_has_its_own_changes_alone():
    known = (life("MC1", triaged=None), life("MC2", triaged=None, team="devices"))
    report = team_list(known, "messaging", WEEK, NOW)

    assert said(report)["look"] == [("MC1", "first seen on 1 May 2026")]
    assert report.open == 1
    assert isinstance(team_card(report, URL), ListCard)
    assert team_list((), "messaging", WEEK, NOW).is_empty
    assert not report.is_empty


def line(id_, unowned_, **over):
    values = {"unowned": unowned_, "planned": True, "decided": "2026-05-01T00:00:00+00:00"} | over
    return Line(id_, (part_of("change", "1", values),))


def test_services_that_nobody_owns_are_told_with_their_newest_changes_and_what_to_do():
    lines = [line(f"MC{n}", ("Viva", "Sway") if n == 1 else ("Viva",)) for n in range(1, 6)]
    lines += [line("MC8", ("Sway",), planned=False), line("MC9", ("Sway",), private=True)]
    rows = unowned(lines, NOW.date())
    card = unowned_card(rows, ("ana@contoso.example",), URL, f"{URL}/r")

    assert [(row.service, len(row.changes)) for row in rows] == [("Viva", 5), ("Sway", 1)]
    assert card.title == "2 services have no owner"
    assert card.lines == ("Viva: 5 open changes (MC5, MC4, MC3 and 2 more)", "Sway: 1 open change (MC1)")
    assert "workload of the policy" in card.text
    assert unowned_card((), (), URL, URL) is None


def test_each_key_figure_stands_beside_that_of_the_month_before_and_says_whether_it_is_better():
    before = measures([life(closed=at(20, 4), is_open=False, through="ticket", opened=at(10, 4))],
                      month_of(date(2026, 4, 1)), at(1))  # fmt: skip
    now = measures([life(closed=at(10), is_open=False, through="ticket", opened=at(1))], MAY, at(1, 6))
    figures = {figure.name: figure for figure in key_figures(now, before)}

    close = figures["Median time to close"]
    assert (close.value, close.before, close.turn) == (9.0, 10.0, "better")
    assert (figures["Opened"].turn, figures["Median time to decide"].value) == ("", None)
    worse = replace(now, over=3)
    assert {f.name: f.turn for f in key_figures(worse, before)}["Over target at the end"] == "worse"


def test_the_month_adds_its_cards_by_channel_and_proposes_from_three_months():
    key = FiguresKey("mail", "New", "exchange")
    cards = [{key: CardFigures(4, 0, (2.0,))}, {key: CardFigures(3)}, {key._replace(channel="teams"): CardFigures(300)}]
    none = measures([], MAY, NOW)
    report = month_report(none, none, none, [], cards)

    assert [(row.channel, row.sent, row.answered, row.hours) for row in report.cards] == [("mail", 4, 1, 2.0)]
    assert report.proposals[0] == "teams gets 23 cards a week: a digest, or fewer routes?"
    card = month_card(report, ("eva@contoso.example",), URL)
    assert card.lines[0] == "Change health: 100 of 100 (100)"
    assert "Median time to close: – days (–)" in card.lines


def test_a_report_is_said_in_the_language_that_is_spoken():
    with speaking("de"):
        card = agenda_card(weekly(life("MC1", act_by=date(2026, 5, 17))), URL)

    assert card.title == "Tagesordnung der wöchentlichen Durchsicht"
    assert (card.entries[0].to_do, card.language) == ("1 Tag überfällig", "de")
