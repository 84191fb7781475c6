"""What is special about the webhook: signatures, repeats, the schedule, where it does not go, what calls back bring."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import ValidationError

from sandbox.ticket_systems.webhook import Webhook
from shared.core.errors import PermanentError, TransientError
from shared.core.ids import partition
from shared.storage.tables import AzureTables
from shared.tickets.webhook import Settings, guard, signing
from shared.tickets.webhook.message import HARD, PREFERRED
from shared.tickets.webhook.system import SCHEDULE
from tests.contracts.proxy import Fault
from tests.contracts.rig import ticket
from tests.contracts.webhook import over
from tests.fakes import FakeClock, FakeTables
from tests.usecases.world import PrefixedTables

OLD, NEW = (f"whsec_{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))


class World:
    """A server, the adapter's table, and the adapter over them."""

    def __init__(self, **server):
        self.clock = FakeClock()
        self.server = Webhook(self.clock, **server)
        self.tables = FakeTables()
        self.secrets = dict(self.server.secrets)

    def over(self, **settings):
        return over(self.server, self.clock, settings, self.tables, self.secrets)

    def ticket(self, number):
        return next(one for one in self.server.tickets if one.number == number)


@pytest.fixture
async def world():
    made = World()
    async with made.over() as (another, proxy):
        made.another, made.port, made.proxy = another, another(), proxy
        yield made


# Signed as the specification has it.


def test_the_signature_is_that_of_the_specification():
    """The example of standardwebhooks.com's own libraries."""
    headers = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


async def test_while_the_secret_is_changed_both_sign():
    world = World(accepts=(OLD,))
    async with world.over() as (another, _):
        world.secrets["WEBHOOK_SECRET"] = f"{NEW} {OLD}"
        assert (await another().open(ticket())).number == "CR-00001"


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_no base64!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
async def test_a_secret_that_cannot_sign_is_named_and_not_shown(world, secret):
    world.secrets["WEBHOOK_SECRET"] = secret

    with pytest.raises(PermanentError, match="WEBHOOK_SECRET") as failed:
        await world.port.open(ticket())

    assert not secret or secret == "whsec_" or secret not in str(failed.value)


@pytest.mark.parametrize(
    "change",
    [{"body": b"{}"}, {"at": "1"}, {"id": "msg_other"}, {"signature": "v1,AAAA"}, {"signature": ""}, {"at": "soon"}],
)
async def test_the_sandbox_endpoint_takes_only_what_is_signed_and_new(world, change):
    body = b'{"type": "ticket.opened", "data": {"key": "k", "notes": []}}'
    headers = signing.headers(world.server.secrets["WEBHOOK_SECRET"], "msg_1", int(world.clock().timestamp()), body)
    names = {"at": "webhook-timestamp", "id": "webhook-id", "signature": "webhook-signature"}
    headers |= {names[name]: what for name, what in change.items() if name in names}

    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{world.proxy.url}/hook", content=change.get("body", body), headers=headers)

    assert answer.status_code == 401
    assert world.server.tickets == []


# What is sent.


async def test_a_message_says_the_ticket_in_plain_fields_and_in_two_markups(world):
    await world.port.open(ticket())

    (message,) = world.server.messages
    assert message["type"] == "ticket.opened"
    assert datetime.fromisoformat(message["timestamp"]) == world.clock()
    data = message["data"]
    assert (data["key"], data["change_id"]) == (ticket().key, "MC1200001")
    assert data["notes"] == list(ticket().notes)
    assert data["planned_start"] == "2026-10-01"
    assert data["links"] == [{"name": name, "url": url} for name, url in ticket().links]
    assert data["description"]["plain"].startswith("The old viewer is taken away.")
    assert "<h3>For whom</h3>" in data["description"]["html"]


async def test_each_message_brings_only_the_notes_that_are_new_and_the_number(world):
    made = await world.port.open(ticket())

    await world.port.amend(made, ticket(notes=(*ticket().notes, "moved")))
    await world.port.amend(made, ticket(cancelled=True, notes=("cancelled",)))

    sent = [(one["type"], one["data"]["number"], one["data"]["notes"]) for one in world.server.messages[1:]]
    assert sent == [("ticket.amended", made.number, ["moved"]), ("ticket.cancelled", made.number, ["cancelled"])]


async def test_nothing_new_is_no_message(world):
    made = await world.port.open(ticket())

    await world.another().amend(made, ticket())

    assert len(world.server.messages) == 1


