"""A ticket system calls: what it says is asked for at the system itself, and nobody else is heard."""

import json
import logging
from dataclasses import replace

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.core.policy.model import Match, Route, TicketSystemEntry
from shared.core.ports.storage import Write
from shared.core.signing import signature
from shared.core.tickets.inbound import BODY_LIMIT
from shared.core.tickets.ticket import TicketRef
from shared.record import numbers
from shared.record.numbers import change_of, remember
from shared.record.register import move_entry
from shared.usecases.tickets.hear import hear
from tests.usecases.world import NOVEMBER, World, policy, post

SECRET = "a secret that nobody guesses"
OPEN = {"crb": TicketSystemEntry(kind="register", inbound="CRB_INBOUND")}


class Vault:
    """The port `Secrets`; counts who asks."""

    def __init__(self, **held):
        self.held, self.asked = held, []

    async def get(self, name):
        self.asked.append(name)
        if name not in self.held:
            raise PermanentError(f"secret {name} is not in Key Vault")
        return self.held[name]


@pytest.fixture
def opened(world):
    """The world with a ticket system that may call us."""
    world.policy.policy = policy(tickets=OPEN)
    return world


async def call(world, body, secret=SECRET, system="crb", vault=None, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = headers or {"Authorization": f"Bearer {secret}"}
    return await hear(world.deps, vault or Vault(CRB_INBOUND=SECRET), system, headers, data)


async def move(world, number, state):
    await move_entry(world.tables, number, state, "", world.clock())


async def test_a_ticket_that_the_board_closed_closes_its_change_at_once(opened):
    await opened.arrive(post(), post("MC1200002"))
    await move(opened, "CHG1200001", "closed")
    await move(opened, "CHG1200002", "closed")

    heard = await call(opened, {"number": "CHG1200001"})

    assert (heard.outcome, heard.known, heard.moved) == ("heard", 1, 1)
    assert (await opened.change()).closed.reference == "CHG1200001"
    assert (await opened.change("MC1200002")).closed is None, "the other ticket was not named"
    assert [row.key for row in await opened.all("open")] == ["0001200002"]
    assert (await call(opened, {"number": "CHG1200001"})).moved == 0, "the same call again"
    assert await opened.follow() == 1, "the other one"
    assert len(await opened.all("closings")) == 2


async def test_what_the_body_says_of_the_ticket_is_not_believed(opened):
    await opened.arrive(post())

    heard = await call(opened, {"number": "CHG1200001", "state": "closed", "decision": "approved"})

    assert (heard.known, heard.moved) == (1, 0)
    assert (await opened.ticket_state()).ticket.decision == ""
    assert (await opened.change()).closed is None


async def test_a_signed_call_is_taken_by_the_worlds_clock(opened):
    await opened.arrive(post())
    await move(opened, "CHG1200001", "authorize")
    body, at = b'{"numbers": ["CHG1200001"]}', str(int(opened.clock().timestamp()))
    signed = {"Webhook-Id": "m1", "Webhook-Timestamp": at, "Webhook-Signature": signature(SECRET, "m1", at, body)}

    opened.clock.forward(minutes=6)
    assert (await call(opened, body, **signed)).outcome == "refused"
    opened.clock.forward(minutes=-2)
    assert (await call(opened, body, **signed)).moved == 1


async def test_numbers_that_are_not_ours_are_counted_and_nothing_is_asked(opened, caplog):
    caplog.set_level(logging.INFO, "foresignal.inbound")
    await opened.arrive(post())
    strange = ["CHG9999999", "CHG1200001' or 1 eq 1", "../CHG1200001", "ü/#?\\"]

    heard = await call(opened, {"numbers": [*strange, "CHG1200001"]})

    assert (heard.outcome, heard.known, heard.moved) == ("heard", 1, 0)
    assert "1 of our tickets, 0 had moved, 4 unknown" in caplog.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"number=CHG1200001", "no JSON"),
        (b"\xff\xfe\xfa", "no JSON"),
        (b"[" * 60_000, "no JSON"),
        ([{"number": "CHG1200001"}], "no object"),
        ({"id": "CHG1200001"}, "names no ticket"),
        ({"numbers": [f"CHG{n}" for n in range(101)]}, "at most 100"),
    ],
)
async def test_a_body_that_cannot_be_read_is_explained_to_whoever_may_call(body, words):
    world = World(policy(tickets=OPEN))

    heard = await call(world, body)

    assert heard.outcome == "unreadable"
    assert words in heard.text
    assert (await call(world, body, secret="another")).outcome == "refused", "and to nobody else"


