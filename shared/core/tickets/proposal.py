"""What a change board asks of every change, proposed from what was read: audience, risk, tests, words, way back."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from shared.core.policy.our_dates import OurDates
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.terms import IMPACT_RANK, OVER, Level
from shared.core.text.html import blocks
from shared.core.text.safe import cut
from shared.core.text.wording import sentences
from shared.core.words import dates as plain_dates

_LONGEST = 300
_BEFORE_USERS, _BEFORE_DESK = timedelta(weeks=2), timedelta(weeks=1)
_WAY_OUT = re.compile(
    r"\b(?:admin\w*|tenants?|organi[sz]ations?|you|users?|customers?|makers?)\b[^?]{0,120}"
    r"\b(?:can|may|could|must|able to|option(?:ally)? (?:of|to)|want to|prefer|choose to|unless)\b[^?]{0,120}"
    r"\b(?:opt(?:ing)?[- ]out|turn(?:ing|ed)? (?:\w+ ){0,6}?off|disabl(?:e|ed|ing)|revert|roll(?:ed)? back|override)\b"
    r"|\b(?:can|could|may) be (?:\w+ )?(?:disabled|turned off|reverted|rolled back|overridden)\b"
    r"|\bunless\b[^?]{0,80}\b(?:opts?[- ]out|turns? (?:\w+ ){0,6}?off|disables?|overrides?)\b"
    r"|\bopt(?:ing)?[- ]out (?:is|of|by|until|before|with|via|through)\b",
    re.IGNORECASE,
)
_NO_WAY = re.compile(
    r"\b(?:no|not|cannot|can't|won't|without)\b[^.]{0,60}\b(?:opt|turn|disabl|revert|roll|overrid|option)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Sentences for a ticket; what the post does not say is said to be unsaid, never invented."""

    audience: str
    risk: Level
    risk_why: str
    impact: Level
    impact_why: str
    if_nobody_acts: str
    test_plan: str
    communication_plan: str
    backout: str


def propose(post: Post, classification: Classification, dates: OurDates) -> Proposal:
    impact = max((classification.admin_impact, classification.user_impact), key=lambda level: IMPACT_RANK[level])
    start = dates.start.first if dates.start else None
    return Proposal(
        audience=_audience(post, classification, dates),
        risk=risk_of(classification),
        risk_why=_risk_why(classification),
        impact=impact,
        impact_why=_impact_why(classification),
        if_nobody_acts=_if_nobody_acts(classification, dates),
        test_plan=_test_plan(classification, start),
        communication_plan=_communication(classification, start),
        backout=_backout(post, classification),
    )


def risk_of(classification: Classification) -> Level:
    """The higher of the two impacts; a change that the board must see is never low."""
    impacts = {classification.admin_impact, classification.user_impact}
    if "high" in impacts:
        return "high"
    return "medium" if "medium" in impacts or classification.crb else "low"


def way_out(post: Post) -> str:
    """The post's own sentence on how to opt out, turn it off or go back; empty where it has none."""
    for block in blocks(post.body, post.body_type):
        for sentence in sentences(block.text) if block.kind != "heading" else ():
            if _WAY_OUT.search(sentence) and not _NO_WAY.search(sentence) and not sentence.endswith("?"):
                return _in_one_line(sentence)
    return ""


def _audience(post: Post, classification: Classification, dates: OurDates) -> str:
    people = [
        who
        for who, level in (("users", classification.user_impact), ("administrators", classification.admin_impact))
        if IMPACT_RANK[level] > 0
    ]
    who = " and ".join(people).capitalize() or "Hardly anybody: low impact on users and on administrators"
    of = f" of {plain_dates.listed(list(dict.fromkeys(post.services)))}" if post.services and people else ""
    clouds = list(dict.fromkeys(cloud for window in dates.windows for cloud in window.clouds))
    where = f" ({plain_dates.clouds(clouds)})" if clouds else ""
    return f"{who}{of}{where}."


def _quoted(classification: Classification, *names: str) -> str:
    """The words of the post that decided these fields, or who settled them, each once."""
    reasons = [why for name in names if (why := classification.why.get(name)) and why.words]
    words = (_in_one_line(why.words) if why.settled else f"“{_in_one_line(why.words)}”" for why in reasons)
    return "; ".join(dict.fromkeys(words))


def _in_one_line(text: str) -> str:
    return cut(" ".join(text.split()), _LONGEST)


def _impact_why(classification: Classification) -> str:
    levels = {"admin_impact": classification.admin_impact, "user_impact": classification.user_impact}
    admins, users = ("" if level == "low" else _quoted(classification, name) for name, level in levels.items())
    parts = [f"Users: {users}." if users else "", f"Admins: {admins}." if admins and admins != users else ""]
    return " ".join(part for part in parts if part) or "The post says nothing that users or admins would notice."


