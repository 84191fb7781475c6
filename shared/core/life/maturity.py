"""Maturity of service change management, levels 100 to 500: each criterion with what was measured of it (pure).

What nothing measures is unknown, and unknown is not met. docs/maturity.md says of each criterion how it is measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from shared.core.life.evidence import Evidence
from shared.core.life.measures import Share
from shared.core.words.dates import day

State = Literal["met", "partly", "not", "unknown"]
STATE_WORDS: dict[State, str] = {"met": "met", "partly": "partly met", "not": "not met", "unknown": "unknown"}
LEVELS = (100, 200, 300, 400, 500)
FEW = 5
"""Changes or cards; of fewer nothing is concluded."""
FEW_WEEKS = 4
_ROADMAP_AGE = timedelta(days=7)
_BY_COUNT: tuple[State, State, State] = ("not", "partly", "met")
"""Of two things that a criterion asks for: how many there are."""
_ALL, _MOST, _HALF, _SOME, _ANY = 0.95, 0.8, 0.5, 0.25, 1e-6


class Finding(NamedTuple):
    """How a criterion stands, and the figure behind it in words."""

    state: State
    figure: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a level asks for. `raises`: what to do so that more of it is met."""

    id: str
    level: int
    sentence: str
    raises: str
    judge: Callable[[Evidence], Finding]


@dataclass(frozen=True, slots=True)
class Result:
    """A criterion as it stands. `raises` is empty where it is met."""

    id: str
    level: int
    sentence: str
    state: State
    figure: str
    raises: str


@dataclass(frozen=True, slots=True)
class Maturity:
    """Every criterion, and the level that is reached: the highest of which all is met, as of all below it.

    `reached`: 0 where not even level 100 is. `measured`: whether anything is; `complete`: whether the lists are built.
    """

    reached: int
    since: datetime
    at: datetime
    measured: bool
    complete: bool
    results: tuple[Result, ...]

    def of_level(self, level: int) -> list[Result]:
        return [result for result in self.results if result.level == level]

    def count(self, state: State) -> int:
        return sum(result.state == state for result in self.results)

    @property
    def next_level(self) -> int | None:
        """The lowest level that is not reached; None where all are."""
        return next((level for level in LEVELS if level > self.reached), None)


def maturity(evidence: Evidence) -> Maturity:
    """Judge every criterion; of a deployment that knows nothing yet all are unknown."""
    measured = evidence.complete and evidence.known > 0
    nothing = "The lists are not built yet." if not evidence.complete else "No change is known yet."
    findings = [
        (criterion, criterion.judge(evidence) if measured else Finding("unknown", nothing)) for criterion in CRITERIA
    ]
    results = tuple(
        Result(each.id, each.level, each.sentence, state, figure, "" if state == "met" else each.raises)
        for each, (state, figure) in findings
    )
    return Maturity(_reached(results), evidence.since, evidence.at, measured, evidence.complete, results)


def _reached(results: Sequence[Result]) -> int:
    reached = 0
    for level in LEVELS:
        if any(result.state != "met" for result in results if result.level == level):
            break
        reached = level
    return reached


def _of(share: Share, words: str, met: float, partly: float, fewest: int = FEW) -> Finding:
    """`words` may say `{part}` and `{whole}`."""
    figure = words.format(part=f"{share.part:,}", whole=f"{share.whole:,}")
    if share.whole < fewest:
        return Finding("unknown", f"{figure} That is too little to judge by: it takes {fewest}.")
    return Finding(_state(share.value, met, partly), figure)


def _state(value: float, met: float, partly: float) -> State:
    if value >= met:
        return "met"
    return "partly" if value >= partly else "not"


# Level 100: changes are known, and nobody is responsible for them


def _arrive(e: Evidence) -> Finding:
    return Finding("met" if e.new else "not", f"{e.known:,} changes are measured, {e.new:,} of them since {_since(e)}.")


# Level 200: somebody is responsible, and reviews are irregular


def _responsible(e: Evidence) -> Finding:
    if e.process_owner:
        return Finding("met", "The policy names a process owner.")
    return Finding("partly", "The policy names an owner for each team, and nobody for the process.")


def _looked(e: Evidence) -> Finding:
    words = f"A person acted on {{part}} of {{whole}} changes that asked somebody since {_since(e)}."
    return _of(e.looked, words, _SOME, _ANY)


# Level 300: reviews are regular, services are sorted, and work has a state


def _regular(e: Evidence) -> Finding:
    return _of(e.weeks, "People acted on changes in {part} of {whole} weeks.", _HALF, _SOME, FEW_WEEKS)


def _sorted(e: Evidence) -> Finding:
    if not e.workloads:
        return Finding("not", "The policy says of no service which team it belongs to.")
    words = f"{{part}} of {{whole}} changes since {_since(e)} are about services that all have a team."
    return _of(e.owned, words, _MOST, _HALF)


