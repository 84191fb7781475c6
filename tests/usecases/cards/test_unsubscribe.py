"""Somebody stops the mails of a channel, and takes them up again."""

import asyncio

import pytest

from shared.core.policy.model import Channel
from shared.record.audit import newest_entries
from shared.usecases.cards.unsubscribe import unsubscribe
from shared.usecases.pages.mail import MailView, mail
from tests.fakes import NOW, DiedError, FakeClock, FakePolicy, FakeTables, Lifetime, Mortal, a_policy, deps_of

ANA, BEN = "Ana@contoso.example", "ben@contoso.example"
CHANNELS = {
    "messaging": Channel(kind="email", settings={"from": "changes@contoso.example", "to": [ANA, BEN]}),
    "teams": Channel(kind="teams_workflow", settings={"url": "TEAMS_URL"}),
}


@pytest.fixture
def tables():
    return FakeTables()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def deps(tables, clock):
    return deps_of(tables=tables, policy=FakePolicy(a_policy(channels=CHANNELS)), clock=clock)


async def acts(tables):
    return [(entry.subject, entry.what, entry.who) for entry in (await newest_entries(tables, NOW)).entries]


async def test_who_stops_the_mails_gets_none_until_they_are_taken_up_again_and_the_audit_says_so(deps, tables, clock):
    assert await mail(deps, "messaging", ANA.lower()) == MailView("messaging", ANA.lower(), "gets")

    assert await unsubscribe(deps, "messaging", ANA.lower(), "0f8e", stop=True)
    stopped = (await mail(deps, "messaging", ANA)).state
    clock.forward(minutes=1)
    assert await unsubscribe(deps, "messaging", ANA, "0f8e", stop=False)
    again = (await mail(deps, "messaging", ANA)).state

    assert (stopped, again) == ("stopped", "gets")
    assert (await mail(deps, "messaging", BEN)).state == "gets"
    assert await acts(tables) == [
        ("channel messaging", "takes mails again", "0f8e"),
        ("channel messaging", "stopped mails", "0f8e"),
    ]


async def test_the_same_again_changes_nothing(deps, tables, clock):
    for _ in range(3):
        await unsubscribe(deps, "messaging", ANA, "0f8e", stop=True)
        clock.forward(minutes=1)

    assert len(await acts(tables)) == 1
    assert len(tables.rows) == 2


async def test_to_take_up_what_was_never_stopped_does_nothing(deps, tables):
    assert await unsubscribe(deps, "messaging", ANA, "0f8e", stop=False)

    assert not tables.rows


@pytest.mark.parametrize(
    ("channel", "address"), [("messaging", "eve@contoso.example"), ("messaging", ""), ("teams", ANA), ("none", ANA)]
)
async def test_who_is_not_on_the_list_can_stop_nothing(deps, tables, channel, address):
    assert not await unsubscribe(deps, channel, address, "0f8e", stop=True)

    assert not tables.rows


async def test_the_page_tells_a_stranger_so_and_there_is_none_for_other_channels(deps):
    assert (await mail(deps, "messaging", "eve@contoso.example")).state == "stranger"
    assert (await mail(deps, "messaging", "")).state == "stranger"
    assert await mail(deps, "teams", ANA) is None
    assert await mail(deps, "none", ANA) is None


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("calls", range(3))
async def test_whoever_presses_again_after_a_crash_has_it_done_and_audited_once(deps, tables, calls, after):
    dying = deps_of(tables=Mortal(tables, Lifetime(calls, after=after)), policy=deps.here.policy, clock=deps.here.clock)
    with pytest.raises(DiedError):
        await unsubscribe(dying, "messaging", ANA, "0f8e", stop=True)

    await unsubscribe(deps, "messaging", ANA, "0f8e", stop=True)

    assert (await mail(deps, "messaging", ANA)).state == "stopped"
    assert await acts(tables) == [("channel messaging", "stopped mails", "0f8e")]


async def test_of_two_clicks_at_once_one_is_kept_and_nothing_is_lost(deps, tables):
    async def other():
        await unsubscribe(deps, "messaging", ANA, "0f8e", stop=True)

    tables.interfere = other

    await asyncio.gather(unsubscribe(deps, "messaging", ANA, "0f8e", stop=True))

    assert (await mail(deps, "messaging", ANA)).state == "stopped"
    assert len(await acts(tables)) == 1
