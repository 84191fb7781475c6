"""Effects of a change: rows `c|<id>|x|<effect>` of table `changes`, and the only four ways to write a part of one.

A row has four groups of columns, which different parts of the system write: intent, claim, outcome, and what was seen.
`turn` counts the writes of a row, so that of two who tell what stands there the later one is known.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from shared.core import ids
from shared.core.changes.change import Claim, EffectState, Place, TicketState
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_day, when
from shared.record import codec
from shared.record.change_keys import TABLE, effect_key, id_of, kind_of
from shared.record.redo import write_or_skip

_WAY = ("kept", "stopped", "held")  # of a card: where it waits, why it is not sent any more, that a limit held it back
_INTENT = ("effect", "due", "pending", "parked", "first_load", *_WAY)
_CLAIM = ("claim_owner", "claim_until")
_SEEN = (
    "number", "url", "state", "remote_state", "decision", "decided_by", "decided_at", "moved_at", "not_taken",
    "risk", "planned_start", "planned_end", "done_at",
)  # fmt: skip
_OUTCOME = (
    "done", "due", "pending", *_WAY, *_CLAIM, "opened_at", "applied", "followed_by", "adopted_from", "key",
    "written", "tasks", *_SEEN,
)  # fmt: skip


class EffectRecord(NamedTuple):
    """An effect as it stands in storage, with the version of its row."""

    state: EffectState
    row: Row


def effect_row(change_id: str, state: EffectState, etag: str = "") -> Row:
    ticket = state.ticket
    values: dict[str, Value] = {
        "effect": json.dumps(codec.effect_to_json(state.effect), ensure_ascii=False),
        "kind": state.effect.kind,
        "target": state.effect.target,
        "pending": "yes" if state.due and not state.parked else "",
        "due": _due_column(state),
        "claim_owner": state.claim.owner if state.claim else "",
        "claim_until": state.claim.until.isoformat() if state.claim else "",
        "done": state.done,
        "done_at": _iso(state.done_at),
        "opened_at": _iso(ticket.opened_at),
        "number": ticket.number,
        "url": ticket.url,
        "state": ticket.state,
        "applied": json.dumps(ticket.applied),
        "parked": state.parked[:1000],
        "followed_by": ticket.followed_by,
        "adopted_from": ticket.adopted_from,
        "key": ticket.key,
        "remote_state": ticket.remote_state,
        "decision": ticket.decision,
        "decided_by": ticket.decided_by,
        "decided_at": _iso(ticket.decided_at),
        "moved_at": _iso(ticket.moved_at),
        "risk": ticket.risk,
        "planned_start": _day(ticket.planned_start),
        "planned_end": _day(ticket.planned_end),
        "not_taken": json.dumps(ticket.not_taken, ensure_ascii=False),
        "written": json.dumps(dict(ticket.written)),
        "tasks": json.dumps(ticket.tasks),
        "first_load": state.first_load,
        "kept": f"{state.place.channel}|{state.place.slot}" if state.place else "",
        "stopped": state.stopped[:1000],
        "held": "yes" if state.held else "",
    }
    return Row(ids.partition(change_id), effect_key(change_id, state.effect.key), values, etag)


def read_effect(row: Row) -> EffectState:
    """The state in a row, also in one of an earlier version, which lacks the columns that came later."""
    v: Mapping[str, Any] = row.values
    due, _, because = v["due"].partition("+")
    claimed_until = when(v["claim_until"])
    return EffectState(
        effect=codec.effect_from_json(json.loads(v["effect"])),
        due=due,
        due_because=because,
        claim=Claim(v["claim_owner"], claimed_until) if v["claim_owner"] and claimed_until else None,
        done=v["done"],
        done_at=when(v["done_at"]),
        parked=v["parked"],
        ticket=TicketState(
            number=v["number"],
            url=v["url"],
            state=v["state"],
            remote_state=v.get("remote_state", ""),
            decision=v.get("decision", ""),
            decided_by=v.get("decided_by", ""),
            decided_at=when(v.get("decided_at")),
            opened_at=when(v["opened_at"]),
            applied=tuple(json.loads(v["applied"])),
            followed_by=v.get("followed_by", ""),
            adopted_from=v.get("adopted_from", ""),
            key=v.get("key", ""),
            not_taken=tuple(json.loads(v.get("not_taken") or "[]")),
            written=json.loads(v.get("written") or "{}"),
            tasks=tuple(json.loads(v.get("tasks") or "[]")),
            moved_at=when(v.get("moved_at")),
            risk=v.get("risk", ""),
            planned_start=stored_day(v.get("planned_start", "")),
            planned_end=stored_day(v.get("planned_end", "")),
        ),
        first_load=v.get("first_load", ""),
        place=_place(v.get("kept", "")),
        stopped=v.get("stopped", ""),
        held=v.get("held") == "yes",
    )


def _place(text: str) -> Place | None:
    channel, _, slot = text.partition("|")
    return Place(channel, slot) if slot else None


def _due_column(state: EffectState) -> str:
    """Both in one column, as earlier versions read it: `<edition>`, or `<edition>+<change>`."""
    return f"{state.due}+{state.due_because}" if state.due and state.due_because else state.due


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


class EffectColumns(NamedTuple):
    """What the columns of an effect's row say while its JSON stays closed: for counting."""

    kind: str
    number: str
    state: str
    done: str
    applied: tuple[str, ...]


