"""The page that asks for an answer: what is true of a change, and what this person can say of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from shared.core import ids
from shared.core.cards.answers import CardLink, LinkFault
from shared.core.changes.answer_lines import answer_lines
from shared.core.changes.change import Change, Effect
from shared.core.changes.lessons import Lesson
from shared.core.changes.reasons import ImpactReason
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private
from shared.core.review.answers import systems_for
from shared.core.review.assessment import FieldView, field_views
from shared.core.review.roles import may_answer, may_settle, sees_privacy, teams_of
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.people import KnownPerson
from shared.usecases.cards.links import card_behind
from shared.usecases.deps import Deps
from shared.usecases.people import names_of, with_people

NO_TEAM = (
    "Without a card, reviewers answer, and the owners and deputies of the teams that the change concerns. Open a card "
    "of this change, or ask an admin for the role reviewer."
)
PRIVATE = str(LinkFault.PRIVATE)


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What the page asks, with names of people in place of ids.

    `teams`: for which the person can answer; `others`: to which it can be handed over; `systems`: in which it can be
    filed; `fields`: what can be said to be read wrong, none of a post on data privacy; `settles`: whether the person's
    word counts there at once. `card`: through which it is said, None on the page. `lessons`: of other
    changes of the same service, where the card asks how a rollout went.
    """

    change: Change
    card: CardLink | None
    lines: tuple[str, ...]
    teams: tuple[str, ...]
    others: tuple[str, ...]
    systems: tuple[str, ...]
    fields: tuple[FieldView, ...]
    settles: bool
    is_private: bool
    lessons: tuple[Lesson, ...] = ()


async def card_of_link(deps: Deps, token: str, change_id: str = "") -> CardLink | LinkFault:
    """The card that a link is on, or what is wrong with the link."""
    return await card_behind(deps, await deps.here.policy.current(), token, change_id)


async def answer_view(
    deps: Deps, card: CardLink | None, change_id: str, person: KnownPerson, roles: Collection[str]
) -> AnswerView | str | None:
    """What can be answered; None where there is no such change, a sentence where this person can answer nothing.

    Three calls with the policy, and nothing is written.
    """
    record = await read_with_effects(deps.storage.tables, ids.normalise(change_id))
    if record is None:
        return None
    names = await names_of(deps, record.change.assessment.people)
    return view_of(record, names, await deps.here.policy.current(), card, person, roles)


def view_of(
    record: ChangeRecord,
    names: Mapping[str, str],
    policy: Policy,
    card: CardLink | None,
    person: KnownPerson,
    roles: Collection[str],
) -> AnswerView | str:
    """The same of a change that was just read or written."""
    if card and card.effect not in record.effects:
        return str(LinkFault.NO_CARD)
    private = is_private(record.change.read())
    if private and card is None and not sees_privacy(roles):
        return PRIVATE
    own, teams = teams_of(policy, person.address), _teams(record, policy, card)
    mine = teams if card else [team for team in teams if may_answer(roles, own, team)]
    if not mine:
        return NO_TEAM
    change = with_people(record.change, names)
    return AnswerView(
        change,
        card,
        answer_lines(change.assessment),
        tuple(sorted(mine, key=lambda team: team not in own)),
        tuple(team for team in policy.teams if team not in mine or len(mine) > 1),
        tuple(systems_for(change, record.states, policy)),
        () if private else field_views(change),
        may_settle(roles, own, teams),
        private,
        () if card is None or private else _lessons(record.effects[card.effect].state.effect),
    )


def _lessons(effect: Effect) -> tuple[Lesson, ...]:
    """Those on the card, which cost no call."""
    return next((reason.lessons for reason in effect.why if isinstance(reason, ImpactReason)), ())


def _teams(record: ChangeRecord, policy: Policy, card: CardLink | None) -> list[str]:
    """The teams that the change concerns, or the one that got the card."""
    change = record.change
    if card:
        return [change.assessment.team_of(record.effects[card.effect].state.effect.team)]
    named = change.decision.teams if change.decision else ()
    return list(dict.fromkeys(change.assessment.team_of(team) for team in named if team in policy.teams)) or list(
        policy.teams
    )
