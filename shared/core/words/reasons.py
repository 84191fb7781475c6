"""Why somebody gets a ticket or card, in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from shared.core.words.dates import day
from shared.core.words.language import say

_CONDITIONS: Mapping[str, str] = {
    "crb: true": "for the Change Review Board",
    "crb: false": "not for the Change Review Board",
    "major: true": "a major change",
    "major: false": "not a major change",
    "training: true": "users must be told",
    "training: false": "users need not be told",
}
"""Conditions that read better in other words; the rest keep the words of the policy."""
REMINDED: Mapping[str, str] = {
    "owner": "the owner",
    "deputy": "the deputy",
    "process_owner": "the process owner",
    "executive_sponsor": "the executive sponsor",
}
_NAMES: Mapping[str, str] = {"starts_within": "it starts", "act_by_within": "act by"}


def condition(name: str, value: str, quote: str = "", settled: str = "") -> str:
    """A condition that was met, in the policy's own words: "kind: new_feature (“we will add”)".

    `settled`: who settled it; our words, so they stand without quotation marks.
    """
    return f"{name}: {value}{_quoted(name, quote, settled)}"


def condition_in_words(name: str, value: str, quote: str = "", settled: str = "") -> str:
    """The same in plain words; the post's own words stay as they are."""
    plain_name = _NAMES.get(name, name.removesuffix("_at_least")).replace("_", " ")
    words = _CONDITIONS.get(f"{name}: {value}", "")
    plain = say(words) if words else f"{say(plain_name)}: {say(value.replace('_', ' '))}"
    return plain + _quoted(name, quote, settled)


def _quoted(name: str, quote: str, settled: str) -> str:
    """Who settled it, else the post's words behind it: of `crb` there are only words of ours, told elsewhere."""
    if settled:
        return f" ({settled})"
    return f" (“{quote}”)" if quote and name != "crb" else ""


def owner(owner: str, workload: str, services: Sequence[str], team: str) -> str:
    """Whose the change is: its owner's, or, of `services` that nobody owns, the team's to which the route gives it."""
    if workload:
        handed_over = "" if team == owner else say(", this route hands it to {}", team)
        return say("{} owns {}", owner, workload) + handed_over
    if services:
        return say("nobody owns {}, so it goes to {}", ", ".join(services), team)
    return say("the post names no service, so it goes to {}", team)


def place(path: str, name: str) -> str:
    """The route that decided: by its name, else by its place in the policy's file."""
    return say("route “{}”", name) if name else say("policy: {}", path)


def news(events: Iterable[str]) -> str:
    happened = ", ".join(say(event.replace("_", " ")) for event in events)
    return say("{}; you were told of this change before", happened)


def takeover(change: str) -> str:
    return say("takes over the ticket of {}", change)


def silence(role: str, days: int) -> str:
    after = say("after 1 working day") if days == 1 else say("after {} working days", days)
    return say("nobody has said anything about it, and our policy reminds {} {}", say(REMINDED[role]), after)


def asked() -> str:
    return say("somebody asked to be reminded of it")


def impact(days: int) -> str:
    after = say("after 1 working day") if days == 1 else say("after {} working days", days)
    return say("our policy asks how a rollout went {}", after)


def away(owner: str, until: date, deputy: str, covering: str, who: str) -> str:
    """Why `who` answers and not the owner: as their deputy, or as one of a team that covers for both of them."""
    absence = say("{} is away until {}", owner, day(until))
    if covering:
        both = say(", {} too", deputy) if deputy else ""
        return say("{}: {} covers, and {} answers", f"{absence}{both}", covering, who)
    return say("{}, so {} answers", absence, who) if who else say("{}, and nobody stands in", absence)
