"""Which change a ticket belongs to, by its number (table `numbers`): kept for systems that may call us."""

from collections.abc import Iterable
from urllib.parse import quote

from shared.core.changes.change import EffectState
from shared.core.policy.model import Policy
from shared.core.ports.storage import Row, Tables, Write
from shared.record.effects import effect_of
from shared.record.picked import every_row
from shared.record.redo import write_or_skip

TABLE = "numbers"
_HOPS = 8  # announcements that replaced each other, one after the other


async def remember(tables: Tables, system: str, number: str, change_id: str) -> None:
    """Written after the record; where we die before, `mend` writes it and `follow_tickets` asks meanwhile."""
    if not await write_or_skip(tables, TABLE, Write("insert", _row(system, number, change_id))):
        row = await tables.get(TABLE, system, _key(number))
        if row and row.values["change"] != change_id:  # the ticket of an announcement that this one replaces
            await write_or_skip(tables, TABLE, Write("replace", _row(system, number, change_id, row.etag)))


async def change_of(tables: Tables, system: str, number: str) -> str:
    """The change whose ticket this is now, as its own row says; empty where it is no ticket of ours."""
    row = await tables.get(TABLE, system, _key(number))
    change_id = str(row.values["change"]) if row else ""
    for _ in range(_HOPS):
        if not change_id:
            return ""
        record = await effect_of(tables, change_id, f"ticket|{system}")
        state = record.state if record else None
        if state is None or not state.ticket.followed_by:
            return change_id if state and state.ticket.number == number else ""
        change_id = state.ticket.followed_by
    return ""


class NumberIndex:
    """The table as it is, held against every ticket by `mend`."""

    def __init__(self, systems: frozenset[str], rows: dict[tuple[str, str], Row]) -> None:
        self._systems = systems
        self._held = rows

    @classmethod
    async def read(cls, tables: Tables, policy: Policy, states: Iterable[EffectState] | None = None) -> "NumberIndex":
        """One scan, where any system may call us; of the tickets among a few effects one for each dozen."""
        systems = frozenset(name for name, entry in policy.tickets.items() if entry.inbound)
        if not systems:
            return cls(systems, {})
        wanted = None if states is None else [_key(each.ticket.number) for each in states if each.ticket.number]
        rows_there = [row async for row in every_row(tables, TABLE, "RowKey", wanted)]
        return cls(systems, {(row.partition, row.key): row for row in rows_there})

    async def mend(self, tables: Tables, change_id: str, states: Iterable[EffectState]) -> int:
        """How many numbers of this change were missing or another's."""
        done = 0
        for state in states:
            system, number = state.effect.target, state.ticket.number
            if state.effect.kind != "ticket" or system not in self._systems or not number or state.ticket.followed_by:
                continue
            row = self._held.get((system, _key(number)))
            if row is None:
                done += await write_or_skip(tables, TABLE, Write("insert", _row(system, number, change_id)))
            elif row.values["change"] != change_id:
                done += await write_or_skip(tables, TABLE, Write("replace", _row(system, number, change_id, row.etag)))
        return done


def _key(number: str) -> str:
    return quote(number, safe="")


def _row(system: str, number: str, change_id: str, etag: str = "") -> Row:
    return Row(system, _key(number), {"change": change_id}, etag)
