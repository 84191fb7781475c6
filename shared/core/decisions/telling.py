"""Who is told again of a change because of something that is no edition: those who were told of it before (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from shared.core.changes.change import Change, Effect, EffectState
from shared.core.changes.reasons import AskedReason, ImpactReason, SilenceReason
from shared.core.changes.settled import THROUGH_WITH_IT
from shared.core.decisions.conditions import met_conditions
from shared.core.decisions.decide import subject_of
from shared.core.decisions.routing import allowed, channel_of
from shared.core.policy.answering import answers, deputy_of
from shared.core.policy.model import Policy, ReminderStep
from shared.core.posts.privacy import is_private


def cards_of_occasion(
    change: Change, states: Iterable[EffectState], occasion: str, policy: Policy
) -> list[EffectState]:
    """One card for each channel that got a card of the change, with the reason of its first one.

    `occasion`: the key of what they are told (core/cards/occasions.py). A channel that has a card of this occasion
    gets no other one, and none goes to a channel that the policy no longer has, or no longer lets have the post.
    """
    first: dict[str, Effect] = {}
    asked: set[str] = set()
    for state in sorted(states, key=lambda each: each.effect.edition):
        effect = state.effect
        if effect.kind != "card":
            continue
        if effect.occasion == occasion:
            asked.add(effect.target)
        if state.done and not state.stopped and not effect.is_reminder:
            first.setdefault(effect.target, effect)
    edition, post = change.current.id, change.read()
    return [
        EffectState(replace(effect, edition=edition, events=(), occasion=occasion), due=edition)
        for target, effect in first.items()
        if target not in asked and target in policy.channels and allowed(policy, post, "card", target)
    ]


def is_for_reminders(change: Change, policy: Policy, now: datetime) -> bool:
    """Whether the policy wants anybody reminded of this change, for any workload that it concerns."""
    matches, decision = policy.reminders.changes, change.decision
    if not matches:
        return True
    subject = subject_of(change, policy, (), now, decision.tenants if decision else ())
    workloads = (decision.workloads if decision else ()) or (None,)
    return any(met_conditions(match, subject, workload) is not None for match in matches for workload in workloads)


def was_told(states: Iterable[EffectState]) -> bool:
    """Whether anybody was told of the change, by card or ticket: who was not is not silent."""
    return any(
        state.done and not state.is_silent and not state.stopped and not state.effect.is_reminder for state in states
    )


def cards_of_silence(
    change: Change, occasion: str, step: ReminderStep, since: datetime, policy: Policy, today: date
) -> list[EffectState]:
    """The cards that remind people of a change about which nobody has said anything since then.

    `occasion`: the key of the step. The first two steps go to the channel of each team that is still asked, the others
    to the channel of their role. A post on data privacy reminds nobody.
    """
    teams = _silent_teams(change)
    cards: dict[str, EffectState] = {}
    for team in teams if step.number in _OF_TEAMS else teams[:1]:
        for channel, who in _reminded(step, team, policy, today):
            reason = SilenceReason(step.who, who, step.days, since)
            state = _reminder(change, channel, team, occasion, reason, policy, today)
            if channel in policy.channels and allowed(policy, change.read(), "card", channel):
                cards.setdefault(channel, state)
    return list(cards.values())


def cards_of_asking(
    change: Change, occasion: str, channels: Sequence[tuple[str, str]], policy: Policy, today: date
) -> list[EffectState]:
    """The cards of which people asked to be reminded. `channels`: each with the team for which that was asked."""
    cards: dict[str, EffectState] = {}
    for channel, team in channels:
        if channel in policy.channels and allowed(policy, change.read(), "card", channel):
            state = _reminder(change, channel, team, occasion, AskedReason(), policy, today)
            cards.setdefault(channel, state)
    return list(cards.values())


def cards_of_impact(change: Change, occasion: str, why: ImpactReason, policy: Policy, today: date) -> list[EffectState]:
    """The cards that ask how the rollout went: one in the channel of each team that has the change."""
    teams = [] if is_private(change.read()) else _teams(change)
    cards: dict[str, EffectState] = {}
    for team in teams:
        channel = channel_of(policy, team) if team in policy.teams else ""
        if channel in policy.channels and allowed(policy, change.read(), "card", channel):
            cards.setdefault(channel, _reminder(change, channel, team, occasion, why, policy, today))
    return list(cards.values())


_OF_TEAMS = (1, 2)
"""The steps that go to the team itself."""


def _silent_teams(change: Change) -> list[str]:
    """Whose the change is, without the teams that are through with it."""
    if is_private(change.read()):
        return []
    words = change.assessment.teams
    return [team for team in _teams(change) if team not in words or words[team].disposition not in THROUGH_WITH_IT]


def _teams(change: Change) -> list[str]:
    """Whose the change is."""
    named = change.decision.teams if change.decision else ()
    return list(dict.fromkeys(map(change.assessment.team_of, named)))


def _reminded(step: ReminderStep, team: str, policy: Policy, today: date) -> list[tuple[str, str]]:
    """The channel and the person that a step reaches for a team; none where there is nobody."""
    if team not in policy.teams:
        return []
    if step.number in _OF_TEAMS:
        answer = deputy_of(policy, team, today) if step.who == "deputy" else answers(policy, team, today)
        return [(channel_of(policy, answer.team), answer.who)] if answer else []
    role = policy.roles.get(step.who)
    return [(role.channel, role.who[0])] if role else []


def _reminder(
    change: Change,
    channel: str,
    team: str,
    occasion: str,
    why: SilenceReason | AskedReason | ImpactReason,
    policy: Policy,
    today: date,
) -> EffectState:
    edition = change.current.id
    effect = Effect("card", channel, team, edition, (why,), (), answers(policy, team, today).who, occasion)
    return EffectState(effect, due=edition)
