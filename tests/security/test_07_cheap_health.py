"""Health costs little when strangers ask: keys and a few properties are read, and the answer is kept."""

import asyncio
import json
from types import SimpleNamespace

import azure.functions as func
import pytest

from functions.pages import health as module
from shared import app, settings
from shared.record import parked
from tests.usecases.world import World, post

health = module.health.build().get_user_function() if hasattr(module.health, "build") else module.health
REQUEST = func.HttpRequest(method="GET", url="https://t.example/api/health", headers={}, params={}, body=b"")


@pytest.fixture
async def world(monkeypatch):
    world = World()
    await world.arrive(post())
    ours = SimpleNamespace(settings=settings.Settings("t", ""), deps=world.deps)
    monkeypatch.setattr(app, "current", lambda: ours)
    monkeypatch.setattr(module, "_KEPT", module._Kept())
    world.tables.calls = 0
    return world


async def test_strangers_who_ask_a_hundred_times_cost_as_much_as_one(world):
    answers = await asyncio.gather(*(health(REQUEST) for _ in range(100)))

    assert len({answer.get_body() for answer in answers}) == 1
    assert set(json.loads(answers[0].get_body())) == {"status"}
    assert world.tables.calls <= 6


async def test_the_answer_is_kept_for_half_a_minute_and_not_longer(world, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0] + 1_000)
    await health(REQUEST)
    once = world.tables.calls

    now[0] = 29.0
    await health(REQUEST)
    assert world.tables.calls == once
    now[0] = 31.0
    await health(REQUEST)
    assert world.tables.calls == 2 * once


async def test_what_is_parked_is_counted_by_its_keys(world):
    asked = []
    scan, read_keys = world.tables.scan, world.tables.read_keys

    def scanned(table, *args, only=None, **named):
        asked.append((table, only))
        return scan(table, *args, only=only, **named)

    async def keys_read(table, which, *args, **named):
        asked.append((table, which))
        return await read_keys(table, which, *args, **named)

    world.tables.scan, world.tables.read_keys = scanned, keys_read
    await health(REQUEST)

    assert (parked.TABLE, "RowKey") in asked
    assert [only for table, only in asked if table == "tenants"] == [
        ("fetched", "failure", "failures", "not_before", "posts")
    ]