async def test_messages_stay_small_whatever_the_post_says(world):
    wide = "𝔘" * 30_000
    notes = tuple(f"{n} {'é' * 1_900}" for n in range(12))

    made = await world.port.open(ticket(what=wide, audience=wide, backout=wide, why=(wide,) * 60, notes=notes))

    sizes = [len(json.dumps(one, ensure_ascii=False).encode()) for one in world.server.messages]
    assert max(sizes) <= PREFERRED
    assert [line for line in world.ticket(made.number).history if line in notes] == list(notes)


async def test_fields_that_are_too_large_are_named_and_nothing_is_sent():
    world = World()
    async with world.over(fields={"all": "{{ what }}"}) as (another, proxy):
        with pytest.raises(PermanentError, match=f"too large .at most {HARD}.: shorten `fields`"):
            await another().open(ticket(what="x" * HARD))
        assert proxy.asked == []


# Repeats, and what was lost.


async def test_a_lost_answer_is_made_good_by_the_same_message_however_the_change_moves_on(world):
    world.proxy.fail_next(Fault(lost=True))
    with pytest.raises(TransientError):
        await world.port.open(ticket())
    world.clock.forward(minutes=5)

    made = await world.another().open(ticket(risk="low", notes=(*ticket().notes, "moved")))

    assert world.server.repeats == 1
    assert [one["type"] for one in world.server.messages] == ["ticket.opened", "ticket.amended"]
    (record,) = world.server.tickets
    assert (record.number, record.fields["risk"]) == (made.number, "low")
    assert record.history == (*ticket().notes, "moved")


async def test_it_tries_again_as_standard_webhooks_advises_where_the_endpoint_says_nothing_of_it(world):
    waits = []
    world.proxy.fail_every(1, [Fault(503)])
    for _ in range(len(SCHEDULE)):
        with pytest.raises(TransientError) as failed:
            await world.another().open(ticket())
        waits.append(failed.value.retry_after)

    assert tuple(waits) == SCHEDULE
    assert sum(SCHEDULE) < timedelta(hours=24).total_seconds()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(410), "the endpoint is gone for good"),
        (Fault(302, {"Location": "http://169.254.169.254/"}), "elsewhere, where we do not go"),
        (Fault(401), "do both sides hold the secret WEBHOOK_SECRET"),
        (Fault(404), "there is nothing at this address"),
    ],
)
async def test_an_endpoint_that_is_not_there_is_said_so_and_the_message_is_kept(world, fault, words):
    world.proxy.fail_next(fault)
    with pytest.raises(PermanentError, match=words):
        await world.port.open(ticket())
    assert len(world.proxy.asked) == 1

    await world.port.open(ticket(risk="low"))

    assert [one["data"]["risk"] for one in world.server.messages] == ["high", "low"]


async def test_content_that_is_refused_is_not_sent_again(world):
    world.proxy.fail_next(Fault(422, body='{"error": "risk"}'))
    with pytest.raises(PermanentError, match=r'the endpoint does not take the message \({"error": "risk"}\)'):
        await world.port.open(ticket())

    await world.port.open(ticket(risk="low"))

    assert [one["data"]["risk"] for one in world.server.messages] == ["low"]


# What the endpoint says, and does not say.


async def test_an_endpoint_that_says_nothing_is_fine_and_our_key_is_the_number():
    world = World(silent=True)
    async with world.over() as (another, _):
        made = await another().open(ticket())

        assert (made.number, made.state) == (ticket().key, "new")
        assert made.url == "https://foresignal.example/api/changes/MC1200001"
        assert (await another().states([made.number]))[made.number] == made
        ended = await another().amend(made, ticket(cancelled=True))
        assert (ended.state, ended.closed_at) == ("cancelled", world.clock())


async def test_two_tickets_of_one_number_are_refused(world):
    await world.port.open(ticket())
    world.proxy.fail_next(Fault(200, body='{"number": "CR-00001"}'))

    with pytest.raises(
        PermanentError, match="number CR-00001 for foresignal-test-MC1200002, which is another ticket's"
    ):
        await world.port.open(ticket("MC1200002"))


@pytest.mark.parametrize(
    ("answer", "number", "url"),
    [
        ({"number": 4711}, "4711", None),
        ({"data": {"number": "CR-9", "url": "https://desk.example/9"}}, "CR-9", "https://desk.example/9"),
        ({"number": "\x00\n", "url": "javascript:alert(1)"}, ticket().key, None),
        ({"number": ["x"], "state": {"a": 1}, "url": 7, "decided_at": "soon"}, ticket().key, None),
        ({"number": "9" * 5000}, "9" * 99 + "…", None),
    ],
)
async def test_answers_are_read_with_care(world, answer, number, url):
    world.proxy.fail_next(Fault(200, body=json.dumps(answer)))

    made = await world.port.open(ticket())

    assert (made.number, made.state) == (number, "new")
    assert made.url == (url or "https://foresignal.example/api/changes/MC1200001")


