"""The communication plan: who is told what by when, counted back from our own rollout."""

from collections.abc import Iterator
from datetime import date, timedelta

from shared.core.text.wording import any_of
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case
from shared.core.words.dates import day

_MESSAGE = any_of(
    r"communicate", r"inform", r"notify", r"tell", r"share", r"announce", r"make \w+ aware", r"raise awareness"
)
_BEFORE_USERS, _BEFORE_DESK = timedelta(weeks=2), timedelta(weeks=1)


def communication_plan(case: Case) -> Iterator[Part]:
    """Nothing where the post gives no reason to tell users, or where it is there already."""
    if case.is_over:
        if case.is_filed and case.sure("status"):
            yield Part("Tell whoever was told of it that it does not come.", case.source("status"))
        return
    if not case.stands or case.stage == "past":
        return
    if case.unsure("training"):
        if any(_MESSAGE.search(step.text) for step in case.particulars.steps):
            return  # the plan says it
        yield Part(
            f"We are not sure whether users must be told: {case.owner} should decide.",
            case.source("training", "user_impact"),
        )
    elif case.classification.training:
        yield from _numbered(_for_users(case))


def _for_users(case: Case) -> Iterator[Part]:
    source = case.source("training")
    what = "what changes, from when, what to do"
    if case.stage in {"begun", "beginning"}:
        has = "has" if case.stage == "begun" else "may have"
        yield Part(
            f"Tell the users concerned now: {what}. By plan it {has} begun.", case.source("training", "rollouts")
        )
        yield Part("Brief the help desk.", source)
    elif case.start is None:
        yield Part(f"Tell the users concerned before it begins: {what}.", source)
        yield Part("Brief the help desk before that.", source)
    else:
        source = case.source("training", "rollouts")
        first = case.start.first
        users, desk = first - _BEFORE_USERS, first - _BEFORE_DESK
        yield Part(f"Tell the users concerned {_by(case, users)}: {what}.", source)
        yield Part(f"Brief the help desk {_by(case, desk)}.", source)
        when = f"on {day(first)}" if first == case.start.last else f"when it begins, {case.start_words}"
        yield Part(f"Remind users {when}.", source)


def _by(case: Case, until: date) -> str:
    return f"by {day(until)}" if until > case.as_of else "now"


def _numbered(parts: Iterator[Part]) -> Iterator[Part]:
    for number, part in enumerate(parts, 1):
        yield Part(f"{number}. {part.text}", part.source)
