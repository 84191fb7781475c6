"""The conditions of a match: what each asks, what the change holds, and which words of the post say so (pure)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import regex

from shared.core.changes.change import Event
from shared.core.changes.reasons import MetCondition
from shared.core.policy.model import ANY_SPELLING, Match, service_key
from shared.core.policy.our_dates import OurDates
from shared.core.posts.classification import Classification
from shared.core.posts.particulars import NOTHING_SAID, Particulars
from shared.core.posts.post import Post
from shared.core.terms import IMPACT_RANK
from shared.core.text.html import plain_text
from shared.core.words import dates as plain_dates

_SECONDS = 0.05  # for one pattern over one text
_QUOTED = 160  # characters of the words that decided
_READ_FROM = {
    "kind": "kind", "status": "status", "admin_impact": "admin_impact", "admin_impact_at_least": "admin_impact",
    "user_impact": "user_impact", "user_impact_at_least": "user_impact", "action": "action", "default": "default",
    "training": "training", "act_by_within": "act_by",
}  # fmt: skip
"""The field of the classification whose deciding words go with a condition."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a match looks at: the post, what was read out of it, and what happened to it this time.

    `today` and `dates` are for what asks how soon; without them nothing is soon. `tenants`: where the post stands.
    """

    post: Post
    classification: Classification
    events: tuple[Event, ...]
    today: date | None = None
    dates: OurDates = field(default_factory=lambda: OurDates(None, None, ()))
    tenants: tuple[str, ...] = ()
    particulars: Particulars = NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of a match, and how the change meets it: `met` is None where it does not, and `actual` what it holds."""

    name: str
    wanted: str
    met: MetCondition | None
    actual: str = ""


def conditions(match: Match, subject: Subject, workload: str | None) -> Iterator[Condition]:
    """Every condition that the match names, in the order of the model."""
    for name in Match.model_fields:
        wanted = getattr(match, name)
        if wanted is None:
            continue
        value, actual = _compared(name, wanted, subject, workload)
        if value is None:
            yield Condition(name, _text_of_value(wanted), None, actual)
        else:
            met = MetCondition(name, value, *_because(name, value, subject))
            yield Condition(name, _text_of_value(wanted), met)


def met_conditions(match: Match, subject: Subject, workload: str | None) -> tuple[MetCondition, ...] | None:
    """Every condition of the match, as the change meets it; None where it does not meet one."""
    every: list[MetCondition] = []
    for condition in conditions(match, subject, workload):
        if condition.met is None:
            return None
        every.append(condition.met)
    return tuple(every)


def _compared(name: str, wanted: Any, subject: Subject, workload: str | None) -> tuple[str | None, str]:
    """The value that meets the condition, None where none does; and what there is instead."""
    if name in _SPECIAL:
        return _SPECIAL[name](wanted, subject)
    values = _values(name, subject, workload)
    spelt = (lambda value: service_key(str(value))) if name in ANY_SPELLING else (lambda value: value)
    accepted = {spelt(value) for value in (wanted if isinstance(wanted, tuple) else (wanted,))}
    hit = next((value for value in values if spelt(value) in accepted), None)
    actual = _text_of_value(tuple(value for value in values if value is not None))
    return (None if hit is None else _text_of_value(hit)), actual


def _values(name: str, subject: Subject, workload: str | None) -> tuple[object, ...]:
    """What the change holds, by the keys of Match."""
    windows = subject.classification.windows
    several: dict[str, tuple[object, ...]] = {
        "service": subject.post.services,
        "workload": (workload,),
        "event": tuple(event.type for event in subject.events),
        "category": (subject.post.category,),
        "tag": subject.post.tags,
        "major": (subject.post.major,),
        "tenant": subject.tenants,
        "phase": tuple(dict.fromkeys(window.phase for window in windows)),
        "cloud": tuple(dict.fromkeys(cloud for window in windows for cloud in window.clouds)),
    }
    return several[name] if name in several else (getattr(subject.classification, name),)


def _text_of_value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text_of_value(each) for each in value) or "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _because(name: str, value: str, subject: Subject) -> tuple[str, str]:
    """The post's own words behind a field, shortened; or who settled it."""
    classification = subject.classification
    field_name = _READ_FROM.get(name, "")
    if name == "impact_at_least":
        users = IMPACT_RANK[classification.user_impact] >= IMPACT_RANK[classification.admin_impact]
        field_name = "user_impact" if users else "admin_impact"
    why = classification.why.get(name if name == "crb" else field_name)
    if why and why.settled:
        return "", why.words
    words = classification.crb_why if name == "crb" and classification.crb else ""
    if not words and (why := classification.why.get(field_name)):
        words = why.words
    if name in _PARTICULARS:
        words = next(each_words for each, each_words in _PARTICULARS[name](subject.particulars) if each == value)
    words = " ".join(words.split())
    return (words if len(words) <= _QUOTED else words[: _QUOTED - 1].rstrip() + "…"), ""


