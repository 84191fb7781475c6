"""`foresignal ticket` over real storage, and over a real server of ServiceNow."""

import asyncio
import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared import app as composition
from shared.settings import Settings
from shared.usecases.changes.classify import classify
from shared.usecases.posts.deduplicate import deduplicate
from shared.usecases.tickets.file_ticket import file_ticket
from tests.cli.test_cli import NOW, _put_policy, _storage, run, state, waiting
from tests.cli.test_release import _envelope
from tests.usecases.world import NOVEMBER, batch, post

__all__ = ["state"]
ID, PRIVATE, QUIET = "MC1200001", "MC1200002", "MC1200003"
POLICY = """
tenants: {home: {}}
teams: {messaging: {owner: ana@contoso.example, crb_group: Messaging}}
workloads: {exchange: {services: [Exchange Online], team: messaging, configuration_item: Exchange Online}}
tickets: %s
routes: {team: messaging, routes: [{match: {crb: true}, ticket: crb}]}
"""
REGISTER = "{crb: {kind: register, requested_by: sam@contoso.example}}"
SEVERAL = "{crb: {kind: register, requested_by: sam@contoso.example}, other: {kind: register, privacy: true}}"


async def _filed(folder, *posts, is_filed=True):
    """The posts come in and are decided, and their tickets are filed."""
    settings = Settings("sandbox", "http://localhost", connection_string=_storage(folder))
    around = composition.Surroundings(settings, clock=lambda: NOW, secrets=_Secrets(folder))
    ours = composition.App(around)
    await deduplicate(ours.deps, batch(*posts, tenant="home", observed=NOW))
    for message in await asyncio.to_thread(waiting, folder, "changes"):
        await classify(ours.deps, _envelope(message))
    for message in await asyncio.to_thread(waiting, folder, "tickets") if is_filed else ():
        await file_ticket(ours.deps, _envelope(message))
    await ours.close()


class _Secrets:
    def __init__(self, folder):
        self._file = folder / "secrets.json"

    async def get(self, name, host=""):
        return json.loads(self._file.read_text())[name]


def furnish(folder, tickets, *posts, is_filed=True):
    asyncio.run(_put_policy(folder, (POLICY % tickets).encode()))
    asyncio.run(_filed(folder, *posts, is_filed=is_filed))


@pytest.fixture
def known(state):
    """A change with a ticket, one on data privacy, and one of which no ticket is asked."""
    private = post(PRIVATE, title="On people's data", tags=["GDPR"])
    quiet = post(
        QUIET, title="A \x1b[31m new icon", tags=["Feature update"], category="stayInformed", isMajorChange=False,
        body={"contentType": "html", "content": "<p>The icon will be blue.</p>"},
    )  # fmt: skip
    furnish(state, REGISTER, post(), private, quiet)
    return state


@contextmanager
def serving(application):
    """Its address, while it is served in a thread of its own."""
    loop, ready, address = asyncio.new_event_loop(), threading.Event(), []

    async def begin():
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        ready.set()
        return runner

    def work():
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(begin())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)


