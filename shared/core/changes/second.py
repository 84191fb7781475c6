"""What a second reader said of an edition, and how it lies over our own reading (pure; docs/decisions/0030).

Our reading stays beside it, and events come from that alone. Nothing here is loaded where no reader was ever asked.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from shared.core.changes.settled import FieldValue, attribute_of, is_same, value_of
from shared.core.classify.board_reason import board_words
from shared.core.posts.classification import FIELD_NAMES, UNSURE_BELOW, US, Classification, FieldName, Why
from shared.core.terms import Cloud, ReaderUse

Outcome = Literal["agrees", "taken", "doubts", "passed over", "fell"]
"""What became of one answer: it says what we read; it stands in place of what we were unsure of; it makes us unsure of
what we were sure of; we are sure, and only what is unsure was asked; or it does not stand (and why not is told)."""
ASKED: tuple[FieldName, ...] = tuple(name for name in FIELD_NAMES if name != "training")
"""The fields that a second reader is asked for; whether users are told follows from the others."""
AGREED = 0.85
"""How sure a field is that two readers read alike, where ours alone was less sure: told as "probably"."""
DIFFER = 0.5
"""How sure a field is of which two readers say different things: told to nobody as so."""


@dataclass(frozen=True, slots=True)
class SecondField:
    """One answer. `quote`: the words of the post that it gave; `fell`: why it does not stand, empty where it does."""

    value: FieldValue
    quote: str
    fell: str = ""


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What is known of asking about one edition.

    `asked_at`: when it was first to be asked; `times`: how often somebody began to; `held_until`: until then somebody
    is at it. `closed_at`: since then nothing more is asked: it was answered, or `silent` says why not. `by`: the reader
    in words for people. `tokens_in`, `tokens_out`: what the service counted.
    """

    asked_at: datetime
    use: ReaderUse = "unsure"
    times: int = 0
    held_until: datetime | None = None
    closed_at: datetime | None = None
    silent: str = ""
    by: str = ""
    fields: Mapping[FieldName, SecondField] = field(default_factory=dict)
    superseded_by: str = ""
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """One field in both readings, and what became of it. `because`: why, where it fell."""

    name: FieldName
    ours: FieldValue
    theirs: FieldValue
    quote: str
    outcome: Outcome
    because: str = ""


def both(own: Classification, second: SecondReading) -> Classification:
    """Our reading with what stands of the second one over it."""
    return _laid_over(own, second)[0]


def outcomes(own: Classification, second: SecondReading) -> tuple[FieldOutcome, ...]:
    """What became of each answer, in the order of the fields."""
    merged, dropped = _laid_over(own, second)
    found = []
    for name in ASKED:
        answer = second.fields.get(name)
        if answer is None:
            continue
        ours = value_of(own, name)
        outcome, because = _outcome(own, merged, second, name, answer, dropped)
        found.append(FieldOutcome(name, ours, answer.value, answer.quote, outcome, because))
    return tuple(found)


def _outcome(
    own: Classification,
    merged: Classification,
    second: SecondReading,
    name: FieldName,
    answer: SecondField,
    dropped: Mapping[FieldName, str],
) -> tuple[Outcome, str]:
    if answer.fell or name in dropped:
        return "fell", answer.fell or dropped[name]
    if is_same(value_of(own, name), answer.value):
        return "agrees", ""
    if _confidence(own, name) < UNSURE_BELOW:
        return ("taken", "") if is_same(value_of(merged, name), answer.value) else ("passed over", "")
    return ("doubts" if second.use == "all" and name in own.why else "passed over"), ""


def _laid_over(own: Classification, second: SecondReading) -> tuple[Classification, dict[FieldName, str]]:
    """The two readings as one, and the answers that do not go with the rest, each with why."""
    answers = {name: each for name, each in second.fields.items() if not each.fell}
    dropped: dict[FieldName, str] = {}
    while True:
        merged, taken = _with(own, second, answers)
        if not taken:
            return merged, dropped
        clash = next(((names & taken, why) for names, why in contradictions(merged) if names & taken), None)
        if clash is None:
            return merged, dropped
        for name in clash[0]:
            dropped[name] = clash[1]
            del answers[name]


def _with(
    own: Classification, second: SecondReading, answers: Mapping[FieldName, SecondField]
) -> tuple[Classification, set[FieldName]]:
    """Our reading under these answers, and the fields whose value is theirs."""
    values: dict[str, Any] = {}
    why = dict(own.why)
    taken: set[FieldName] = set()
    for name, answer in answers.items():
        ours, sure = why.get(name), _confidence(own, name)
        if is_same(value_of(own, name), answer.value):
            if ours and sure < AGREED:
                why[name] = replace(ours, confidence=AGREED, reader=f"{second.by}, and we read the same")
        elif sure < UNSURE_BELOW:
            values[attribute_of(name)] = answer.value
            why[name] = Why(answer.quote, DIFFER, reader=second.by)
            taken.add(name)
        elif second.use == "all" and ours:
            why[name] = replace(ours, confidence=DIFFER, reader=f"{US}; {second.by} reads it otherwise")
    if not taken:
        return replace(own, why=why), taken
    return _derived(replace(own, **values, why=why), second, taken), taken