def _risk_why(classification: Classification) -> str:
    """The rule that decided, in words."""
    if "high" in (classification.admin_impact, classification.user_impact):
        who = plain_dates.listed(
            [
                who
                for who, level in (("users", classification.user_impact), ("admins", classification.admin_impact))
                if level == "high"
            ]
        )
        return f"The impact on {who} is high."
    if "medium" in (classification.admin_impact, classification.user_impact):
        return "The higher of the two impacts is medium."
    return "Low impact, but it is for the board." if classification.crb else "Low impact on users and on admins."


def _when(start: date | None, before: str = " from ") -> str:
    return f"{before}{plain_dates.day(start)}" if start else ""


def _if_nobody_acts(classification: Classification, dates: OurDates) -> str:
    start = dates.start.first if dates.start else None
    if classification.status in OVER:
        return "Nothing: Microsoft does not go on with this plan."
    if classification.status == "on_hold":
        return "Nothing for now: Microsoft has put it on hold."
    deadline = (
        f" Microsoft asks for action by {plain_dates.day(classification.act_by)}." if classification.act_by else ""
    )
    if classification.kind == "retirement" or classification.default == "removed":
        outcome = f"It is taken away{_when(start)}, and whoever still uses it then loses it."
    elif classification.default == "on":
        outcome = f"It arrives by itself{_when(start)}, with Microsoft's settings."
    elif classification.default == "off":
        outcome = "Nothing changes until an admin turns it on."
    elif classification.action == "required":
        outcome = f"What Microsoft asks for is left undone, and the change comes all the same{_when(start)}."
    else:
        outcome = f"It comes as Microsoft plans it{_when(start)}; the post asks nothing of us."
    return outcome + deadline


def _test_plan(classification: Classification, start: date | None) -> str:
    early = [window for window in classification.windows if window.phase in {"preview", "targeted"} and window.start]
    first = ""
    if early:
        phase = plain_dates.PHASES[early[0].phase].lower()
        first = f" A {phase} comes first ({plain_dates.window(early[0])}): put a pilot group into it."
    by = _when(start, " before ")
    if classification.kind == "retirement" or classification.default == "removed":
        return (
            "1. Find who still uses it: usage reports, audit log, a question to the owners. 2. Let a pilot group work "
            f"with the replacement. 3. Check that their daily tasks succeed without the old one{by}.{first}"
        )
    if classification.kind == "security":
        return (
            "1. Find what depends on today's behaviour: sign-in and audit logs, service accounts, devices. 2. Turn "
            f"the new behaviour on for a pilot group or a test tenant. 3. Check sign-in, mail, automation{by}.{first}"
        )
    if classification.default == "off":
        return (
            f"1. Turn it on for a pilot group only. 2. Check access, retention, labels. 3. Decide on the rest.{first}"
        )
    return (
        f"1. Watch it with a pilot group as soon as it is there{_when(start, ', ')}. 2. Check access, retention, "
        f"labels, and that the help desk's instructions still hold.{first}"
    )


def _communication(classification: Classification, start: date | None) -> str:
    if classification.status in OVER:
        return "Tell whoever was told about it that it will not come."
    if not classification.training and classification.user_impact == "low":
        return "No message to users is needed. Tell the administrators concerned and the help desk."
    if start is None:
        return (
            "The date is not known yet. As soon as it is: tell the users concerned two weeks before, brief the help "
            "desk one week before, and remind users on the day."
        )
    users, desk = start - _BEFORE_USERS, start - _BEFORE_DESK
    return (
        f"1. Tell the users concerned by {plain_dates.day(users)}: what changes, from when, what to do. 2. Brief the "
        f"help desk by {plain_dates.day(desk)}. 3. Remind users on {plain_dates.day(start)}."
    )


def _backout(post: Post, classification: Classification) -> str:
    opt_out = way_out(post)
    until = (
        f" Until {plain_dates.day(classification.act_by)}, as far as the post says."
        if opt_out and classification.act_by
        else ""
    )
    if classification.status in OVER:
        return "Not needed: Microsoft does not go on with this plan."
    if opt_out:
        return f"The vendor's change itself cannot be backed out. The post's own way out: “{opt_out}”{until}"
    if classification.default == "off":
        return "It is off until an admin turns it on: leaving it off, or turning it off again, is the way back."
    return (
        "The vendor's change cannot be backed out, and the post names no opt-out. Keep the help desk ready, and report "
        "what breaks to Microsoft support."
    )
