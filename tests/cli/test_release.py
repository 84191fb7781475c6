"""`foresignal release`: what waits of a first load is listed, and filed and sent when a person says so."""

import asyncio
import json

import pytest

from shared.usecases.changes.classify import classify
from shared.usecases.posts.deduplicate import deduplicate
from tests.cli.test_cli import NOW, _app, _put_policy, run, state, waiting
from tests.usecases.world import batch, post

__all__ = ["state"]
POLICY = b"""
tenants: {home: {}}
teams: {messaging: {owner: ana@example.com, channel: messaging}}
channels: {messaging: {kind: teams_workflow, settings: {url: TEAMS_MESSAGING_URL}}}
tickets: {crb: {kind: register}}
routes: {team: messaging, ticket: crb, cards: owner}
"""


@pytest.fixture
def kept(state):
    """Two changes of a first load, each with a ticket and a card that wait."""

    async def load():
        ours = _app(state)
        posts = (post(), post("MC1200002", title="Another \x1b[31m viewer"))
        await deduplicate(ours.deps, batch(*posts, tenant="home", observed=NOW, first_load=True))
        for message in await asyncio.to_thread(waiting, state, "changes"):
            await classify(ours.deps, _envelope(message))
        await ours.close()

    asyncio.run(_put_policy(state, POLICY))
    asyncio.run(load())
    return state


def _envelope(body):
    from shared.core.messages import Envelope

    return Envelope(body, NOW)


def test_without_changes_and_all_it_lists_what_waits_and_releases_nothing(kept):
    listed = run("release", "--state", kept)

    assert listed.exit_code == 0, listed.output
    assert "MC1200001" in listed.stdout
    assert "Another  [31m viewer" in listed.stdout
    assert listed.stdout.splitlines()[-1] == "2 tickets and 2 cards wait; name changes, or --all for all of these"
    assert waiting(kept, "tickets") == waiting(kept, "cards") == []


def test_one_change_is_released_with_its_ticket_and_its_card(kept):
    result = run("release", "mc1200001", "--state", kept)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "released 2"
    assert waiting(kept, "tickets") == [{"id": "MC1200001", "effect": "ticket|crb"}]
    assert len(waiting(kept, "cards")) == 1
    assert "MC1200001" not in run("release", "--state", kept).stdout
    report = json.loads(run("health", "--json", "--state", kept).stdout)
    assert [each["words"] for each in report["first_load"]] == [
        "1 card of the first load waits for release: foresignal release --channel messaging",
        "1 ticket of the first load waits for release: foresignal release --system crb",
    ]
    assert "1 ticket of the first load waits for release" in run("health", "--state", kept).stdout


def test_all_of_one_system_is_released_and_the_cards_wait_on(kept):
    tried = run("release", "--system", "crb", "--all", "--dry-run", "--state", kept)
    assert tried.stdout.splitlines()[-1] == "would release 2 tickets"
    assert waiting(kept, "tickets") == []

    result = json.loads(run("release", "--system", "crb", "--all", "--json", "--state", kept).stdout)

    assert result["released"] == 2
    assert {each["kind"] for each in result["effects"]} == {"ticket"}
    assert len(waiting(kept, "tickets")) == 2
    assert waiting(kept, "cards") == []
    assert run("release", "--channel", "messaging", "--state", kept).stdout.splitlines()[-1].startswith("2 cards wait")


def test_a_change_that_does_not_wait_is_one_line_and_exit_code_1(kept):
    result = run("release", "MC1200001", "MC1200009", "--system", "crb", "--state", kept)

    assert result.exit_code == 1
    assert "error: MC1200009: nothing of it waits for release there" in result.stderr
    assert waiting(kept, "tickets") == [{"id": "MC1200001", "effect": "ticket|crb"}]


def test_changes_and_all_is_wrong_usage(state):
    assert run("release", "MC1200001", "--all", "--state", state).exit_code == 2


def test_where_nothing_waits_it_says_so(state):
    assert run("release", "--state", state).stdout == "nothing of the first load waits\n"
    assert json.loads(run("release", "--json", "--state", state).stdout) == {"released": 0, "effects": []}
