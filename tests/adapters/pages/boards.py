"""The board and the register, filled as they would be in a busy month, for people of several roles."""

from collections import Counter
from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shared.adapters.pages.board import board_page
from shared.adapters.pages.calendar import calendar_page
from shared.adapters.pages.feeds import feeds_page
from shared.adapters.pages.register import register_page, ticket_page
from shared.adapters.pages.render import Viewer, viewer
from shared.core.life.board import BoardTicket, BoardView, ColumnView, RegisterView, columns
from shared.core.life.calendar import CalendarView, calendar_of
from shared.core.life.feed import Feed, FeedsView
from shared.core.life.line import Line, part_of
from shared.core.policy.model import Calendar
from shared.core.tickets.board import Order, obey, possible, seen_of
from shared.core.tickets.register import Entry
from shared.usecases.pages.board import SHOWN
from tests.usecases.world import policy

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
STATES = ("new", "assess", "authorize", "scheduled", "implement", "review", "closed", "cancelled")
BOARD = Viewer("Ana Torres", frozenset({"board"}), "5e" * 16)


def tickets(entries: Sequence[Entry]) -> list[BoardTicket]:
    return [
        BoardTicket(
            number=entry.number, change_id=entry.change_id, url=f"https://t.example/api/register/{entry.number}",
            system="crb", title=entry.title.partition(" ")[2], team=("workplace", "messaging", "devices")[n % 3],
            workloads=(("teams",), ("exchange", "sharepoint"))[n % 2], state=STATES[n % 8],
            decision="rejected" if STATES[n % 8] == "cancelled" else "approved" if n % 8 > 2 else "",
            risk=entry.risk, planned_start=entry.planned_start, planned_end=entry.planned_end, by_hand=n % 3 == 0,
            act_by=date(2026, 11, 20) + timedelta(days=5 * (n % 9)) if n % 4 else None,
            ended=NOW - timedelta(days=n % 20) if n % 8 > 5 else None, ours=True, moves=possible(STATES[n % 8]),
            seen=seen_of(entry),
        )
        for n, entry in enumerate(entries)
    ]  # fmt: skip


def view(entries: Sequence[Entry], **over: object) -> BoardView:
    made = tickets(entries)
    shown = tuple(
        ColumnView(each.key, each.name, len(each.tickets) + (40 if each.key == "new" else 0), each.tickets[:SHOWN])
        for each in columns(made, NOW)
    )
    teams, workloads = ("devices", "messaging", "workplace"), ("exchange", "sharepoint", "teams")
    whole = BoardView(shown, NOW.date(), True, {}, len(made), True, teams=teams, workloads=workloads)
    return replace(whole, **over)  # type: ignore[arg-type]


def elsewhere(entries: Sequence[Entry]) -> BoardView:
    """The tickets stand in ServiceNow."""
    theirs = [
        replace(each, number=f"CHG003{n:04d}", url="https://now.example/x", system="now", ours=False, moves=(), risk="",
                remote_state="Waiting for CAB")
        for n, each in enumerate(tickets(entries))
    ]  # fmt: skip
    shown = tuple(ColumnView(each.key, each.name, len(each.tickets), each.tickets) for each in columns(theirs, NOW))
    return BoardView(shown, NOW.date(), False, {"now": "servicenow"}, len(theirs), True)


def listed(entries: Sequence[Entry]) -> RegisterView:
    made = tickets(entries)
    return RegisterView(tuple(made), Counter(each.state for each in made), True, page=2, pages=4)


CALENDAR = Calendar.model_validate(
    {
        "freezes": [{"name": "Year end", "from": "2026-12-18", "until": "2027-01-06"}],
        "holidays": {"germany": ["2026-12-25", "2026-12-26"]},
    }
)
TITLES = (
    "Meeting recap: poll answers find a new home", "Mailbox rules: the old wizard is removed", "Sign-in for guests"
)  # fmt: skip


