"""Worlds over real Table storage, each in tables of its own."""

import uuid
from collections import Counter

import pytest

from shared.adapters.storage.tables import AzureTables
from shared.core.names import TABLES
from shared.core.ports.storage import Write
from tests.usecases.world import PrefixedTables, World


@pytest.fixture(params=["fake", "azurite"])
async def world(request):
    """The same world over the fake tables and over real ones."""
    if request.param == "fake":
        yield World()
        return
    calls = Counter()
    real = AzureTables.connect(calls, connection=request.getfixturevalue("storage"))
    tables = PrefixedTables(real, "w" + uuid.uuid4().hex[:12])
    await real.create([tables.name(name) for name in TABLES])
    world = World(tables=tables)
    await tables.commit("deliveries", [Write("insert", row) for row in world.known_channels()])
    yield world
    await real.close()