async def test_a_state_of_its_own_is_mapped_by_the_policy():
    world = World()
    async with world.over(states={"Bei der Kommission": "authorize"}) as (another, _):
        made = await another().open(ticket())
        await another().receive(world.server.move(made.number, "bei der kommission"))

        seen = (await another().states([made.number]))[made.number]
        assert (seen.state, seen.remote_state) == ("authorize", "bei der kommission")


# Calls of the endpoint's.


async def test_a_decision_is_kept_with_who_and_when(world):
    made = await world.port.open(ticket())
    world.clock.forward(days=2)

    numbers = await world.port.receive(world.server.approve(made.number, "Ana Costa"))

    assert numbers == [made.number]
    seen = (await world.another().states([made.number]))[made.number]
    assert (seen.decision, seen.decided_by, seen.decided_at) == ("approved", "Ana Costa", world.clock())


async def test_a_call_may_name_the_key_instead_and_wrap_it_as_standard_webhooks_do(world):
    made = await world.port.open(ticket())

    body = {
        "type": "ticket.updated",
        "timestamp": "2026-09-02T10:00:00Z",
        "data": {"key": ticket().key, "state": "closed"},
    }

    assert await world.port.receive(body) == [made.number]
    seen = (await world.port.states([made.number]))[made.number]
    assert (seen.state, seen.closed_at) == ("closed", datetime(2026, 9, 2, 10, tzinfo=UTC))


async def test_an_older_call_that_comes_late_changes_nothing(world):
    made = await world.port.open(ticket())
    for at, state in (("12:00", "scheduled"), ("11:00", "assess")):
        await world.port.receive({"number": made.number, "state": state, "timestamp": f"2026-09-02T{at}:00Z"})

    assert (await world.port.states([made.number]))[made.number].state == "scheduled"


async def test_a_call_that_meets_another_writer_is_not_lost(world):
    made = await world.port.open(ticket())

    async def meanwhile():
        await world.another().receive({"number": made.number, "decision": "approved"})

    world.tables.interfere = meanwhile
    await world.port.receive({"number": made.number, "state": "scheduled"})

    seen = (await world.port.states([made.number]))[made.number]
    assert (seen.state, seen.decision) == ("scheduled", "approved")


async def test_a_call_that_comes_while_a_message_is_answered_is_not_lost(world):
    made = await world.port.open(ticket())
    calls = []

    async def meanwhile():
        calls.append(1)
        if len(calls) == 1:  # the message is being kept; the call comes before the answer is
            world.tables.interfere = meanwhile
        else:
            await world.another().receive({"number": made.number, "decision": "rejected", "decided_by": "Ben"})

    world.tables.interfere = meanwhile
    after = await world.port.amend(made, ticket(notes=("moved",)))

    assert (after.decision, after.decided_by) == ("rejected", "Ben")
    assert len(world.server.messages) == 2
    await world.port.amend(after, ticket(notes=("moved",)))
    assert len(world.server.messages) == 2


@pytest.mark.parametrize("body", [{}, {"state": "closed"}, {"number": None}, {"data": []}, {"number": {}}])
async def test_a_call_that_names_no_ticket_is_about_none(world, body):
    assert await world.port.receive(body) == []


async def test_a_call_about_a_strange_ticket_or_with_a_strange_decision_keeps_nothing(world):
    await world.port.open(ticket())
    before = dict(world.tables.rows)

    assert await world.port.receive({"number": "CR-77777", "state": "closed"}) == ["CR-77777"]
    with pytest.raises(PermanentError, match="approved or rejected"):
        await world.port.receive({"number": "CR-00001", "decision": "perhaps"})

    assert world.tables.rows == before


async def test_a_ticket_that_the_endpoint_says_is_deleted_is_opened_by_what_comes_next_as_a_new_one(world):
    made = await world.port.open(ticket())
    world.server.delete(made.number)  # and says nothing of it until it is asked to amend

    again = await world.port.amend(made, ticket(notes=("moved",)))

    assert again.number == "CR-00002"
    assert list(await world.port.states([made.number, again.number])) == [again.number]
    assert world.ticket(again.number).history == ("moved",)


async def test_what_is_kept_stands_in_the_changes_own_partition(world):
    made = await world.port.open(ticket())

    assert sorted((place, key) for _, place, key in world.tables.rows) == [
        (partition("MC1200001"), f"crb|{ticket().key}"),
        ("numbers-crb", made.number),
    ]