def rollouts() -> list[Line]:
    """Forty changes around December, some with work that the board planned."""
    made = []
    for n in range(40):
        start = date(2026, 11, 25) + timedelta(days=n if n % 5 else 7)
        values = {
            "title": TITLES[n % 3], "team": ("workplace", "messaging")[n % 2], "status": "scheduled",
            "decided": NOW.isoformat(), "plan_start": start.isoformat(),
            "plan_end": (start + timedelta(days=n % 4 * 6)).isoformat(), "workloads": ("teams",),
            "act_by": (start + timedelta(days=9)).isoformat() if n % 6 == 0 else "",
        }  # fmt: skip
        if n % 13 == 0:
            values |= {"plan_start": "2026-10-01", "plan_end": "2027-02-01"}
        parts = [part_of("change", "1", values)]
        if n % 9 == 1:
            days = {"planned_start": start.isoformat(), "planned_end": (start + timedelta(days=2)).isoformat()}
            parts.append(part_of("ticket|crb", "1", {"number": f"CHG{1234567 + n}", "state": "scheduled", **days}))
        made.append(Line(f"MC{1234567 + n}", tuple(parts)))
    return made


def month(lines: Sequence[Line] | None = None) -> CalendarView:
    rules = policy(calendar=CALENDAR)
    shown = calendar_of(rollouts() if lines is None else lines, rules, date(2026, 12, 1))
    return CalendarView(
        shown, date(2026, 12, 3), CALENDAR.freezes, complete=True, known=True,
        teams=("messaging", "workplace"), workloads=("teams",),
    )  # fmt: skip


def a_day() -> CalendarView:
    view = month()
    day = max(view.month.days, key=lambda each: len(each.marks) if each.in_month else 0)
    return replace(view, day=day, marks=day.marks, pages=3, page=2, team="messaging")


ADDRESS = f"https://t.example/api/feeds/{'x' * 43}/calendar.ics"


def some_feeds() -> FeedsView:
    feeds = (
        Feed("a" * 64, "ana", NOW, "messaging"),
        Feed("b" * 64, "ben", NOW - timedelta(days=90), workload="teams", last_read=NOW.date()),
    )
    return FeedsView(feeds, {"ben": "Ben Ito"}, ("messaging", "workplace"), ("exchange", "teams"))


def planned(entry: Entry) -> Entry:
    """Approved, with days that a person set."""
    order = Order("approve", "after the freeze", date(2027, 1, 11), date(2027, 1, 15))
    return obey(replace(entry, state="authorize"), order, "Ana", NOW).entry


def pages(entries: Sequence[Entry]) -> dict[str, str]:
    def made() -> dict[str, str]:
        viewer.set(BOARD)
        said = "Ben Ito was faster with CHG1234567 (new to assess by Ben Ito, at 08:58 UTC on 30 November 2026)."
        faster = ("bad", f"{said} Nothing of yours was done: look at it again.")
        return {
            "board": board_page(view(entries)),
            "board-faster": board_page(view(entries), faster),
            "board-column": board_page(
                view(entries, columns=view(entries).columns[:1], column="new", pages=3, team="devices")
            ),
            "board-empty": board_page(view([])),
            "feeds": feeds_page(some_feeds(), "ana", {"team": "messaging", "workload": ""}, address=ADDRESS),
            "feeds-empty": feeds_page(replace(some_feeds(), feeds=()), "ana", {"team": "", "workload": ""}),
            "ticket": ticket_page(entries[0]),
            "ticket-planned": ticket_page(planned(entries[0]), notice=("good", "CHG1234567 is in Scheduled now.")),
        }

    return {
        **copy_context().run(made),
        "board-read": board_page(view(entries)),
        "board-elsewhere": board_page(elsewhere(entries)),
        "board-none": board_page(view([], register=False)),
        "calendar": calendar_page(month()),
        "calendar-day": calendar_page(a_day()),
        "calendar-empty": calendar_page(replace(month([]), known=False)),
        "register": register_page(listed(entries)),
        "register-empty": register_page(RegisterView((), {}, True)),
    }
