"""What the log says of outcomes."""

import logging
import re
from pathlib import Path
from typing import get_args

import pytest

from shared.usecases.telling import COUNTERS, GRAPH_CALLS, Outcome, masked, tell
from tests.fakes import deps_with
from tests.usecases.world import NOVEMBER, World, post


class Counted:
    """A telemetry that remembers what was counted."""

    def __init__(self):
        self.counts = []

    def count(self, name, by, about):
        self.counts.append((name, by, dict(about)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("contoso", "contoso"),
        ("0af76519-16cd-43dd-8448-eb211c80319c", "0af7…"),
        ("tenant 0AF76519-16CD-43DD-8448-EB211C80319C failed", "tenant 0AF7… failed"),
        ("contoso.onmicrosoft.com", "con….onmicrosoft.com"),
        ("agency.onmicrosoft.us", "age….onmicrosoft.us"),
        ("", ""),
    ],
)
def test_of_a_tenant_s_id_the_log_has_the_first_characters(text, shown):
    assert masked(text) == shown


def test_an_outcome_is_one_line_with_its_fields_and_its_counter(caplog):
    counted = Counted()
    deps = deps_with(World().deps, telemetry=counted)

    with caplog.at_level(logging.INFO, "foresignal"):
        tell(deps, "ticket_filed", change="MC1200001", target="crb", ticket="CHG1200001")
        tell(deps, "closed", change="MC1200001")

    (filed, closed) = caplog.records
    assert filed.getMessage() == "outcome ticket_filed change=MC1200001 target=crb ticket=CHG1200001"
    assert (filed.outcome, filed.change, filed.target) == ("ticket_filed", "MC1200001", "crb")
    assert closed.getMessage() == "outcome closed change=MC1200001"
    assert counted.counts == [("foresignal.tickets", 1, {"target": "crb"})]
    assert "closed" not in COUNTERS


async def test_each_step_of_a_change_is_told_once_and_never_its_text(caplog):
    world = World()

    with caplog.at_level(logging.INFO, "foresignal"):
        await world.arrive(post())
        await world.arrive(post())  # the same again is no outcome
        await world.arrive(post(when=NOVEMBER, modified="2026-08-31T10:00:00Z"))

    told = [record.getMessage() for record in caplog.records if record.name == "foresignal.outcome"]
    assert [line.split()[1] for line in told if "MC1200001" in line][:2] == ["announced", "ticket_filed"]
    assert sum("outcome announced" in line for line in told) == 1
    assert sum("outcome revised" in line for line in told) == 1
    assert any(line.startswith("outcome ticket_changed change=MC1200001") for line in told)
    assert not [record for record in caplog.records if "viewer" in record.getMessage()]


def test_the_docs_have_every_outcome_and_every_counter():
    text = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*?\| (?:`([\w.]+)`)? *\|$", text, re.MULTILINE))

    assert rows == {outcome: COUNTERS.get(outcome, "") for outcome in get_args(Outcome)}
    assert f"`{GRAPH_CALLS}`" in text
