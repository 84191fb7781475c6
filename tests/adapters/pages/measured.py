"""A year of changes of a fictitious organisation, for pages and reports."""

from datetime import UTC, date, datetime, timedelta

from shared.core.changes.change import Days
from shared.core.life.effectiveness import CardFigures, FiguresKey
from shared.core.life.evidence import Evidence
from shared.core.life.line import Line, part_of
from shared.core.life.lives import Life
from shared.core.life.measures import Measures, Share, measures
from shared.core.life.metrics import Count
from shared.core.life.outcomes import OutcomeRow
from shared.core.life.periods import month_of, months_until, week_of
from shared.core.life.reports import Agenda, MonthReport, TeamList, agenda, month_report, team_list
from shared.core.life.targets import Clock

NOW = datetime(2026, 9, 16, 12, 0, tzinfo=UTC)
PRODUCTS = (
    "Microsoft Teams",
    "Exchange Online",
    "SharePoint Online",
    "Microsoft Intune",
    "Microsoft Entra",
    "Power BI",
)
TITLES = (
    "Meeting recap: poll answers find a new home",
    "Mailbox rules: the old wizard is removed",
    "Document libraries: column formats are checked on save",
    "Prompt gallery: shared prompts need an owner",
    "Enrolment: older agents are no longer accepted",
    "Sign-in: number matching for guests",
)
KINDS = ("new_feature", "feature_change", "retirement", "security", "maintenance")
TEAMS = ("workplace", "messaging", "devices", "identity")


def life(number: int, now: datetime = NOW) -> Life:
    """One change a day, going back; the younger ones are open, some lapsed, some were late."""
    seen = now - timedelta(days=number, hours=number % 7)
    impact = ("high", "medium", "low")[number % 3]
    allowed = {"high": Days(2, 10, 30), "medium": Days(5, 20, 60), "low": Days(10, 30, 90)}[impact]
    took = number * 7 % 55 + 4
    closed = seen + timedelta(days=took) if took < number and number % 11 else None
    lapsed = closed is not None and number % 9 == 0
    is_open = closed is None and number < 200
    seen_by = None if lapsed or number % 13 == 0 else seen + timedelta(days=number % 5, hours=3)
    starts = (seen + timedelta(days=20 + number * 5 % 60)).date()
    return Life(
        f"MC{1200000 + number * 37}", TITLES[number % 6], TEAMS[number % 4], (PRODUCTS[number % 6].split()[-1],),
        (PRODUCTS[number % 6],), KINDS[number % 5], impact, False, seen, seen + timedelta(days=1),
        published=seen - timedelta(days=number % 2), triaged=seen_by, decided=seen_by and seen_by + timedelta(days=6),
        closed=closed, act_by=starts + timedelta(days=9) if number % 4 == 0 else None, rollout_start=starts,
        rollout_end=starts + timedelta(days=30), through="lapsed" if lapsed else "ticket",
        reference="" if lapsed else f"CHG{number:07d}", asked=True, is_open=is_open,
        worked=Days(number % 5, 7, took * 5 // 7) if closed else Days(number % 5), target=allowed,
        clocks=(Clock("close", number * 5 // 7, allowed.close or 0),) if is_open else (),
        slips=number % 4 // 2, slip_days=(number % 4 // 2) * (number % 50 - 8),
    )  # fmt: skip


def month() -> MonthReport:
    """The executive report on August."""
    august, july = month_of(date(2026, 8, 1)), month_of(date(2026, 7, 1))
    end, known = august.end, year(datetime(2026, 9, 1, tzinfo=UTC))
    all_year = months_until(date(2026, 8, 1), 12)
    months = [Count(name, len(name) + index * 3 % 17) for index, name in enumerate(all_year.months)]
    key = FiguresKey("messaging", "New", "exchange")
    cards = {
        key: CardFigures(41, 30, (2.0, 5.5, 30.0)),
        FiguresKey("workplace", "Dates moved", "teams"): CardFigures(18, 0),
    }
    sums = [cards, cards, {key: CardFigures(300)}]
    former = [life for life in year(july.end) if int(life.id[2:]) % 5]
    now, then = measures(known, august, end), measures(former, july, july.end)
    said = [
        OutcomeRow(
            "MC1300007", "The old export of mailboxes is retired", "messaging", "much", "Tell users.", august.end
        ),
        OutcomeRow("MC1300012", "Meetings show who spoke", "workplace", "none", "", august.end),
    ]
    return month_report(now, then, measures(known, all_year, end), months, sums, said)


def week(known: list[Life] | None = None) -> Agenda:
    """The agenda of a week."""
    lives, period = year() if known is None else known, week_of(NOW.date())
    services = () if known == [] else ("Viva Goals", "Sway")
    values = {"unowned": services, "planned": True, "decided": "2026-09-01T00:00:00+00:00"}
    lines = [Line(f"MC13{number:05d}", (part_of("change", "1", values),)) for number in range(5)]
    return agenda(lives, lines, measures(lives, period, NOW), period, NOW)


def evidence() -> Evidence:
    """Of an organisation that does much of level 400, and whose policy names no process owner."""
    return Evidence(
        since=datetime(2026, 7, 1, tzinfo=UTC), at=NOW, known=2907, new=96, workloads=6, deputies=Share(3, 4),
        tenants=2, plans=1, systems=1, targeted=1, owned=Share(91, 96), looked=Share(37, 41), weeks=Share(9, 10),
        agendas=Share(6, 10), tracked=Share(38, 41), filed=Share(35, 41), timed=Share(21, 24), board=Share(12, 13),
        returned=Share(9, 12), reached=Share(40, 41), carded=Share(41, 96), cards=CardFigures(118, 71, (2.0, 5.5)),
        channels=4, leads=Share(1, 2), lead_channels=2, early=Share(11, 14), feedback=Share(1, 4), roadmap=True,
        roadmap_read=datetime(2026, 9, 16, 4, tzinfo=UTC),
    )  # fmt: skip


def devices() -> TeamList:
    return team_list(year(), "devices", week_of(NOW.date()), NOW)


def year(now: datetime = NOW) -> list[Life]:
    return [life(number, now) for number in range(1, 400)]


def twelve_months() -> Measures:
    return measures(year(), months_until(NOW.date(), 12), NOW)