@pytest.fixture
def servicenow(state):
    """A server of ServiceNow with one ticket, its state folder, and what ends the server."""
    server = ServiceNow(lambda: datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    serve = serving(server.app())
    settings = server.settings(serve.__enter__())
    (state / "secrets.json").write_text(json.dumps(server.secrets))
    entry = {"kind": "servicenow", "settings": settings, "tasks": True}
    furnish(state, json.dumps({"crb": entry}), post())
    yield server, state, lambda: serve.__exit__(None, None, None)
    serve.__exit__(None, None, None)


def lines(*arguments):
    result = run("ticket", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def error(*arguments):
    result = run("ticket", *arguments)
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_every_line_of_the_ticket_is_shown_with_where_it_comes_from(known):
    shown = lines("mc1200001", "--state", known)

    assert shown[:2] == [f"{ID}: Retirement of the old viewer", "crb (register): ticket CHG1200001 (new)"]
    at = shown.index("When:")
    assert shown[at + 1].startswith("  Worldwide: early to late October 2026 – “General")
    assert shown[at + 2].startswith("    <- the post: “General Availability (Worldwide): We will begin")
    assert shown[shown.index("Configuration items:") + 1] == "  Exchange Online"
    assert shown[shown.index("Assigned to:") + 1] == "  ana@contoso.example"
    assert shown[shown.index("Requested by:") + 1] == "  sam@contoso.example"
    labels = [line for line in shown[3:] if line and not line.startswith(" ")]
    assert all(label.endswith(":") for label in labels)
    assert len(set(labels)) == len(labels)
    assert not any(line != line.rstrip() for line in shown)


def test_the_fields_are_shown_as_the_system_would_get_them(known):
    shown = lines(ID, "--fields", "--state", known)

    assert shown[shown.index("number:") + 1] == "  CHG1200001"
    assert shown[shown.index("group:") + 1] == "  Messaging"
    assert any("/api/changes/MC1200001" in line for line in shown)
    assert not any("PlanStep" in line or "None" in line for line in shown)


def test_a_ticket_that_is_as_it_should_be_differs_in_nothing(known):
    assert lines(ID, "--diff", "--state", known)[-1] == "Nothing of it would be written now."


def test_what_comes_next_is_shown_before_it_is_filed(known):
    later = post(when=NOVEMBER, modified="2026-09-02T10:00:00Z")
    asyncio.run(_filed(known, later, is_filed=False))

    shown = lines(ID, "--diff", "--state", known)

    at = shown.index("planned_start:")
    assert shown[at + 1 : at + 3] == ["  there: 2026-10-01", "  now:   2026-11-01"]
    assert "description:" in shown
    assert not any("theirs" in line for line in shown)
    data = json.loads(run("ticket", ID, "--diff", "--json", "--state", known).stdout)
    assert (data["number"], data["gone"]) == ("CHG1200001", False)
    start = next(each for each in data["differences"] if each["field"] == "planned_start")
    assert start == {"field": "planned_start", "there": "2026-10-01", "now": "2026-11-01", "theirs": False}


def test_json_has_the_parts_with_their_sources_and_the_fields(known):
    data = json.loads(run("ticket", ID, "--json", "--state", known).stdout)

    assert (data["change"], data["system"], data["kind"], data["number"]) == (ID, "crb", "register", "CHG1200001")
    assert (data["asked"], data["cancelled"]) == (True, False)
    parts = {each["field"]: each["lines"] for each in data["parts"]}
    assert parts["when"][0]["source"].startswith("the post: “")
    assert parts["group"] == [{"text": "Messaging", "source": None}]
    assert data["fields"]["group"] == "Messaging"


def test_a_change_without_a_ticket_is_shown_as_it_would_be_and_has_nothing_to_compare_with(known):
    shown = lines(QUIET, "--state", known)

    assert shown[0] == f"{QUIET}: A  [31m new icon"
    assert shown[1] == "crb (register): no ticket yet; the policy asks for none of this change"
    assert "has no ticket in crb yet" in error(QUIET, "--diff", "--state", known)


def test_what_cannot_be_shown_is_one_line_that_says_why(known):
    assert error("MC7654321", "--state", known) == "error: there is no change MC7654321\n"
    assert "crab" in error(ID, "--system", "crab", "--state", known)
    assert "it has: crb" in error(ID, "--system", "crab", "--state", known)
    assert "MC" in error("nonsense", "--state", known)
    assert run("ticket", ID, "--diff", "--fields", "--state", known).exit_code == 2


def test_a_post_on_data_privacy_is_not_shown_where_the_policy_files_none(known):
    told = error(PRIVATE, "--state", known)

    assert "data privacy" in told
    assert "people's data" not in told


def test_of_several_systems_the_one_with_the_ticket_is_meant_else_it_must_be_said(state):
    quiet = post(QUIET, tags=["Feature update"], category="stayInformed", isMajorChange=False,
                 body={"contentType": "html", "content": "<p>The icon will be blue.</p>"})  # fmt: skip
    furnish(state, SEVERAL, post(), quiet)

    assert lines(ID, "--state", state)[1].startswith("crb (register): ticket")
    assert lines(ID, "--system", "other", "--state", state)[1].startswith("other (register): no ticket yet")
    assert "say which with --system (crb, other)" in error(QUIET, "--state", state)


def test_what_somebody_filled_in_is_marked_as_theirs(servicenow):
    server, folder, _ = servicenow
    (number,) = [record.number for record in server.tickets]
    server._existing(number).values["backout_plan"] = "Our own way back."
    before = dict(server._existing(number).values)

    shown = lines(ID, "--diff", "--state", folder)

    assert shown[1] == f"crb (servicenow): ticket {number} (New)"
    at = shown.index("backout_plan (theirs: it stays):")
    assert shown[at + 1] == "  there: Our own way back."
    assert shown[at + 2].startswith("  now:   No way back was read in the post")
    assert len(shown) == at + 3, "that is all"
    assert server._existing(number).values == before


def test_tasks_are_shown_among_the_fields_in_a_line_each(servicenow):
    _, folder, _ = servicenow

    shown = lines(ID, "--fields", "--state", folder)

    (task, *_) = shown[shown.index("change_task:") + 1 :]
    assert json.loads(task)["assigned_to"] == "ana@contoso.example"


def test_a_ticket_that_is_gone_or_has_ended_is_told(servicenow):
    server, folder, _ = servicenow
    (number,) = [record.number for record in server.tickets]

    server.move(number, "Closed")
    assert lines(ID, "--diff", "--state", folder)[-1] == "Nothing of it would be written now."
    server.delete(number)
    assert lines(ID, "--diff", "--state", folder)[-1].startswith("The ticket is no longer there")
    assert json.loads(run("ticket", ID, "--diff", "--json", "--state", folder).stdout)["gone"] is True


def test_a_system_that_is_down_is_one_line_without_secrets_and_the_ticket_is_shown_all_the_same(servicenow):
    server, folder, stop = servicenow
    stop()

    told = error(ID, "--diff", "--state", folder)

    assert "ticket system crb" in told
    assert not any(secret in told for secret in server.secrets.values())
    assert "Configuration items:" in lines(ID, "--state", folder)
