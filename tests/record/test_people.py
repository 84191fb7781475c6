"""Names of people stand in one table, so that forgetting somebody is deleting one row."""

from shared.record.people import KnownPerson, keep_person, people_of
from tests.fakes import FakeTables

ANA = KnownPerson("0f8e-1", "Ana Torres", "ana@contoso.example")
BEN = KnownPerson("7c/#2", "Ben Ito", "")


async def test_people_are_found_by_their_ids():
    tables = FakeTables()
    await keep_person(tables, ANA)
    await keep_person(tables, BEN)

    assert await people_of(tables, [ANA.id, BEN.id, "gone"]) == {ANA.id: ANA, BEN.id: BEN}
    assert await people_of(tables, ["gone"]) == {}
    assert await people_of(tables, []) == {}


async def test_somebody_who_stands_there_costs_two_calls_and_is_written_only_where_they_differ():
    tables = FakeTables()
    await keep_person(tables, ANA)
    before, calls = dict(tables.rows), tables.calls

    await keep_person(tables, ANA)
    assert (tables.rows, tables.calls - calls) == (before, 2)

    married = KnownPerson(ANA.id, "Ana Silva", ANA.address)
    await keep_person(tables, married)
    assert await people_of(tables, [ANA.id]) == {ANA.id: married}
