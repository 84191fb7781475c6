"""The particulars of a post in words: who, which controls, which steps, which way out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.core.posts.particulars import Audience, Control, Particulars, WayOut
from shared.core.terms import AudienceKind, ComplianceTopic, ControlKind, WayOutKind
from shared.core.words.dates import day
from shared.core.words.language import say

AUDIENCES: dict[AudienceKind, str] = {
    "role": "Roles",
    "licence": "Licences and plans",
    "platform": "Platforms",
    "other": "Prerequisites",
}
_CONTROLS: dict[ControlKind, str] = {
    "setting": "Setting",
    "policy": "Policy",
    "cmdlet": "Command",
    "path": "In the admin center",
}
_WAYS: dict[WayOutKind, str] = {
    "opt_out": "Opt out",
    "turn_off": "Turn it off",
    "keep_old": "Keep the old",
    "none": "There is none",
}
_NAMES_A_DAY = re.compile(
    r"\b(?:(?:January|February|March|April|June|July|August|September|October|November|December)"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.? \d|May \d|\d May|(?:early|mid|late)[ -]May|May,? 20\d\d)\b"
    r"|\b20\d\d-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
)
TOPICS: dict[ComplianceTopic, str] = {
    "ai": "AI",
    "data_location": "Where data is kept",
    "data_processing": "How data is processed",
    "data_rights": "Rights of the people concerned",
    "protection": "Protection and retention",
    "reporting": "Logs and reports",
    "admin_control": "Control by admins",
    "user_control": "Control by users",
    "communication": "Communication and sharing",
    "third_party": "Third parties",
    "accessibility": "Accessibility",
    "other": "Other",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One particular: what it is, and the post's words where they say more than that."""

    text: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Particulars of one sort under one label; `numbered`: they are done one after the other."""

    label: str
    lines: tuple[Line, ...]
    numbered: bool = False


def groups(particulars: Particulars) -> tuple[Group, ...]:
    """Everything that the post says, most useful first; links apart, because they are many."""
    every = (
        Group("Steps", tuple(Line(dated(each.text, each.day)) for each in particulars.steps), numbered=True),
        Group("Ways out", tuple(_way(each) for each in particulars.way_out)),
        Group("Controls", tuple(_control(each) for each in particulars.controls)),
        *_audiences(particulars.audience),
        Group(
            "Compliance",
            tuple(Line(f"{TOPICS[each.topic]}: {each.answer}", each.question) for each in particulars.compliance),
        ),
    )
    return tuple(group for group in every if group.lines)


def dated(text: str, by: date | None) -> str:
    """A step with the day by which it is to be done, where its own words name none."""
    forbids = text.startswith(("Do not ", "Don't ", "Avoid "))
    names_no_day = by and not forbids and not _NAMES_A_DAY.search(text)
    return say("{} (by {})", text.rstrip("."), day(by)) if by and names_no_day else text


def _way(way: WayOut) -> Line:
    until = f", until {day(way.last_day)}" if way.last_day else ""
    return Line(_WAYS[way.kind] + until, way.words)


def _control(control: Control) -> Line:
    stands = "; ".join(
        f"{default.state} by default{f' ({default.scope})' if default.scope else ''}" for default in control.defaults
    )
    return Line(f"{_CONTROLS[control.kind]}: {control.name}{f' – {stands}' if stands else ''}", control.words)


def _audiences(audience: tuple[Audience, ...]) -> Iterator[Group]:
    for kind, label in AUDIENCES.items():
        yield Group(label, tuple(Line(each.name) for each in audience if each.kind == kind))
