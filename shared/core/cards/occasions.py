"""What a card is sent for where no edition causes it: its deadline comes near or is over, its ticket was decided.

Nobody has said anything about it for some working days, somebody asked to be reminded of it, or its rollout began some
working days ago.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple, cast

OccasionKind = Literal[
    "act-7",
    "act-2",
    "act-0",
    "overdue",
    "ticket",
    "silent-1",
    "silent-2",
    "silent-3",
    "silent-4",
    "asked",
    "impact",
]
SILENT: tuple[OccasionKind, ...] = ("silent-1", "silent-2", "silent-3", "silent-4")
"""The steps of an escalation, in their order."""
DAYS_BEFORE: dict[OccasionKind, int] = {"act-7": 7, "act-2": 2, "act-0": 0, "overdue": -1}
"""How many days before the day to act by each of these is due, the most urgent last."""
URGENT: frozenset[OccasionKind] = frozenset({"act-2", "act-0", "overdue"})
"""Those that go out at once, and mention who must act."""
_HOUR = time(7, tzinfo=UTC)
_KEY = re.compile(
    r"(?:(act-[720]|overdue|asked|impact)@(\d{4}-\d\d-\d\d)|(ticket)@(\d{8}T\d{6}|approved|rejected)|(silent-[1-4])@(\d{1,6}))"
)


class Occasion(NamedTuple):
    """`about`: a day in ISO: the one to act by, of which somebody asked to be reminded, or on which a rollout began.

    Of a ticket when it was decided (UTC), or how where nobody says when; of silence the `seq` of the last word.
    """

    kind: OccasionKind
    about: str

    @property
    def key(self) -> str:
        """As it stands in the effect's key; it begins with a letter, an edition with a digit."""
        return f"{self.kind}@{self.about}"


def occasion_of(text: str) -> Occasion | None:
    """The occasion of an effect; None for an edition, and for what only a later version knows."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    dated, day, ticket, decided, silent, seq = match.groups()
    if dated and not _is_day(day):
        return None
    return Occasion(cast(OccasionKind, dated or ticket or silent), day or decided or seq)


def is_occasion(text: str) -> bool:
    """Whether this version knows the occasion; a later one may have others."""
    return occasion_of(text) is not None


def act_by_due(by: date, until: datetime, now: datetime) -> Occasion | None:
    """The occasion of a day to act by whose moment lies after `until` and not after `now`; None where none does.

    Each is due at seven o'clock UTC of its day. After a pause of days only the most urgent one is told.
    """
    passed = [kind for kind, before in DAYS_BEFORE.items() if until < _moment(by, before) <= now]
    return Occasion(passed[-1], by.isoformat()) if passed else None


def _moment(by: date, days_before: int) -> datetime:
    return datetime.combine(by, _HOUR) - timedelta(days=days_before)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
