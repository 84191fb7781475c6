"""The communication plan: who is told what by when, counted back from our own rollout."""

from collections.abc import Iterator
from datetime import date, timedelta

from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case
from shared.core.words.dates import day

_BEFORE_USERS, _BEFORE_DESK = timedelta(weeks=2), timedelta(weeks=1)


def communication_plan(case: Case) -> Iterator[Part]:
    """Nothing where the post gives no reason to tell users, or where it is there already."""
    if case.is_over:
        if case.is_filed and case.sure("status"):
            yield Part("Tell whoever was told of it that it does not come.", case.source("status"))
        return
    if not case.stands or case.stage == "past":
        return
    if not case.sure("training"):
        yield Part(
            f"We are not sure whether users must be told: {case.owner} should decide.",
            case.source("training", "user_impact"),
        )
    elif case.classification.training:
        yield from _numbered(_for_users(case))


def _for_users(case: Case) -> Iterator[Part]:
    source = case.source("training")
    what = "what changes, from when, what to do"
    if case.stage == "begun":
        yield Part(f"Tell the users concerned now: {what}. The rollout has begun.", case.source("training", "rollouts"))
        yield Part("Brief the help desk.", source)
    elif case.start is None:
        yield Part(f"Tell the users concerned as soon as the day is known: {what}.", source)
        yield Part("Brief the help desk before that.", source)
    else:
        source = case.source("training", "rollouts")
        users, desk = case.start - _BEFORE_USERS, case.start - _BEFORE_DESK
        yield Part(f"Tell the users concerned {_by(case, users)}: {what}.", source)
        yield Part(f"Brief the help desk {_by(case, desk)}.", source)
        yield Part(f"Remind users on {day(case.start)}.", source)


def _by(case: Case, until: date) -> str:
    return f"by {day(until)}" if until > case.as_of else "now"


def _numbered(parts: Iterator[Part]) -> Iterator[Part]:
    for number, part in enumerate(parts, 1):
        yield Part(f"{number}. {part.text}", part.source)