def _tracked(e: Evidence) -> Finding:
    words = f"{{part}} of {{whole}} changes that asked somebody since {_since(e)} have a ticket, a task or an answer."
    return _of(e.tracked, words, _MOST, _HALF)


# Level 400: changes become tasks, the week has its review, times and cards are measured


def _filed(e: Evidence) -> Finding:
    if not (e.plans or e.systems):
        return Finding("not", "No tenant has a Planner plan in the policy, and no ticket system files tickets.")
    words = f"{{part}} of {{whole}} changes that asked somebody since {_since(e)} have a ticket or a task."
    return _of(e.filed, words, _MOST, _SOME)


def _weekly(e: Evidence) -> Finding:
    acted, sent = e.weeks, e.agendas
    figure = f"People acted on changes in {acted.part} of {acted.whole} weeks; the agenda went out in {sent.part}."
    finding = _of(min(acted, sent), figure, _MOST, _HALF, FEW_WEEKS)
    half = max(acted, sent).value >= _HALF
    return finding._replace(state="partly") if finding.state == "not" and half else finding


def _timed(e: Evidence) -> Finding:
    words = f"Of {{whole}} changes that ended since {_since(e)}, {{part}} have a measured time to close."
    return _of(e.timed, words, _MOST, _SOME)


def _measured_cards(e: Evidence) -> Finding:
    cards = e.cards
    became = f"{cards.opened:,} were opened and {cards.answered:,} answered"
    figure = f"Of {cards.sent:,} cards that are summed up since {_since(e)}, {became}."
    if cards.sent < FEW:
        return Finding("unknown", f"{figure} That is too little to judge by: it takes {FEW}.")
    return Finding(_BY_COUNT[bool(cards.opened) + bool(cards.answered)], figure)


def _board(e: Evidence) -> Finding:
    words = f"{{part}} of {{whole}} changes for the board since {_since(e)} have a ticket in a system that files."
    return _of(e.board, words, _MOST, _SOME)


def _other_sources(e: Evidence) -> Finding:
    if not e.roadmap:
        return Finding("not", "The policy says that the Microsoft 365 roadmap is not read.")
    if e.roadmap_read is None:
        return Finding("unknown", "The Microsoft 365 roadmap was not read yet.")
    figure = f"The Microsoft 365 roadmap was last read on {day(e.roadmap_read.date())}."
    return Finding("met" if e.at - e.roadmap_read <= _ROADMAP_AGE else "partly", figure)


# Level 500: owners are reached by themselves, and what comes of it is measured and improved


def _owner_aware(e: Evidence) -> Finding:
    words = (
        f"{{part}} of {{whole}} changes that asked somebody since {_since(e)} are about services that all have a team; "
        f"{e.deputies.part} of {e.deputies.whole} teams have a deputy."
    )
    finding = _of(e.reached, words, _ALL, _HALF)
    no_deputy = e.deputies.part < e.deputies.whole
    return finding._replace(state="partly") if finding.state == "met" and no_deputy else finding


def _control(e: Evidence) -> Finding:
    words = (
        f"{{part}} of {{whole}} changes for the board since {_since(e)} have a ticket in a system that files; "
        f"people moved {e.returned.part} of these, and that was read back."
    )
    finding = _of(e.board, words, _ALL, _HALF)
    return finding._replace(state="partly") if finding.state == "met" and not e.returned.part else finding


def _communication(e: Evidence) -> Finding:
    if not e.lead_channels:
        return Finding("not", "The policy gives neither lead, for communication or training, a channel.")
    if not e.cards.sent:
        return Finding("unknown", f"No card is summed up since {_since(e)}; that happens at night.")
    figure = (
        f"{e.leads.part} of the {e.leads.whole} leads, for communication and training, got cards since {_since(e)}."
    )
    return Finding(_BY_COUNT[e.leads.part], figure)


def _once(e: Evidence) -> Finding:
    if e.tenants == 1:
        return Finding("met", "There is one tenant, so that no post comes twice.")
    return Finding("met", f"{e.known:,} changes are measured over {e.tenants} tenants, each once.")


def _targeted(e: Evidence) -> Finding:
    told = e.carded
    figure = f"{told.part} of {told.whole} changes since {_since(e)} went out as a card, over {e.channels} channels."
    if not e.cards.sent:
        return Finding("unknown", f"No card is summed up since {_since(e)}; that happens at night.")
    if told.whole < FEW or not told.part:
        return Finding("unknown", figure)
    return Finding(_BY_COUNT[(e.channels > 1) + (told.value <= _MOST)], figure)


