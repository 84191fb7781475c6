"""Channels, what waits for their digests, and digests, as rows beside those of targets that are down."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.cards.delivery import ChannelState, Slot
from shared.core.errors import ConflictError
from shared.core.ports.storage import Row, Write
from shared.record import deliveries, digests
from shared.record.deliveries import Target, Waiting
from shared.record.digests import Digest, KeptCard, channel_row, digest_row, kept_row
from tests.fakes import NOW, FakeTables

NEW = ChannelState("mail", NOW)
WHOLE = ChannelState("mail", NOW, NOW + timedelta(seconds=1), "2026-09-01", 7, NOW, NOW + timedelta(hours=1))
AT = Slot("2026-09-02T0800", NOW)
CARD = KeptCard("mail", AT, "MC1200001", "card|mail|20260830100000-0123456789ab", "policy", NOW)
DIGEST = Digest("mail", (("MC1200001", "card|mail|1"), ("MC1200002", "card|mail|2")), NOW, NOW + timedelta(minutes=2))


@pytest.mark.parametrize("state", [NEW, WHOLE], ids=["new", "every field"])
def test_a_channel_is_read_as_it_was_written(state):
    assert digests.read_channel(channel_row(state)) == state


@pytest.mark.parametrize("digest", [DIGEST, replace(DIGEST, done=True)])
def test_a_digest_is_read_as_it_was_written(digest):
    assert digests.read_digest(digest_row(digest)) == digest


@pytest.mark.parametrize(
    ("card", "key"),
    [
        (CARD, "w|2026-09-02T0800|0001200001|20260830100000-0123456789ab"),
        (replace(CARD, effect="card|mail|act-2@2026-10-01"), "w|2026-09-02T0800|0001200001|act-2@2026-10-01"),
        (replace(CARD, effect="card|desk|1", why="fallback"), "w|2026-09-02T0800|0001200001|desk|1"),
    ],
)
def test_a_pointer_stands_under_its_slot_and_is_read_as_it_was_written(card, key):
    row = kept_row(card)

    assert (row.partition, row.key) == ("mail", key)
    assert digests.read_kept(row) == card


async def test_digests_and_outages_do_not_see_each_others_rows():
    tables = FakeTables()
    await digests.write_channel(tables, NEW)
    await digests.insert_kept(tables, CARD)
    await digests.write_digest(tables, DIGEST)
    await deliveries.insert_waiting(tables, Waiting(Target("card", "mail"), "MC1200001", "card|mail|1", NOW))
    await tables.commit("deliveries", [Write("insert", Row("-", "later", {"kind": "of a later version"}))])

    digest, kept = await digests.waiting_in(tables, "mail")

    assert [each.card for each in kept] == [CARD]
    assert digest.digest == DIGEST
    assert list(await digests.channels(tables)) == ["mail"]
    assert len(await deliveries.waiting_for(tables, Target("card", "mail"))) == 1
    assert await deliveries.outages(tables) == []


async def test_the_second_to_write_a_channel_or_to_begin_a_digest_is_refused():
    tables = FakeTables()
    record = await digests.write_channel(tables, NEW)
    await digests.write_channel(tables, WHOLE, record)
    with pytest.raises(ConflictError):
        await digests.write_channel(tables, WHOLE, record)
    await digests.write_digest(tables, DIGEST)

    with pytest.raises(ConflictError):
        await digests.write_digest(tables, DIGEST)


async def test_what_a_later_version_wrote_on_a_channel_stays():
    tables = FakeTables()
    record = await digests.write_channel(tables, NEW)
    row = await tables.get("deliveries", "-", "mail")
    await tables.commit("deliveries", [Write("merge", replace(row, values={"opened": 3}))])
    record = await digests.channel_of(tables, "mail")

    await digests.write_channel(tables, WHOLE, record)

    assert (await tables.get("deliveries", "-", "mail")).values["opened"] == 3
