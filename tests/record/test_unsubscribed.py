"""Who wants no more mails of a channel, as rows."""

import pytest

from shared.core.errors import ConflictError
from shared.record.deliveries import Target, Waiting, insert_waiting, waiting_for
from shared.record.unsubscribed import Choice, choice_of, without_stopped, write_choice
from tests.fakes import NOW, FakeTables

ANA, BEN = "ana@contoso.example", "ben@contoso.example"


def a_choice(address=ANA, channel="crb", stopped=True, etag=""):
    return Choice(channel, address, stopped, "0f8e", NOW, etag)


async def test_a_choice_is_read_as_it_was_written_whatever_the_case_of_the_address():
    tables = FakeTables()
    await write_choice(tables, a_choice())

    read = await choice_of(tables, "crb", ANA.upper())

    assert (read.stopped, read.who, read.at) == (True, "0f8e", NOW)
    assert await choice_of(tables, "crb", BEN) is None
    assert await choice_of(tables, "other", ANA) is None


async def test_no_row_holds_an_address():
    tables = FakeTables()
    await write_choice(tables, a_choice())

    [((table, channel, key), (values, _))] = tables.rows.items()
    assert (table, channel) == ("deliveries", "crb")
    assert "ana" not in f"{key} {values}"


async def test_who_has_stopped_is_left_out_at_one_call_and_in_the_given_order():
    tables = FakeTables()
    await write_choice(tables, a_choice("BEN@contoso.example"))
    await write_choice(tables, a_choice(ANA, "other"))
    tables.calls = 0

    assert await without_stopped(tables, "crb", ["cem@contoso.example", BEN, ANA]) == ["cem@contoso.example", ANA]
    assert tables.calls == 1


async def test_of_two_who_write_at_once_the_second_is_refused():
    tables = FakeTables()
    await write_choice(tables, a_choice())
    with pytest.raises(ConflictError):
        await write_choice(tables, a_choice())
    before = await choice_of(tables, "crb", ANA)
    await write_choice(tables, a_choice(stopped=False, etag=before.etag))

    with pytest.raises(ConflictError):
        await write_choice(tables, a_choice(etag=before.etag))

    assert await without_stopped(tables, "crb", [ANA]) == [ANA]


async def test_what_waits_for_the_channel_and_who_has_stopped_stand_apart():
    tables = FakeTables()
    entry = Waiting(Target("card", "crb"), "MC1200001", "card|crb|1", NOW)
    await insert_waiting(tables, entry)
    await write_choice(tables, a_choice())

    assert [each for each, _ in await waiting_for(tables, entry.target)] == [entry]
    assert await without_stopped(tables, "crb", [BEN]) == [BEN]
