"""A selection of changes: read from the address of a page, and written back as one (pure).

An address is a view that can be kept: it says no more than what was chosen, and always in the same order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlencode

from shared.core import ids
from shared.core.life.spans import span_named
from shared.core.text.safe import clean, cut
from shared.core.words.labels import IMPACTS, KINDS

_PLACE = "/api/changes"
NONE = "-"
"""Asks for what has none: no workload, no kind that is known."""
_LONGEST = 200
_MOST_PAGES = 1000
_BARE_ID = range(4, 11)
"""Digits of an id that is written without MC."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be asked for: what it is called, and the values that there are, each with its words.

    `kind`: one of the values; a name, such as a team's; a span of days; or text. `note`: what that asks for.
    """

    label: str
    kind: Literal["value", "name", "span", "text"]
    values: Mapping[str, str] = field(default_factory=dict)


_YES = MappingProxyType({"yes": "yes"})
_OR_NONE = MappingProxyType({NONE: "not known"})
STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": "open",
        "overdue": "overdue",
        "over": "over target",
        "about": "about to be over target",
        "quiet": "nobody spoke yet",
        "waits": "not read yet",
        "parked": "failed, waits for a person",
        "closed": "closed",
        "lapsed": "lapsed",
        "ended": "closed or lapsed",
        "came": "day to act by came",
        "missed": "day to act by missed",
        "unseen": "over before anybody looked",
        "untargeted": "open, without a target",
    }
)
DUE: Mapping[str, str] = MappingProxyType(
    {"late": "past its day", "7": "within 7 days", "30": "within 30 days", NONE: "no day known"}
)
TICKETS: Mapping[str, str] = MappingProxyType(
    {"yes": "with a ticket", "no": "without a ticket", "cancelled": "ticket cancelled"}
)
BUCKETS: Mapping[str, str] = MappingProxyType(
    {"0-7": "0 to 7 days", "8-30": "8 to 30 days", "31-90": "31 to 90 days", "91-": "over 90 days"}
)
"""Ages of open changes, as the page of measures has them (`AGES`)."""
SORTS: Mapping[str, str] = MappingProxyType(
    {
        "": "What is due first",
        "newest": "Newest first",
        "changed": "Last changed first",
        "age": "Longest open first",
        "title": "Title",
    }
)
STEPS_KEPT: Mapping[str, str] = MappingProxyType(
    {
        "triage": "looked at, with a target",
        "triage-kept": "looked at within target",
        "decide": "decided, with a target",
        "decide-kept": "decided within target",
        "close": "closed, with a target",
        "close-kept": "closed within target",
    }
)


def _values(words: Mapping[Any, str]) -> Mapping[str, str]:
    """Values of a field of what was read, and that it is not known."""
    return MappingProxyType({**{str(value): text.lower() for value, text in words.items()}, **_OR_NONE})


CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        "q": Choice("Search", "text"),
        "state": Choice("State", "value", STATES),
        "team": Choice("Team", "name"),
        "lead": Choice("Deals with it", "name", _OR_NONE),
        "workload": Choice("Workload", "name", MappingProxyType({NONE: "no workload"})),
        "also": Choice("Workload, too", "name", MappingProxyType({NONE: "no workload"})),
        "product": Choice("Product", "name", _OR_NONE),
        "kind": Choice("Kind", "value", _values(KINDS)),
        "impact": Choice("Impact", "value", _values(IMPACTS)),
        "due": Choice("Due", "value", DUE),
        "tenant": Choice("Tenant", "name"),
        "unsure": Choice("Unsure", "value", _YES),
        "unowned": Choice("Unowned", "value", _YES),
        "ticket": Choice("Ticket", "value", TICKETS),
        "board": Choice("For the board", "value", _YES),
        "revised": Choice("Revised", "value", _YES),
        "moved": Choice("Days moved", "value", _YES),
        "age": Choice("Age", "value", BUCKETS),
        "notice": Choice("Notice", "value", MappingProxyType({"short": "under 30 days"})),
        "target": Choice("Target", "value", STEPS_KEPT),
        "measured": Choice("Measured", "value", _YES),
        "during": Choice("During", "span"),
        "seen": Choice("First seen", "span"),
        "published": Choice("Published", "span"),
        "changed": Choice("Changed by Microsoft", "span"),
        "opened": Choice("Opened", "span"),
        "looked": Choice("Looked at", "span"),
        "decided": Choice("Decided", "span"),
        "closed": Choice("Closed", "span"),
        "act_by": Choice("Act by", "span"),
        "begins": Choice("Rollout or act-by", "span"),
        "sort": Choice("Sorted by", "value", SORTS),
    }
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody asks for, each as its address says it; empty is everything. `page` counts from 1.

    `team`: teams that have to do with it; `lead`: the one that deals with it. `also`: a second
    workload. `begins`: the first day of the rollout,
    else the day to act by. `target`: a step, within the span of `during`. `measured`: without what
    was over before anybody measured.
    """

    q: str = ""
    state: str = ""
    team: str = ""
    lead: str = ""
    workload: str = ""
    also: str = ""
    product: str = ""
    kind: str = ""
    impact: str = ""
    due: str = ""
    tenant: str = ""
    unsure: str = ""
    unowned: str = ""
    ticket: str = ""
    board: str = ""
    revised: str = ""
    moved: str = ""
    age: str = ""
    notice: str = ""
    target: str = ""
    measured: str = ""
    during: str = ""
    seen: str = ""
    published: str = ""
    changed: str = ""
    opened: str = ""
    looked: str = ""
    decided: str = ""
    closed: str = ""
    act_by: str = ""
    begins: str = ""
    sort: str = ""
    page: int = 1

    @property
    def chosen(self) -> Mapping[str, str]:
        """What narrows the list, in order; without how it is sorted, and the page."""
        values = {name: str(getattr(self, name)) for name in CHOICES if name != "sort"}
        return {name: value for name, value in values.items() if value}

    @property
    def query(self) -> str:
        """The address behind the question mark; empty where everything is asked for."""
        named = dict(self.chosen)
        if self.sort:
            named["sort"] = self.sort
        if self.page > 1:
            named["page"] = str(self.page)
        return urlencode(named)

    @property
    def address(self) -> str:
        """Where it is shown."""
        return f"{_PLACE}?{query}" if (query := self.query) else _PLACE

    @property
    def wanted_id(self) -> str:
        """The change whose id the search text is, with MC or without; empty where it is none."""
        text = self.q.replace(" ", "")
        if text.isascii() and text.isdecimal() and len(text) in _BARE_ID:
            return f"MC{int(text)}"
        return ids.normalise(text) if ids.is_id(text.upper()) else ""

    def without(self, name: str) -> "Selection":
        """The same without one thing that was chosen, from the first page on."""
        return replace(self, **{name: "", "page": 1})  # type: ignore[arg-type]  # mypy sees one type for both

    def on_page(self, page: int) -> "Selection":
        return replace(self, page=page)

    def words(self, name: str) -> str:
        """What was chosen there, in words."""
        value = str(getattr(self, name))
        return CHOICES[name].values.get(value, "none" if value == NONE else value)


