"""Outages and what waits for them, as rows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.errors import ConflictError
from shared.record import deliveries
from shared.record.deliveries import Outage, Target, Waiting, outage_row, read_outage, read_waiting, waiting_row
from tests.fakes import NOW, FakeTables

CARD, TICKET = Target("card", "crb"), Target("ticket", "crb")
OUTAGE = Outage(CARD, NOW, "answered 404", "Copy the address.", "abc", NOW + timedelta(minutes=15))
WHOLE = replace(OUTAGE, target=TICKET, tries=3, notified=True, notifying=NOW, probing=NOW, back=True)


@pytest.mark.parametrize("outage", [OUTAGE, WHOLE], ids=["new", "every field"])
def test_an_outage_is_read_as_it_was_written(outage):
    assert read_outage(outage_row(outage)) == outage


@pytest.mark.parametrize(
    ("target", "effect", "place"),
    [
        (CARD, "card|crb|20260830100000-0123456789ab", ("crb", "w|down|0001200001|20260830100000-0123456789ab")),
        (TICKET, "ticket|crb", ("ticket|crb", "w|down|0001200001|ticket")),
    ],
)
def test_a_pointer_stands_under_its_target_and_is_read_as_it_was_written(target, effect, place):
    entry = Waiting(target, "MC1200001", effect, NOW)

    row = waiting_row(entry)

    assert (row.partition, row.key) == place
    assert read_waiting(row) == entry


async def test_a_channel_and_a_ticket_system_of_one_name_are_apart():
    tables = FakeTables()
    await deliveries.write_outage(tables, OUTAGE)
    await deliveries.write_outage(tables, WHOLE)
    await deliveries.insert_waiting(tables, Waiting(CARD, "MC1200001", "card|crb|1", NOW))

    assert {outage.target for outage, _ in await deliveries.outages(tables)} == {CARD, TICKET}
    assert len(await deliveries.waiting_for(tables, CARD)) == 1
    assert await deliveries.waiting_for(tables, TICKET) == []


async def test_the_second_to_write_an_outage_is_refused():
    tables = FakeTables()
    record = await deliveries.write_outage(tables, OUTAGE)
    with pytest.raises(ConflictError):
        await deliveries.write_outage(tables, OUTAGE)
    await deliveries.write_outage(tables, replace(OUTAGE, tries=1), record)

    with pytest.raises(ConflictError):
        await deliveries.write_outage(tables, replace(OUTAGE, tries=2), record)
    assert not await deliveries.end_outage(tables, record)


async def test_what_waits_comes_oldest_first_and_is_forgotten_though_some_is_gone_already():
    tables = FakeTables()
    for number, minutes in ((1, 5), (2, 1), (3, 3)):
        entry = Waiting(TICKET, f"MC120000{number}", "ticket|crb", NOW + timedelta(minutes=minutes))
        assert await deliveries.insert_waiting(tables, entry)
        assert not await deliveries.insert_waiting(tables, entry)
    there = await deliveries.waiting_for(tables, TICKET)
    assert [entry.change_id[-1] for entry, _ in there] == ["2", "3", "1"]
    await deliveries.delete_waiting(tables, [there[1][1]])

    await deliveries.delete_waiting(tables, [row for _, row in there])

    assert await deliveries.waiting_for(tables, TICKET) == []