def effect_columns(row: Row) -> EffectColumns:
    v: Mapping[str, Any] = row.values
    return EffectColumns(v["kind"], v["number"], v["state"], v["done"], tuple(json.loads(v["applied"])))


def knows_effect(effect: str) -> bool:
    """Whether effects of this key are of a kind that this version does; a later one may have others."""
    return kind_of(effect_key("MC1", effect)) == "effect"


async def effect_of(tables: Tables, change_id: str, effect: str) -> EffectRecord | None:
    """One effect of a change, by its key."""
    row = await tables.get(TABLE, ids.partition(change_id), effect_key(change_id, effect))
    return EffectRecord(read_effect(row), row) if row else None


async def insert_effects(tables: Tables, change_id: str, states: Sequence[EffectState]) -> bool:
    """Write new effects of one change; False where one of them is there."""
    return await write_or_skip(tables, TABLE, *(Write("insert", effect_row(change_id, state)) for state in states))


def write_intent(record: EffectRecord, state: EffectState) -> Write:
    """The write that raises what is due; claim and outcome stay as they are."""
    write = _write(record, state, _INTENT)
    effect = {**json.loads(str(record.row.values["effect"])), **codec.effect_to_json(state.effect)}
    values = {**write.row.values, "effect": json.dumps(effect, ensure_ascii=False)}  # with what only others know of it
    return Write(write.how, replace(write.row, values=values))


async def write_claim(tables: Tables, record: EffectRecord, state: EffectState) -> EffectRecord:
    """Who works on the effect, and until when. Raises ConflictError where the row has been written meanwhile."""
    return await _commit(tables, record, state, _CLAIM)


async def write_outcome(tables: Tables, record: EffectRecord, state: EffectState) -> EffectRecord:
    """What was done, with claim and `due` as that leaves them. ConflictError where the row was written meanwhile."""
    return await _commit(tables, record, state, _OUTCOME)


def outcome_write(record: EffectRecord, state: EffectState) -> Write:
    """The same as a part of a transaction: what became of a card that waited."""
    return _write(record, state, _OUTCOME)


def write_seen(record: EffectRecord, state: EffectState) -> Write:
    """What the ticket system says of the ticket."""
    return _write(record, state, _SEEN)


def turn_of(row: Row) -> int:
    """How often the row has been written since it was inserted, by versions that count it."""
    turn = row.values.get("turn", 0)
    return turn if isinstance(turn, int) else 0


def as_written(record: EffectRecord, state: EffectState, write: Write, etag: str = "") -> EffectRecord:
    """The effect as that write leaves it, in the version `etag`; in the former one where it is not committed yet."""
    row = record.row
    return EffectRecord(state, Row(row.partition, row.key, {**row.values, **write.row.values}, etag or row.etag))


async def _commit(tables: Tables, record: EffectRecord, state: EffectState, columns: Sequence[str]) -> EffectRecord:
    write = _write(record, state, columns)
    (etag,) = await tables.commit(TABLE, [write])
    return as_written(record, state, write, etag)


def _write(record: EffectRecord, state: EffectState, columns: Sequence[str]) -> Write:
    row = record.row
    values = effect_row(id_of(row.key), state).values
    written: dict[str, Value] = {"turn": turn_of(row) + 1, **{name: values[name] for name in columns}}
    return Write("merge", Row(row.partition, row.key, written, row.etag))
