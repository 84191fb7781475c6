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


def propose(post: Post, read: Classification, dates: OurDates) -> Proposal:
    impact = max((read.admin_impact, read.user_impact), key=lambda level: IMPACT_RANK[level])
    start = dates.start.first if dates.start else None
    return Proposal(
        audience=_audience(post, read, dates),
        risk=risk_of(read),
        risk_why=_risk_why(read),
        impact=impact,
        impact_why=_impact_why(read),
        if_nobody_acts=_if_nobody_acts(read, dates),
        test_plan=_test_plan(read, start),
        communication_plan=_communication(read, start),
        backout=_backout(post, read),
    )


def risk_of(read: Classification) -> Level:
    """The higher of the two impacts; a change that the board must see is never low."""
    impacts = {read.admin_impact, read.user_impact}
    if "high" in impacts:
        return "high"
    return "medium" if "medium" in impacts or read.crb else "low"


def way_out(post: Post) -> str:
    """The post's own sentence on how to opt out, turn it off or go back; empty where it has none."""
    for block in blocks(post.body, post.body_type):
        for sentence in sentences(block.text) if block.kind != "heading" else ():
            if _WAY_OUT.search(sentence) and not _NO_WAY.search(sentence) and not sentence.endswith("?"):
                return _in_one_line(sentence)
    return ""


def _audience(post: Post, read: Classification, dates: OurDates) -> str:
    people = [
        who
        for who, level in (("users", read.user_impact), ("administrators", read.admin_impact))
        if IMPACT_RANK[level] > 0
    ]
    who = " and ".join(people).capitalize() or "Hardly anybody: low impact on users and on administrators"
    of = f" of {plain_dates.listed(list(dict.fromkeys(post.services)))}" if post.services and people else ""
    clouds = list(dict.fromkeys(cloud for window in dates.windows for cloud in window.clouds))
    where = f" ({plain_dates.clouds(clouds)})" if clouds else ""
    return f"{who}{of}{where}."


def _quoted(read: Classification, *names: str) -> str:
    """The words of the post that decided these fields, each once."""
    words = (why.words for name in names if (why := read.why.get(name)) and why.words)
    return "; ".join(f"“{text}”" for text in dict.fromkeys(map(_in_one_line, words)))


def _in_one_line(text: str) -> str:
    return cut(" ".join(text.split()), _LONGEST)


def _impact_why(read: Classification) -> str:
    levels = {"admin_impact": read.admin_impact, "user_impact": read.user_impact}
    admins, users = ("" if level == "low" else _quoted(read, name) for name, level in levels.items())
    parts = [f"Users: {users}." if users else "", f"Admins: {admins}." if admins and admins != users else ""]
    return " ".join(part for part in parts if part) or "The post says nothing that users or admins would notice."


def _risk_why(read: Classification) -> str:
    """The rule that decided, in words."""
    if "high" in (read.admin_impact, read.user_impact):
        who = plain_dates.listed(
            [who for who, level in (("users", read.user_impact), ("admins", read.admin_impact)) if level == "high"]
        )
        return f"The impact on {who} is high."
    if "medium" in (read.admin_impact, read.user_impact):
        return "The higher of the two impacts is medium."
    return "Low impact, but it is for the board." if read.crb else "Low impact on users and on admins."


def _when(start: date | None, before: str = " from ") -> str:
    return f"{before}{plain_dates.day(start)}" if start else ""


def _if_nobody_acts(read: Classification, dates: OurDates) -> str:
    start = dates.start.first if dates.start else None
    if read.status in OVER:
        return "Nothing: Microsoft does not go on with this plan."
    if read.status == "on_hold":
        return "Nothing for now: Microsoft has put it on hold."
    deadline = f" Microsoft asks for action by {plain_dates.day(read.act_by)}." if read.act_by else ""
    if read.kind == "retirement" or read.default == "removed":
        said = f"It is taken away{_when(start)}, and whoever still uses it then loses it."
    elif read.default == "on":
        said = f"It arrives by itself{_when(start)}, with Microsoft's settings."
    elif read.default == "off":
        said = "Nothing changes until an admin turns it on."
    elif read.action == "required":
        said = f"What Microsoft asks for is left undone, and the change comes all the same{_when(start)}."
    else:
        said = f"It comes as Microsoft plans it{_when(start)}; the post asks nothing of us."
    return said + deadline


def _test_plan(read: Classification, start: date | None) -> str:
    early = [window for window in read.windows if window.phase in {"preview", "targeted"} and window.start]
    first = ""
    if early:
        phase = plain_dates.PHASES[early[0].phase].lower()
        first = f" A {phase} comes first ({plain_dates.window(early[0])}): put a pilot group into it."
    by = _when(start, " before ")
    if read.kind == "retirement" or read.default == "removed":
        return (
            "1. Find who still uses it: usage reports, audit log, a question to the owners. 2. Let a pilot group work "
            f"with the replacement. 3. Check that their daily tasks succeed without the old one{by}.{first}"
        )
    if read.kind == "security":
        return (
            "1. Find what depends on today's behaviour: sign-in and audit logs, service accounts, devices. 2. Turn "
            f"the new behaviour on for a pilot group or a test tenant. 3. Check sign-in, mail, automation{by}.{first}"
        )
    if read.default == "off":
        return (
            f"1. Turn it on for a pilot group only. 2. Check access, retention, labels. 3. Decide on the rest.{first}"
        )
    return (
        f"1. Watch it with a pilot group as soon as it is there{_when(start, ', ')}. 2. Check access, retention, "
        f"labels, and that the help desk's instructions still hold.{first}"
    )


def _communication(read: Classification, start: date | None) -> str:
    if read.status in OVER:
        return "Tell whoever was told about it that it will not come."
    if not read.training and read.user_impact == "low":
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


def _backout(post: Post, read: Classification) -> str:
    found = way_out(post)
    until = f" Until {plain_dates.day(read.act_by)}, as far as the post says." if found and read.act_by else ""
    if read.status in OVER:
        return "Not needed: Microsoft does not go on with this plan."
    if found:
        return f"The vendor's change itself cannot be backed out. The post's own way out: “{found}”{until}"
    if read.default == "off":
        return "It is off until an admin turns it on: leaving it off, or turning it off again, is the way back."
    return (
        "The vendor's change cannot be backed out, and the post names no opt-out. Keep the help desk ready, and report "
        "what breaks to Microsoft support."
    )
