"""Date phrases: where a line names days, and what it says about them before the year is known."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.core.classification import Interval
from shared.core.classify import days

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_YEAR = r"20\d\d(?!\d)"
_PART = (
    r"(?:early|mid(?:dle)?(?:\s+of)?|late|(?:beginning|start|end)(?:[\s-]+of(?:[\s-]+the)?(?:\s+month\s+of)?|(?=\s?-)))"
)
_ORDINAL = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|last)"
_OF = r"\s*(?:of\s+)?(?:the\s+)?"
_CALENDAR = r"(?:calendar\s+year\s*|calendar\s*|year\s+|cy\s*|(?P<fiscal{n}>fiscal\s+year\s*|fy\s*))?"


def _calendar(number: int) -> str:
    return _CALENDAR.replace("{n}", str(number))


# One alternation, most specific first; the named groups say which form was met. Every repetition is bounded.
_PHRASE = re.compile(
    rf"""
    \b(?:
    (?P<iso>20\d\d)-(?P<iso_m>[01]\d)-(?P<iso_d>[0-3]\d)(?!\d)
  | (?<![\d/.])(?P<us_m>[01]?\d)/(?P<us_d>[0-3]?\d)/(?P<us_y>(?:20)?\d\d)(?![\d/])
  | (?P<week>(?:the\s+)?week\s+(?:of|starting|beginning|commencing)\s+(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:the\s+)?)?
    (?P<d_m>\b{MONTH})\s*(?P<d_d>[0-3]?\d)(?!\d)(?:st|nd|rd|th)?
        (?:\s{{0,2}}[-–]\s{{0,2}}(?P<d_d2>[0-3]?\d)(?!\d)(?:st|nd|rd|th)?(?!\s*(?:am|pm|:|%)))?
        (?:\s*,?\s*(?P<d_y>{_YEAR}))?
  | (?<![\d.,])(?P<e_d>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<e_m>{MONTH})(?:\s*,?\s*(?P<e_y>{_YEAR}))?
  | \b(?P<p1>{_PART})(?:[\s,-]*(?P<p_to>to|through|thru|until|or|and|/|–|-)?[\s-]*(?P<p2>{_PART}))?[\s,–-]*
        (?P<p_m>{MONTH})(?:\s*,?\s*(?:of\s+)?(?P<p_y>{_YEAR}))?
  | \b(?P<w_n>{_ORDINAL})\s+(?P<w_what>week|half)\s+(?:of|in)\s+(?P<w_m>{MONTH})(?:\s*,?\s*(?P<w_y>{_YEAR}))?
  | (?P<m_m>\b{MONTH})\s*,?\s*(?:of\s+)?(?P<m_y>{_YEAR}|'\d\d(?!\d))
  | \b(?:(?P<q_p>early|mid|late|end\s+of|beginning\s+of)[\s-]*(?:the\s+)?)?
        (?:(?P<q_lead>cy|fy)?\s*'?(?P<q_y0>20\d\d|(?<=[cf]y)\d\d)?\s*\bq(?P<q_n>[1-4])\b|(?P<q_o>{_ORDINAL})\s+(?:calendar\s+)?quarter)
        (?:{_OF},?\s*{_calendar(1)}'?(?P<q_y>{_YEAR}|(?<=[cf]y)\d\d(?!\d)|(?<=[cf]y\s)\d\d(?!\d)))?
  | \b(?:h(?P<h_n>[12])|(?P<h_o>{_ORDINAL})\s+half){_OF},?\s*{_calendar(2)}(?P<h_y>{_YEAR})
  | \b(?:(?P<y_p>early|mid|late|end\s+of|beginning\s+of|start\s+of)[\s-]*(?:the\s+)?)?
        (?P<y_lead>calendar\s+year|cy|year|in|by|during)?\s*(?P<y_y>{_YEAR})(?![-/.]\d)
  | (?P<l_m>\b{MONTH})
  | \b(?P<later>later\s+this\s+(?:calendar\s+)?year|(?:the\s+)?end\s+of\s+(?:the|this)\s+(?:calendar\s+)?year)
  | \b(?:the\s+)?next\s+(?P<n_d>\d{{1,3}})\s+days
    )
    """,
    re.VERBOSE,  # over lower-case text: ignoring case would make every alternative be tried at every word
)

# A line without any of these names no days; what stands far from all of them need not be looked at.
_HINT = re.compile(
    r"20\d\d|\d/\d|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
    r"|january|february|april|june|july|august|september|october|november|december|(?:early|mid|late)[ -]ma[yr]"
    r"|[Qq]uarter|[Hh]alf of|Q[1-4]|this (?:calendar )?year|the (?:calendar )?year|next \d+ days"
)
_LOOK_BEHIND, _LOOK_AHEAD = 60, 60

# "May" and "March" are words, too: a month that stands alone counts only after a word that leads to a date.
_LEADS = re.compile(
    r"(?:\b(?:in|by|from|since|until|till|through|throughout|during|before|after|starting|beginning|begins|of|to|and|or|between|for|end|this|next)|[-–/,(:])\s*$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    rf"\s*(?:/|–|-|\bto\b|\bthrough\b|\band\b|\bor\b)\s*(?:early|mid|late)?[\s-]*{MONTH}", re.IGNORECASE
)
Span = Callable[[int], Interval | None]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One mention of days in a line: `span(year)` are the days; `year` is None where the words name none."""

    start: int
    end: int
    words: str
    year: int | None
    span: Span
    #: The days between which it lies whatever the year: "later this year", "the next 30 days".
    relative: str = ""
    days: int = 0


def may_name_days(text: str) -> bool:
    """Whether looking for phrases is worth the while."""
    return _HINT.search(text) is not None


def find(text: str) -> list[Phrase]:
    """Every date phrase of a line, left to right."""
    return list(_phrases(text))


def _phrases(text: str) -> Iterator[Phrase]:
    hints = [hint.start() for hint in _HINT.finditer(text)]
    if not hints:
        return
    lower = text.lower()
    if len(lower) != len(text):
        lower = text  # some capitals are two letters when small; the places of the match would be wrong
    for match in _PHRASE.finditer(lower, max(0, hints[0] - _LOOK_BEHIND), hints[-1] + _LOOK_AHEAD):
        phrase = _read(match, text)
        if phrase is not None:
            yield phrase
        if phrase is not None and match["d_d2"]:
            yield from _last_of_days(match, phrase.words)


def _last_of_days(match: re.Match[str], words: str) -> Iterator[Phrase]:
    """ "September 15-29": the second of two days, as a phrase of its own."""
    found = _exact(_year(match["d_y"]), _month(match["d_m"]), int(match["d_d2"]))
    if found:
        yield Phrase(match.start("d_d2"), match.end(), words, *found)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


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
    for group, reader in _READERS:
        if match[group] is not None:
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


_Found = tuple[int | None, Span] | None


def _iso(m: re.Match[str], _: str) -> _Found:
    return _exact(int(m["iso"]), int(m["iso_m"]), int(m["iso_d"]))


def _us(m: re.Match[str], _: str) -> _Found:
    return _exact(_year(m["us_y"]), int(m["us_m"]), int(m["us_d"]))


def _day(m: re.Match[str], _: str) -> _Found:
    month, first = _month(m["d_m"]), int(m["d_d"])
    if m["week"]:
        return _year(m["d_y"]), lambda year: days.week(year, month, first)
    return _exact(_year(m["d_y"]), month, first)


def _european(m: re.Match[str], _: str) -> _Found:
    return _exact(_year(m["e_y"]), _month(m["e_m"]), int(m["e_d"]))


def _exact(year: int | None, month: int, day: int) -> _Found:
    # Any leap year tells whether such a day exists at all.
    if not 1 <= month <= 12 or days.exact(2024, month, day) is None:
        return None
    return year, lambda known: days.exact(known, month, day)


def _part(m: re.Match[str], _: str) -> _Found:
    month, first = _month(m["p_m"]), _third(m["p1"])
    last = _third(m["p2"]) if m["p2"] else first
    if not m["p_to"]:
        first = last  # "late mid-May" is a slip of the pen: the word next to the month stands
    return _year(m["p_y"]), lambda year: days.part(year, month, first, last)


def _week_of_month(m: re.Match[str], _: str) -> _Found:
    month, number = _month(m["w_m"]), _number(m["w_n"])
    whole = m["w_what"].lower() == "half"
    last = m["w_n"].lower() == "last"
    return _year(m["w_y"]), lambda year: days.slice_of(year, month, number, halves=whole, last=last)


def _month_year(m: re.Match[str], _: str) -> _Found:
    month = _month(m["m_m"])
    return _year(m["m_y"]), lambda year: days.months(year, month, month)


def _quarter(m: re.Match[str], _: str) -> _Found:
    number = int(m["q_n"]) if m["q_n"] else _number(m["q_o"])
    fiscal = bool(m["fiscal1"]) or (m["q_lead"] or "").lower() == "fy"
    third = m["q_p"]

    def span(year: int) -> Interval:
        whole = days.quarter(year, number, fiscal=fiscal)
        return days.third_of(whole, _third(third)) if third else whole

    return _year(m["q_y"] or m["q_y0"]), span


def _half(m: re.Match[str], _: str) -> _Found:
    number = int(m["h_n"]) if m["h_n"] else _number(m["h_o"])
    if number > 2:
        return None
    fiscal = bool(m["fiscal2"])
    return _year(m["h_y"]), lambda year: days.half(year, number, fiscal=fiscal)


def _whole_year(m: re.Match[str], _: str) -> _Found:
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


def _lone_month(m: re.Match[str], text: str) -> _Found:
    name = text[m.start() : m.end()]
    led = _LEADS.search(text, max(0, m.start() - 16), m.start()) or _FOLLOWS.match(text, m.end())
    if not name[0].isupper() or not led:
        return None
    month = _month(name)
    return None, lambda year: days.months(year, month, month)


_READERS: tuple[tuple[str, Callable[[re.Match[str], str], _Found]], ...] = (
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
