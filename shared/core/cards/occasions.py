"""What a card is sent for where no edition causes it: its deadline comes near or is over, its ticket was decided."""

import re
from datetime import date, datetime
from typing import Literal, NamedTuple, cast

from shared.core.times import stored_moment

OccasionKind = Literal["act-7", "act-2", "act-0", "overdue", "ticket"]
DAYS_BEFORE: dict[OccasionKind, int] = {"act-7": 7, "act-2": 2, "act-0": 0, "overdue": -1}
"""How many days before the day to act by each of these is due."""
_KEY = re.compile(r"(?:(act-[720]|overdue)@(\d{4}-\d\d-\d\d)|(ticket)@(\d{8}T\d{6}))")


class Occasion(NamedTuple):
    """`at`: the day to act by; of a ticket, the moment of the decision (UTC)."""

    kind: OccasionKind
    at: date | datetime

    @property
    def key(self) -> str:
        """As it stands in the effect's key; it begins with a letter, an edition with a digit."""
        moment = f"{self.at:%Y%m%dT%H%M%S}" if isinstance(self.at, datetime) else self.at.isoformat()
        return f"{self.kind}@{moment}"


def is_occasion(text: str) -> bool:
    """Whether this version knows the occasion; a later one may have others."""
    return occasion_of(text) is not None


def occasion_of(text: str) -> Occasion | None:
    """The occasion of an effect; None for an edition, and for what only a later version knows."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    near, day, _, moment = match.groups()
    try:
        return (
            Occasion(cast(OccasionKind, near), date.fromisoformat(day))
            if near
            else Occasion("ticket", stored_moment(_iso(moment)))
        )
    except ValueError:
        return None


def _iso(moment: str) -> str:
    return f"{moment[:4]}-{moment[4:6]}-{moment[6:8]}T{moment[9:11]}:{moment[11:13]}:{moment[13:]}+00:00"
