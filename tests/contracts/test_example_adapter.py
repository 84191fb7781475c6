"""The example of docs/adding-an-adapter.md keeps the whole contract of ticket systems, storm included."""

from pathlib import Path

import pytest

from tests.contracts import test_ticket_storm, test_ticket_system_faults, test_ticket_systems
from tests.contracts.github_issues import FILE, system

for _module in (test_ticket_systems, test_ticket_system_faults, test_ticket_storm):
    globals().update(
        {name: test for name, test in vars(_module).items() if name.startswith("test_") and callable(test)}
    )


@pytest.fixture
async def rig():
    async with system() as built:
        yield built


def test_the_example_is_short_enough_to_be_read_in_a_minute_and_is_named_in_the_documentation():
    text = (Path(__file__).parents[2] / "docs" / "adding-an-adapter.md").read_text()

    assert "examples/github_issues.py" in text
    assert len(FILE.read_text().splitlines()) <= 210
