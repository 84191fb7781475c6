"""When a change comes and what is to be done, in words, as of a day: what is over is told as over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from shared.core.posts.classification import Classification, Window
from shared.core.terms import OVER, Action, Phase, Status
from shared.core.text.safe import cut
from shared.core.words.dates import day, interval, is_phase_named, name, window
from shared.core.words.doubt import SURE_FROM
from shared.core.words.language import say

UNDATED: dict[Status, str] = {
    "cancelled": "Cancelled: will not be rolled out",
    "on_hold": "On hold: there is no date now",
    "superseded": "Replaced by another announcement",
    "withdrawn": "Withdrawn by Microsoft",
}
_PROBABLY_UNDATED: dict[Status, str] = {
    "cancelled": "Probably cancelled: look it up in the post",
    "on_hold": "Probably on hold: look it up in the post",
    "superseded": "Probably replaced by another announcement: look it up in the post",
    "withdrawn": "Probably withdrawn by Microsoft: look it up in the post",
}
_NOT_ASKED: dict[Status, str] = {
    "cancelled": "Nothing to do: Microsoft cancelled it",
    "withdrawn": "Nothing to do: Microsoft withdrew it",
    "superseded": "Nothing to do here: another announcement takes its place",
}
_ON_HOLD: dict[Action, str] = {
    "required": "On hold; action is required once it goes on",
    "optional": "On hold; action is optional once it goes on",
    "none": "On hold; nothing to do for now",
}
_ON_HOLD_UNKNOWN = "On hold; not sure whether anything has to be done"
_RECOMMENDED = "No action is required; the post recommends some steps"
UNKNOWN_ACTION = "Not sure whether anything has to be done"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked: without a day, with one that is ahead, with one that is over."""

    plain: str
    ahead: str
    over: str


_ACTIONS: dict[Action, _Asked] = {
    "required": _Asked("Action required", "Action required by {}", "Action was required by {}"),
    "optional": _Asked("Action is optional", "Review by {}", "It was to be reviewed by {}"),
    "none": _Asked("No admin action is required", "Deadline {}", "The deadline was {}"),
}
_UNKNOWN = _Asked(UNKNOWN_ACTION, f"{UNKNOWN_ACTION}; deadline {{}}", f"{UNKNOWN_ACTION}; the deadline was {{}}")
_LIKELY: dict[Action, _Asked] = {
    "required": _Asked(
        "Action is probably required", "Action is probably required, by {}", "Action was probably required, by {}"
    ),
    "optional": _Asked(
        "Action is probably optional", "Probably to be reviewed, by {}", "It was probably to be reviewed, by {}"
    ),
    "none": _Asked("Probably nothing to do", "Deadline {}", "The deadline was {}"),
}
_DONE: dict[Phase, str] = {"retirement": "taken away ({})"}
_DOING: dict[Phase, str] = {"retirement": "being taken away, complete by {}"}
_LONGEST_QUOTE, _BEHIND = 200, 40
_MONTH = 31  # days


def when_lines(classification: Classification, as_of: date, ours: Collection[Window] = ()) -> tuple[str, ...]:
    """One line per rollout, `ours` first; where there is none, one that says why.

    What lies before `as_of` is told as past, what is under way as that. A plan that does not stand is told as what was
    planned; one of which we are not sure, with the post's words.
    """
    windows = told_windows(classification, ours)
    if classification.status in UNDATED:
        return (
            _undated(classification),
            *(f"{name(each)}: {_was(each)}" for each in windows if each.start or each.end),
        )
    if not windows:
        unsure = classification.is_unsure("rollouts")
        return (say("Not sure whether the post states a date" if unsure else "No date stated"),)
    if classification.is_unsure("rollouts"):
        return tuple(_unsure_lines(windows, as_of))
    return tuple(f"{name(each)}: {window_as_of(each, as_of)}" for each in windows)


def told_windows(classification: Classification, ours: Collection[Window]) -> list[Window]:
    """Ours first; without those that have no day where others do: the post may say it in words that were not read."""
    windows = [*(each for each in classification.windows if each in ours)]
    windows += [each for each in classification.windows if each not in ours]
    dated = [each for each in windows if each.start or each.end]
    return dated or windows


