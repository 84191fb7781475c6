"""Date phrases: where a line names days, and what it says about them before the year is known."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from shared.core.classify.dates import days
from shared.core.classify.dates.grammar import (
    CAPITAL_HINT,
    FOLLOWS,
    HINT,
    LEADS,
    LOOK_AHEAD,
    LOOK_BEHIND,
    MONTHS,
    NEXT_DAYS,
    PHRASE,
    SMALL_HINTS,
)
from shared.core.posts.classification import Interval

DatesIn = Callable[[int], Interval | None]


# No real line names half as many days.
MOST_PHRASES = 24


@dataclass(frozen=True, slots=True)
class Phrase:
    """One mention of days in a line: `span(year)` are the days; `year` is None where the words name none."""

    start: int
    end: int
    words: str
    year: int | None
    span: DatesIn
    #: The days between which it lies whatever the year: "later this year", "the next 30 days".
    relative: str = ""
    days: int = 0


def may_name_days(text: str) -> bool:
    """Whether looking for phrases is worth the while."""
    if CAPITAL_HINT.search(text):
        return True
    for hint in SMALL_HINTS:  # a loop, because any() takes twice as long, and every sentence comes here
        if hint in text:
            return True
    return NEXT_DAYS.search(text) is not None


def find(text: str) -> list[Phrase]:
    """The date phrases of a line, left to right; the first MOST_PHRASES of them."""
    return list(islice(_phrases(text), MOST_PHRASES))


def _phrases(text: str) -> Iterator[Phrase]:
    hints = [hint.start() for hint in HINT.finditer(text)]
    if not hints:
        return
    lower = text.lower()
    if len(lower) != len(text):
        lower = text  # some capitals are two letters when small; the places of the match would be wrong
    for match in PHRASE.finditer(lower, max(0, hints[0] - LOOK_BEHIND), hints[-1] + LOOK_AHEAD):
        phrase = _read(match, text)
        if phrase is not None:
            yield phrase
        if phrase is not None and match["d_d2"]:
            yield from _last_of_days(match, phrase.words)


def _last_of_days(match: re.Match[str], words: str) -> Iterator[Phrase]:
    """The second of two days ("September 15-29"), as a phrase of its own."""
    found = _exact(_year(match["d_y"]), _month(match["d_m"]), int(match["d_d2"]))
    if found:
        yield Phrase(match.start("d_d2"), match.end(), words, *found)


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1


def _year(text: str | None) -> int | None:
    if not text:
        return None
    year = int(text.lstrip("'"))
    year += 2000 if year < 100 else 0
    return year if days.known(year) else None


def _third(words: str) -> str:
    head = words[:3].lower()
    return {"ear": "early", "beg": "early", "sta": "early", "mid": "mid", "lat": "late", "end": "late"}[head]


def _number(words: str) -> int:
    return {"fir": 1, "1st": 1, "sec": 2, "2nd": 2, "thi": 3, "3rd": 3, "fou": 4, "4th": 4, "las": 4}[words[:3].lower()]


def _read(match: re.Match[str], text: str) -> Phrase | None:
    for told, reader in zip(match.group(*_GROUPS), _BY_GROUP, strict=True):
        if told is not None:
            found = reader(match, text)
            if found is None:
                return None
            end = match.start("d_d2") - 1 if match["d_d2"] else match.end()
            return Phrase(match.start(), end, text[match.start() : match.end()].strip(), *found)
    if match["later"]:
        return Phrase(
            match.start(),
            match.end(),
            match[0],
            None,
            lambda _: None,
            relative="later" if match["later"].startswith("later") else "end",
        )
    if match["n_d"]:
        return Phrase(
            match.start(), match.end(), match[0], None, lambda _: None, relative="next", days=int(match["n_d"])
        )
    return None


_Hit = tuple[int | None, DatesIn] | None


def _iso(m: re.Match[str], _: str) -> _Hit:
    return _exact(int(m["iso"]), int(m["iso_m"]), int(m["iso_d"]))


def _us(m: re.Match[str], _: str) -> _Hit:
    return _exact(_year(m["us_y"]), int(m["us_m"]), int(m["us_d"]))


def _day(m: re.Match[str], _: str) -> _Hit:
    month, first = _month(m["d_m"]), int(m["d_d"])
    if m["week"]:
        return _year(m["d_y"]), lambda year: days.week(year, month, first)
    return _exact(_year(m["d_y"]), month, first)


def _european(m: re.Match[str], _: str) -> _Hit:
    return _exact(_year(m["e_y"]), _month(m["e_m"]), int(m["e_d"]))


def _exact(year: int | None, month: int, day: int) -> _Hit:
    # Any leap year tells whether such a day exists at all.
    if not 1 <= month <= 12 or days.exact(2024, month, day) is None:
        return None
    return year, lambda known: days.exact(known, month, day)


def _part(m: re.Match[str], _: str) -> _Hit:
    month, first = _month(m["p_m"]), _third(m["p1"])
    last = _third(m["p2"]) if m["p2"] else first
    if not m["p_to"]:
        first = last  # "late mid-May" is a slip of the pen: the word next to the month stands
    return _year(m["p_y"]), lambda year: days.part(year, month, first, last)


def _week_of_month(m: re.Match[str], _: str) -> _Hit:
    month, number = _month(m["w_m"]), _number(m["w_n"])
    whole = m["w_what"].lower() == "half"
    last = m["w_n"].lower() == "last"
    return _year(m["w_y"]), lambda year: days.slice_of(year, month, number, halves=whole, last=last)


def _month_year(m: re.Match[str], _: str) -> _Hit:
    month = _month(m["m_m"])
    return _year(m["m_y"]), lambda year: days.months(year, month, month)


def _quarter(m: re.Match[str], _: str) -> _Hit:
    number = int(m["q_n"]) if m["q_n"] else _number(m["q_o"])
    fiscal = bool(m["fiscal1"]) or (m["q_lead"] or "").lower() == "fy"
    third = m["q_p"]

    def span(year: int) -> Interval:
        whole = days.quarter(year, number, fiscal=fiscal)
        return days.third_of(whole, _third(third)) if third else whole

    return _year(m["q_y"] or m["q_y0"]), span


def _half(m: re.Match[str], _: str) -> _Hit:
    number = int(m["h_n"]) if m["h_n"] else _number(m["h_o"])
    if number > 2:
        return None
    fiscal = bool(m["fiscal2"])
    return _year(m["h_y"]), lambda year: days.half(year, number, fiscal=fiscal)


def _whole_year(m: re.Match[str], _: str) -> _Hit:
    # A bare number is as often a product's name ("Server 2019") as a year.
    if not (m["y_p"] or m["y_lead"]):
        return None
    third = m["y_p"]

    def span(year: int) -> Interval:
        if third and third.lower().startswith("end"):
            return days.months(year, 12, 12)
        whole = days.months(year, 1, 12)
        return days.third_of(whole, _third(third)) if third else whole

    return _year(m["y_y"]), span


def _lone_month(m: re.Match[str], text: str) -> _Hit:
    name = text[m.start() : m.end()]
    led = LEADS.search(text, max(0, m.start() - 16), m.start()) or FOLLOWS.match(text, m.end())
    if not name[0].isupper() or not led:
        return None
    month = _month(name)
    return None, lambda year: days.months(year, month, month)


_READERS: tuple[tuple[str, Callable[[re.Match[str], str], _Hit]], ...] = (
    ("iso", _iso),
    ("us_m", _us),
    ("d_m", _day),
    ("e_m", _european),
    ("p_m", _part),
    ("w_m", _week_of_month),
    ("m_m", _month_year),
    ("q_n", _quarter),
    ("q_o", _quarter),
    ("h_y", _half),
    ("y_y", _whole_year),
    ("l_m", _lone_month),
)
_GROUPS, _BY_GROUP = zip(*_READERS, strict=True)
