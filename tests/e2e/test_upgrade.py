"""State of the version before, upgraded and rolled back: nothing is sent, nothing parked, every page is there."""

import asyncio
import json
import subprocess
from collections import Counter
from itertools import groupby

import pytest

from shared.adapters.storage.tables import AzureTables
from shared.core.names import TABLES
from shared.core.ports.storage import Write
from shared.record.redo import transactions
from tests.record.save_state import ROOT, checked_out, play
from tests.record.saved_state import FILES, saved_at, saved_rows

pytestmark = pytest.mark.timeout(900)
BEFORE = "73768b4"
"""The release before this one."""


async def put(connection, file):
    """The saved rows into an account, as they were."""
    tables = AzureTables.connect(Counter(), connection=connection)
    await tables.create(TABLES)
    for (table, _), rows in groupby(saved_rows(file), key=lambda each: (each[0], each[1].partition)):
        for writes in transactions([Write("insert", row)] for _, row in rows):
            await tables.commit(table, writes)
    await tables.close()


def assert_quiet(said):
    seen = json.loads(said)
    assert seen["after"] == seen["before"], "something was sent, filed or parked"
    assert seen["wrong"] == {}, "a page is not there"
    assert seen["pages"] > 30


@pytest.mark.parametrize("file", [file for file in FILES if "pages" in file.name], ids=lambda file: file.name)
async def test_state_of_an_earlier_version_is_upgraded_and_nobody_notices(file, storage_of_its_own):
    await put(storage_of_its_own, file)

    assert_quiet(await asyncio.to_thread(play, ROOT, storage_of_its_own, "look", saved_at(file).isoformat()))


async def test_the_release_before_reads_what_this_one_wrote(storage_of_its_own):
    try:
        with checked_out(BEFORE) as code:
            now = await asyncio.to_thread(play, ROOT, storage_of_its_own, "story")
            assert_quiet(await asyncio.to_thread(play, code, storage_of_its_own, "look", now))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"the release before, {BEFORE}, is not in this checkout's history: {error.stderr!r:.200}")
