"""Days and spans of days back in plain words: [2026-10-01, 2026-10-10] is "early October 2026"."""

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from shared.core.posts.classification import Interval, Window
from shared.core.terms import Cloud, Phase
from shared.core.text.wording import Wording, any_of
from shared.core.words.language import say

PHASES: dict[Phase, str] = {
    "preview": "Preview",
    "targeted": "Targeted release",
    "ga": "General availability",
    "retirement": "Retirement",
}
CLOUDS: dict[Cloud, str] = {
    "worldwide": "worldwide",
    "gcc": "GCC",
    "gcch": "GCC High",
    "dod": "DoD",
    "china": "China",
}
_PHASE_WORDS: dict[Phase, Wording] = {
    "preview": any_of(r"previews?", r"beta", r"insiders?"),
    "targeted": any_of(r"targeted", r"first release"),
    "ga": any_of(r"general(?:ly)? availab\w+", r"GA\b"),
    "retirement": any_of(
        r"retir\w+", r"remov\w+", r"deprecat\w+", r"discontinu\w+", r"sunset\w*", r"decommission\w*",
        r"shut(?:ting)? down", r"turn(?:ed|ing)? off", r"end(?:s|ing|ed)? (?:of|support)", r"no longer",
        r"phase[ds]? out", r"taken away", r"delet\w+", r"stop(?:s|ped)? (?:working|supporting|functioning)",
        r"ends?\b", r"disabl\w+", r"cease\w*", r"unsupported",
    ),
}  # fmt: skip
ROLLOUT = "Rollout"
_ROLLOUT = any_of(
    r"roll(?:ing|ed|s)?[- ]?outs?", r"releas\w+", r"deploy\w+", r"available", r"enabl\w+", r"launch\w*", r"begin\w*"
)
NO_DATE = "no date stated"

_THIRDS = {(1, 10): "early {}", (11, 20): "mid-{}", (1, 20): "early to mid-{}"}
_YEAR = re.compile(r" (\d{4})$")
_PART = re.compile(r"^(early|mid|late|Anfang|Mitte|Ende)[ -](\w+ \d{4})$")


def day(value: date) -> str:
    return say("{day} {month} {year}", day=value.day, month=say(f"{value:%B}"), year=value.year)


def interval(span: Interval) -> str:
    """The span as a post would say it; any other span as "5 to 9 October 2026"."""
    first, last = span.first, span.last
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        words = _in_one_month(first, last)
        if words:
            return words
    elif first.year == last.year:
        words = _whole_months(first, last)
        if words:
            return words
    if first.weekday() == 0 and last - first == timedelta(days=6):
        return say("week of {}", day(first))
    return _joined(day(first), day(last))


def window(value: Window) -> str:
    """When one rollout begins and is complete, as one phrase; NO_DATE where the post names none."""
    start, end = value.start, value.end
    if start and end:
        return interval(start) if start == end else _joined(interval(start), interval(end))
    if start:
        return interval(start)
    return say("complete by {}", interval(end)) if end else say(NO_DATE)


def clouds(names: Sequence[Cloud]) -> str:
    """The clouds in one phrase: "worldwide, GCC and DoD"."""
    return listed([say(CLOUDS.get(name, name)) for name in names])


def listed(words: Sequence[str]) -> str:
    """A list as people write it: "a, b and c"."""
    return say(" and ").join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def line(value: Window) -> str:
    """One rollout in one line: "General availability, worldwide: early to mid-October 2026"."""
    return f"{name(value)}: {window(value)}"


def name(value: Window) -> str:
    """Which rollout it is: "General availability, worldwide".

    What the post's sentence has no word for is not named: "Rollout, worldwide", or "Worldwide" alone.
    """
    what, where = _what(value), clouds(value.clouds)
    words = ", ".join(filter(None, (what, where)))
    return f"{words[:1].upper()}{words[1:]}" or say(PHASES[value.phase])


def is_phase_named(value: Window) -> bool:
    """Whether the sentence that was read says so itself; without one there is nothing to doubt."""
    return not value.words or _PHASE_WORDS[value.phase].search(value.words) is not None


def _what(value: Window) -> str:
    if is_phase_named(value):
        return say(PHASES.get(value.phase, value.phase))
    return say(ROLLOUT) if value.phase != "retirement" and _ROLLOUT.search(value.words) else ""


def spoken(text: str) -> str:
    """An ISO day, or two with `..` or `/` between them, in plain words; any other text as it is."""
    parts = re.split(r"\s*(?:\.\.|/)\s*", text.strip())
    try:
        days = [date.fromisoformat(part) for part in parts]
    except ValueError:
        return text
    return interval(Interval(days[0], days[-1])) if len(days) <= 2 else text


def _in_one_month(first: date, last: date) -> str:
    end_of_month = monthrange(last.year, last.month)[1]
    month = f"{say(f'{first:%B}')} {first.year}"
    if (first.day, last.day) == (1, end_of_month):
        return month
    if last.day == end_of_month and first.day in {11, 21}:
        return say("late {}" if first.day == 21 else "mid to late {}", month)
    third = _THIRDS.get((first.day, last.day))
    return say(third, month) if third else ""


def _whole_months(first: date, last: date) -> str:
    if first.day != 1 or last.day != monthrange(last.year, last.month)[1]:
        return ""
    months = (first.month, last.month)
    if months == (1, 12):
        return str(first.year)
    if months in {(1, 6), (7, 12)}:
        return say("first half of {}" if first.month == 1 else "second half of {}", first.year)
    if first.month % 3 == 1 and last.month == first.month + 2:
        return f"Q{(first.month + 2) // 3} {first.year}"
    return say("{} to {}", say(f"{first:%B}"), f"{say(f'{last:%B}')} {first.year}")


def _joined(start: str, end: str) -> str:
    """Two phrases as one, saying a year or month that they share only once."""
    first, last = _PART.match(start), _PART.match(end)
    if first and last and first[2] == last[2]:
        return say("{} to {}", first[1], end)
    a_year, b_year = _YEAR.search(start), _YEAR.search(end)
    if a_year and b_year and a_year[1] == b_year[1]:
        start = start[: a_year.start()]
        month = start.partition(" ")[2]
        if start[:1].isdigit() and end[:1].isdigit() and end.split(" ")[1:2] == [month]:
            start = start.partition(" ")[0]
    return say("{} to {}", start, end)
