"""What an issue should hold, how it differs from one that is there, and what its status says; without a call."""

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.adapters.ticketing.differing import differing
from shared.adapters.ticketing.document import Document, Run, TextBlock, bare, value
from shared.adapters.ticketing.markup import markdown, textile, unreferenced, without_joiners
from shared.adapters.ticketing.outcome import alike, not_taken
from shared.adapters.tickets.redmine.settings import Settings
from shared.core.terms import ENDED, State
from shared.core.text.safe import cut
from shared.core.tickets.ticket import Difference, Ticket, TicketRef

Issue = Mapping[str, Any]
NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
LONGEST_SUBJECT = 255
_LONGEST_TEXT = 30_000  # Redmine has no limit of its own, but some of its databases do
_LONGEST_NOTE = 6_000
FIRST = frozenset({"assigned_to_id", "category_id", "fixed_version_id", "status_id", "watcher_user_ids"})
"""Set on a new issue only: they are the board's from then on."""
PLANNED = frozenset({"start_date", "due_date"})
"""Redmine's own dates of a plan: they are kept while it runs."""
CORE = FIRST | {
    "due_date", "done_ratio", "estimated_hours", "is_private", "parent_issue_id", "priority_id", "start_date",
}  # fmt: skip
_PRIORITIES = {"high": "High", "medium": "Normal", "low": "Low"}
_WORDS: dict[str, State] = {
    **dict.fromkeys(("new", "open", "reopened", "planning"), "new"),
    **dict.fromkeys(("assess", "assessment", "feedback", "under review"), "assess"),
    **dict.fromkeys(("authorize", "awaiting approval", "waiting for approval"), "authorize"),
    "scheduled": "scheduled",
    **dict.fromkeys(("implement", "implementing", "in progress"), "implement"),
    **dict.fromkeys(("review", "resolved", "post implementation review"), "review"),
    **dict.fromkeys(("canceled", "cancelled", "rejected", "declined", "withdrawn"), "cancelled"),
}
_AGAIN = ("assess", "new", "authorize", "scheduled", "implement")  # the first that is offered is taken


def state_of(settings: Settings, status: Mapping[str, Any]) -> State | None:
    """Our state for a status; None where neither the policy nor its name nor `is_closed` say.

    Redmine says itself what has ended; between the beginning and the end the name must be known.
    """
    name = str(status.get("name") or "").strip().casefold()
    mapped = {word.casefold(): state for word, state in settings.states.items()}.get(name)
    if mapped:
        return mapped
    meaning = _WORDS.get(name)
    if status.get("is_closed"):
        return "cancelled" if meaning == "cancelled" else "closed"
    return meaning if meaning not in ENDED else None


def choose(settings: Settings, offered: Iterable[Mapping[str, Any]], how: str) -> Mapping[str, Any] | None:
    """The status that cancels an issue or opens it again, of those that the workflow offers."""
    ranked = []
    for at, status in enumerate(offered):
        state = state_of(settings, status)
        if how == "cancel" and state == "cancelled":
            ranked.append((0 if status.get("is_closed") else 1, at, status))
        elif how == "reopen" and state not in ENDED and not status.get("is_closed"):
            ranked.append((_AGAIN.index(state) if state in _AGAIN else len(_AGAIN), at, status))
    return min(ranked, key=lambda each: each[:2])[2] if ranked else None


def ref_of(settings: Settings, issue: Issue) -> TicketRef:
    status = issue.get("status") or {}
    state = state_of(settings, status)
    return TicketRef(
        number=str(issue["id"]),
        url=settings.page(str(issue["id"])),
        state=state or "unknown",
        closed_at=moment(issue.get("closed_on") or issue.get("updated_on")) if state in ENDED else None,
        remote_state=str(status.get("name") or ""),
    )


def wanted_fields(settings: Settings, ticket: Ticket) -> dict[str, Any]:
    """The fields that we keep as they should be, by Redmine's names and those of custom fields."""
    start, end = ticket.planned_start, ticket.planned_end
    own = {name: "" if what is None else what for name, what in settings.own_fields(ticket, unreferenced).items()}
    return {
        "subject": settings.title(ticket, LONGEST_SUBJECT) or ticket.key,
        "description": _markup_of(settings)(settings.description(ticket, "redmine"), _LONGEST_TEXT),
        "start_date": str(start) if start else "",  # Redmine takes today where nothing is said
        "due_date": str(max(start or end, end)) if end else "",
        **own,
    }


def priority(settings: Settings, ticket: Ticket) -> tuple[str | int, bool]:
    """The priority's name or number, and whether the policy asks for it."""
    own = settings.value("risk", ticket.risk, None)
    return (_PRIORITIES[ticket.risk], False) if own is None else (own, True)


