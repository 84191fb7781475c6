"""What is measured of how an organisation handles changes: facts that the criteria of maturity are judged by (pure).

Posts on data privacy count nowhere.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.core.life.effectiveness import CardFigures, FiguresKey
from shared.core.life.line import Line
from shared.core.life.lives import Life
from shared.core.life.measures import Share
from shared.core.life.periods import Period, week_of
from shared.core.policy.model import Policy

MONTHS = 3
"""Months that are looked at, this one included."""
_WEEK = timedelta(weeks=1)
_FOR_AN_OUTCOME = timedelta(weeks=3)  # people are asked some working days after the rollout began
_LEADS = ("user_communications_lead", "training_lead")
_PRIVACY = "privacy_readers"
NOTHING = Share(0, 0)
NO_CARDS = CardFigures()


@dataclass(frozen=True, slots=True)
class Acts:
    """What is read beside the changes.

    `agendas`: the weeks whose agenda went out, such as `2026-W19`. `unclear`: changes that people called unclear, and
    `given` those about which Microsoft was given every remark. `cards`: the sums of the period. `roadmap_read`: its
    last good reading.
    """

    agendas: Collection[str] = frozenset()
    unclear: Collection[str] = frozenset()
    given: Collection[str] = frozenset()
    cards: Mapping[FiguresKey, CardFigures] = field(default_factory=dict)
    roadmap_read: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts of the policy, and counts of the changes of a period. New changes are those first seen in it.

    Changes that ask are those about which a ticket, a task or a card asked anybody.

    `complete`: whether the lists are built. `known`: all changes, `new`: those of the period. `process_owner`: whether
    the policy names one. `deputies`: teams that name one. `plans`: tenants whose plan is read. `systems`: ticket
    systems that file. `targeted`: tenants that get changes early. `owned`: new changes whose services all have a team.
    `looked`: that ask, and a person acted on. `weeks`: whole weeks in which anybody acted on any change. `agendas`:
    the same weeks, with an agenda sent. `tracked`: that ask, and have a ticket, a task or a team's answer. `filed`:
    that ask, and have a ticket or task. `timed`: of those that ask and ended, whose time to close is measured. `board`:
    news for the board, and that has a ticket. `returned`: of those, whose ticket people moved. `reached`: that
    ask, and whose services all have a team. `carded`: new ones that a card told of. `channels`: those that got cards.
    `leads`: of the two for communication and training, who got cards; `lead_channels`: who has a
    channel. `early`: whose rollout began in the period, and
    that somebody had looked at before. `feedback`: of those called unclear, what Microsoft was given.
    """

    since: datetime
    at: datetime
    complete: bool = True
    known: int = 0
    new: int = 0
    process_owner: bool = False
    workloads: int = 0
    deputies: Share = NOTHING
    tenants: int = 0
    plans: int = 0
    systems: int = 0
    targeted: int = 0
    owned: Share = NOTHING
    looked: Share = NOTHING
    weeks: Share = NOTHING
    agendas: Share = NOTHING
    tracked: Share = NOTHING
    filed: Share = NOTHING
    timed: Share = NOTHING
    board: Share = NOTHING
    returned: Share = NOTHING
    reached: Share = NOTHING
    carded: Share = NOTHING
    cards: CardFigures = NO_CARDS
    channels: int = 0
    leads: Share = NOTHING
    lead_channels: int = 0
    early: Share = NOTHING
    outcomes: Share = NOTHING
    asks: bool = False
    feedback: Share = NOTHING
    roadmap: bool = False
    roadmap_read: datetime | None = None


