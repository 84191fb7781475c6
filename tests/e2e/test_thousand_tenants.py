"""A thousand tenants receive the same edited post within a minute: one revision, one set of effects, nobody lost."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest
import yaml

from shared import app
from shared.core import ids
from shared.core.cards.delivery import ChannelState
from shared.core.messages import Envelope
from shared.core.sources.batches import of_posts
from shared.record import change_keys, changes
from shared.record.changes import read_changes
from shared.record.copies import read_copy
from shared.record.digests import write_channel
from shared.usecases.cards.notify import notify
from shared.usecases.changes.classify import classify
from shared.usecases.posts.deduplicate import deduplicate
from shared.usecases.tickets.file_ticket import file_ticket
from tests.bench import a_post
from tests.fakes import deps_with
from tests.pump import Pump, StillClock, utc

TENANTS = tuple(f"tenant{number:04d}" for number in range(1000))
AT_ONCE = 16  # messages of one queue that an instance handles in parallel, as in host.json
NOW = utc(2026, 9, 1, 9)
EDITED = utc(2026, 9, 3, 9)
AT_MOST = 3.5


class _Inbox:
    """A channel that counts its cards."""

    def __init__(self):
        self.cards = []

    async def post(self, card):
        self.cards.append(card)


@pytest.fixture
async def deps(storage_of_its_own):
    clock = StillClock(NOW)
    pump = Pump(storage_of_its_own, clock)
    await pump.prepare()
    inbox = _Inbox()

    async def channel(policy, name):
        return inbox

    policy = {
        "tenants": {tenant: {} for tenant in TENANTS},
        "teams": {"messaging": {"owner": "ana@contoso.example", "channel": "messaging"}},
        "channels": {"messaging": {"kind": "teams_workflow", "settings": {"url": "TEAMS_MESSAGING_URL"}}},
        "tickets": {"crb": {"kind": "register"}},
        "routes": {"team": "messaging", "ticket": "crb", "cards": "owner"},
        "roadmap": {"enabled": False},
    }
    await app.current().blobs.put("config", "policy.yaml", yaml.safe_dump(policy).encode())
    await app.current().policy.current()
    known = ChannelState("messaging", NOW - timedelta(days=1))  # its first half hour is over
    await write_channel(app.current().tables, known)
    yield pump, clock, deps_with(app.current().deps, channel=channel), inbox
    await pump.close()


async def arrive(deps, post, at):
    """The post is seen in every tenant's feed within a minute, and the messages are handled in no order."""
    waiting = asyncio.Semaphore(AT_ONCE)

    async def one(number, tenant):
        seen = at + timedelta(milliseconds=60 * number)
        async with waiting:
            (body,) = of_posts(tenant, seen, [post], [], []).bodies
            await deduplicate(deps, Envelope(body, seen))

    order = list(enumerate(TENANTS))
    random.Random(1).shuffle(order)
    await asyncio.gather(*(one(number, tenant) for number, tenant in order))


async def follow(deps, pump):
    """What follows from it, to the end; how many messages each queue had."""
    handlers = {"changes": classify, "tickets": file_ticket, "cards": notify}
    handled = Counter()
    while any([await _take(deps, pump, queue, handler, handled) for queue, handler in handlers.items()]):
        pass
    return handled


async def _take(deps, pump, queue, handler, handled):
    messages = await pump.take(queue)
    for envelope in messages:
        await handler(deps, envelope)
    handled[queue] += len(messages)
    return len(messages)


async def test_a_thousand_tenants_that_receive_the_same_edit_make_one_revision_and_one_set_of_effects(deps):
    pump, clock, ours, inbox = deps
    first = a_post(1, old=False)
    edited = first | {
        "lastModifiedDateTime": EDITED.isoformat(),
        "body": {"contentType": "html", "content": first["body"]["content"].replace("mid-October", "late October")},
    }
    await arrive(ours, first, NOW)
    await follow(ours, pump)
    assert len(inbox.cards) == 1

    clock.now = EDITED
    app.current().policy._read_at = EDITED  # the minute of its cache is not counted
    before = pump.calls["storage"]
    await arrive(ours, edited, EDITED)
    calls = (pump.calls["storage"] - before) / len(TENANTS)
    await follow(ours, pump)

    change_id = first["id"]
    found = await ours.storage.tables.range(
        changes.TABLE, ids.partition(change_id), *change_keys.span("c", [change_id])
    )
    own = await ours.storage.tables.range(changes.TABLE, ids.partition(change_id), *change_keys.span("t", [change_id]))
    held, copies = read_changes(found)[change_id], [read_copy(row) for row in own]
    assert calls <= AT_MOST
    assert held.change.revision == 2
    assert held.change.stage == "decided"
    assert sorted(copy.tenant for copy in copies) == sorted(TENANTS)
    assert {(copy.edition, copy.variant) for copy in copies} == {(held.change.current.id, "")}
    assert Counter(state.effect.kind for state in held.states) == {"ticket": 1, "card": 2}
    assert not [state for state in held.states if state.due or state.parked]
    assert len(inbox.cards) == 2
    assert len([row async for row in ours.storage.tables.scan("register")]) == 1
    assert not [row async for row in ours.storage.tables.scan("parked")]
