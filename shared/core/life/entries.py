"""The rows that metrics are made of: what is open; what was closed, when, and through what (tables open, closings)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.core.times import when


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A change that people still have to deal with. `through`: what it waits for, a ticket, a task, or nothing yet.

    `opened`: when the first ticket or task for it was made, else when we first saw the post.
    """

    id: str
    title: str
    team: str
    workloads: tuple[str, ...]
    opened: datetime
    act_by: date | None
    plan_end: date | None
    through: str
    reference: str

    def to_values(self) -> dict[str, str | datetime]:
        return {
            "title": self.title,
            "workloads": ",".join(self.workloads),
            "opened": self.opened,
            "act_by": self.act_by.isoformat() if self.act_by else "",
            "plan_end": self.plan_end.isoformat() if self.plan_end else "",
            "through": self.through,
            "reference": self.reference,
        }

    @classmethod
    def from_values(cls, change_id: str, team: str, values: Mapping[str, Any]) -> "OpenChange":
        return cls(
            change_id, values["title"], team, _words(values["workloads"]), _moment(values["opened"]),
            _day(values["act_by"]), _day(values["plan_end"]), values["through"], values["reference"],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClosedChange:
    """One closing: the whole life of a change in its moments. `assigned` is None where nobody was ever named."""

    id: str
    number: int
    title: str
    team: str
    workloads: tuple[str, ...]
    announced: datetime
    opened: datetime
    assigned: datetime | None
    closed: datetime
    through: str
    reference: str

    def to_values(self) -> dict[str, str | int | datetime]:
        values: dict[str, str | int | datetime] = {
            "change": self.id,
            "number": self.number,
            "title": self.title,
            "team": self.team,
            "workloads": ",".join(self.workloads),
            "announced": self.announced,
            "opened": self.opened,
            "closed": self.closed,
            "through": self.through,
            "reference": self.reference,
        }
        return values | ({"assigned": self.assigned} if self.assigned else {})

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "ClosedChange":
        return cls(
            values["change"], values["number"], values["title"], values["team"], _words(values["workloads"]),
            _moment(values["announced"]), _moment(values["opened"]),
            _moment(values["assigned"]) if values.get("assigned") else None,
            _moment(values["closed"]), values["through"], values["reference"],
        )  # fmt: skip


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(value: datetime | str) -> datetime:
    moment = value if isinstance(value, datetime) else when(value)
    assert moment is not None
    return moment