def evidence_of(
    policy: Policy,
    known: Iterable[Life],
    lines: Iterable[Line],
    acts: Acts,
    period: Period,
    at: datetime,
    *,
    complete: bool = True,
) -> Evidence:
    """Count once what every criterion asks for."""
    lives = [life for life in known if not life.private]
    by_id = {line.id: line for line in lines if not line.private}
    fresh = [life for life in lives if period.holds(life.first_seen) and life.id in by_id]
    asked = [life for life in fresh if life.asked]
    ended = [life for life in lives if period.holds(life.closed) and life.asked]
    began = [life for life in lives if life.asked and life.rollout_start and _began(life, period, at)]
    over = [by_id[life.id] for life in began if life.id in by_id and _is_past(life, at)]
    systems = {name for name, system in policy.tickets.items() if system.mode == "live"}
    for_board = [by_id[life.id] for life in fresh if by_id[life.id].crb and _is_news(life, policy)]
    filed = [line for line in for_board if _tickets(line, systems)]
    weeks = _whole_weeks(lives, period, at)
    cards = {key: each for key, each in acts.cards.items() if key.channel != policy.channel_named(_PRIVACY)}
    return Evidence(
        since=period.start,
        at=at,
        complete=complete,
        known=len(lives),
        new=len(fresh),
        process_owner=policy.roles.process_owner is not None,
        workloads=len(policy.workloads),
        deputies=_share(bool(team.deputy) for team in policy.teams.values()),
        tenants=len(policy.tenants),
        plans=sum(bool(tenant.plan) for tenant in policy.tenants.values()),
        systems=len(systems),
        targeted=sum(tenant.ring == "targeted" for tenant in policy.tenants.values()),
        owned=_share(_is_owned(by_id[life.id]) for life in fresh),
        looked=_share(life.triaged is not None for life in asked),
        weeks=_acted_in(weeks, lives, by_id.values()),
        agendas=Share(sum(week.name in acts.agendas for week in weeks), len(weeks)),
        tracked=_share(_has_state(by_id[life.id], systems) for life in asked),
        filed=_share(_is_filed(by_id[life.id], systems) for life in asked),
        timed=_share(life.measured and not life.lapsed for life in ended),
        board=Share(len(filed), len(for_board)),
        returned=_share(_came_back(line, systems) for line in filed),
        reached=_share(_is_owned(by_id[life.id]) for life in asked),
        carded=_share(life.communicated is not None for life in fresh),
        cards=_sum(cards.values()),
        channels=len({key.channel for key, each in cards.items() if each.sent}),
        leads=_share(_got_cards(policy.channel_named(lead), cards) for lead in _LEADS),
        lead_channels=sum(bool(policy.channel_named(lead)) for lead in _LEADS),
        early=_share(_before_rollout(life) for life in began),
        outcomes=_share(line.outcome is not None for line in over),
        asks=policy.impact.ask_after is not None,
        feedback=_share(name in acts.given for name in acts.unclear if name in by_id),
        roadmap=policy.roadmap.enabled,
        roadmap_read=acts.roadmap_read,
    )


def _share(answers: Iterable[bool]) -> Share:
    known = list(answers)
    return Share(sum(known), len(known))


def _sum(figures: Iterable[CardFigures]) -> CardFigures:
    total = NO_CARDS
    for each in figures:
        total = total.plus(each)
    return total


def _got_cards(channel: str, cards: Mapping[FiguresKey, CardFigures]) -> bool:
    return bool(channel) and any(key.channel == channel and each.sent for key, each in cards.items())


def _is_owned(line: Line) -> bool:
    """Whether a workload of the policy has each of its services."""
    return bool(line.services) and not line.unowned


def _is_news(life: Life, policy: Policy) -> bool:
    """Whether it was neither old nor over when it was first seen; nobody is told of what was."""
    seen, over = life.first_seen, life.rollout_end
    is_old = life.published is not None and seen - life.published > timedelta(days=policy.first_load.days)
    return not is_old and not (over and over < seen.date())


def _tickets(line: Line, systems: Collection[str]) -> bool:
    """Whether it has a ticket in a system that files; a dry run has none."""
    return any(ticket.number and not ticket.silent and ticket.system in systems for ticket in line.tickets)


def _is_filed(line: Line, systems: Collection[str]) -> bool:
    return _tickets(line, systems) or bool(line.tasks)


def _has_state(line: Line, systems: Collection[str]) -> bool:
    return _is_filed(line, systems) or any(word.disposition or word.owner for word in line.words)


def _came_back(line: Line, systems: Collection[str]) -> bool:
    """Whether people moved its ticket, and we read that."""
    return any(ticket.moved_at or ticket.decided_at for ticket in line.tickets if ticket.system in systems)


def _began(life: Life, period: Period, at: datetime) -> bool:
    """Whether its rollout began in the period, and we knew of it before."""
    start = life.rollout_start
    return start is not None and period.holds_day(start) and life.first_seen.date() < start <= at.date()


def _is_past(life: Life, at: datetime) -> bool:
    """Whether its rollout began long enough ago for somebody to have said how it went."""
    return life.rollout_start is not None and life.rollout_start <= (at - _FOR_AN_OUTCOME).date()


def _before_rollout(life: Life) -> bool:
    return bool(life.triaged and life.rollout_start and life.triaged.date() < life.rollout_start)


def _whole_weeks(lives: Iterable[Life], period: Period, at: datetime) -> list[Period]:
    """The weeks of the period that are over, from the first one that began with anything known."""
    began = min((life.first_seen for life in lives), default=at)
    week = week_of((max(began, period.start) + _WEEK - timedelta(microseconds=1)).date())
    weeks = []
    while week.end <= at:
        weeks.append(week)
        week = week_of(week.end.date())
    return weeks


def _acted_in(weeks: Sequence[Period], lives: Iterable[Life], lines: Iterable[Line]) -> Share:
    """In how many weeks a person looked at a change, answered, decided, or closed one."""
    moments = {moment for life in lives for moment in (life.triaged, life.decided) if moment}
    moments |= {life.closed for life in lives if life.closed and not life.lapsed}
    moments |= {line.last_word for line in lines if line.last_word}
    acted = {week_of(moment.date()).start for moment in moments}
    return Share(sum(week.start in acted for week in weeks), len(weeks))
