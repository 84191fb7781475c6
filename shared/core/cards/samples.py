"""Sample cards of our own writing, one for each moment, to see in a channel what it will get (pure)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.core.cards.card import Card, ChangeCard, change_card
from shared.core.cards.digest import DigestLine, digest_card
from shared.core.cards.notice import Notice
from shared.core.changes.change import Change, Decision, Edition, Effect, EffectState, TicketState
from shared.core.changes.events import derive
from shared.core.changes.facts import facts_of
from shared.core.changes.lessons import Lesson
from shared.core.changes.reasons import ImpactReason, Reason, SentenceReason, SilenceReason
from shared.core.changes.settled import Asked
from shared.core.policy.model import Policy
from shared.core.posts.fingerprints import content_hash
from shared.core.terms import REMINDER_ROLES

_WHY = (SentenceReason("somebody wanted to see a sample; nothing has happened, and nothing has to be done"),)
_TITLE = "Sample: the old message export is retired, use the new one"
_CANCELLED = "<p>We have decided not to proceed with this change at this time.</p>"
_PLAN = timedelta(days=60)
_MOVED = timedelta(days=31)
_BEFORE = timedelta(days=7)


def sample_card(moment: str, policy: Policy, public_url: str, today: date) -> Card:
    """A card of this moment as the deployment with this policy sends it; `moment` is one of SAMPLES."""
    return SAMPLES[moment](policy, public_url, today)


def _post(begin: date, act_by: date, number: int = 1, banner: str = "") -> dict[str, Any]:
    """A post about something that does not exist."""
    return {
        "id": f"MC{number:07d}",
        "title": _TITLE if number == 1 else f"{_TITLE} ({number})",
        "startDateTime": "2026-01-05T08:00:00Z",
        "lastModifiedDateTime": "2026-01-05T08:00:00Z",
        "category": "planForChange",
        "severity": "normal",
        "isMajorChange": True,
        "services": ["Exchange Online"],
        "tags": ["Retirement", "Admin impact", "User impact"],
        "details": [{"name": "Summary", "value": "This is a sample. No such export exists, and none is retired."}],
        "body": {
            "contentType": "html",
            "content": (
                f"{banner}<p>We will retire the old export of messages, and remove its page.</p>"
                "<p><b>When this will happen:</b></p>"
                f"<p>General Availability (Worldwide): We will begin rolling out in early {begin:%B %Y} and expect to "
                f"complete by late {begin:%B %Y}.</p><p><b>What you need to do to prepare:</b></p>"
                f"<p>You must move your scripts to the new export before {act_by:%B} {act_by.day}, {act_by.year}.</p>"
            ),
        },
    }


def _change(today: date, *posts: Mapping[str, Any]) -> Change:
    """The change that these editions make, oldest first."""
    editions = []
    for number, post in enumerate(posts):
        at = datetime.combine(today, time(8), UTC) - timedelta(days=len(posts) - number)
        editions.append(Edition(at, at, content_hash(post), "sample", facts=facts_of(post)))
    change = Change(str(posts[0]["id"]), posts[-1], editions[0].observed, tuple(editions), "decided")
    return replace(change, events=derive(change))


def _card(
    change: Change,
    policy: Policy,
    public_url: str,
    today: date,
    *,
    occasion: str = "",
    ticket: TicketState | None = None,
) -> ChangeCard:
    news = [event.id for event in change.events if event.edition == change.current.id]
    effect = replace(_effect(change, policy, occasion), events=tuple(news))
    filed = EffectState(replace(effect, kind="ticket"), ticket=ticket) if ticket else None
    is_news = bool(occasion) or len(change.editions) > 1
    return change_card(change, EffectState(effect), policy, public_url, filed, as_of=today, known=is_news)


def _effect(change: Change, policy: Policy, occasion: str, why: tuple[Reason, ...] = _WHY) -> Effect:
    team = policy.routes.team or next(iter(policy.teams))
    return Effect("card", "sample", team, change.current.id, why, occasion=occasion)


def _new(policy: Policy, public_url: str, today: date) -> Card:
    return _card(_change(today, _post(today + _PLAN, today + _PLAN)), policy, public_url, today)


def _moved(policy: Policy, public_url: str, today: date) -> Card:
    before = _post(today + _PLAN, today + _PLAN)
    return _card(
        _change(today, before, _post(today + _PLAN + _MOVED, today + _PLAN + _MOVED)), policy, public_url, today
    )


def _cancelled(policy: Policy, public_url: str, today: date) -> Card:
    before, after = (_post(today + _PLAN, today + _PLAN, banner=banner) for banner in ("", _CANCELLED))
    return _card(_change(today, before, after), policy, public_url, today)


def _act_by(policy: Policy, public_url: str, today: date) -> Card:
    """A week ahead, as nobody is mentioned then."""
    by = today + _BEFORE
    change = _change(today, _post(today + _PLAN, by))
    return _card(change, policy, public_url, today, occasion=f"act-7@{by.isoformat()}")


def _decided(policy: Policy, public_url: str, today: date) -> Card:
    at = datetime.combine(today, time(8), UTC)
    ticket = TicketState(number="SAMPLE", decision="approved", decided_by="the board", decided_at=at)
    change = _change(today, _post(today + _PLAN, today + _PLAN))
    return _card(change, policy, public_url, today, occasion=f"ticket@{at:%Y%m%dT%H%M%S}", ticket=ticket)


def _silent(policy: Policy, public_url: str, today: date) -> Card:
    """The step of the process owner, who is told whom the policy reminded before; nobody is mentioned by a sample."""
    change = _change(today, _post(today + _PLAN, today + _PLAN))
    before = datetime.combine(today, time(8), UTC) - 3 * _BEFORE
    steps: list[EffectState] = []
    for number, role in enumerate(REMINDER_ROLES[:2], 1):
        why = SilenceReason(role, f"sample {role}", 5 * number, before)
        effect = _effect(change, policy, f"silent-{number}@0", (why,))
        steps.append(EffectState(effect, done=effect.edition, done_at=before + number * _BEFORE))
    effect = _effect(change, policy, "silent-3@0", (SilenceReason("process_owner", "", 15, before), *_WHY))
    return change_card(change, EffectState(effect), policy, public_url, as_of=today, states=steps)


def _asked(policy: Policy, public_url: str, today: date) -> Card:
    change = _change(today, _post(today + _PLAN, today + _PLAN))
    asked = (Asked(today, "sample", "", "Ana Sommer"), Asked(today, "sample", "", "Ben Costa"))
    change = replace(change, assessment=replace(change.assessment, asked=asked))
    return _card(change, policy, public_url, today, occasion=f"asked@{today.isoformat()}")


def _impact(policy: Policy, public_url: str, today: date) -> Card:
    """As the owner gets it, who is not mentioned by a sample."""
    began = today - 2 * _BEFORE
    lesson = Lesson("MC0000002", "some", "Sample: tell the help desk a week before.", began - _PLAN)
    change = _change(today, _post(began, began))
    why = (ImpactReason(10, (lesson,)), *_WHY)
    effect = _effect(change, policy, f"impact@{began.isoformat()}", why)
    return replace(change_card(change, EffectState(effect), policy, public_url, as_of=today), mention="")


def _digest(policy: Policy, public_url: str, today: date) -> Card:
    lines = []
    for number in range(1, 4):
        day = today + number * _BEFORE
        change = _change(today, _post(day, day, number))
        change = replace(change, decision=Decision(change.current.id, change.first_seen, (), ()))
        workload = ("exchange", "teams")[number % 2]
        lines.append(DigestLine(_card(change, policy, public_url, today), workload, number))
    return digest_card(lines, {"policy"}, public_url)


def _notice(policy: Policy, public_url: str, today: date) -> Card:  # noqa: ARG001 - as the other samples
    page = (("Status of this deployment", f"{public_url.rstrip('/')}/api/status"),)
    text = "This is a sample of what the process owner is told when something about the deployment is wrong."
    return Notice("Sample: a channel is down", text, ("answered 404",), ("the process owner",), page, bad=True)


SAMPLES: Mapping[str, Callable[[Policy, str, date], Card]] = {
    "new": _new,
    "moved": _moved,
    "cancelled": _cancelled,
    "act-by": _act_by,
    "decided": _decided,
    "silent": _silent,
    "asked": _asked,
    "impact": _impact,
    "digest": _digest,
    "notice": _notice,
}
"""A sample for each moment, made from the policy, the address of our pages and the day."""