@pytest.mark.parametrize("system", ["other", "closed", "", "crb/x", "CRB"])
async def test_a_system_that_is_not_there_or_takes_no_calls_is_not_found_and_no_secret_is_read(system):
    world = World(policy(tickets={**OPEN, "closed": TicketSystemEntry(kind="register")}))
    vault = Vault(CRB_INBOUND=SECRET)

    assert (await call(world, {"number": "CHG1200001"}, system=system, vault=vault)).outcome == "refused"
    assert vault.asked == []


async def test_a_body_of_more_than_64_kib_is_not_even_held_against_its_signature():
    world, vault = World(policy(tickets=OPEN)), Vault(CRB_INBOUND=SECRET)
    large = b'{"number": "CHG1200001", "more": "' + b"x" * BODY_LIMIT + b'"}'

    assert (await call(world, large, vault=vault)).outcome == "too large"
    assert vault.asked == []


async def test_a_refusal_says_nothing_and_the_log_names_the_system_without_the_secret(caplog):
    world = World(policy(tickets=OPEN))

    heard = await call(world, {"number": "CHG1200001"}, secret="the wrong secret, tried")

    assert (heard.outcome, heard.text) == ("refused", "not authenticated")
    assert "crb" in caplog.text
    assert "tried" not in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("secret", ["", "short", "whsec_short"])
async def test_a_secret_that_is_missing_or_can_be_guessed_opens_nothing(secret):
    world = World(policy(tickets=OPEN))

    for vault in (Vault(), Vault(CRB_INBOUND=secret)):
        with pytest.raises(PermanentError, match="CRB_INBOUND"):
            await call(world, {"number": "CHG1200001"}, secret=secret, vault=vault)


async def test_a_system_that_is_down_is_told_so_and_nothing_is_lost():
    class Down:
        searches_late = 0.0
        up = False

        async def open(self, ticket):
            return TicketRef("T1", "u", "new")

        async def states(self, numbers):
            if not self.up:
                raise TransientError("down")
            return {number: TicketRef(number, "u", "closed") for number in numbers}

    world = World(policy(tickets=OPEN))
    world.systems["crb"] = Down()
    await world.arrive(post())

    with pytest.raises(TransientError):
        await call(world, {"number": "T1"})

    world.systems["crb"].up = True
    assert (await call(world, {"number": "T1"})).moved == 1


class Told:
    """A system without a look-up: it keeps what it is told, and answers with that."""

    searches_late = 0.0

    def __init__(self):
        self.kept = {}

    async def open(self, ticket):
        return TicketRef("W1", "u", "new")

    async def receive(self, body):
        if "state" not in body:
            raise PermanentError("a body without a `state`")
        if "id" not in body:
            return []
        self.kept[body["id"]] = body["state"]
        return [body["id"]]

    async def states(self, numbers):
        return {number: TicketRef(number, "u", self.kept.get(number, "new")) for number in numbers}


async def test_where_a_system_cannot_be_asked_its_adapter_keeps_what_it_says():
    world = World(policy(tickets=OPEN))
    world.systems["crb"] = Told()
    await world.arrive(post())

    assert (await call(world, {"id": "W1", "state": "closed"}, secret="another one")).outcome == "refused"
    assert world.systems["crb"].kept == {}
    assert (await call(world, {"id": "W1", "state": "closed"})).moved == 1
    assert (await world.change()).closed
    assert (await call(world, {"id": "W1"})).text == "a body without a `state`"
    strange = await call(world, {"number": "W2", "state": "closed"})
    assert (strange.outcome, strange.known) == ("heard", 0)


async def test_a_ticket_of_one_system_is_none_of_anothers():
    routes = Route(team="workplace", routes=tuple(
        Route(match=Match(crb=True), ticket=name, **{"continue": True}) for name in ("crb", "second")
    ))  # fmt: skip
    both = {**OPEN, "second": TicketSystemEntry(kind="fake", inbound="SECOND_INBOUND")}
    world = World(policy(tickets=both, routes=routes))
    world.systems["second"] = Told()
    await world.arrive(post())
    vault = Vault(CRB_INBOUND=SECRET, SECOND_INBOUND="the secret of the second system")

    heard = await call(world, {"id": "W1", "state": "closed"}, vault=vault, system="second")
    assert heard.outcome == "refused", "each has its own secret"
    assert (await call(world, {"number": "W1"})).known == 0
    assert await change_of(world.tables, "second", "W1") == "MC1200001"


