"""A line for a ticket's history for each event, in the words of somebody who tells it to a change board (pure)."""

from collections.abc import Sequence

from shared.core.changes.change import Change, Event
from shared.core.changes.moves import Move, moves
from shared.core.changes.timeline import is_partial
from shared.core.terms import EventType
from shared.core.words import dates

_LONGEST = 400
_NONE = frozenset({"none", "not announced", dates.NO_DATE})
_GONE = "no longer planned"


def note(change: Change, event: Event) -> str:
    """One line, beginning with the day on which it was seen: what moves to and fro makes a line each time."""
    return f"{event.at:%Y-%m-%d}: {_in_words(change, event)}"


_SENTENCES: dict[EventType, str] = {
    "announced": "Announced: {new}",
    "cancelled": "Microsoft cancelled this change",
    "paused": "Microsoft put this change on hold; there is no date now",
    "resumed": "Microsoft goes on with this change",
    "superseded": "Microsoft replaced this post by {new}",
    "scope_changed": "What it covers changed: from {old} to {new}",
    "rollout_started": "The rollout has started: {new}",
    "gone": "The post is gone from Message Center",
    "returned": "The post is back in Message Center",
    "tenant_joined": "The post reached further tenants: {new}",
}
_PARTLY: dict[EventType, str] = {
    "cancelled": "Microsoft cancelled a part: {new}",
    "paused": "Microsoft put a part on hold: {new}",
}


def _in_words(change: Change, event: Event) -> str:
    old, new = _line(event.old), _line(event.new)
    if event.type in {"dates_moved", "act_by_moved"}:
        return (
            _moves_in_words(moves(change, [event]))
            or f"Microsoft changed the dates: from {old or 'none'} to {new or 'none'}"
        )
    if event.type == "text_changed":
        return f"Microsoft's text changed: {_difference(old, new)}"
    if event.postponed and not event.part:
        return "Microsoft postponed it to other dates"
    if event.type == "cancelled" and event.new == "withdrawn":
        return "Microsoft withdrew this post"
    words = _PARTLY[event.type] if is_partial(event) else _SENTENCES[event.type]
    return words.format(old=old or "nothing", new=new or "nothing more is said")


def _moves_in_words(all_moves: Sequence[Move]) -> str:
    """Every date that moved: "Microsoft moved the rollout (...) from early May 2026 to June 2026 (41 days later)"."""
    return _line("; ".join(_move_in_words(move, first=not at) for at, move in enumerate(all_moves)), 2 * _LONGEST)


def _move_in_words(move: Move, *, first: bool) -> str:
    what = {"Deadline": "the deadline", "Dates": "the dates"}.get(move.what, f"the rollout ({move.what})")
    slip = f" ({move.slip})" if move.slip else ""
    who = "Microsoft " if first else ""
    if move.new in {_GONE, "none"}:
        return f"{who}took {what} out of the plan (it was {move.old})"
    if move.old in _NONE:
        return f"{who}set {what} to {move.new}"
    if " to " in move.old or " to " in move.new:  # "from late June to mid-July to August" could mean anything
        return f"{who}moved {what}: it was {move.old} and is now {move.new}{slip}"
    return f"{who}moved {what} from {move.old} to {move.new}{slip}"


def _difference(old: str, new: str) -> str:
    if old and new:
        return f"it no longer says “{old}”, it says “{new}”"
    return f"it now says “{new}”" if new else f"it no longer says “{old}”" if old else "in small ways"


def _line(text: str, longest: int = _LONGEST) -> str:
    joined = "; ".join(line.strip() for line in text.splitlines() if line.strip())
    return joined if len(joined) <= longest else f"{joined[: longest - 1].rstrip()}…"
