"""What a backtest shows: tickets and cards by week, team and route, what nobody owns, what would be missed (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.core.backtest.play import JOINED, Played, SentEffect
from shared.core.policy.model import Match, Policy, Roles, Route, walk

KEPT_TRUE = "(told before)"
"""Instead of a route: an effect that only keeps true what was sent before."""


@dataclass(slots=True)
class Tally:
    """Counts of one week, team or route. `tickets` are new ones; `updates` are those of tickets, `cards` are all."""

    tickets: int = 0
    updates: int = 0
    cards: int = 0
    changes: set[str] = field(default_factory=set, repr=False)

    def add(self, change: str, effect: SentEffect) -> None:
        self.changes.add(change)
        if effect.kind == "card":
            self.cards += 1
        elif effect.first:
            self.tickets += 1
        else:
            self.updates += 1


@dataclass(frozen=True, slots=True)
class Sent:
    """One effect, the decision that sent it, and the team that hears of it (of a card: the channel's)."""

    played: Played
    effect: SentEffect
    team: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A change that should have reached somebody, and for which the policy did nothing at any time."""

    change: str
    title: str
    at: datetime
    concerns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unowned:
    """A service that nobody owns, with the changes that name it (at most a few of their ids)."""

    service: str
    changes: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A place in the policy, its name where it has one, what it asks for in words, and what it made."""

    path: str
    name: str
    words: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Report:
    """One policy over one span of time. Days are UTC; a week is named by its Monday.

    `first`, `last`: days on which something was seen. `changes`: those of which anything was heard in the span. `old`:
    of them, known without effects at the first load. `ticketed`, `carded`: changes that got at least one new ticket, or
    a card, in the span. `ownerless`: changes of which at least one service has no owner. `unticketed`: for the board at
    some time, and never a ticket.
    """

    name: str
    first: date
    last: date
    changes: int
    editions: int
    old: int
    ticketed: int
    carded: int
    ownerless: int
    unticketed: int
    total: Tally
    weeks: Mapping[date, Tally]
    teams: Mapping[str, Tally]
    cells: Mapping[tuple[date, str], Tally]
    routes: tuple[RouteRow, ...]
    unowned: tuple[Unowned, ...]
    missed: tuple[Missed, ...]
    sent: tuple[Sent, ...] = field(repr=False)

    @property
    def busiest(self) -> tuple[str, float]:
        """The team with most cards, and its part of all cards (0 to 1)."""
        most = max(self.teams.items(), key=lambda item: item[1].cards, default=("", Tally()))
        return most[0], most[1].cards / self.total.cards if self.total.cards else 0.0


def monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def report(name: str, played: Sequence[Played], index: int, policy: Policy, since: datetime | None = None) -> Report:
    """The report on the policy at `index` of each decision's outcomes; what was before `since` only went before.

    `played`: in order of time. A ticket that was opened before the span and is brought up to date in it is an update.
    """
    within = [decision for decision in played if since is None or decision.at >= since]
    sent = tuple(
        Sent(decision, effect, hears(policy, effect)) for decision in within for effect in decision.outcomes[index].sent
    )
    total, weeks = Tally(), _weeks(within)
    teams: dict[str, Tally] = defaultdict(Tally)
    cells: dict[tuple[date, str], Tally] = defaultdict(Tally)
    for team in policy.teams:
        teams[team]  # one of whom nothing is heard is shown, too
    for effect_sent in sent:
        week = monday(effect_sent.played.at)
        for tally in (total, weeks[week], teams[effect_sent.team], cells[week, effect_sent.team]):
            tally.add(effect_sent.played.change, effect_sent.effect)
    heard = {decision.change for decision in within}
    return Report(
        name=name,
        first=within[0].at.date() if within else date.min,
        last=within[-1].at.date() if within else date.min,
        changes=len(heard),
        editions=sum(JOINED not in decision.events for decision in within),
        old=len({decision.change for decision in within if decision.outcomes[index].old}),
        ticketed=len({s.played.change for s in sent if s.effect.kind == "ticket" and s.effect.first}),
        carded=len({s.played.change for s in sent if s.effect.kind == "card"}),
        ownerless=len({decision.change for decision in within if decision.outcomes[index].unowned}),
        unticketed=len(_for_the_board(within, index) - _got(played, index, "ticket")),
        total=total,
        weeks=weeks,
        teams=dict(sorted(teams.items(), key=lambda item: (-item[1].cards, -item[1].tickets, item[0]))),
        cells=dict(sorted(cells.items())),
        routes=tuple(_routes(policy, sent)),
        unowned=tuple(_unowned(within, index)),
        missed=tuple(_missed(within, index, _got(played, index))),
        sent=sent,
    )


def hears(policy: Policy, effect: SentEffect) -> str:
    """The team that hears of it: of a card, the one whose channel it is; of a ticket, the one that it is assigned to.

    A channel that several teams share counts for the one that the card is for; a role's channel for the role, and one
    that nobody has for itself.
    """
    if effect.kind == "ticket":
        return effect.team
    of_channel = [name for name, team in policy.teams.items() if team.channel == effect.target]
    if effect.team in of_channel:
        return effect.team
    if of_channel:
        return of_channel[0]
    roles = ((name, policy.roles.get(name)) for name in Roles.model_fields)
    role = next((name for name, role in roles if role and role.channel == effect.target), None)
    return (role or f"channel {effect.target}").replace("_", " ")


def _weeks(played: Sequence[Played]) -> dict[date, Tally]:
    """Every week from the first to the last decision, also those in which nothing happened."""
    if not played:
        return {}
    first, last = monday(played[0].at), monday(played[-1].at)
    return {first + timedelta(weeks=n): Tally() for n in range((last - first).days // 7 + 1)}


def _got(played: Iterable[Played], index: int, kind: str = "") -> set[str]:
    return {p.change for p in played if any(not kind or effect.kind == kind for effect in p.outcomes[index].sent)}


def _for_the_board(played: Iterable[Played], index: int) -> set[str]:
    return {p.change for p in played if "for the board" in p.concerns and not p.outcomes[index].old}


def _missed(played: Iterable[Played], index: int, got: set[str]) -> Iterator[Missed]:
    """Changes with a concern that the policy let pass, by what their newest such edition says.

    Those that were old at the first load are none: nobody was meant to hear of them.
    """
    last: dict[str, Played] = {}
    for decision in played:
        if decision.concerns and not decision.outcomes[index].old and decision.change not in got:
            last[decision.change] = decision
    for decision in sorted(last.values(), key=lambda p: (-len(p.concerns), p.at, p.change)):
        yield Missed(decision.change, decision.title, decision.at, decision.concerns)


def _unowned(played: Iterable[Played], index: int) -> Iterator[Unowned]:
    services: dict[str, dict[str, None]] = defaultdict(dict)
    for decision in played:
        for service in decision.outcomes[index].unowned:
            services[service][decision.change] = None
    for service, changes in sorted(services.items(), key=lambda item: (-len(item[1]), item[0])):
        yield Unowned(service, len(changes), tuple(changes)[:5])


def _routes(policy: Policy, sent: Iterable[Sent]) -> Iterator[RouteRow]:
    """The places of the policy, the noisiest first; an effect for which two places asked counts at both."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for effect_sent in sent:
        for path in dict.fromkeys(effect_sent.effect.routes or (KEPT_TRUE,)):
            tallies[path].add(effect_sent.played.change, effect_sent.effect)
    routes = dict(walk(policy.routes))
    for path, tally in sorted(tallies.items(), key=lambda i: (-i[1].cards - i[1].tickets - i[1].updates, i[0])):
        route = routes.get(path)
        words = in_words(route) if route else "news about what was sent before, whatever the routes say"
        yield RouteRow(path, route.name if route else "", words, tally)


def in_words(route: Route) -> str:
    """What a route asks for: "crb: true, kind: retirement or security"."""
    match = (route.match or Match()).model_dump(exclude_none=True, by_alias=True)
    return ", ".join(f"{key}: {_one_of(value)}" for key, value in match.items()) or "every change"


def _one_of(value: object) -> str:
    if isinstance(value, list | tuple):
        return " or ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
