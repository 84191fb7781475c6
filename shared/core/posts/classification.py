"""What a change is: the fields that are read out of a post, each with what decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, get_args

from shared.core.terms import IMPACT_RANK, Action, Cloud, Default, Impact, Kind, Phase, Status


@dataclass(frozen=True, slots=True)
class Interval:
    """An inclusive span of days: "early May 2026" is 2026-05-01 to 2026-05-10."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Window:
    """One rollout: when it begins and is complete, for a phase and clouds. `words`: the sentence that says so."""

    phase: Phase
    clouds: tuple[Cloud, ...]
    start: Interval | None
    end: Interval | None
    words: str = ""


POSTPONED = "postponed to other dates"


@dataclass(frozen=True, slots=True)
class Halt:
    """A part of the plan that does not go on while the rest stands. `scope`: which part, in words for people.

    POSTPONED: the whole of it, and other dates are given. `clouds`: those that have no plan now, empty where the part
    is an app or a feature. `words`: the sentence that says so.
    """

    kind: Literal["cancelled", "paused"]
    scope: str
    clouds: tuple[Cloud, ...] = ()
    words: str = ""


FieldName = Literal[
    "rollouts", "status", "act_by", "kind", "admin_impact", "user_impact", "default", "action", "crb", "training"
]
"""The fields that are held against what is right, and that a person can settle, by the names that are printed."""
FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)
"""In the order of docs/classification.md."""

UNSURE_BELOW = 0.76
"""Confidence below which a field is unsure: so that at most 15 of 100 fields of new posts are, and of the others 93 of
100 are right (docs/classification-measured.md)."""


US = "us"
"""How `Why.reader` begins where our own reading stands against another one."""


@dataclass(frozen=True, slots=True)
class Why:
    """What decided a field: the post's field or words, and how often such decisions are right (0 to 1).

    `settled`: a person did, and the words are ours. `reader`: who read it, where that was not our own reader alone.
    """

    words: str
    confidence: float
    settled: bool = field(default=False, repr=False)
    reader: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Classification:
    """The fields of docs/classification.md. The defaults are the neutral values: nothing said, nothing invented."""

    id: str
    windows: tuple[Window, ...] = ()
    status: Status = "no_schedule"
    superseded_by: str | None = None
    act_by: date | None = None
    kind: Kind = "info"
    admin_impact: Impact = "low"
    user_impact: Impact = "low"
    default: Default = "n/a"
    action: Action = "none"
    crb: bool = False
    crb_why: str = ""
    training: bool = False
    why: Mapping[str, Why] = field(default_factory=dict)

    @property
    def unsure(self) -> tuple[str, ...]:
        """The fields of which nobody should be told that they are so: "probably", or nothing."""
        return tuple(name for name in FIELD_NAMES if name in self.why and self.is_unsure(name))

    @property
    def impact(self) -> Impact:
        """The higher of the two impacts."""
        return max(self.admin_impact, self.user_impact, key=IMPACT_RANK.__getitem__)

    def is_unsure(self, name: str) -> bool:
        """Whether too many decisions like this one about a field are wrong. What carries no reason is not doubted."""
        why = self.why.get(name)
        return why is not None and why.confidence < UNSURE_BELOW

    def undoubted(self) -> "Classification":
        """The same with no field unsure."""
        why = {name: replace(each, confidence=max(each.confidence, UNSURE_BELOW)) for name, each in self.why.items()}
        return replace(self, why=why)

    def to_label(self) -> dict[str, Any]:
        """One label object, keys and forms as `foresignal classify` prints them."""
        return {
            "id": self.id,
            "rollouts": [
                {"phase": w.phase, "clouds": list(w.clouds), "start": _days(w.start), "end": _days(w.end)}
                for w in self.windows
            ],
            "status": self.status,
            "superseded_by": self.superseded_by,
            "act_by": self.act_by.isoformat() if self.act_by else None,
            "kind": self.kind,
            "admin_impact": self.admin_impact,
            "user_impact": self.user_impact,
            "default": self.default,
            "action": self.action,
            "crb": self.crb,
            "crb_why": self.crb_why,
            "training": self.training,
            "unsure": list(self.unsure),
            "note": "",
        }

    def to_json(self) -> dict[str, Any]:
        """Everything, for storage; `from_json` reads it back."""
        data = self.to_label()
        for entry, window in zip(data["rollouts"], self.windows, strict=True):
            entry["words"] = window.words
        data["why"] = {name: [why.words, why.confidence] for name, why in self.why.items()}
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Classification":
        return cls(
            id=data["id"],
            windows=tuple(
                Window(w["phase"], tuple(w["clouds"]), _interval(w["start"]), _interval(w["end"]), w.get("words", ""))
                for w in data["rollouts"]
            ),
            act_by=date.fromisoformat(data["act_by"]) if data["act_by"] else None,
            why={name: Why(words, confidence) for name, (words, confidence) in data.get("why", {}).items()},
            **{
                name: data[name]
                for name in (
                    "status",
                    "superseded_by",
                    "kind",
                    "admin_impact",
                    "user_impact",
                    "default",
                    "action",
                    "crb",
                    "crb_why",
                    "training",
                )
            },
        )


def _days(interval: Interval | None) -> list[str] | None:
    return [interval.first.isoformat(), interval.last.isoformat()] if interval else None


def _interval(days: list[str] | None) -> Interval | None:
    return Interval(date.fromisoformat(days[0]), date.fromisoformat(days[1])) if days else None
