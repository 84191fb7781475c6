"""The door for ticket systems: recorded calls sent again, odd bodies, and names of systems that there are not."""

import hashlib
import hmac
import json
import random
from datetime import timedelta
from types import SimpleNamespace

import azure.functions as func
import pytest

from functions import hear as module
from shared import app
from shared.core.policy.model import TicketSystemEntry
from shared.core.signing import signature
from shared.usecases.tickets.hear import hear
from tests.usecases.world import World, policy, post

SECRET = "a secret that nobody guesses"
OPEN = {"crb": TicketSystemEntry(kind="register", inbound="CRB_INBOUND"), "quiet": TicketSystemEntry(kind="register")}


class Vault:
    async def get(self, name, host=""):
        return SECRET


class Believed:
    """A system that cannot be asked; it keeps what it was told."""

    searches_late = 0.0

    def __init__(self):
        self.told = []

    async def receive(self, body):
        self.told.append(body)
        return []

    async def states(self, numbers):
        return {}


@pytest.fixture
async def world():
    world = World(policy(tickets=OPEN))
    await world.arrive(post())
    return world


def signed(world, body, message="msg-1", late=0):
    at = str(int(world.clock().timestamp()) - late)
    return {"webhook-id": message, "webhook-timestamp": at, "webhook-signature": signature(SECRET, message, at, body)}


def hub(body):
    return {"X-Hub-Signature": "sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()}


def shown():
    return {"Authorization": f"Bearer {SECRET}"}


async def call(world, body, headers, system="crb"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await hear(world.deps, Vault(), system, headers, data)


async def test_a_recorded_call_does_nothing_when_it_is_sent_again(world):
    system = world.systems["crb"] = Believed()
    body = json.dumps({"number": "CHG1200001", "state": "closed"}).encode()
    headers = signed(world, body)

    assert (await call(world, body, headers)).outcome == "heard"
    assert (await call(world, body, headers)).text == "taken before"
    assert len(system.told) == 1
    world.clock.forward(minutes=6)
    assert (await call(world, body, headers)).outcome == "refused"
    assert len(system.told) == 1


async def test_another_message_is_taken_and_another_system_has_ids_of_its_own(world):
    body = b'{"number": "CHG1200001"}'

    assert "1 known" in (await call(world, body, signed(world, body, "msg-1"))).text
    assert "1 known" in (await call(world, body, signed(world, body, "msg-2"))).text


async def test_a_call_that_failed_is_taken_when_it_is_sent_again(world):
    system = world.systems["crb"] = Believed()
    body = b'{"number": "CHG1200001"}'
    real = system.receive

    async def receive(content):
        raise KeyError("a fault of ours")

    system.receive = receive
    with pytest.raises(KeyError):
        await call(world, body, signed(world, body))
    system.receive = real

    await call(world, body, signed(world, body))
    assert len(system.told) == 1


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(None, "refused"), (-6, "refused"), (6, "refused"), (-4, "heard"), (0, "heard")]
)
async def test_where_words_are_believed_a_signed_body_must_have_a_time_of_now(world, minutes, outcome):
    system = world.systems["crb"] = Believed()
    body = {"number": "CHG1200001", "state": "closed"}
    if minutes is not None:
        body["timestamp"] = (world.clock() + timedelta(minutes=minutes)).isoformat()
    data = json.dumps(body).encode()

    assert (await call(world, data, hub(data))).outcome == outcome
    assert len(system.told) == (outcome == "heard")
    if outcome == "heard":
        assert (await call(world, data, hub(data))).text == "taken before"
        assert len(system.told) == 1


async def test_a_tracker_that_we_ask_may_say_the_same_twice(world):
    body = b'{"number": "CHG1200001"}'

    for headers in (hub(body), shown()):
        for _ in range(2):
            assert "1 known" in (await call(world, body, headers)).text


async def test_ids_are_kept_for_a_day(world):
    body = b'{"number": "CHG1200001"}'
    await call(world, body, signed(world, body))
    await world.mend()
    assert len([row for row in await world.all("deliveries") if row.partition.startswith("in|")]) == 1

    world.clock.forward(hours=25)
    await world.mend()

    assert not [row for row in await world.all("deliveries") if row.partition.startswith("in|")]


@pytest.mark.parametrize("system", ["nothing", "quiet", "", "../crb", "crb\x00", "ü" * 300, "\ud800", "CRB"])
async def test_a_stranger_cannot_tell_a_system_that_there_is_not_from_a_wrong_secret(world, system):
    wrong = await call(world, b"{}", {"Authorization": "Bearer wrong"})

    assert await call(world, b"{}", shown(), system=system) == wrong
    assert await call(world, b"{}", {}, system=system) == wrong


def request(body, headers, system="crb"):
    return func.HttpRequest(
        method="POST", url="https://t.example/api/tickets/crb", headers=headers, params={},
        route_params={"system": system}, body=body,
    )  # fmt: skip


@pytest.fixture
def door(world, monkeypatch):
    ours = SimpleNamespace(deps=world.deps, secrets=Vault())
    monkeypatch.setattr(app, "current", lambda: ours)
    return module.bp._function_builders[0].build().get_user_function()


def odd_bodies(seed, count):
    """Bodies that somebody might send: cut, doubled, deep, of any type."""
    rnd = random.Random(seed)
    plain = json.dumps({"number": "CHG1200001", "numbers": ["CHG1"], "issue": {"key": "A-1"}, "timestamp": 5}).encode()
    values = [
        None,
        True,
        -1,
        1e308,
        10**400,
        "",
        "x" * 9_000,
        "\u0000",
        "\ud800",
        [],
        {},
        [[[]]],
        {"number": {}},
        ["/", "\\", "#", "?"],
    ]
    for _ in range(count):
        kind = rnd.randrange(6)
        if kind == 0:
            at = rnd.randrange(len(plain))
            yield plain[:at] + bytes([rnd.randrange(256)]) + plain[at + rnd.randrange(3) :]
        elif kind == 1:
            yield plain[: rnd.randrange(len(plain))]
        elif kind == 2:
            yield rnd.randbytes(rnd.randrange(300))
        elif kind == 3:
            yield b"[" * rnd.choice([50, 5_000, 60_000])
        else:
            names = rnd.choices(["number", "numbers", "key", "issue", "resource", "payload", "data", "change"], k=3)
            yield json.dumps({name: rnd.choice(values) for name in names}).encode()


async def test_every_bad_body_gets_a_plain_answer_and_never_a_500(door):
    seen = set()
    for body in odd_bodies(7, 400):
        for headers in (shown(), hub(body), {}):
            answer = await door(request(body, headers))
            seen.add(answer.status_code)
            assert answer.status_code in {202, 400, 401, 413}, (body[:80], answer.get_body())

    assert {202, 400, 401} <= seen


async def test_a_fault_of_ours_is_answered_with_try_again(door, world):
    class Broken(Believed):
        async def receive(self, body):
            raise KeyError("a fault of ours")

    world.systems["crb"] = Broken()

    answer = await door(request(b'{"number": "CHG1"}', shown()))

    assert (answer.status_code, answer.get_body()) == (503, b"not now; the log says why\n")
