"""The page of who did what, and the page of people whose names we know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlencode

from shared.adapters.pages.render import render
from shared.adapters.pages.settled import shown_acts
from shared.core.review.act import Act
from shared.core.text.safe import cut
from shared.core.words.answers import ANSWERS
from shared.record.audit import Entry
from shared.record.people import KnownPerson

PAGE = 200
"""People of one page."""
_LONGEST = 600  # characters of one line
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "replay": "Sent a parked item again",
        "probe": "Had it tried again",
        "release": "Released it from a first load",
        "push": "Put a policy in force",
        "move": "Moved the ticket",
        "erase": "Erased a person",
        "stopped mails": "Wants no more mails of it",
        "takes mails again": "Takes its mails again",
        "export": "Exported everything",
        "import": "Imported everything",
        "sleep": "Put the deployment to sleep",
        "wake": "Woke the deployment",
    }
)
"""Acts that are not about a change, in words."""
ACTS: Mapping[str, str] = MappingProxyType({**ANSWERS, **_OTHERS})
"""Every kind of act that can be looked for."""
_SAID: Mapping[str, str] = MappingProxyType(
    {
        "state": "now {}",
        "note": "“{}”",
        "message": "“{}”",
        "file": "from {}",
        "queue": "queue {}",
        "reason": "it had failed: {}",
        "from": "from {}",
    }
)
"""What details say of an act that is not about a change."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act in words: a line for each field that was settled."""

    at: datetime
    who: str
    who_query: str
    through: str
    subject: str
    subject_url: str
    subject_query: str
    lines: tuple[str, ...]


class _Entry(Protocol):
    @property
    def entry(self) -> Entry: ...
    @property
    def who_id(self) -> str: ...
    @property
    def changes(self) -> Sequence[str]: ...


class _View(Protocol):
    @property
    def entries(self) -> Sequence[_Entry]: ...
    @property
    def cursor(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def complete(self) -> bool: ...


class _Wanted(Protocol):
    @property
    def subject(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def cursor(self) -> str: ...


def audit_page(view: _View, want: _Wanted, *, is_admin: bool = False) -> str:
    asked = {name: value for name in ("subject", "who", "what") if (value := getattr(want, name))}
    older = urlencode({**asked, "cursor": view.cursor}) if view.cursor else ""
    without = urlencode({name: value for name, value in asked.items() if name != "who"})
    return render(
        "audit.html.j2", title="Who did what", rows=[_row(each) for each in view.entries], want=want, view=view,
        acts=ACTS, older=older, without_who=without, asked=asked, is_admin=is_admin,
    )  # fmt: skip


def people_page(people: Sequence[KnownPerson], asked: str = "", *, page: int = 1, done: str = "") -> str:
    """Everybody whose name we know, by name. `asked`: what name or address must hold; `done`: what was just done."""
    words = asked.casefold().split()
    found = [each for each in people if all(word in f"{each.name} {each.address}".casefold() for word in words)]
    pages = max(1, -(-len(found) // PAGE))
    at = min(max(page, 1), pages)
    return render(
        "people.html.j2", title="People", people=found[(at - 1) * PAGE : at * PAGE], total=len(found), asked=asked,
        page=at, pages=pages, done=done, query=urlencode({"q": asked}) if asked else "",
    )  # fmt: skip


def erase_page(person: KnownPerson) -> str:
    """Asks once more before a name is erased."""
    return render("erase.html.j2", title="Erase a person", person=person)


def _row(each: _Entry) -> AuditRow:
    entry = each.entry
    return AuditRow(
        entry.at, entry.who, urlencode({"who": each.who_id}), entry.through, entry.subject, _address(entry),
        urlencode({"subject": entry.subject}) if entry.what != "erase" else "",
        tuple(cut(line, _LONGEST) for line in _lines(entry)),
    )  # fmt: skip


def _address(entry: Entry) -> str:
    """The page of what was acted on; empty where it has none."""
    if entry.subject.startswith("MC") and entry.subject[2:].isdigit():
        return f"/api/changes/{entry.subject}"
    return f"/api/register/{entry.subject}" if entry.what == "move" and entry.subject.isalnum() else ""


def _lines(entry: Entry) -> Iterator[str]:
    if entry.what == "settle" or entry.what in ANSWERS:
        yield from shown_acts([_act(entry)])[0].lines
        return
    yield ACTS.get(entry.what, entry.what.replace("_", " ").capitalize())
    for name, words in _SAID.items():
        if value := entry.details.get(name):
            yield words.format(value)


def _act(entry: Entry) -> Act:
    """The act of which this is the copy."""
    details: Mapping[str, Any] = entry.details
    fields = tuple((str(name), old, new, bool(gone)) for name, old, new, gone, *_ in details.get("fields", ()))
    texts = (str(details.get(name, "")) for name in ("team", "old", "new", "words", "place", "broke"))
    return Act(0, entry.at, entry.who, entry.through, fields, entry.what, *texts)