def window_as_of(value: Window, as_of: date) -> str:
    """When one rollout begins and is complete: "rolled out (early March 2026)", "under way, complete by May 2026"."""
    start, end = value.start, value.end
    phase = value.phase if is_phase_named(value) else "ga"
    dates = window(value)
    last = end or start
    if last is None:
        return dates
    if end and end.last < as_of:
        by = dates if start else say("by {}", interval(end))
        return say(_DONE.get(phase, "rolled out ({})"), by)
    if start and start.last < as_of:
        if end:
            return say(_DOING.get(phase, "under way, complete by {}"), interval(end))
        return say("{}, which is past" if phase == "retirement" else "has begun ({})", dates)
    if start and start.first < as_of and 0 < (start.last - start.first).days <= _MONTH:
        return say("{} (may have begun)", dates)
    return dates


def is_past(value: Window, as_of: date) -> bool:
    """Whether all of its days lie before `as_of`; a rollout without any day is not past."""
    last = value.end or value.start
    return last is not None and last.last < as_of


def to_do(classification: Classification, as_of: date, *, recommends: bool = False) -> str:
    """What is asked of the organisation, with its day: "Action required by 14 March 2027".

    `recommends`: the post has steps, so that "nothing to do" would be too much. What is unsure is said to be probable,
    and a day that is unsure is left out. A day before `as_of` is told as past. Nothing is asked of a plan that fell,
    and that nothing is to be done is never said from doubt.
    """
    status, doubted = classification.status, classification.is_unsure("action")
    if status in UNDATED and classification.is_unsure("status"):
        return say(UNKNOWN_ACTION)
    if status in OVER:
        return say(_NOT_ASKED[status])
    if status == "on_hold":
        return say(_ON_HOLD_UNKNOWN if doubted else _ON_HOLD[classification.action])
    why, by = classification.why.get("action"), classification.act_by
    likely = why is not None and why.confidence < SURE_FROM
    asked = _UNKNOWN if doubted else (_LIKELY if likely else _ACTIONS)[classification.action]
    if not by or classification.is_unsure("act_by"):
        if recommends and not likely and classification.action == "none":
            return say(_RECOMMENDED)
        undated = by and not doubted and classification.action == "required"
        return say("{}; we are not sure by when", say(asked.plain)) if undated else say(asked.plain)
    return say(asked.over if by < as_of else asked.ahead, day(by))


def action_words(classification: Classification) -> str:
    """Whether something is asked, whatever the day and the status: the field alone."""
    return say(UNKNOWN_ACTION if classification.is_unsure("action") else _ACTIONS[classification.action].plain)


def _undated(classification: Classification) -> str:
    status = classification.status
    if classification.is_unsure("status"):
        return say(_PROBABLY_UNDATED[status])
    if status == "superseded" and classification.superseded_by:
        return say("Replaced by {}", classification.superseded_by)
    return say(UNDATED[status])


def _was(value: Window) -> str:
    by = not value.start and value.end
    return say("was planned to be {}" if by else "was planned for {}", window(value))


def _unsure_lines(windows: Collection[Window], as_of: date) -> Iterator[str]:
    """Dates without a conclusion, and what they were read from; the same words are quoted once."""
    quoted = set[str]()
    for each in windows:
        words = _around(" ".join(each.words.split()), each)
        is_new = words and words not in quoted
        doubt = say("not sure: the post says “{}”", words) if is_new else say("not sure")
        quoted.add(words)
        past = say(", which is over") if is_past(each, as_of) else ""
        yield f"{name(each)}: {window(each)}{past} ({doubt})"


def _around(words: str, value: Window) -> str:
    """The sentence, or, of a long one, the part in which the month stands that was read."""
    first = value.start or value.end
    at = words.find(f"{first.first:%B}") if first else -1
    if len(words) <= _LONGEST_QUOTE or at < _LONGEST_QUOTE - _BEHIND:
        return cut(words, _LONGEST_QUOTE)
    begin = words.rfind(" ", 0, max(0, at + _BEHIND - _LONGEST_QUOTE)) + 1
    return f"…{cut(words[begin:], _LONGEST_QUOTE)}"
