"""What is special about the webhook: signatures, repeats, what is told us, what is remembered, where it may be sent."""

import base64
import json

import pytest

from sandbox.ticket_systems.webhook import WebhookReceiver
from shared.core.errors import PermanentError, TransientError
from shared.core.ticket import ENDED
from shared.tickets.webhook.address import checked
from tests.contracts.proxy import Fault
from tests.contracts.rig import ticket
from tests.contracts.webhook import Now, over
from tests.fakes import FakeTables


@pytest.fixture
async def rig():
    now = Now()
    server = WebhookReceiver(now)
    async with over(server, now) as (another, proxy):
        yield server, another(), proxy, now.own


async def test_a_message_is_signed_and_says_all_that_a_ticket_says(rig):
    server, port, _, _ = rig

    made = await port.open(ticket())

    (record,) = server.tickets
    assert made.number == record.number == "HOOK-1"
    assert made.url.endswith("/ticket/HOOK-1")
    assert record.fields["description"]["text"].startswith("The old viewer is taken away.")
    assert record.fields["description"]["html"].startswith("<p>The old viewer is taken away.")
    assert record.fields["test_plan"] == "Find who still uses it."
    assert record.history == ("2026-08-30: Announced: Retirement of the old viewer",)


async def test_a_message_whose_answer_was_lost_is_taken_once(rig):
    server, port, proxy, clock = rig
    proxy.fail_next(Fault(lost=True), Fault(lost=True))
    for _ in range(2):
        with pytest.raises(TransientError):
            await port.open(ticket())
        clock.forward(minutes=1)

    await port.open(ticket())

    assert len(server.seen) == 1
    assert server.tickets[0].history == ticket().notes


async def test_what_the_receiver_has_is_not_sent_again(rig):
    _, port, proxy, _ = rig
    made = await port.open(ticket())
    asked = len(proxy.asked)

    assert await port.amend(made, ticket()) == made

    assert len(proxy.asked) == asked


async def test_another_secret_is_refused_and_named_and_never_shown(rig):
    _, port, proxy, _ = rig
    port._deps.secrets.held["WEBHOOK_SECRET"] = "whsec_" + base64.b64encode(b"x" * 32).decode()

    with pytest.raises(PermanentError, match="401") as failed:
        await port.open(ticket())

    assert "whsec_" not in str(failed.value)
    assert "token=" not in str(failed.value)
    assert proxy.asked


@pytest.mark.parametrize(("secret", "words"), [("short", "shorter than 24"), ("whsec_***", "no base64")])
async def test_a_secret_that_protects_nothing_is_not_used(rig, secret, words):
    _, port, proxy, _ = rig
    port._deps.secrets.held["WEBHOOK_SECRET"] = secret

    with pytest.raises(PermanentError, match=words):
        await port.open(ticket())
    assert not proxy.asked


async def test_a_receiver_that_is_gone_is_parked_with_what_to_do(rig):
    server, port, _, _ = rig
    server.stopped = True

    with pytest.raises(PermanentError, match="410, it takes no more messages; give the secret WEBHOOK_URL another"):
        await port.open(ticket())


async def test_a_redirect_is_a_failure_and_is_not_followed(rig):
    _, port, proxy, _ = rig
    proxy.fail_next(Fault(307, {"Location": "http://127.0.0.1:9/"}))

    with pytest.raises(PermanentError, match="307"):
        await port.open(ticket())
    assert len(proxy.asked) == 1


async def test_an_answer_without_a_word_makes_our_key_the_number(rig):
    server, port, _, _ = rig
    server.silent = True

    made = await port.open(ticket())

    assert (made.number, made.state) == (ticket().key, "new")
    ended = await port.amend(made, ticket(cancelled=True))
    assert ended.state == "cancelled"
    assert (await port.amend(ended, ticket(reopen=True, notes=("again",)))).state not in ENDED


async def test_what_the_system_tells_is_kept_with_decision_and_times(rig):
    _, port, _, clock = rig
    made = await port.open(ticket())
    clock.forward(days=1)

    told = await port.receive({"key": ticket().key, "state": "scheduled", "decision": "approved", "decided_by": "Ana"})

    seen = (await port.states([made.number]))[made.number]
    assert told == [made.number]
    assert (seen.state, seen.decision, seen.decided_by, seen.decided_at) == ("scheduled", "approved", "Ana", clock())
    clock.forward(days=1)
    await port.receive({"number": made.number, "state": "closed", "closed_at": "2026-09-02T10:00:00Z"})
    assert (await port.states([made.number]))[made.number].closed_at.isoformat() == "2026-09-02T10:00:00+00:00"


@pytest.mark.parametrize(
    "said",
    [{}, {"number": "HOOK-99"}, {"number": None}, {"key": "x"}, {"key": "foresignal-test-MCx"}, {"key": 7},
     {"number": ["HOOK-1"]}, {"number": "HOOK-1", "decision": "maybe"}],
)  # fmt: skip
async def test_what_is_told_of_nothing_of_ours_changes_nothing(rig, said):
    _, port, _, _ = rig
    made = await port.open(ticket())

    await port.receive(said)

    assert (await port.states([made.number]))[made.number] == made


async def test_two_systems_over_the_same_tables_do_not_meet():
    now, tables = Now(), FakeTables()
    server = WebhookReceiver(now)
    async with over(server, now, tables=tables) as (another, _):
        one, other = another(), another()
        object.__setattr__(other, "_deps", type(other._deps)(**{**_fields(other._deps), "name": "second"}))
        await one.open(ticket())

        assert await other.find(ticket().key) is None


def _fields(deps):
    return {name: getattr(deps, name) for name in deps.__dataclass_fields__}


async def test_a_whole_message_stays_under_64_kib(rig):
    server, port, _, _ = rig
    text = "é<&>" * 3000

    await port.open(ticket(what=text, why_board=text[:4000], notes=tuple(f"{n} {text[:600]}" for n in range(10))))

    (record,) = server.tickets
    assert len(json.dumps(record.fields, ensure_ascii=False).encode()) < 128 * 1024


ADDRESSES = [
    ("https://127.0.0.1/x", None), ("http://localhost:8080/x", None),
    ("http://hooks.example/x", "must begin with https://"), ("ftp://hooks.example", "no address"), ("", "no address"),
    ("https://10.1.2.3/x", "private network"), ("https://169.254.169.254/metadata", "private network"),
    ("https://[fd00::1]/x", "private network"), ("https://192.168.0.4", "private network"), ("https://[", "no address"),
    ("https://0.0.0.0/x", "private network"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "words"), ADDRESSES)
async def test_nothing_is_sent_where_nobody_meant_it_to_go(url, words):
    if words is None:
        assert await checked(url, "crb", allow_private=False) == url
    else:
        with pytest.raises(PermanentError, match=words):
            await checked(url, "crb", allow_private=False)


async def test_a_private_network_may_be_meant():
    assert await checked("https://10.1.2.3/x", "crb", allow_private=True)


async def test_ping_says_what_can_be_known_without_sending(rig):
    _, port, proxy, _ = rig

    assert "may be called" in await port.ping()
    assert not proxy.asked