def _derived(merged: Classification, second: SecondReading, taken: set[FieldName]) -> Classification:
    """The same with what follows from the fields by their definitions."""
    why, values = dict(merged.why), dict[str, Any]()
    if "status" in taken:
        values["superseded_by"] = second.superseded_by or None if merged.status == "superseded" else None
        if _fallen(merged):  # a plan that has fallen: nothing arrives, or is asked
            values |= {"windows": (), "act_by": None, "default": "n/a", "action": "none", "crb": False}
            values |= {"admin_impact": "low", "user_impact": "low"}
            fallen: tuple[FieldName, ...] = ("act_by", "default", "action", "crb", "admin_impact", "user_impact")
            why |= dict.fromkeys(fallen, why["status"])
            why.pop("rollouts", None)
    merged = replace(merged, **values, why=why)
    if "user_impact" in taken and merged.user_impact == "high" and merged.admin_impact == "low":
        why["admin_impact"] = why["user_impact"]
        merged = replace(merged, admin_impact="medium")
    merged = replace(merged, training=merged.status == "scheduled" and merged.user_impact != "low")
    if {"status", "user_impact"} & taken:
        why["training"] = why["user_impact" if merged.status == "scheduled" and "user_impact" in why else "status"]
    if {"status", "kind", "action", "user_impact", "crb"} & taken:
        words = board_words(merged.status, merged.kind, merged.action, merged.user_impact, crb=merged.crb)
        merged = replace(merged, crb_why=words)
    return merged


def _confidence(own: Classification, name: FieldName) -> float:
    """How sure we are of a field. Of windows that nobody stated, as sure as that there is no schedule."""
    why = own.why.get(name) or (own.why.get("status") if name == "rollouts" else None)
    return why.confidence if why else 1.0


Rule = tuple[frozenset[FieldName], str, Callable[[Classification], bool]]


def _rule(names: tuple[FieldName, ...], words: str, broken: Callable[[Classification], bool]) -> Rule:
    return frozenset(names), words, broken


def _fallen(c: Classification) -> bool:
    return c.status not in {"scheduled", "no_schedule"}


_RULES: tuple[Rule, ...] = (
    _rule(
        ("status", "rollouts"), "a plan that has fallen, or has no schedule, has no rollouts",
        lambda c: c.status != "scheduled" and bool(c.windows),
    ),
    _rule(
        ("status", "rollouts"), "a plan that is scheduled has rollouts",
        lambda c: c.status == "scheduled" and not c.windows,
    ),
    _rule(
        ("status", "act_by", "default", "action", "admin_impact", "user_impact"),
        "of a plan that has fallen nothing arrives, and nothing is asked",
        lambda c: _fallen(c) and (c.default != "n/a" or c.action != "none" or c.act_by is not None
                                  or c.admin_impact != "low" or c.user_impact != "low"),
    ),
    _rule(
        ("status", "crb"), "only what is scheduled is for the board",
        lambda c: c.crb and c.status != "scheduled",
    ),
    _rule(
        ("status",), "what is superseded names the post in its place",
        lambda c: (c.status == "superseded") != bool(c.superseded_by),
    ),
    _rule(
        ("kind", "default"), "what is retired is removed, and nothing else is",
        lambda c: not _fallen(c) and (c.kind == "retirement") != (c.default == "removed"),
    ),
    _rule(
        ("action", "admin_impact"), "where an admin must act the impact on admins is high, and nowhere else",
        lambda c: (c.action == "required") != (c.admin_impact == "high"),
    ),
    _rule(
        ("action", "admin_impact"), "where an admin has a choice the impact on admins is medium",
        lambda c: c.action == "optional" and c.admin_impact == "low",
    ),
    _rule(
        ("action", "admin_impact", "user_impact"), "where nothing is asked the impact on admins is low",
        lambda c: c.action == "none" and c.admin_impact != "low" and c.user_impact != "high",
    ),
    _rule(
        ("admin_impact", "user_impact"), "what users feel much, admins feel as well",
        lambda c: c.user_impact == "high" and c.admin_impact == "low",
    ),
    _rule(
        ("kind", "action", "user_impact", "crb"),
        "a retirement that asks for action or that users notice is for the board",
        lambda c: not c.crb and c.status == "scheduled" and c.kind == "retirement"
        and (c.action == "required" or c.user_impact != "low"),
    ),
    _rule(
        ("kind", "crb"), "what only informs is not for the board",
        lambda c: c.crb and c.kind == "info",
    ),
    _rule(
        ("act_by", "action"), "a day to act by goes with something to do",
        lambda c: c.act_by is not None and c.action == "none",
    ),
    _rule(
        ("rollouts",), "a rollout ends no earlier than it begins",
        lambda c: any(w.start and w.end and w.end.last < w.start.first for w in c.windows),
    ),
    _rule(
        ("rollouts",), "a rollout is for clouds",
        lambda c: any(not w.clouds or not set(w.clouds) <= set(get_args(Cloud)) for w in c.windows),
    ),
)  # fmt: skip


def contradictions(read: Classification) -> Iterator[tuple[frozenset[FieldName], str]]:
    """The definitions of fields (docs/classification.md) that values break together, each with why."""
    return ((names, words) for names, words, broken in _RULES if broken(read))
