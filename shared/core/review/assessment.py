"""Settling fields of a change: what a person's word makes of the assessment, and what no longer fits it (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.core.changes.change import Change
from shared.core.changes.settled import FieldValue, SettledField, Standing, as_label, is_same, value_of
from shared.core.classify.derived import admin_impact, default_of
from shared.core.errors import PermanentError
from shared.core.posts.classification import FIELD_NAMES, Classification, FieldName
from shared.core.posts.privacy import is_private
from shared.core.review.act import Act
from shared.core.terms import IMPACT_RANK
from shared.core.words.plan import UNDATED


@dataclass(frozen=True, slots=True)
class Release:
    """In place of a value: the field is left to the reader again."""


RELEASE = Release()
Wanted = Mapping[FieldName, FieldValue | Release]


@dataclass(frozen=True, slots=True)
class FieldAct:
    """What one person's word does to one field. `before`, `after`: as it stands settled; None where it does not.

    `old`, `new`: the value that counts.
    """

    name: FieldName
    before: SettledField | None
    after: SettledField | None
    old: FieldValue
    new: FieldValue

    @property
    def changes(self) -> bool:
        return self.before is not self.after


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field as it is shown: what counts, what the reader reads, and who settled it where somebody did."""

    name: FieldName
    value: FieldValue
    reading: FieldValue
    settled: SettledField | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """A field that does not fit the others by its definition (docs/classification.md). `because`: of which values."""

    name: FieldName
    value: FieldValue
    fitting: FieldValue
    because: str


def assess(change: Change, wanted: Wanted, by: str, at: datetime) -> tuple[Change, tuple[FieldAct, ...]]:
    """The change under what a person says about its fields, and what became of each.

    The same value again, by whoever, changes nothing; unless it was settled for an earlier edition, or fell. `seq`
    grows where anything changed. PermanentError while nothing has been read of the change.
    """
    edition = next((each.id for each in reversed(change.editions) if each.facts), "")
    if not edition:
        raise PermanentError(f"{change.id} has not been read yet; wait a minute, and settle it then")
    before, settled = change.assessment.settled, dict(change.assessment.settled)
    for name, value in wanted.items():
        if isinstance(value, Release):
            settled.pop(name, None)
        elif not _stands(change, name, value):
            settled[name] = SettledField(value, by, at, edition, value_of(change.own_reading, name))
    differs = any(before.get(name) is not settled.get(name) for name in wanted)
    seq = change.assessment.seq + 1
    first_at = change.assessment.first_at or at
    assessment = (
        replace(change.assessment, seq=seq, settled=settled, settled_seq=seq, first_at=first_at)
        if differs
        else change.assessment
    )
    after = replace(change, assessment=assessment)
    old, new = change.classification, after.classification
    return after, tuple(
        FieldAct(name, before.get(name), settled.get(name), value_of(old, name), value_of(new, name)) for name in wanted
    )


def _stands(change: Change, name: FieldName, value: FieldValue) -> bool:
    settled = change.assessment.settled.get(name)
    return settled is not None and is_same(settled.value, value) and change.standing(name) == "holds"


def may_decide_otherwise(before: Change, after: Change) -> bool:
    """Whether anything that routes, tickets and cards look at differs; not only who says so."""
    old, new = (replace(change.classification, crb_why="").to_label() for change in (before, after))
    return old != new


def act_of(change: Change, acts: Iterable[FieldAct], who: str, at: datetime, through: str) -> Act:
    """The act as it is kept; `change` is the one after it."""
    fields = tuple(
        (act.name, as_label(act.name, act.old), as_label(act.name, act.new), act.after is None)
        for act in acts
        if act.changes
    )
    return Act(change.assessment.seq, at, who, through, fields)


def field_views(change: Change) -> tuple[FieldView, ...]:
    """Every field that can be settled, as it stands."""
    reading, counts = change.reading, change.classification
    return tuple(
        FieldView(
            name,
            value_of(counts, name),
            value_of(reading, name),
            change.assessment.settled.get(name),
            change.standing(name),
        )
        for name in FIELD_NAMES
    )


def labels(change: Change) -> list[dict[str, Any]]:
    """The settled fields as label lines: one for each edition and person; none of a post on data privacy."""
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    if is_private(change.read()):
        return []
    for name in FIELD_NAMES:
        if settled := change.assessment.settled.get(name):
            line = lines.setdefault((settled.edition, settled.by), {"id": change.id})
            line[name] = as_label(name, settled.value)
    return [{**line, "edition": edition, "by": by} for (edition, by), line in sorted(lines.items())]


def unfit(classification: Classification, names: Sequence[FieldName] = FIELD_NAMES) -> tuple[Unfit, ...]:
    """The fields that do not fit by their definitions. `names`: only where one of these has a part in it.

    A settled value changes its own field alone, so that a person's word is never put into more fields than they named.
    """
    c = classification
    rules: list[tuple[FieldName, FieldValue, str, tuple[FieldName, ...]]] = []
    if c.status in UNDATED:
        fallen: dict[FieldName, FieldValue] = {
            "default": "n/a", "admin_impact": "low", "user_impact": "low", "action": "none", "act_by": None,
            "crb": False, "training": False,
        }  # fmt: skip
        rules += [(name, value, f"status={c.status}", ("status",)) for name, value in fallen.items()]
    else:
        rules.append(
            (
                "admin_impact", admin_impact(c.action, c.user_impact),
                f"action={c.action} and user_impact={c.user_impact}", ("action", "user_impact"),
            )
        )  # fmt: skip
        rules.append(("default", default_of(c.kind, c.default), f"kind={c.kind}", ("kind",)))
        told = c.status == "scheduled" and IMPACT_RANK[c.user_impact] > 0
        rules.append(
            ("training", told, f"status={c.status} and user_impact={c.user_impact}", ("status", "user_impact"))
        )
        if c.crb and c.status == "no_schedule":
            rules.append(("crb", False, "status=no_schedule", ("status",)))
    return tuple(
        Unfit(name, value_of(c, name), fitting, because)
        for name, fitting, because, sources in rules
        if not is_same(value_of(c, name), fitting) and {name, *sources} & set(names)
    )
