"""The policies in the documentation are ones that work."""

from importlib import import_module
from pathlib import Path

import pytest
import yaml

from tests.contracts.rig import ticket

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(
    "name",
    [
        "tickets.md", "tickets-jira.md", "tickets-azure-devops.md", "tickets-servicenow.md", "tickets-webhook.md",
        "tickets-freshservice.md",
    ],
)  # fmt: skip
def test_the_policy_that_is_shown_is_taken_and_makes_a_ticket(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    entry = yaml.safe_load(text.split("```yaml\n")[1].split("```")[0])["tickets"]["crb"]
    adapter = import_module(f"shared.adapters.tickets.{entry['kind']}")

    settings = adapter.Settings.model_validate(entry["settings"])

    assert settings.own_fields(ticket())
    assert adapter.build(settings, FakeDeps()).preview(ticket()).fields


class FakeDeps:
    name = "crb"
    clock = http = secrets = tables = token = None
