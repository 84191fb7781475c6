"""The card that asks how a rollout went, some working days after it began."""

from datetime import date

from shared.core.cards.occasions import Occasion
from shared.core.changes.change import Change, Effect
from shared.core.changes.halts import standing_plan
from shared.core.changes.reasons import ImpactReason
from shared.core.policy.model import Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.text.safe import clean
from shared.core.words import outcomes as words


def why_no_question(change: Change, occasion: Occasion, policy: Policy) -> str:
    """Why nobody is asked how the rollout of this day went; empty where somebody is. A closed change is asked of, too.

    The day is the first one of the plan for our tenants, as the line has it.
    """
    plan = standing_plan(change)
    if plan.status != "scheduled":
        return "the plan does not stand any more"
    if plan.is_unsure("status") or plan.is_unsure("rollouts"):
        return "it is not sure that it was rolled out"
    start = our_dates_of(plan, policy).start
    return "" if start and start.first.isoformat() == occasion.about else "the rollout begins on another day now"


def impact_headline() -> str:
    return words.question()


def began_line(occasion: Occasion | None) -> str:
    """When the rollout began that is asked about; empty for another occasion."""
    return words.began(date.fromisoformat(occasion.about)) if occasion and occasion.kind == "impact" else ""


def lesson_lines(effect: Effect) -> tuple[str, ...]:
    """What was learned of other changes of the same service, as it was known when somebody was asked."""
    lessons = (each for reason in effect.why if isinstance(reason, ImpactReason) for each in reason.lessons)
    return tuple(words.lesson(clean(each.words), each.change, each.load, each.day) for each in lessons)
