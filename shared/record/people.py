"""People who acted (table `people`): name and address by object id. Nowhere else does a name of theirs stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from shared.core.ports.storage import Row, Tables, Value, Write
from shared.record.packing import END
from shared.record.redo import write_or_skip

TABLE = "people"
_DEPLOYMENT = "-"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody as they stood at their last sign-in before an act."""

    id: str
    name: str
    address: str


def person_row(person: KnownPerson, etag: str = "") -> Row:
    values: dict[str, Value] = {"name": person.name, "address": person.address}
    return Row(_DEPLOYMENT, quote(person.id, safe="-"), values, etag)


def read_person(row: Row) -> KnownPerson:
    return KnownPerson(unquote(row.key), str(row.values["name"]), str(row.values["address"]))


async def keep_person(tables: Tables, person: KnownPerson, *, known: bool = False) -> None:
    """Remember who somebody is: one call for somebody new, two where they stand already, three where they differ.

    Of two at once one is written; both say the same of the same sign-in. `known`: they stand there for certain.
    """
    if not known and await write_or_skip(tables, TABLE, Write("insert", person_row(person))):
        return
    row = await tables.get(TABLE, _DEPLOYMENT, quote(person.id, safe="-"))
    if row and read_person(row) != person:
        await write_or_skip(tables, TABLE, Write("replace", person_row(person, row.etag)))


async def erase_person(tables: Tables, person_id: str) -> bool:
    """Forget who somebody is; False where nobody knows them. Whoever acts again is known again: two calls."""
    row = await tables.get(TABLE, _DEPLOYMENT, quote(person_id, safe="-"))
    return row is not None and await write_or_skip(tables, TABLE, Write("delete", row))


async def people_of(tables: Tables, ids: Iterable[str]) -> Mapping[str, KnownPerson]:
    """Those of these people who are known, by id: one range query."""
    keys = sorted({quote(id_, safe="-") for id_ in ids})
    if not keys:
        return {}
    rows = await tables.range(TABLE, _DEPLOYMENT, keys[0], keys[-1] + "!")
    wanted = set(keys)
    people = [read_person(row) for row in rows if row.key in wanted]
    return {person.id: person for person in people}


async def everybody(tables: Tables) -> list[KnownPerson]:
    """Everybody who has acted: one range query."""
    return [read_person(row) for row in await tables.range(TABLE, _DEPLOYMENT, "", END)]
