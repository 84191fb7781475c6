"""`foresignal reread` lists what this version reads otherwise, and writes nothing."""

import asyncio
import json

import pytest

from shared.core.ports.storage import Write
from tests.cli.test_cli import _app, run, state
from tests.record.saved_state import READ_OTHERWISE, saved_rows

__all__ = ["state"]


@pytest.fixture
def changes(state):
    """The changes of an earlier version in the state; their number."""

    async def furnish():
        ours = _app(state)
        rows = [row for table, row in saved_rows(READ_OTHERWISE[0]) if table == "changes" and row.key.startswith("c|")]
        for row in rows:
            await ours.tables.commit("changes", [Write("insert", row)])
        await ours.close()
        return sum("|x|" not in row.key for row in rows)

    return asyncio.run(furnish())


def test_what_an_earlier_version_read_is_counted_and_what_differs_is_listed(state, changes):
    result = run("reread", "--state", state)
    listed = json.loads(run("reread", "--state", state, "--json").stdout)

    assert result.exit_code == 0
    assert f"{changes} changes stand as an earlier version read them; {len(listed)} of them" in result.stdout
    assert all(entry["differences"] for entry in listed)
    assert all(entry["change"] in result.stdout for entry in listed)


def test_where_nothing_was_read_before_it_says_so(state):
    assert run("reread", "--state", state).stdout.startswith("0 changes stand as")
