"""The card of a day to act by that comes near, or is over."""

from datetime import date

from shared.core.cards.occasions import Occasion
from shared.core.posts.classification import Classification
from shared.core.words.dates import day
from shared.core.words.language import say
from shared.core.words.plan import UNDATED


def act_by_headline(by: date, as_of: date) -> str:
    """What the day means on the day on which the card goes out: "Act by 1 October 2026: 7 days left"."""
    left = (by - as_of).days
    if left < 0:
        words = "The day to act by was {}, 1 day ago" if left == -1 else "The day to act by was {}, {} days ago"
        return say(words, day(by), -left)
    if left == 0:
        return say("Act today: {} is the last day", day(by))
    return say("Act by {}: 1 day left" if left == 1 else "Act by {}: {} days left", day(by), left)


def why_no_act_by(classification: Classification, occasion: Occasion) -> str:
    """Why nobody is reminded of this day any more; empty where it still counts."""
    if classification.status in UNDATED:
        return "the plan does not stand any more"
    if classification.act_by is None or classification.act_by.isoformat() != occasion.about:
        return "the day to act by is another one now"
    if classification.is_unsure("act_by") or classification.is_unsure("action"):
        return "it is not sure that anything has to be done by that day"
    return "" if classification.action == "required" else "nothing has to be done by that day"
