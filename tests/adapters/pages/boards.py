"""The board and the register, filled as they would be in a busy month, for people of several roles."""

from collections import Counter
from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shared.adapters.pages.board import board_page
from shared.adapters.pages.register import register_page, ticket_page
from shared.adapters.pages.render import Viewer, viewer
from shared.core.life.board import BoardTicket, columns
from shared.core.tickets.board import Order, obey, possible, seen_of
from shared.core.tickets.register import Entry
from shared.usecases.pages.board import SHOWN, BoardView, ColumnView
from shared.usecases.pages.register import RegisterView

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
            "ticket": ticket_page(entries[0]),
            "ticket-planned": ticket_page(planned(entries[0]), notice=("good", "CHG1234567 is in Scheduled now.")),
        }

    return {
        **copy_context().run(made),
        "board-read": board_page(view(entries)),
        "board-elsewhere": board_page(elsewhere(entries)),
        "board-none": board_page(view([], register=False)),
        "register": register_page(listed(entries)),
        "register-empty": register_page(RegisterView((), {}, True)),
    }