# Impacts


def _at_least(*fields: str) -> "Special":
    def check(wanted: Any, subject: Subject) -> tuple[str | None, str]:
        there = max((getattr(subject.classification, name) for name in fields), key=lambda level: IMPACT_RANK[level])
        return (there if IMPACT_RANK[there] >= IMPACT_RANK[wanted] else None), str(there)

    return check


# Text


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> "regex.Pattern[str] | None":
    """The expression between slashes; None for plain words."""
    return (
        regex.compile(pattern[1:-1], regex.IGNORECASE)
        if len(pattern) > 2 and pattern[0] == pattern[-1] == "/"
        else None
    )


@lru_cache(maxsize=64)
def _text_of(body: str, kind: str) -> str:
    return plain_text(body, kind)


def _patterns(text_of: Callable[[Post], str]) -> "Special":
    def check(wanted: Any, subject: Subject) -> tuple[str | None, str]:
        text = text_of(subject.post)
        for pattern in wanted:
            expression = _compiled(pattern)
            if expression is None:
                if service_key(pattern) in service_key(text):
                    return pattern, ""
                continue
            try:
                if match := expression.search(text, timeout=_SECONDS):
                    return " ".join(match[0].split())[:_QUOTED] or pattern, ""
            except TimeoutError:
                return None, f"{pattern} takes too long over this text: write it simpler"
        return None, "other words"

    return check


# What the post says besides its classification


_PARTICULARS: dict[str, Callable[[Particulars], Iterator[tuple[str, str]]]] = {
    "audience": lambda particulars: ((each.name, each.words) for each in particulars.audience),
    "control": lambda particulars: ((each.name, each.words) for each in particulars.controls),
    "compliance": lambda particulars: ((each.topic, each.answer) for each in particulars.compliance),
}
"""What each holds, in the order of the post, each with the words that say so."""


def _names(key: str) -> "Special":
    def check(wanted: Any, subject: Subject) -> tuple[str | None, str]:
        names = tuple(dict.fromkeys(name for name, _ in _PARTICULARS[key](subject.particulars)))
        for pattern in wanted:
            expression = _compiled(pattern)
            try:
                hit = next((name for name in names if _stands_in(pattern, expression, name)), None)
            except TimeoutError:
                return None, f"{pattern} takes too long over “{_text_of_value(names)}”: write it simpler"
            if hit is not None:
                return hit, ""
        return None, _text_of_value(names)

    return check


def _stands_in(pattern: str, expression: "regex.Pattern[str] | None", name: str) -> bool:
    if expression is None:
        return service_key(pattern) in service_key(name)
    return expression.search(name, timeout=_SECONDS) is not None


def _topics(wanted: Any, subject: Subject) -> tuple[str | None, str]:
    """The first row of the compliance table that has one of the topics."""
    topics = tuple(dict.fromkeys(topic for topic, _ in _PARTICULARS["compliance"](subject.particulars)))
    return next((topic for topic in topics if topic in wanted), None), _text_of_value(topics)


# Days


def _starts(wanted: Any, subject: Subject) -> tuple[str | None, str]:
    """Our rollout begins within so many days, or has begun and is not over."""
    start, end, today = subject.dates.start, subject.dates.end, subject.today
    if start is None or today is None:
        return None, plain_dates.NO_DATE
    day = plain_dates.day(start.first)
    over = (end or start).last < today
    return (None if over or (start.first - today).days > wanted else day), f"{day}{', and is over' if over else ''}"


def _act_by(wanted: Any, subject: Subject) -> tuple[str | None, str]:
    """The deadline is within so many days, and not over."""
    act_by, today = subject.classification.act_by, subject.today
    if act_by is None or today is None:
        return None, "no deadline"
    day = plain_dates.day(act_by)
    return (day if 0 <= (act_by - today).days <= wanted else None), day


Special = Callable[[Any, Subject], tuple[str | None, str]]
_SPECIAL: dict[str, Special] = {
    "impact_at_least": _at_least("admin_impact", "user_impact"),
    "admin_impact_at_least": _at_least("admin_impact"),
    "user_impact_at_least": _at_least("user_impact"),
    "title": _patterns(lambda post: post.title),
    "text": _patterns(lambda post: _text_of(post.body, post.body_type)),
    "starts_within": _starts,
    "act_by_within": _act_by,
    "audience": _names("audience"),
    "control": _names("control"),
    "compliance": _topics,
}
