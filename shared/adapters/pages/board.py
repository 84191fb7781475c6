"""The page of the change board, and what is said of a move."""

from urllib.parse import urlencode

from shared.adapters.pages.render import planned, render, viewer
from shared.core.life.board import CLOSED_FOR, BoardView
from shared.core.review.roles import may_move
from shared.core.tickets.board import Order, TicketMoved, line_with_names
from shared.core.words.board import OUTCOMES, STATES, SYSTEMS, days_words, move_words

KEYS = {
    "approve": "a",
    "reject": "r",
    "implement": "i",
    "review": "v",
    "close": "c",
    "schedule": "s",
    "assess": "e",
    "authorize": "u",
    "cancel": "x",
}
"""The key that presses each move on the board."""
_DONE = {
    "approve": "approved, and stands in Scheduled",
    "reject": "rejected, and its change is closed",
    "close": "closed, and its change with it",
    "cancel": "cancelled, and its change is closed",
}
_NEEDS = {"reject": "words", "cancel": "words", "schedule": "start", "close": "outcome"}
"""The field that somebody fills in before such a move."""


def board_page(view: BoardView, notice: tuple[str, str] | None = None) -> str:
    """The board. `notice`: its tone and what it says."""
    filters = {name: value for name in ("team", "workload") if (value := getattr(view, name))}
    place = {**filters, **({"column": view.column, "page": view.page} if view.column else {})}
    return render(
        "board.html.j2",
        title="Change board",
        view=view,
        notice=notice,
        movable=may_move(viewer.get().roles),
        systems=sorted({SYSTEMS.get(kind, kind) for kind in view.others.values()}),
        query=urlencode(filters),
        back=urlencode({"from": "board", **place}),
        closed_for=CLOSED_FOR.days,
        days_words=days_words,
        **move_values(),
    )


def move_values() -> dict[str, object]:
    """What the form of moves needs, on the board and on a ticket's page."""
    return {"move_words": move_words, "keys": KEYS, "needs": _NEEDS, "outcomes": OUTCOMES}


def what_became(done: TicketMoved, order: Order) -> tuple[str, str]:
    """The tone of what is said of a move, and the words."""
    entry, before = done.moved.entry, done.moved.before
    line = line_with_names(before.line, done.names) if before else ""
    at = f"{before.at:%H:%M} UTC on {before.at.day} {before.at:%B %Y}" if before else ""
    match done.moved.kind:
        case "counts" if order.move == "schedule":
            days = entry.is_planned_by_hand and days_words(entry.planned_start, entry.planned_end)
            days = days or planned(entry) or "not known"
            return "good", f"The planned days of {entry.number} are {days}."
        case "counts":
            done_words = _DONE.get(order.move)
            now = f"is {done_words}" if done_words else f"is in {STATES[entry.state]} now"
            return "good", f"{entry.number} {now}."
        case "again":
            by = f" ({line}, at {at})" if line else ""
            return "good", f"{entry.number} is so already{by}. Nothing more was done."
        case "other":
            who = done.names.get(before.who, before.who) if before else "Somebody"
            said = f" ({line}, at {at})" if line else ""
            return "bad", f"{who} was faster with {entry.number}{said}. Nothing of yours was done: look at it again."
        case _:
            return "bad", done.moved.why
