"""What a person handed over to another team stays theirs, whatever the routes say (pure)."""

from dataclasses import replace

from shared.core.changes.change import Decision, Effect
from shared.core.changes.settled import Assessment
from shared.core.decisions.routing import channel_of
from shared.core.policy.model import Policy


def with_moved(decision: Decision, assessment: Assessment, policy: Policy) -> Decision:
    """The decision with the teams whose the change is; the same where nothing was handed over."""
    moved = {team: to for team in assessment.moved if (to := assessment.team_of(team)) in policy.teams}
    if not moved:
        return decision
    effects: dict[str, Effect] = {}
    for effect in decision.effects:
        own = _moved(effect, moved, policy)
        effects.setdefault(own.key, own)
    teams = tuple(dict.fromkeys(moved.get(team, team) for team in decision.teams))
    return replace(decision, teams=teams, effects=tuple(effects.values()))


def _moved(effect: Effect, moved: dict[str, str], policy: Policy) -> Effect:
    to = moved.get(effect.team)
    if to is None:
        return effect
    if effect.kind == "card" and effect.team in policy.teams and effect.target == channel_of(policy, effect.team):
        return replace(effect, team=to, target=channel_of(policy, to), answers="")
    return replace(effect, team=to, answers="")
