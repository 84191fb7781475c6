"""What a change holds, how it differs from what it should, and what its status says; without a call.

Fields are kept by flat names here: `subject`, `planning_fields.backout_plan`, `custom_fields.vendor`.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.adapters.ticketing.document import bare, value
from shared.adapters.ticketing.markup import html_text
from shared.adapters.ticketing.outcome import not_taken
from shared.adapters.tickets.freshservice.settings import Settings
from shared.core.terms import ENDED, State, Verdict
from shared.core.text.safe import cut
from shared.core.tickets.ticket import TicketRef

_NUMBER = re.compile(r"CHN-([1-9]\d{0,14})", re.ASCII)
_NOTE, KEY_LIMIT = 6_000, 255
KEY_LABEL = "Foresignal key: "
OPEN, PLANNING, CLOSED = 1, 2, 6
# Statuses and levels as they ship: api.freshservice.com/v2/#change_attributes
SHIPPED = {
    1: "Open", 2: "Planning", 3: "Awaiting Approval", 4: "Pending Release", 5: "Pending Review", 6: "Closed",
}  # fmt: skip
_STATES: dict[int, State] = {1: "new", 2: "assess", 3: "authorize", 4: "scheduled", 5: "review", 6: "closed"}
_NAMED: dict[str, State] = {"cancelled": "cancelled", "canceled": "cancelled", "withdrawn": "cancelled"}
_VERDICTS: dict[Any, Verdict] = {1: "approved", 2: "rejected", "approved": "approved", "rejected": "rejected"}
PLANNED = ("planned_start_date", "planned_end_date")
Change = Mapping[str, Any]


def differences(should: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The fields to write, so that the change is as it should be."""
    return {name: should[name] for name in not_taken(should, lambda name, what: is_same(what, value_at(change, name)))}


def left_alone(sent: Mapping[str, Any], before: Change, after: Change) -> tuple[str, ...]:
    """The fields that Freshservice did not take; its cleaning of HTML is no refusal."""

    def is_there(name: str, what: Any) -> bool:
        now = value_at(after, name)
        return is_same(what, now) or (is_html(name) and bool(now) and now != value_at(before, name))

    return not_taken(sent, is_there)


def is_html(name: str) -> bool:
    """Whether Freshservice cleans what is written to the field."""
    return name == "description" or name.startswith("planning_fields.")


def value_at(change: Change, name: str) -> Any:
    whole, _, part = name.partition(".")
    content = change.get(whole)
    if part:
        content = content.get(part) if isinstance(content, Mapping) else None
    return content.get("description") if whole == "planning_fields" and isinstance(content, Mapping) else content


def holds(settings: Settings, change: Change, key: str) -> bool:
    """Whether it carries our key: in its field, or as the last line that says so."""
    if settings.key_field and value_at(change, f"custom_fields.{settings.key_field}") == key[:KEY_LIMIT]:
        return True
    key_lines = [line for line in lines(change.get("description")) if line.startswith(KEY_LABEL)]
    return bool(key_lines) and key_lines[-1] == KEY_LABEL + key


def is_ours(settings: Settings, change: Change) -> bool:
    """Whether it stands where ours do, and is requested in the name in which ours are."""
    place = change.get("workspace_id")
    is_elsewhere = settings.workspace_id and place is not None and place != settings.workspace_id
    return not is_elsewhere and change.get("requester_id") == settings.fields.get("requester_id", settings.requester_id)


def may_be_ours(settings: Settings, entry: Change) -> bool:
    """Whether an entry of a list, which may leave the requester out, can be one of ours."""
    return "requester_id" not in entry or is_ours(settings, entry)


def ref_of(settings: Settings, change: Change, labels: Mapping[int, str]) -> TicketRef:
    status = change.get("status")
    state = state_of(settings, status, labels)
    stats = change.get("stats")
    ended = moment(stats.get("closed_at")) if isinstance(stats, Mapping) else None
    return TicketRef(
        number=f"CHN-{change['id']}",
        url=f"{settings.address}/a/changes/{change['id']}",
        state=state or "unknown",
        closed_at=(ended or moment(change.get("updated_at"))) if state in ENDED else None,
        remote_state=_label(status, labels),
        decision=verdict(change.get("approval_status")),
    )


def state_of(settings: Settings, status: Any, labels: Mapping[int, str]) -> State | None:
    """Ours for one of theirs; None where neither the policy nor Freshservice's own list knows it."""
    mapped = {word.casefold(): state for word, state in settings.states.items()}
    label = _label(status, labels).casefold()
    return mapped.get(label) or mapped.get(str(status)) or _STATES.get(status) or _NAMED.get(label)


def verdict(status: Any) -> Verdict:
    """Of a change or of one approval: a number, a word, or an object with both."""
    if isinstance(status, Mapping):
        status = status.get("id", status.get("name"))
    word = status.casefold() if isinstance(status, str) else status
    return _VERDICTS.get(word, "") if isinstance(word, int | str) else ""


def id_of(number: str) -> str:
    """The id behind a number, empty for what is none of Freshservice's."""
    match = _NUMBER.fullmatch(number)
    return match[1] if match else ""


def note_of(new_lines: Iterable[str]) -> str:
    """Lines as one note, a paragraph each."""
    return "".join(f"<p>{html_text(line)}</p>" for line in new_lines)


def line_of(note: str) -> str:
    return cut(" ".join(bare(value(note)).split()), _NOTE)


def lines(text: Any) -> Iterator[str]:
    """The paragraphs of HTML, each as one line."""
    for block in re.split(r"</?(?:p|li|div|ul|ol|h\d)\b[^<>]*>", str(text or "")):
        if line := " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", block)).split()):
            yield line


def moment(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        at.astimezone(UTC)  # one at the calendar's end can be compared with no other
    except (TypeError, ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _label(status: Any, labels: Mapping[int, str]) -> str:
    return labels.get(status) or SHIPPED.get(status) or f"status {status}"


def is_same(should: Any, there: Any) -> bool:
    """Whether what is there says what it should; HTML is cleaned on its way in."""
    if should is None or should == "":
        return there is None or (isinstance(there, str) and _gist(there) == ([], []))
    if isinstance(should, str) and isinstance(there, str):
        at = moment(should)
        return should == there or (at is not None and at == moment(there)) or _gist(should) == _gist(there)
    return bool(should == there)


def _gist(text: str) -> tuple[list[str], list[str]]:
    return list(lines(text)), [html.unescape(address) for address in re.findall(r'href="([^"]*)"', text)]


def compared(there: Any) -> str:
    """A field's value in the form in which it is compared, as one text."""
    if isinstance(there, str):
        at = moment(there)
        return at.astimezone(UTC).isoformat() if at else "\n".join("\n".join(part) for part in _gist(there)).strip()
    return "" if there is None else json.dumps(there, ensure_ascii=False, sort_keys=True)
