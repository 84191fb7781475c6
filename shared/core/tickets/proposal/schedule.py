"""When it comes, as a board reads it: each rollout with the post's sentence, and the days that a plan may hold."""

from collections.abc import Iterator, Mapping
from datetime import date

from shared.core.changes.change import Change
from shared.core.changes.halts import halts_of
from shared.core.policy.model import Tenant
from shared.core.posts.classification import Window
from shared.core.text.safe import cut
from shared.core.text.wording import any_of
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case
from shared.core.words.dates import NO_DATE
from shared.core.words.halts import halt_lines
from shared.core.words.plan import told_windows, when_lines

_SENTENCE_LIMIT = 240
_PART_OF_A_MONTH = 15  # days
_BEGINS = any_of(
    r"begin\w*", r"start\w*", r"roll\w*", r"launch\w*", r"availab\w*", r"effective", r"enforc\w*", r"retir\w*",
    r"remov\w*", r"end(?:s|ed|ing)?\b", r"releas\w*", r"deprecat\w*", r"discontinu\w*", r"turn\w*", r"enabl\w*",
    r"disabl\w*", r"no longer", r"from", r"will be", r"maintenance",
)  # fmt: skip


def halts(change: Change, ours: Mapping[str, Tenant]) -> Iterator[Part]:
    """The parts that do not go on, and whether they are ours."""
    for halt in halts_of(change):
        for line in halt_lines([halt], {name: tenant.cloud for name, tenant in ours.items()}):
            yield Part(line, f"the post: “{halt.words}”" if halt.words else "the post")


def rollouts(case: Case) -> tuple[Part, ...]:
    """When it comes, each rollout with the post's sentence.

    Of one without a day nothing is said, as the post may say it in words that were not read.
    """
    classification, ours = case.classification, case.dates.windows
    lines = when_lines(classification, case.as_of, ours)
    ordered = told_windows(classification, ours)
    if len(lines) != len(ordered) or not case.stands:
        return tuple(Part(line, case.source("rollouts")) for line in lines if NO_DATE not in line.lower()) or (
            Part("No date was read.", "the whole post"),
        )
    parts, quoted = [], set[str]()
    for line, window in zip(lines, ordered, strict=True):
        words = cut(" ".join(window.words.split()), _SENTENCE_LIMIT)
        if NO_DATE in line:
            continue
        repeats = not words or words in quoted or "the post says" in line
        parts.append(Part(line if repeats else f"{line} – “{words}”", f"the post: “{words}”" if words else "the post"))
        quoted.add(words)
    return tuple(parts) or (Part("No date was read.", "the whole post"),)


def planned_start(case: Case) -> date | None:
    """The first day for our tenants, where the post says that something begins in a part of a month.

    None that was over before there was a ticket, and none behind the end.
    """
    start = case.dates.start
    if start is None or (start.last - start.first).days > _PART_OF_A_MONTH or not case.sure("rollouts"):
        return None
    if not any(window.start == start and _begins(window) for window in case.dates.windows):
        return None
    last = _last_day(case)
    is_ahead = start.first >= case.as_of and (last is None or last >= start.first)
    return start.first if case.is_filed or is_ahead else None


def planned_end(case: Case) -> date | None:
    """The last day for our tenants, where the post says when it is complete; a beginning is no end."""
    last, start = _last_day(case), case.dates.start
    if last is None or not case.sure("rollouts"):
        return None
    return last if case.is_filed or (last >= case.as_of and (start is None or last >= start.first)) else None


def _last_day(case: Case) -> date | None:
    ends = [window.end for window in case.dates.windows if window.end and window.end != window.start]
    return max((end.last for end in ends), default=None)


def _begins(window: Window) -> bool:
    """Whether the post's sentence says that something begins or ends; without a sentence there is nothing to doubt."""
    return not window.words or _BEGINS.search(window.words) is not None


def deadline(case: Case) -> date | None:
    """The day to act by, if it is sure. One that is past when a ticket is first written is no deadline of it."""
    act_by = case.classification.act_by
    return act_by if act_by and case.sure("act_by") and (case.is_filed or act_by >= case.as_of) else None