EVERYTHING = Selection()
_KNOWN = frozenset(each.name for each in fields(Selection))


def read_selection(params: Mapping[str, str], today: date) -> tuple[Selection, tuple[str, ...]]:
    """The selection of an address, and a sentence for each thing in it that is not understood and left out."""
    values: dict[str, str | int] = {}
    faults: list[str] = []
    for name, given in params.items():
        value = clean(given[: 2 * _LONGEST])
        if name not in _KNOWN:
            faults.append(f"“{cut(clean(name[:_LONGEST]), 40)}” is nothing that changes can be chosen by.")
        elif not value:
            continue
        elif name == "page":
            if page := _page(value):
                values[name] = page
            else:
                faults.append(f"“{cut(value, 40)}” is no page; pages are numbers from 1 on.")
        elif fault := _fault(name, value, today):
            faults.append(fault)
        else:
            values[name] = cut(value, _LONGEST)
    return Selection(**values), tuple(faults)  # type: ignore[arg-type]  # every name is a field, and page a number


def _fault(name: str, value: str, today: date) -> str:
    choice = CHOICES[name]
    if choice.kind == "value" and value not in choice.values:
        known = ", ".join(f"“{each}”" for each in choice.values if each)
        return f"{choice.label} cannot be “{cut(value, 40)}”; it can be {known}."
    if choice.kind == "span" and span_named(value, today) is None:
        return (
            f"{choice.label}: “{cut(value, 40)}” says no days; write a day (2026-09-01), a month (2026-09), a week "
            "(2026-W36), two of them (2026-09-01..2026-09-14), or the last days (7d)."
        )
    return ""


def _page(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST_PAGES)) else 0
    return number if number <= _MOST_PAGES else 0
