"""The ticket that a change should have: title, description, risk, plan, notes, all from the record (pure)."""

from typing import Literal

from shared.core.card import is_partial, page_url, post_url
from shared.core.change import Change, EffectState, Event
from shared.core.classification import Classification
from shared.core.classify import plain_text
from shared.core.closing import planned
from shared.core.events import windows_in_words
from shared.core.policy import Policy
from shared.core.post import Post
from shared.core.slips import words_of
from shared.core.ticket import Ticket

TITLE_LIMIT = 255
_DESCRIPTION_LIMIT = 20_000  # characters: under a table property's 32,768, and what ticket systems take
_NOTE_LIMIT = 400  # characters of what was, and of what is
_OVER = frozenset({"cancelled", "withdrawn"})


def ticket_key(deployment: str, change_id: str) -> str:
    """Our key on the remote ticket: two deployments that share a ticket system do not meet."""
    return f"foresignal-{deployment}-{change_id}"


def ticket_of(change: Change, state: EffectState, policy: Policy, deployment: str, public_url: str) -> Ticket:
    """What the ticket should be now; its notes are the events that it has not been told yet."""
    post, read = change.read(), change.classification
    start, end = planned(change, policy)
    team = policy.teams.get(state.effect.team)
    links = (("Message Center", post_url(change.id)), ("Foresignal", page_url(change.id, public_url)))
    return Ticket(
        key=state.key or ticket_key(deployment, change.id),
        change_id=change.id,
        title=cut(f"{change.id} {post.title}", TITLE_LIMIT),
        description=cut(_description(post, read, state, links), _DESCRIPTION_LIMIT),
        risk=risk_of(read),
        group=(team.crb_group or state.effect.team) if team else state.effect.team,
        planned_start=start,
        planned_end=end,
        act_by=read.act_by,
        cancelled=read.status in _OVER,
        links=links,
        notes=tuple(note(event) for event in change.events if _to_tell(event, state)),
    )


def _to_tell(event: Event, state: EffectState) -> bool:
    return not event.late and event.id in state.effect.events and event.id not in state.applied


def note(event: Event) -> str:
    """One line for the ticket's history."""
    old, new = (cut("; ".join(text.splitlines()), _NOTE_LIMIT) for text in (event.old, event.new))
    if event.type == "announced":
        return f"Announced: {new}"
    what = event.type.replace("_", " ")
    if is_partial(event):
        return f"Microsoft's post changed ({what}): {new}"
    furthest = max((slip.days for slip in event.slips), key=abs, default=0)
    slip = f", {words_of(furthest)}" if furthest else ""
    return f"Microsoft's post changed ({what}): from {old or 'nothing'} to {new or 'nothing'}{slip}"


def risk_of(read: Classification) -> Literal["high", "medium", "low"]:
    """The higher of the two impacts; a change that the board must see is never low."""
    impacts = {read.admin_impact, read.user_impact}
    if "high" in impacts:
        return "high"
    return "medium" if "medium" in impacts or read.crb else "low"


def cut(text: str, limit: int) -> str:
    """At most so many characters, the cut said by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _description(post: Post, read: Classification, state: EffectState, links: tuple[tuple[str, str], ...]) -> str:
    summary = " ".join(post.detail("Summary")) or plain_text(post.body, post.body_type)
    parts = [
        f"What changes: {summary.strip() or post.title}",
        f"For whom: {', '.join(post.services) or 'not said'}",
        f"When: {windows_in_words(read.windows) or 'not said'}",
        f"Act by: {read.act_by}" if read.act_by else "",
        f"Kind: {read.kind.replace('_', ' ')}; arrives {read.default}; action {read.action}",
        f"Impact: {read.admin_impact} for admins, {read.user_impact} for users",
        f"Why the board: {read.crb_why or 'the policy asks for it'}",
        f"Why this ticket: {'; '.join(state.effect.why)}",
        *(f"{name}: {url}" for name, url in links),
    ]
    return "\n\n".join(part for part in parts if part)
