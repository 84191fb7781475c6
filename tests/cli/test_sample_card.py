"""`foresignal test-card` over real storage and the sandbox's inbox."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest

from sandbox.inbox.server import Inbox, fault_of
from sandbox.microsoft365.serving import serve
from shared.core.cards.samples import SAMPLES
from tests.cli.test_cli import NOW, _put_policy, run, state

__all__ = ["state"]
POLICY = b"""
tenants: {home: {}}
teams: {messaging: {owner: ana@contoso.example, channel: mail}}
channels: {mail: {kind: teams_workflow, settings: {url: TEAMS_MAIL_URL}, quiet: {from: "00:00", until: "23:59"}}}
routes: {team: messaging, cards: owner}
"""


@contextmanager
def running(inbox):
    """The inbox in a thread of its own; its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner, port = asyncio.run_coroutine_threadsafe(serve(inbox.app()), loop).result(30)
    try:
        yield f"http://127.0.0.1:{port}/hook/mail?sig=x"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@pytest.fixture
def inbox(state, monkeypatch):
    asyncio.run(_put_policy(state, POLICY))
    inbox = Inbox(lambda: NOW)
    with running(inbox) as url:
        monkeypatch.setenv("TEAMS_MAIL_URL", url)
        yield inbox


@pytest.mark.parametrize("moment", SAMPLES)
def test_a_sample_of_each_moment_arrives_also_in_quiet_hours(inbox, state, moment):
    result = run("test-card", "mail", "--moment", moment, "--state", state)

    assert result.exit_code == 0, result.output
    assert f"mail took the card ({moment})" in result.output
    (card,) = inbox.cards
    assert "ample" in json.dumps(card.card)
    assert "ana@contoso.example" not in json.dumps(card.card.get("msteams", {})), "a sample notifies nobody"


def test_a_dry_run_prints_the_message_and_sends_nothing(inbox, state):
    result = run("test-card", "mail", "--moment", "digest", "--dry-run", "--state", state)

    assert result.exit_code == 0
    assert fault_of(json.loads(result.output)) is None
    assert inbox.cards == []


def test_a_channel_that_is_off_says_what_to_do(inbox, state):
    inbox.switched["mail"] = "off"

    result = run("test-card", "mail", "--state", state)

    assert result.exit_code == 1
    assert "the flow is turned off" in result.output
    assert "Turn the flow on in Power Automate" in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("mial",), 1, "did you mean 'mail'?"),
        (("mail", "--moment", "birthday"), 2, "is none of new, moved"),
    ],
)
def test_what_there_is_not_is_said(inbox, state, arguments, code, said):
    result = run("test-card", *arguments, "--state", state)

    assert result.exit_code == code
    assert said in " ".join(result.output.replace("│", " ").split())
