"""A policy over past posts: every version through the product's own steps, and what would have followed (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from shared.core.backtest.replay import Replay
from shared.core.backtest.version import TENANT, Version
from shared.core.changes.change import Change, Decision, Effect, EffectState
from shared.core.changes.reasons import Reason, RouteReason
from shared.core.decisions.decide import decide, first_load_reason
from shared.core.errors import PermanentError
from shared.core.policy.model import Policy
from shared.core.posts.classification import Classification
from shared.core.posts.post import read_post
from shared.core.posts.privacy import shown_title
from shared.core.terms import MATERIAL
from shared.core.times import post_time

JOINED = "tenant_joined"
NO_SERVICE = "(none)"
"""Instead of a service, of a post that names none and so has no owner."""


@dataclass(frozen=True, slots=True)
class SentEffect:
    """One effect of one decision. `first`: a new ticket, or the first card of this change in that channel."""

    kind: Literal["ticket", "card"]
    target: str
    team: str
    why: tuple[Reason, ...]
    first: bool

    @property
    def routes(self) -> tuple[str, ...]:
        """The places in the policy that asked for it; none where it only keeps true what was sent before."""
        return tuple(reason.path for reason in self.why if isinstance(reason, RouteReason))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one policy made of a decision. `old`: known without effects, because of the first load.

    `unowned`: services of the post that nobody owns, or NO_SERVICE.
    """

    sent: tuple[SentEffect, ...]
    silent: str = ""
    old: bool = False
    unowned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """One decision about one change, as each policy made it, in the order in which the policies were given.

    `events`: the types of what had happened. `concerns`: why somebody should hear of it, whatever the policy says.
    """

    change: str
    title: str
    at: datetime
    revision: int
    events: tuple[str, ...]
    concerns: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


def versions_of(line: object) -> list[tuple[str, Version]]:
    """The versions that a line of a history, or a post alone, stands for, each with its change's id.

    None for a line which says that a post is gone. A post without a time at which it was seen counts as seen on the
    day on which it was published, with the text that it has now. Raises PermanentError for what is no post.
    """
    if isinstance(line, Mapping) and "gone" in line and "post" not in line:
        return []
    raw = line.get("post", line) if isinstance(line, Mapping) else None
    if not isinstance(line, Mapping) or not isinstance(raw, Mapping):
        raise PermanentError("a line without a post")
    post = read_post(raw)
    observed = post_time(line.get("observed")) or min(filter(None, (post.start, post.modified)))
    tenants = line.get("tenants") if raw is not line else None
    names = [str(name) for name in tenants] if isinstance(tenants, list) and tenants else [TENANT]
    return [(post.id, Version(observed.astimezone(UTC), raw, name)) for name in names]


def play(versions: Iterable[Version], policies: Sequence[Policy]) -> list[Played]:
    """One change's versions in the order in which they were seen, each read once and decided by every policy."""
    world = Replay()
    runs = [_PolicyRun(policy) for policy in policies]
    tenants: dict[str, None] = {}
    played: list[Played] = []
    for version in sorted(versions, key=lambda version: version.observed):
        before = next(iter(world.changes.values()), None)
        change, _ = world.take(version.raw, version.observed, version.tenant)
        joined = version.tenant not in tenants
        tenants.setdefault(version.tenant)
        if before and change.revision == before.revision and not joined:
            continue
        outcomes = [run.decide(change, version.observed, tuple(tenants)) for run in runs]
        # Which editions were decided does not depend on the policy: what comes late is late for all of them.
        world.changes[change.id] = replace(change, decision=runs[0].decision)
        if any(outcomes):
            compared = [outcome or Outcome(()) for outcome in outcomes]
            played.append(_played(change, version.observed, before, compared))
    return played


class _PolicyRun:
    """One policy over one change: its newest decision, and the effects that there are by now."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._states: dict[str, EffectState] = {}
        self.decision: Decision | None = None

    def decide(self, change: Change, now: datetime, shown_in: Sequence[str]) -> Outcome | None:
        """What is made of the change as it is now; None where there is nothing new to decide."""
        before, policy = self.decision, self._policy
        # A post of which no tenant is known counts as standing in all that the policy reads.
        tenants = tuple(policy.tenants) if TENANT in shown_in else shown_in
        change = replace(change, decision=before)
        decision = decide(change, self._states.values(), policy, now, tenants if policy.matches_on_tenants else ())
        if decision is before:
            return None
        self.decision = decision
        earlier = {(state.effect.kind, state.effect.target) for state in self._states.values()}
        sent = tuple(_sent(effect, first=(effect.kind, effect.target) not in earlier) for effect in decision.effects)
        for effect in decision.effects:
            self._states[effect.key] = EffectState(effect, done=effect.edition)
        old = before is None and bool(decision.silent) and decision.silent == first_load_reason(change, policy)
        return Outcome(sent, decision.silent, old, decision.unowned or (() if decision.workloads else (NO_SERVICE,)))


def play_all(changes: Iterable[Sequence[Version]], policies: Sequence[Policy]) -> list[Played]:
    """`play` over several changes."""
    return [decision for versions in changes for decision in play(versions, policies)]


def in_order(played: Iterable[Played]) -> list[Played]:
    """By time, and by id where the times are alike: the order does not depend on who played what."""
    return sorted(played, key=lambda decision: (decision.at, decision.change, decision.revision))


def _played(change: Change, at: datetime, before: Change | None, outcomes: Sequence[Outcome]) -> Played:
    earlier = {event.id for event in before.events} if before else set()
    events = tuple(event.type for event in change.events if event.id not in earlier and not event.late)
    concerns = concerns_of(change.classification) if MATERIAL.intersection(events) else ()
    title = shown_title(change.read())
    return Played(change.id, title, at, change.revision, events or (JOINED,), concerns, tuple(outcomes))


def _sent(effect: Effect, *, first: bool) -> SentEffect:
    return SentEffect(effect.kind, effect.target, effect.team, effect.why, first)


def concerns_of(classification: Classification) -> tuple[str, ...]:
    """Why a change should reach somebody, by what was read out of it; empty for one that may well pass unseen."""
    if classification.status in {"withdrawn", "superseded"}:
        return ()
    concerns = {
        "for the board": classification.crb,
        "action required": classification.action == "required",
        "high impact on users": classification.user_impact == "high",
        "high impact on admins": classification.admin_impact == "high",
        f"to be acted on by {classification.act_by}": classification.act_by is not None,
    }
    return tuple(words for words, holds in concerns.items() if holds)
