"""What the sandbox's policy names is known to its ticket systems, and its commands reach them."""

import stat

import pytest
from aiohttp.test_utils import TestClient, TestServer

from sandbox import surroundings, tenants
from sandbox.clock import SandboxClock
from sandbox.memory import Memory
from sandbox.ticket_systems import SYSTEMS, server
from shared.adapters import registry
from shared.core.errors import PermanentError
from tests.contracts.rig import deps_for, ticket
from tests.fakes import FakeClock


def test_groups_people_and_items_of_the_policy_are_named_once():
    policy = tenants.checked(tenants.SAMPLE.read_text("utf-8"), "policy")

    groups, people, items = tenants.known_to_boards(policy)

    assert "M365 Messaging" in groups
    assert {"chidi@contoso.example", "dora@contoso.example", "sam@contoso.example"} <= set(people)
    assert "Microsoft Teams" in items
    assert all(len(set(named)) == len(named) and all(named) for named in (groups, people, items))


@pytest.mark.parametrize("kind", sorted(SYSTEMS))
async def test_every_server_takes_what_a_policy_names(kind):
    assert server(kind, FakeClock(), ["M365"], ["kofi@contoso.example"], ["Intranet"]).tickets == []


async def test_servicenow_shows_who_and_what_by_name_and_the_tasks():
    clock = FakeClock()
    board = server("servicenow", clock, ["M365"], ["kofi@contoso.example"], ["Intranet"])
    over = {"group": "M365", "assigned_to": "kofi@contoso.example", "configuration_items": ("Intranet",)}
    async with TestServer(board.app()) as running, TestClient(running) as browser:
        async with deps_for(clock, dict(board.secrets)) as deps:
            settings = board.settings(str(running.make_url("/")).rstrip("/"))
            port = registry.build("tickets", "servicenow", settings, deps)
            made = await port.open(ticket(has_tasks=True, **over))
        page = await (await browser.get(f"/ticket/{made.number}")).text()

    for name, shown in (
        ("assignment_group", "M365"), ("assigned_to", "kofi@contoso.example"), ("cmdb_ci", "Intranet"),
        ("requested_by", "sam@contoso.example"),
    ):  # fmt: skip
        assert f"<th>{name}<td>{shown}<" in page
    assert "Tell the users" in page


async def test_a_command_finds_the_sandbox_by_its_address_clock_and_secrets(tmp_path, monkeypatch):
    SandboxClock(tmp_path).start()
    memory = Memory.of(tmp_path)
    memory.ports["functions"] = 7071
    memory.save()
    files = surroundings.note(tmp_path, "UseDevelopmentStorage=true", {"JIRA_TOKEN": "made-up"})
    monkeypatch.setenv("OF_THE_SHELL", "other")

    around = surroundings.beside(tmp_path)

    assert around.settings.public_url == "http://127.0.0.1:7071"
    assert await around.secrets.get("JIRA_TOKEN") == "made-up"
    assert await around.secrets.get("OF_THE_SHELL") == "other"
    with pytest.raises(PermanentError, match="NOBODY_KNOWS is not set"):
        await around.secrets.get("NOBODY_KNOWS")
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_where_no_sandbox_runs_it_says_how_to_start_one(tmp_path):
    with pytest.raises(PermanentError, match="no sandbox is running on"):
        surroundings.beside(tmp_path)
