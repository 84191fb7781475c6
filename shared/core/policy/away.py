"""That a team's owner is away, as data: it is kept with what was decided meanwhile."""

from dataclasses import dataclass
from datetime import date

from shared.core.words import reasons


@dataclass(frozen=True, slots=True)
class Away:
    """Why the owner does not answer: away until a day, which is included.

    `who` answers instead, empty where nobody does: the `deputy`, or one of the team `covering` while both are away.
    """

    owner: str
    until: date
    deputy: str = ""
    covering: str = ""
    who: str = ""

    @property
    def words(self) -> str:
        return reasons.away(self.owner, self.until, self.deputy, self.covering, self.who)