# Where it does not go.


@pytest.mark.parametrize(
    ("address", "refused", "even_if_private"),
    [
        ("20.50.2.1", False, False),
        ("2a00:1450:4001::1", False, False),
        ("10.1.2.3", True, False),
        ("172.16.0.1", True, False),
        ("192.168.1.1", True, False),
        ("100.64.0.1", True, False),
        ("fd12::1", True, False),
        ("169.254.169.254", True, True),
        ("168.63.129.16", True, True),
        ("fd00:ec2::254", True, True),
        ("fe80::1%eth0", True, True),
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("0.0.0.0", True, True),
        ("224.0.0.1", True, True),
        ("::ffff:169.254.169.254", True, True),
        ("::ffff:10.0.0.1", True, False),
        ("2002:a9fe:a9fe::1", True, True),
    ],
)
def test_private_and_metadata_addresses_are_refused(address, refused, even_if_private):
    assert bool(guard.fault_of(address, allow_private=False)) is refused
    assert bool(guard.fault_of(address, allow_private=True)) is even_if_private


@pytest.mark.parametrize("to", ["169.254.169.254", "10.0.0.5"])
async def test_a_name_is_looked_up_before_it_is_called(world, monkeypatch, to):
    async def resolved(self, host, port, **_):
        assert (host, port) == ("desk.example", 8443)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("20.50.2.1", to)]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolved)
    async with over(world.server, world.clock, {"url": "https://desk.example:8443/hook"}) as (another, proxy):
        with pytest.raises(PermanentError, match=f"desk.example leads to {to}"):
            await another().open(ticket())
        with pytest.raises(PermanentError, match=f"desk.example leads to {to}"):
            await another().ping()
        assert proxy.asked == []


async def test_a_name_that_nobody_knows_may_be_known_later(world, monkeypatch):
    async def resolved(self, host, port, **_):
        raise socket.gaierror

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolved)
    async with over(world.server, world.clock, {"url": "https://desk.example/"}) as (another, _):
        with pytest.raises(TransientError, match="is not known to the name server"):
            await another().open(ticket())


async def test_the_address_may_be_a_secret_and_is_in_no_error_then(world):
    hidden = f"{world.proxy.url}/hook?sig=very-secret"
    world.secrets["DESK_URL"] = hidden
    async with world.over(url="DESK_URL") as (another, _):
        port = another()
        world.proxy.fail_next(Fault(400, body=f"no {hidden} here"))
        with pytest.raises(PermanentError) as failed:
            await port.open(ticket())
        assert "very-secret" not in str(failed.value)
        assert "very-secret" not in await port.ping()
        assert port.preview(ticket()).where == "the address in the secret DESK_URL"

        world.secrets["DESK_URL"] = "ftp://desk.example/very-secret"
        with pytest.raises(PermanentError, match="the secret DESK_URL holds no address") as failed:
            await port.ping()
        assert "very-secret" not in str(failed.value)


@pytest.mark.parametrize(
    "url", ["http://desk.example/", "ftp://desk.example/", "desk.example", "https://user@desk.example/", "", "https://"]
)
def test_addresses_that_are_none_are_faults(url):
    with pytest.raises(ValidationError, match="begins with https://"):
        Settings.model_validate({"url": url, "secret": "WEBHOOK_SECRET"})


def test_signatures_are_those_that_anybody_would_compute():
    key = b"k" * 24
    secret = f"whsec_{base64.b64encode(key).decode()}"

    made = signing.headers(secret, "msg_1", 5, b"body")["webhook-signature"]

    assert made == "v1," + base64.b64encode(hmac.new(key, b"msg_1.5.body", hashlib.sha256).digest()).decode()


async def test_the_memory_stands_in_real_tables_as_well(storage):
    real = AzureTables.connect(Counter(), connection=storage)
    tables = PrefixedTables(real, "h" + uuid.uuid4().hex[:12])
    await real.create([tables.name("webhooks")])
    world = World()
    world.tables = tables
    try:
        async with world.over() as (another, proxy):
            proxy.fail_next(Fault(lost=True))
            with pytest.raises(TransientError):
                await another().open(ticket())
            made = await another().open(ticket())
            await another().receive(world.server.approve(made.number, "Ana"))

            seen = (await another().states([made.number]))[made.number]
            assert (seen.decision, seen.decided_by, seen.decided_at) == ("approved", "Ana", world.clock())
            assert len(world.server.messages) == 1
    finally:
        await real.close()
