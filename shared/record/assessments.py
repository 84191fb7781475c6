"""What people decide about changes: rows `c|<id>|a` of table `changes`, one a change, and their acts, rows `n|`."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.core import ids
from shared.core.changes.settled import NOTHING_SETTLED, Assessment, SettledField, as_label, from_label
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.posts.classification import FIELD_NAMES, FieldName
from shared.core.review.assessment import Act
from shared.core.times import stored_moment
from shared.record.audit import Entry, insert_entry
from shared.record.change_keys import TABLE, act_key, assessment_key, id_of, kind_of, span
from shared.record.packing import pack, unknown_columns, unpack

_LAST = 999_999


class AssessmentRecord(NamedTuple):
    """An assessment as it stands in storage, with the version of its row; None where nobody decided anything yet."""

    assessment: Assessment = NOTHING_SETTLED
    row: Row | None = None


def read_assessment(row: Row) -> AssessmentRecord:
    """The assessment in a row. Fields that only a later version can settle are not looked at."""
    settled = _settled_in(row)
    fields = {name: _field_from_json(name, settled[name]) for name in FIELD_NAMES if name in settled}
    return AssessmentRecord(Assessment(int(str(row.values.get("seq", 0))), fields), row)


def put_assessment(change_id: str, before: AssessmentRecord, assessment: Assessment) -> Write:
    """The assessment over the one that was read; what only a later version knows of it stays."""
    row = before.row
    old = _settled_in(row) if row else {}
    unknown = {name: entry for name, entry in old.items() if name not in FIELD_NAMES}
    fields = {name: _field_to_json(name, settled, old) for name, settled in assessment.settled.items()}
    values: dict[str, Value] = {"seq": assessment.seq, **pack("settled", unknown | fields)}
    values |= unknown_columns(row.values, values, "settled") if row else {}
    key = assessment_key(change_id)
    return Write("replace" if row else "insert", Row(ids.partition(change_id), key, values, row.etag if row else ""))


def _settled_in(row: Row) -> Mapping[str, Any]:
    """What is settled, as JSON; nothing where a later version holds other decisions alone."""
    settled: Mapping[str, Any] = unpack("settled", row.values) if "settled0" in row.values else {}
    return settled


def _field_to_json(name: FieldName, settled: SettledField, old: Mapping[str, Any]) -> dict[str, Any]:
    entry = {
        "value": as_label(name, settled.value),
        "by": settled.by,
        "at": settled.at.isoformat(),
        "edition": settled.edition,
        "reader": as_label(name, settled.reader),
    }
    before = old.get(name, {})
    return {**before, **entry} if before.get("at") == entry["at"] else entry


def _field_from_json(name: FieldName, entry: Mapping[str, Any]) -> SettledField:
    value, reader = from_label(name, entry["value"]), from_label(name, entry["reader"])
    return SettledField(value, entry["by"], stored_moment(entry["at"]), entry["edition"], reader)


def insert_act(change_id: str, act: Act) -> Write:
    values: dict[str, Value] = {
        "at": act.at,
        "who": act.who,
        "through": act.through,
        "fields": json.dumps(act.fields, ensure_ascii=False),
    }
    return Write("insert", Row(ids.partition(change_id), act_key(change_id, act.seq), values))


def read_act(row: Row) -> Act:
    v: Mapping[str, Any] = row.values
    fields = tuple((name, old, new, released) for name, old, new, released, *_ in json.loads(v.get("fields", "[]")))
    return Act(int(row.key.rsplit("|", 1)[1]), stored_moment(v["at"]), v.get("who", ""), v.get("through", ""), fields)


def audit_of(change_id: str, act: Act) -> Entry:
    """The copy of an act that the audit keeps."""
    details = {"fields": act.fields}
    return Entry(act.at, change_id, "settle", act.who, act.through, f"{act.seq:06d}", details)


def since(change_id: str, seq: int) -> tuple[str, str]:
    """The range of keys of the acts behind `seq`: what a guard looks after, whatever number the act gets."""
    return act_key(change_id, seq + 1), act_key(change_id, _LAST)


async def copy_acts(tables: Tables, low: str, high: str) -> None:
    """Insert the audit's copies of these acts where they are missing: one read, and one call for each act."""
    for row in await tables.range(TABLE, ids.partition(id_of(low)), low, high):
        if kind_of(row.key) == "act":
            await insert_entry(tables, audit_of(id_of(row.key), read_act(row)))


async def acts_of(tables: Tables, change_id: str) -> list[Act]:
    """What people decided about a change, oldest first: one range query."""
    rows = await tables.range(TABLE, ids.partition(change_id), *span("n", [change_id]))
    return [read_act(row) for row in rows if kind_of(row.key) == "act"]