def as_sent(fields: Mapping[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    """The fields in the shape of Redmine's API; `numbers`: of custom fields by their names."""
    custom = [{"id": numbers[name], "value": _text(what)} for name, what in fields.items() if name in numbers]
    core = {name: what for name, what in fields.items() if name not in numbers}
    return {**core, **({"custom_fields": custom} if custom else {})}


def differences(
    fields: Mapping[str, Any], issue: Issue, numbers: Mapping[str, int], theirs: Collection[str] = ()
) -> dict[str, Any]:
    """The fields that are not yet as they should be. `theirs`: those that are people's (kept.py)."""
    return {
        name: what
        for name, what in fields.items()
        if name not in {*FIRST, *theirs} and not _same(what, _there(issue, name, numbers))
    }


def listed(
    settings: Settings,
    fields: Mapping[str, Any],
    issue: Issue,
    numbers: Mapping[str, int],
    theirs: Collection[str],
    ticket: Ticket,
) -> list[Difference]:
    """The fields that differ, for people."""
    there = {"priority_id": (issue.get("priority") or {}).get("name")}
    wanted = {} if "priority_id" in settings.fields else {"priority_id": priority(settings, ticket)[0]}
    every, due = differences(fields, issue, numbers), differences(fields, issue, numbers, theirs)
    pairs = (
        (name, _unescaped(there.get(name) or _there(issue, name, numbers)), _unescaped(wanted.get(name, what)))
        for name, what in every.items()
    )
    return differing(pairs, due)


def _unescaped(what: Any) -> Any:
    return html.unescape(re.sub(r"\\([^\w\s])", r"\1", what)) if isinstance(what, str) else what


def held(names: Iterable[str], issue: Issue, numbers: Mapping[str, int]) -> dict[str, str]:
    """What those fields hold, in a form that Redmine's own way of writing does not change."""
    return {
        name: _form(_there(issue, name, numbers))
        for name in names
        if name not in FIRST and (name not in numbers or custom(issue, numbers[name]) is not None)
    }


def ours(fields: Mapping[str, Any], issue: Issue, numbers: Mapping[str, int]) -> frozenset[str]:
    """The fields that hold what they should."""
    return frozenset(
        name for name, what in fields.items() if name not in FIRST and _same(what, _there(issue, name, numbers))
    )


def left_alone(fields: Mapping[str, Any], issue: Issue, numbers: Mapping[str, int]) -> tuple[str, ...]:
    """The names of the fields that Redmine did not take, as far as they matter.

    Who watches an issue does not show, nor who we are (`me`).
    """

    def is_there(name: str, what: Any) -> bool:
        there = _there(issue, name, numbers)
        is_unsaid = name == "watcher_user_ids" or what == "me"
        return is_unsaid or _same(what, there) or alike(what, there)

    return not_taken(fields, is_there)


def for_people(name: str, issue: Issue, numbers: Mapping[str, int]) -> str:
    """A field by its name there, with what else is to be said of it."""
    if name not in numbers:
        return name.removesuffix("_id").replace("_", " ")
    is_shown = custom(issue, numbers[name]) is not None
    return name if is_shown else f"{name} (no such field there, or we may not read it)"


def custom(issue: Issue, number: int) -> Any:
    """The value of a custom field; None where the issue does not have the field."""
    for field in issue.get("custom_fields") or ():
        if field.get("id") == number:
            return field.get("value") or ""
    return None


def notes_of(settings: Settings, lines: Sequence[str], issue: Issue) -> Iterator[str]:
    """Texts for the history, each with as many lines as fit; without those that it has already."""
    there = set()
    for journal in issue.get("journals") or ():
        for paragraph in str(journal.get("notes") or "").splitlines():
            there.add(_gist(paragraph))
    some: tuple[TextBlock, ...] = ()
    for line in dict.fromkeys(filter(None, map(_line, lines))):
        block = TextBlock("paragraph", (Run(line),))
        if _gist(_markup_of(settings)((block,), _LONGEST_TEXT)) in there:
            continue
        if some and len(_markup_of(settings)((*some, block), _LONGEST_TEXT * 9)) > _LONGEST_TEXT:
            yield _markup_of(settings)(some, _LONGEST_TEXT)
            some = ()
        some += (block,)
    if some:
        yield _markup_of(settings)(some, _LONGEST_TEXT)


def decider(issue: Issue, field: int, text: str) -> tuple[str, datetime | None]:
    """Who set the custom field to what it holds, and when, as the history says."""
    for journal in reversed(issue.get("journals") or ()):
        for detail in journal.get("details") or ():
            if detail.get("property") == "cf" and detail.get("name") == str(field) and detail.get("new_value") == text:
                return str((journal.get("user") or {}).get("name") or ""), moment(journal.get("created_on"))
    return "", None


def moment(text: Any) -> datetime | None:
    """A time as Redmine writes it: 2026-09-01T09:00:00Z."""
    try:
        at = datetime.fromisoformat(text)
        at.astimezone(UTC)  # one at the calendar's end can be compared with no other
    except (TypeError, ValueError, OverflowError):
        return None
    return at if at.tzinfo else None


def _markup_of(settings: Settings) -> Callable[[Document, int], str]:
    return textile if settings.markup == "textile" else markdown


def _line(note: str) -> str:
    return cut(" ".join(bare(value(note)).split()), _LONGEST_NOTE)


def _gist(text: str) -> str:
    """A line without what keeps its marks from being markup."""
    return " ".join(without_joiners(_unescaped(text)).split())


def _there(issue: Issue, name: str, numbers: Mapping[str, int]) -> Any:
    if name in numbers:
        return custom(issue, numbers[name])
    part = issue.get("parent" if name == "parent_issue_id" else name.removesuffix("_id"))
    return part.get("id") if isinstance(part, dict) else part


def _text(what: Any) -> Any:
    if isinstance(what, bool):
        return "1" if what else "0"
    return [str(item) for item in what] if isinstance(what, list | tuple) else str(what)


def _same(should: Any, there: Any) -> bool:
    if isinstance(should, list | tuple):
        values = there if isinstance(there, list) else [there] if there else []
        return sorted(map(str, should)) == sorted(map(str, values))
    if isinstance(should, float | int) and isinstance(there, float | int):
        return should == there
    return bool(_folded(_text(should)) == _folded("" if there is None else _text(there)))


def _form(what: Any) -> str:
    if isinstance(what, list):
        return "\n".join(sorted(map(str, what)))
    if isinstance(what, float) and what.is_integer():
        return str(int(what))
    return "\n".join(_folded("" if what is None else str(_text(what))))


def _folded(text: Any) -> Any:
    return [line.rstrip() for line in text.strip().splitlines()] if isinstance(text, str) else text
