"""`foresignal planner`: what would be written into tasks is listed; the timer is told to write the older ones."""

import asyncio
import json
from datetime import timedelta

from shared.record.planner import WriteRun, put_write_run, write_run
from tests.cli.test_cli import NOW, _app, _put_policy, run, state

__all__ = ["state"]
POLICY = b"""
tenants: {home: {plan: p1}}
teams: {messaging: {owner: ana@example.com}}
planner: {mode: live}
routes: {team: messaging}
"""


def test_where_nothing_is_known_there_is_nothing_to_write(state):
    asyncio.run(_put_policy(state, POLICY))
    listed = run("planner", "--state", state)
    assert listed.exit_code == 0, listed.output
    assert listed.stdout == "nothing to write\n"
    assert json.loads(run("planner", "--all", "--json", "--state", state).stdout) == []


def test_the_older_ones_are_written_only_once_it_is_switched_on(state):
    async def switched_on():
        ours = _app(state)
        await put_write_run(ours.deps.storage.tables, WriteRun("live", NOW, NOW))
        await ours.close()

    async def since():
        ours = _app(state)
        kept = await write_run(ours.deps.storage.tables)
        await ours.close()
        return kept.since

    asyncio.run(_put_policy(state, POLICY))
    refused = run("planner", "--all", "--write", "--state", state)
    assert refused.exit_code == 1
    assert "mode: live" in refused.output
    asyncio.run(switched_on())
    done = run("planner", "--all", "--write", "--state", state)
    assert done.exit_code == 0, done.output
    assert asyncio.run(since()) < NOW - timedelta(days=1000)


def test_write_goes_with_all(state):
    assert run("planner", "--write", "--state", state).exit_code == 2