# How a number is found.


async def test_a_system_that_never_calls_costs_no_row(world):
    await world.arrive(post())

    assert await world.all("numbers") == []


async def test_tickets_from_before_the_door_was_opened_are_found_from_the_next_night_on(world):
    await world.arrive(post(), post("MC1200002"))
    world.policy.policy = policy(tickets=OPEN)
    assert (await call(world, {"number": "CHG1200001"})).known == 0

    assert (await world.mend()).numbers == 2
    assert (await world.mend()).numbers == 0

    assert (await call(world, {"number": "CHG1200001"})).known == 1


async def test_a_number_that_has_gone_to_another_change_is_that_ones(opened):
    await opened.arrive(post(), post("MC1200002"))
    await remember(opened.deps.storage.tables, "crb", "CHG1200001", "MC1200002")
    assert await change_of(opened.tables, "crb", "CHG1200001") == "", "the record has the last word"

    assert (await opened.mend()).numbers == 1

    assert await change_of(opened.tables, "crb", "CHG1200001") == "MC1200001"
    await remember(opened.deps.storage.tables, "crb", "CHG1200001", "MC1200001")
    assert len(await opened.all("numbers")) == 2


class Made:
    """A system whose ticket is deleted by hand; the next amendment makes another."""

    searches_late = 0.0
    gone = False

    async def open(self, ticket):
        return TicketRef("N1", "u", "new")

    async def amend(self, ref, ticket):
        return TicketRef("N2", "u", "new") if self.gone else ref

    async def states(self, numbers):
        return {} if self.gone else {number: TicketRef(number, "u", "new") for number in numbers}


async def test_a_ticket_that_was_made_anew_is_asked_for_by_its_new_number_only(opened):
    opened.systems["crb"] = system = Made()
    await opened.arrive(post())
    system.gone = True
    assert (await call(opened, {"number": "N1"})).moved == 1
    assert (await opened.ticket_state()).ticket.remote_state == "no longer there"

    await opened.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))

    assert (await opened.ticket_state()).ticket.number == "N2"
    assert await change_of(opened.tables, "crb", "N1") == ""
    assert await change_of(opened.tables, "crb", "N2") == "MC1200001"


async def test_a_ticket_that_got_another_number_in_its_system_is_found_by_it(opened):
    class Moved(Made):
        async def states(self, numbers):
            return {number: TicketRef("OTHER-9", "u", "assess") for number in numbers}

    opened.systems["crb"] = Moved()
    await opened.arrive(post())

    assert await opened.follow() == 1

    assert (await opened.ticket_state()).ticket.number == "OTHER-9"
    assert (await call(opened, {"key": "OTHER-9"})).known == 1


async def test_a_ticket_that_follows_its_announcement_is_its_successors_from_then_on(opened):
    await opened.arrive(post())
    successor = post("MC1300001", title="Retirement of the viewer (new info)")
    successor["body"]["content"] = "<p>This message replaces MC1200001.</p>" + successor["body"]["content"]
    await opened.arrive(successor)
    assert await change_of(opened.tables, "crb", "CHG1200001") == "MC1300001"

    row = next(row for row in await opened.all("numbers") if row.key == "CHG1200001")
    await opened.tables.commit("numbers", [Write("replace", replace(row, values={"change": "MC1200001"}))])

    assert await change_of(opened.tables, "crb", "CHG1200001") == "MC1300001", "also where we died before the row"
    await move(opened, "CHG1200001", "closed")
    assert (await call(opened, {"number": "CHG1200001"})).moved == 1
    assert (await opened.change("MC1300001")).closed


async def test_a_run_that_dies_before_the_number_is_kept_costs_a_night_of_waiting_for_the_timer(opened, monkeypatch):
    async def dies(*_):
        raise TransientError("storage is gone")

    monkeypatch.setattr(numbers, "remember", dies)
    await opened.arrive(post())
    await move(opened, "CHG1200001", "authorize")

    assert (await call(opened, {"number": "CHG1200001"})).known == 0
    assert await opened.follow() == 1
    assert (await opened.mend()).numbers == 1
    assert (await call(opened, {"number": "CHG1200001"})).known == 1
    assert len(await opened.all("register")) == 1
    assert await opened.all("parked") == []
