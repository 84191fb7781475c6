"""What follows from a change, as its page lists it: cards by channel, tenants by how they differ."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.adapters.pages.lengths import Cut, shortened
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.life.effectiveness import moment_of
from shared.core.review.act import Act
from shared.core.words.answers import ANSWERS
from shared.core.words.dates import spoken

_MOST_CHANNELS, _MOST_CARDS, _MOST_ANSWERS, _MOST_TENANTS = 10, 4, 5, 15
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card of a change: for which moment, and how far it is."""

    moment: str
    state: EffectState


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """What somebody answered through a card of a channel."""

    who: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class ChannelCards:
    """The cards of one channel and the answers to them, each the newest first. `sent`: how many went out."""

    name: str
    sent: int
    cards: Cut[CardLine]
    answers: Cut[CardAnswer]


@dataclass(frozen=True, slots=True)
class TenantCopies:
    """The tenants' copies: those that differ first. `showing`, `behind`, `other`, `gone`: how many of which kind."""

    copies: Cut[Copy]
    showing: int
    behind: int
    other: int
    gone: int


def channels_of(states: Sequence[EffectState], acts: Sequence[Act]) -> Cut[ChannelCards]:
    """The cards by channel, in the order of the channels' names."""
    by_channel: dict[str, list[EffectState]] = defaultdict(list)
    for state in states:
        if state.effect.kind == "card":
            by_channel[state.effect.target].append(state)
    channels = [_channel(name, own, acts) for name, own in sorted(by_channel.items())]
    return shortened(channels, _MOST_CHANNELS)


def _channel(name: str, states: list[EffectState], acts: Sequence[Act]) -> ChannelCards:
    states.sort(key=lambda state: state.done_at or _NEVER, reverse=True)
    through = f"card in {name}"
    answers = [CardAnswer(act.who, act.at, _answer(act)) for act in reversed(acts) if act.through == through]
    return ChannelCards(
        name,
        sum(state.done_at is not None for state in states),
        shortened([CardLine(moment_of(state), state) for state in states], _MOST_CARDS),
        shortened(answers, _MOST_ANSWERS),
    )


def _answer(act: Act) -> str:
    words = ANSWERS.get(act.what, act.what.replace("_", " "))
    return f"{words}: {spoken(act.new)}" if act.what == "remind" else words


def tenants_of(change: Change, copies: Sequence[Copy]) -> TenantCopies:
    """Those with another text come first, then those that show an older edition, then those where it is gone."""
    newest = change.editions[-1].id if change.editions else ""
    ranks = {copy.tenant: _rank(copy, newest) for copy in copies}
    counts = [sum(rank == wanted for rank in ranks.values()) for wanted in range(4)]
    ordered = sorted(copies, key=lambda copy: (ranks[copy.tenant], copy.tenant))
    return TenantCopies(shortened(ordered, _MOST_TENANTS), len(copies) - counts[2], counts[1], counts[0], counts[2])


def _rank(copy: Copy, newest: str) -> int:
    if copy.gone:
        return 2
    return 0 if copy.variant else 1 if copy.edition != newest else 3