def _previews(e: Evidence) -> Finding:
    if not e.targeted:
        return Finding("not", f"None of {e.tenants} tenants is in the ring that gets changes early.")
    words = (
        f"{e.targeted} of {e.tenants} tenants get changes early; people had looked at {{part}} of {{whole}} changes "
        f"before their rollout began, since {_since(e)}."
    )
    return _of(e.early, words, _HALF, _ANY)


def _impact(e: Evidence) -> Finding:
    words = f"Somebody said how it went of {{part}} of {{whole}} rollouts that began since {_since(e)}."
    if not e.asks and not e.outcomes.part:
        return Finding("not", "The policy asks nobody how a rollout went, and nobody said so.")
    return _of(e.outcomes, words, _HALF, _ANY)


def _feedback(e: Evidence) -> Finding:
    words = f"Microsoft was given remarks on {{part}} of {{whole}} posts that people called unclear since {_since(e)}."
    return _of(e.feedback, words, _HALF, _ANY, 1)


def _since(e: Evidence) -> str:
    return day(e.since.date())


CRITERIA = (
    Criterion(
        "arrive", 100, "What Microsoft announces arrives, and is kept.",
        "Give the app its Graph permission, and look at the health page for what keeps a tenant from being read.",
        _arrive,
    ),
    Criterion(
        "responsible", 200, "Somebody is responsible for changes.",
        "Name the people of roles.process_owner in the policy.",
        _responsible,
    ),
    Criterion(
        "looked", 200, "Somebody looks at changes, if only now and then.",
        "Answer from the card or on the page of the change: take it, or say that it has no impact.",
        _looked,
    ),
    Criterion(
        "regular", 300, "Reviews are regular: every other week at least.",
        "Fix a day for the review, and work through the list of open changes on it.",
        _regular,
    ),
    Criterion(
        "sorted", 300, "Services are sorted: each that is in use belongs to a team.",
        "Add the services that nobody owns to workloads; the weekly agenda lists them.",
        _sorted,
    ),
    Criterion(
        "tracked", 300, "What needs work has a state that people keep.",
        "Route changes to a ticket system or a plan, or let teams answer their cards.",
        _tracked,
    ),
    Criterion(
        "filed", 400, "Changes become tasks or tickets by themselves.",
        "Name each tenant's plan, or give routes a ticket in a system that is not in a dry run.",
        _filed,
    ),
    Criterion(
        "weekly", 400, "There is a review each week, with an agenda.",
        "Switch on reports.weekly, and let the review decide what its agenda lists.",
        _weekly,
    ),
    Criterion(
        "timed", 400, "It is measured how long changes stay open.",
        "Close changes by their tickets, tasks or answers before their plan is over, so that they do not lapse.",
        _timed,
    ),
    Criterion(
        "cards_measured", 400, "It is measured what becomes of communication.",
        "Switch on sign-in for the pages and answers.key, so that opening and answering a card are counted.",
        _measured_cards,
    ),
    Criterion(
        "board", 400, "Selected changes come before the board.",
        "Give the route that matches crb: true a ticket system in mode live.",
        _board,
    ),
    Criterion(
        "other_sources", 400, "Other sources than Message Center are read on a cadence.",
        "Set roadmap.enabled, and let the app reach the address of the roadmap.",
        _other_sources,
    ),
    Criterion(
        "owner_aware", 500, "Each change reaches the owner of its service, or a deputy.",
        "Name a deputy for each team, and a workload for each service that is in use.",
        _owner_aware,
    ),
    Criterion(
        "control", 500, "Change control gets its requests by itself, and what it decides comes back.",
        "Let the ticket system answer for every change for the board, and look at parked items for those that failed.",
        _control,
    ),
    Criterion(
        "communication", 500, "Those who prepare communication and training get the changes by themselves.",
        "Give roles.user_communications_lead and roles.training_lead a channel, and name both in routes.",
        _communication,
    ),
    Criterion(
        "once", 500, "A change that several tenants get is dealt with once.",
        "Read all tenants with one deployment.",
        _once,
    ),
    Criterion(
        "targeted", 500, "Notices go to those whom they concern.",
        "Route cards to the channel of the owner, and leave out what asks nothing of anybody.",
        _targeted,
    ),
    Criterion(
        "previews", 500, "Previews are used: some people get changes early, and look at them.",
        "Set ring: targeted for a tenant of testers, and look at changes before their rollout begins.",
        _previews,
    ),
    Criterion(
        "impact", 500, "It is watched what a rollout does to users and to the help desk.",
        "Set impact.ask_after in the policy, so that owners are asked how a rollout went, and answer from the card.",
        _impact,
    ),
    Criterion(
        "feedback", 500, "Microsoft hears what was unclear or harmful.",
        "Call posts unclear on their page, give the remarks to Microsoft, and mark them as given.",
        _feedback,
    ),
)  # fmt: skip
