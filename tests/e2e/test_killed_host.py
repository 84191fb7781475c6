"""The functions' host killed with SIGKILL at ten random moments ends where an undisturbed run ends."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from sandbox import azurite
from shared import app
from shared.core.ports.storage import Row
from shared.settings import Settings
from tests.azurite import modules
from tests.e2e.running import ROOT

KILLS = 10
# A short lock and many tries, so that a message whose host was killed comes back soon and is never given up.
_RUN = """
import sys
from pathlib import Path
from datetime import date
from sandbox.options import Options
from sandbox.run import main
main(Options(state=Path(sys.argv[1]), last=date(2026, 9, 18), once=True, json=True,
             lock=5, claim=3.0, pace=0.02, max_dequeue=1000))
"""


def begin(state: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, str(state)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_again_and_again(process: subprocess.Popen[str], state: Path, seed: int) -> int:
    """SIGKILL whatever host runs, at random moments in the first seconds after it has come up."""
    chance, killed, known = random.Random(seed), 0, 0
    while process.poll() is None and killed < KILLS:
        time.sleep(0.02)
        pid = _host(state)
        if pid in {0, known}:
            continue
        time.sleep(chance.uniform(0.0, 1.8))
        if process.poll() is None:
            os.kill(pid, signal.SIGKILL)
            known, killed = pid, killed + 1
    return killed


def _host(state: Path) -> int:
    """The process id of the host that answers; 0 while none does."""
    try:
        port = json.loads((state / "sandbox.json").read_text())["ports"]["functions"]
        return int(httpx.get(f"http://127.0.0.1:{port}/_sandbox/status", timeout=60).json()["pid"])
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return 0


def _end(row: Row) -> str:
    """How an effect ended; empty where it has not."""
    return "done" if row.values["done"] else "stopped" if row.values.get("stopped") else ""


async def outcome(state: Path) -> dict[str, object]:
    """What storage holds in the end, without times: changes, effects, tickets, closings, what is open and parked."""
    running = azurite.start(state, modules=modules())
    built = app.App(app.Surroundings(Settings("sandbox", "", connection_string=running.connection_string)))
    try:
        changes = [row async for row in built.tables.scan("changes", low="c|", high="c}")]
        return {
            "changes": {row.key: row.values["revision"] for row in changes if "|x|" not in row.key},
            "undone": [row.key for row in changes if row.values["pending"]],
            "effects": {row.key: _end(row) for row in changes if "|x|" in row.key},
            "numbers": Counter(row.values["number"] for row in changes if row.values.get("number")),
            "tickets": {row.key: row.values["state"] async for row in built.tables.scan("register")},
            "closings": {row.key async for row in built.tables.scan("closings")},
            "open": {(row.partition, row.key) async for row in built.tables.scan("open")},
            "copies": [row.key async for row in built.tables.scan("changes", low="t|", high="t}")],
            "parked": [row.key async for row in built.tables.scan("parked")],
        }
    finally:
        await built.close()
        running.stop()


@pytest.mark.timeout(3600)
def test_killed_ten_times_it_ends_with_the_same_changes_tickets_and_closings(tmp_path):
    quiet, disturbed = tmp_path / "quiet", tmp_path / "disturbed"
    undisturbed = begin(quiet)
    assert undisturbed.wait(1500) == 0, undisturbed.communicate()[1][-3000:]

    process = begin(disturbed)
    killed = kill_again_and_again(process, disturbed, seed=20_260_822)
    said, errors = process.communicate(timeout=1500)

    assert process.returncode == 0, errors[-3000:]
    assert killed == KILLS, f"the run was over after {killed} kills"
    expected, found = asyncio.run(outcome(quiet)), asyncio.run(outcome(disturbed))
    assert found == expected
    assert max(found["numbers"].values()) == 1, "no ticket twice"
    assert not found["undone"]
    assert not found["parked"]
    assert len(found["tickets"]) > 3
    assert len(found["closings"]) > 3
    sent = json.loads(said)["cards"]
    cards = [end for key, end in found["effects"].items() if "|card|" in key]
    assert sent == cards.count("done"), "every card was sent and recorded"
    assert "" not in cards, "none waits: what said nothing new was stopped"
