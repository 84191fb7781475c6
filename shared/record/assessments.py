"""What people decide about changes: rows `c|<id>|a` of table `changes`, one a change, and their acts, rows `n|`."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from shared.core import ids
from shared.core.changes.settled import (
    NOTHING_SETTLED,
    Asked,
    Assessment,
    Handover,
    PageWord,
    RolloutOutcome,
    SettledField,
    TeamWord,
    as_label,
    from_label,
)
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.posts.classification import FIELD_NAMES, FieldName
from shared.core.review.act import Act
from shared.core.times import stored_moment, when
from shared.record.audit import Entry, insert_entry
from shared.record.change_keys import TABLE, act_key, assessment_key, id_of, kind_of, note_key, span
from shared.record.packing import pack, unknown_columns, unpack

_LAST = 999_999


class AssessmentRecord(NamedTuple):
    """An assessment as it stands in storage, with the version of its row; None where nobody decided anything yet."""

    assessment: Assessment = NOTHING_SETTLED
    row: Row | None = None


def read_assessment(row: Row) -> AssessmentRecord:
    """The assessment in a row. Fields that only a later version can settle are not looked at."""
    settled, people = _packed("settled", row), _packed("people", row)
    fields = {name: _field_from_json(name, settled[name]) for name in FIELD_NAMES if name in settled}
    seq = int(str(row.values.get("seq", 0)))
    assessment = Assessment(
        seq,
        fields,
        int(str(row.values.get("settled_seq", seq))),
        {team: _word_from_json(word) for team, word in people.get("teams", {}).items()},
        {
            team: Handover(each["to"], each["by"], stored_moment(each["at"]))
            for team, each in people.get("moved", {}).items()
        },
        _page_from_json(people.get("page")),
        when(row.values.get("first_at")) or _earliest(fields, people),
        when(people.get("last_at")),
        tuple(
            Asked(date.fromisoformat(day), channel, team, who)
            for day, channel, team, who, *_ in people.get("asked", ())
        ),
        _outcome_from_json(people.get("outcome")),
    )
    return AssessmentRecord(assessment, row)


def _page_from_json(data: Mapping[str, Any] | None) -> PageWord | None:
    return PageWord(data["closed"], data["by"], stored_moment(data["at"])) if data else None


def _outcome_from_json(data: Mapping[str, Any] | None) -> RolloutOutcome | None:
    return RolloutOutcome(data["load"], data["lesson"], stored_moment(data["at"])) if data else None


def _earliest(fields: Mapping[FieldName, SettledField], people: Mapping[str, Any]) -> datetime | None:
    """When somebody spoke first, as far as a row of an earlier version says: later words stand over earlier ones."""
    words = [*people.get("teams", {}).values(), *people.get("moved", {}).values()]
    said = [when(word.get(key)) for word in words for key in ("owned_at", "at")]
    return min((at for at in (*said, *(each.at for each in fields.values())) if at), default=None)


def put_assessment(change_id: str, before: AssessmentRecord, assessment: Assessment) -> Write:
    """The assessment over the one that was read; what only a later version knows of it stays."""
    row = before.row
    old = _packed("settled", row) if row else {}
    unknown = {name: entry for name, entry in old.items() if name not in FIELD_NAMES}
    fields = {name: _field_to_json(name, settled, old) for name, settled in assessment.settled.items()}
    values: dict[str, Value] = {
        "seq": assessment.seq,
        "settled_seq": assessment.settled_seq,
        "first_at": assessment.first_at.isoformat() if assessment.first_at else "",
        **pack("settled", unknown | fields),
        **pack("people", _people_to_json(assessment, _packed("people", row) if row else {})),
    }
    values |= unknown_columns(row.values, values, "settled", "people") if row else {}
    key = assessment_key(change_id)
    return Write("replace" if row else "insert", Row(ids.partition(change_id), key, values, row.etag if row else ""))


def _packed(name: str, row: Row) -> Mapping[str, Any]:
    """What is packed under a name, as JSON; nothing where another version holds other decisions alone."""
    data: Mapping[str, Any] = unpack(name, row.values) if f"{name}0" in row.values else {}
    return data


def _people_to_json(assessment: Assessment, old: Mapping[str, Any]) -> dict[str, Any]:
    """What teams said; what only a later version knows of one of them stays."""
    before = old.get("teams", {})
    teams = {team: {**before.get(team, {}), **_word_to_json(word)} for team, word in assessment.teams.items()}
    moved = {team: {"to": each.to, "by": each.by, "at": each.at.isoformat()} for team, each in assessment.moved.items()}
    page = assessment.page
    word = {"page": {"closed": page.closed, "by": page.by, "at": page.at.isoformat()}} if page else {}
    last = {"last_at": assessment.last_at.isoformat()} if assessment.last_at else {}
    asked = [[each.day.isoformat(), each.channel, each.team, each.who] for each in assessment.asked]
    notes = {**last, **({"asked": asked} if asked or "asked" in old else {})}
    said = assessment.outcome
    outcome = {"outcome": {"load": said.load, "lesson": said.lesson, "at": said.at.isoformat()}} if said else {}
    return {**old, "teams": teams, "moved": moved, **word, **notes, **outcome}


def _word_to_json(word: TeamWord) -> dict[str, Any]:
    return {
        "owner": word.owner,
        "owned_at": word.owned_at.isoformat() if word.owned_at else "",
        "disposition": word.disposition,
        "by": word.by,
        "at": word.at.isoformat() if word.at else "",
    }


def _word_from_json(data: Mapping[str, Any]) -> TeamWord:
    return TeamWord(
        data.get("owner", ""), when(data.get("owned_at")), data.get("disposition", ""), data.get("by", ""),
        when(data.get("at")),
    )  # fmt: skip


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
    """The act as a new row: under its `seq` where it decides, else under its place, what and who."""
    values: dict[str, Value] = {
        "at": act.at,
        "who": act.who,
        "through": act.through,
        "fields": json.dumps(act.fields, ensure_ascii=False),
        "what": act.what,
        "team": act.team,
        "old": act.old,
        "new": act.new,
        "words": act.words,
        "place": act.place,
        **({"broke": act.broke} if act.broke else {}),
    }
    return Write("insert", Row(ids.partition(change_id), key_of(change_id, act), values))


def key_of(change_id: str, act: Act) -> str:
    if act.seq:
        return act_key(change_id, act.seq)
    about = act.new if act.what in {"remind", "proposal"} else ""
    return note_key(change_id, act.place, f"{act.what}@{about.partition('=')[0]}" if about else act.what, act.who)


def read_act(row: Row) -> Act:
    v: Mapping[str, Any] = row.values
    fields = tuple((name, old, new, released) for name, old, new, released, *_ in json.loads(v.get("fields", "[]")))
    seq = int(row.key.rsplit("|", 1)[1]) if kind_of(row.key) == "act" else 0
    texts = [str(v.get(name, "")) for name in ("team", "old", "new", "words", "place", "broke")]
    what = str(v.get("what", "settle"))
    return Act(seq, stored_moment(v["at"]), v.get("who", ""), v.get("through", ""), fields, what, *texts)


def audit_of(change_id: str, act: Act) -> Entry:
    """The copy of an act that the audit keeps."""
    details = {
        name: value
        for name in ("fields", "team", "old", "new", "words", "place", "broke")
        if (value := getattr(act, name))
    }
    mark = f"{act.seq:06d}" if act.seq else key_of(change_id, act).split("|", 2)[2]
    topic = "feedback" if act.what == "unclear" else ""
    return Entry(act.at, change_id, act.what, act.who, act.through, mark, details, topic)


def since(change_id: str, seq: int) -> tuple[str, str]:
    """The range of keys of the acts behind `seq`: what a guard looks after, whatever number the act gets."""
    return act_key(change_id, seq + 1), act_key(change_id, _LAST)


def alone(key: str) -> tuple[str, str]:
    """The range of one key."""
    return key, f"{key}!"


async def copy_acts(tables: Tables, low: str, high: str) -> None:
    """Insert the audit's copies of these acts where they are missing: one read, and one call for each act."""
    for row in await tables.range(TABLE, ids.partition(id_of(low)), low, high):
        if kind_of(row.key) in {"act", "note"}:
            await insert_entry(tables, audit_of(id_of(row.key), read_act(row)))


async def act_at(tables: Tables, change_id: str, key: str) -> Act | None:
    row = await tables.get(TABLE, ids.partition(change_id), key)
    return read_act(row) if row else None


async def acts_of(tables: Tables, change_id: str) -> list[Act]:
    """What people decided and said about a change, oldest first: one range query."""
    rows = await tables.range(TABLE, ids.partition(change_id), *span("n", [change_id]))
    return sorted(
        (read_act(row) for row in rows if kind_of(row.key) in {"act", "note"}), key=lambda act: (act.at, act.seq)
    )
