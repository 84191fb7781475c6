"""One line's rollouts: which of its dates begin something, which complete it, and in which year."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.core.classify.dates import neighbours, phrases
from shared.core.classify.dates.phrases import Phrase
from shared.core.classify.dates.years import resolve
from shared.core.posts.classification import Interval
from shared.core.text.wording import Wording, any_of

Cue = Literal["begin", "complete", "both", "range", "other", "none"]

# The last of these in the words before a date tells what the date is.
_CUES = Wording(
    "|".join(
        f"(?P<{name}>{any_of(*wordings).pattern})"
        for name, wordings in {
            # A date of something else than the change: when a post was written, a version made, a deadline set.
            "other": (
                r"(?:announced|published|communicated|shared|mentioned|posted|sent|updated) (?:in|on|back in)",
                r"originally\b",
                r"(?:postponed|delayed|moved|changed|extended|pushed|shifted|deferred) (?:out |back )?from",
                r"(?:before|prior to|past|version|build|until further)\b",
                r"as (?:communicated|mentioned|announced)\b(?: (?:back )?(?:in|on)\b)?",
                r"(?:^|(?<=[.;!?] )|(?<=\n))(?:through|until|till|thru|up (?:to|until))\b",  # how long a state lasts
                r"(?:postpone|defer|delay|opt[- ]out)(?: \w+){0,3} until",
            ),
            "begin": (
                r"begin\w*",
                r"start\w*",
                r"began\b",
                r"commenc\w+",
                r"(?:from|effective|as of|after|between|since)\b",
                r"launch\w*",
                r"kick\w* off",
                r"(?:underway|in progress)\b",
            ),
            "complete": (
                r"(?:full(?:y)? )?complet\w+(?: as of\b)?",
                r"conclud\w+",
                r"finish\w*",
                r"finali[sz]\w+",
                r"end(?:s|ing|ed)?\b(?!-| of (?:support|life|serv|avail))",
                r"reach(?:es|ing)? (?:all|every|global)",
                r"(?:available|enabled|live) (?:globally|worldwide|everywhere|(?:in|across|to|for) (?:all|every))",
                r"(?:through|throughout|thru|until|till)\b",
                r"no later than",
                (
                    r"full(?:y)?(?: and (?:permanent|complete)(?:ly)?)?(?: [A-Z]\w+){0,2} (?:rolled out|available"
                    r"|deployed|released|deprecat\w+|retire\w*|remov\w+|disable\w*|enforce\w*)"
                ),
            ),
        }.items()
    )
    + r"|(?P<by>\bby\s*(?:the\s*)?$)",
    re.IGNORECASE,
)
_RANGE = Wording(
    r"[\s,]*(?:–|-|/|&|to|through|thru|until|till|and)\s*(?:the\s+)?$"
    r"|[\s,]*and (?:will )?(?:be )?(?:continue|continuing)(?: (?:through|until|to|into|over))?\s*$",
    re.IGNORECASE,
)
_MOVED = any_of(r"(?:postponed|delayed|moved|changed|extended|pushed|shifted|deferred) (?:out |back )?from\s*$")
_FROM_NOW = any_of(r"(?:now|today|immediately|ongoing|in progress|underway)\s*(?:and)?\s*(?:–|-|to|through|until)\s*$")
# "began and was completed in early May"
_BOTH = Wording(
    r"\b(?:beg[iau]n\w*|start\w*|commenc\w*)\s*(?:and|&|/)\s*(?:(?:was|is|has|have|been|will|be|also|then|fully) ){0,3}"
    r"(?:complet|finish|conclud|end)\w*\s+(?:(?:in|on|by|during|within)\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_BETWEEN = Wording(r"\b(?:between|from)\s*$", re.IGNORECASE)
# "by" a day completes a rollout; in a demand ("please update by") it is the day on which something takes effect.
_ROLLS = any_of(
    "complet",
    "roll",
    "releas",
    "deploy",
    "availab",
    "generally",
    "finish",
    "all (?:tenants|users|customers)",
    r"will (?:be|no longer)\b",
    "see",
    "expect",
)
_CUE_WIDTH = 90
# "As of May 2024, all data is there": how things have stood for long, no plan.
_STATE = any_of(r"(?:as of|since)\s+(?:early |mid-?|late )?$")
_HISTORY = timedelta(days=65)
_MOST_OF_A_YEAR = 300
# What may stand between "announced in" and the date of that: the other post's id and a bracket.
_BESIDE = Wording(r"[\s:]*(?:MC\s?\d+)?[\s(]*(?:on |in |the )?\s*", re.IGNORECASE)


@dataclass(slots=True)
class Rollout:
    """One rollout of a line: its days, and where its first and last date phrases stand."""

    start: Interval | None
    end: Interval | None
    at: int
    last: int
    cue: Cue = "none"


def dates(text: str, anchor: date | None, published: date | None = None) -> list[tuple[Phrase, Cue, Interval]]:
    """Every date of a line, with what it is and its days. For the anchors see `spans`."""
    found = neighbours.join(text, phrases.find(text))
    cues = [_cue(text, found, index) for index in range(len(found))]
    days = resolve(text, found, cues, anchor, published or anchor)
    return [(phrase, cue, each) for phrase, cue, each in zip(found, cues, days, strict=True) if each is not None]


def spans(text: str, anchor: date | None, published: date | None = None) -> list[Rollout]:
    """The rollouts that a line states. `anchor` is the day from which dates without a year are counted.

    `published`, where it is another day, is the second choice: an edit need not have touched every date of its line.
    """
    result: list[Rollout] = []
    for phrase, cue, interval in dates(text, anchor, published):
        state = anchor and interval.last < anchor - _HISTORY and _STATE.search(text, 0, phrase.start)
        if cue != "other" and not state and not _is_past_year(interval, anchor):
            _add(result, phrase, cue, interval)
    return result


def _is_past_year(interval: Interval, anchor: date | None) -> bool:
    """A whole year that is over ("as communicated in 2024") is no plan."""
    return anchor is not None and interval.last < anchor and (interval.last - interval.first).days > _MOST_OF_A_YEAR


def _add(result: list[Rollout], phrase: Phrase, cue: Cue, interval: Interval) -> None:
    """A completion closes the rollout before it that is still open; everything else opens one."""
    waiting = result[-1] if result and result[-1].end is None and result[-1].start else None
    if cue in {"complete", "range"} and waiting:
        waiting.end, waiting.last = interval, phrase.end
    elif cue == "both":
        result.append(Rollout(interval, interval, phrase.start, phrase.end, cue))
    elif cue == "complete":
        result.append(Rollout(None, interval, phrase.start, phrase.end, cue))
    else:
        result.append(Rollout(interval, None, phrase.start, phrase.end, cue))


def _cue(text: str, found: list[Phrase], index: int) -> Cue:
    """What the words between the phrase before and this one make of it."""
    phrase = found[index]
    behind = found[index - 1].end if index else 0
    between = text[max(behind, phrase.start - _CUE_WIDTH) : phrase.start]
    if index and between.strip() == "(":
        return "other"  # "late May 2026 (mid-May)": the old date, without the word
    if index and _RANGE.match(between) and not _is_list(text, found, index):
        return "begin" if _MOVED.search(text, 0, found[index - 1].start) else "range"
    if _FROM_NOW.search(between):
        return "complete"
    if _BOTH.search(between):
        return "both"
    last: Cue = "none"
    for match in _CUES.finditer(between):
        if match["by"]:
            begins = last == "begin" or (last == "none" and not _ROLLS.search(text))
            last = "begin" if begins else "complete"
        elif match["other"]:
            last = "other" if _BESIDE.fullmatch(between, match.end()) else last
        else:
            last = "begin" if match["begin"] else "complete"
    return last


def _is_list(text: str, found: list[Phrase], index: int) -> bool:
    """Of two times, "in May and November" is a list; "between May and November" and "in May and June" are ranges."""
    between = text[found[index - 1].end : found[index].start]
    if ("and" not in between.lower() and "&" not in between) or "continu" in between.lower():
        return False
    if found[index].year and neighbours.are_neighbours(found[index - 1], found[index]):
        return False
    return not _BETWEEN.search(text, 0, found[index - 1].start)
