"""What a page of measures is about: so many months, one team, one workload (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from shared.core.life.metrics import NO_WORKLOAD
from shared.core.text.safe import clean, cut

RANGES = (3, 6, 12, 24)
"""Months that the page offers."""
MONTHS = 12
"""Months where nobody says how many."""
MOST_MONTHS = 24
"""Of figures as data: a call to storage each, so that these and the lines cost less than 30."""
_LONGEST = 80
"""Of a name that is shown."""


class Placed(Protocol):
    """A change by who deals with it and what it is about."""

    @property
    def team(self) -> str: ...
    @property
    def workloads(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """So many months, this one included. `team`: the one that deals with a change; empty is every team.

    `workload`: one that a change touches; `NO_WORKLOAD` asks for those that touch none; empty is everything.
    """

    months: int = MONTHS
    team: str = ""
    workload: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it leaves anything out besides other months."""
        return bool(self.team or self.workload)

    def holds(self, change: Placed) -> bool:
        if self.team and change.team != self.team:
            return False
        return not self.workload or self.workload in (change.workloads or (NO_WORKLOAD,))


@dataclass(frozen=True, slots=True)
class Names:
    """What a scope may name, in order of the alphabet: teams and workloads of the policy, and those of changes."""

    teams: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()

    def fault(self, scope: Scope) -> str:
        """A sentence on what the scope names and is none; empty where everything is known."""
        for kind, wanted, known in (("team", scope.team, self.teams), ("workload", scope.workload, self.workloads)):
            if wanted and wanted not in known:
                shown = cut(clean(wanted), _LONGEST)
                return f"There is no {kind} “{shown}”, neither in the policy nor among the changes."
        return ""


def names_of(changes: Iterable[Placed], teams: Iterable[str], workloads: Iterable[str]) -> Names:
    """What can be asked for: what the policy and changes have. `NO_WORKLOAD` stands last, where it is needed."""
    of_teams, of_workloads = set(teams), set(workloads)
    without = False
    for change in changes:
        of_teams.add(change.team)
        of_workloads.update(change.workloads)
        without = without or not change.workloads
    return Names(
        tuple(sorted(of_teams - {""})),
        (*sorted(of_workloads - {"", NO_WORKLOAD}), *((NO_WORKLOAD,) if without else ())),
    )
