"""What goes wrong between an adapter and its ticket system: one contract for every remote one."""

import itertools
import logging
from contextlib import nullcontext
from functools import partial

import pytest

from shared.core.errors import PermanentError, TargetDownError, TransientError
from tests.contracts.proxy import Fault
from tests.contracts.rig import REMOTE, found_late, impatient, remote, ticket


@pytest.fixture(params=REMOTE)
async def rig(request):
    async with remote(request) as built:
        yield built


async def failure(call):
    """One of the two failures, or None; anything else is a bug."""
    try:
        await call()
    except (PermanentError, TransientError) as error:
        return error
    return None


_ECHO = "you sent {secrets} to us"
_TRANSIENT = [
    ("429 with Retry-After", Fault(429, {"Retry-After": "7"}), 7),
    ("429 without", Fault(429), None),
    ("500", Fault(500, body="<html>Internal error</html>"), None),
    ("502", Fault(502), None),
    ("503 with a date", Fault(503, {"Retry-After": "Wed, 01 Jan 2020 00:00:00 GMT"}), 0),
    ("connection refused", Fault(refused=True), None),
    ("no answer in time", Fault(silent=True), None),
]


@pytest.mark.parametrize(("fault", "after"), [case[1:] for case in _TRANSIENT], ids=[case[0] for case in _TRANSIENT])
@pytest.mark.parametrize("call", ["find", "open", "amend", "states"])
async def test_what_may_pass_is_transient_and_is_not_tried_again_by_the_adapter(rig, call, fault, after):
    opened = await rig.port.open(ticket())
    fresh = itertools.count()  # what was done once need not be done again
    calls = {
        "find": lambda port: port.find(ticket().key),
        "open": lambda port: port.open(ticket(f"MC12001{next(fresh):02d}")),
        "amend": lambda port: port.amend(opened, ticket(notes=(f"more {next(fresh)}",))),
        "states": lambda port: port.states([opened.number]),
    }
    if not await _calls_out(rig, calls[call]):
        pytest.skip("this call stays on our side")
    asked = len(rig.proxy.asked)
    rig.proxy.fail_next(fault)

    with pytest.raises(TransientError) as failed, impatient() if fault.silent else nullcontext():
        await calls[call](rig.port)

    assert failed.value.retry_after == after or after is None
    assert "crb" in str(failed.value)
    assert len(rig.proxy.asked) - asked == 1


async def _calls_out(rig, call):
    """Whether the call leaves at all: some adapters keep what they know on our side."""
    asked = len(rig.proxy.asked)
    await call(rig.port)
    return len(rig.proxy.asked) > asked


@pytest.mark.parametrize("status", [400, 401, 403, 422])
async def test_what_does_not_pass_is_permanent_says_what_to_do_and_leaks_nothing(rig, caplog, status):
    caplog.set_level(logging.DEBUG)
    await rig.port.open(ticket())
    rig.proxy.fail_every(1, [Fault(status, body=_ECHO.format(secrets=" ".join(rig.secrets)))])

    with pytest.raises(PermanentError) as failed:
        await rig.port.open(ticket("MC1200009"))

    said = str(failed.value)
    assert "crb" in said
    assert str(status) in said
    for secret in rig.secrets:
        assert secret not in said
        assert secret not in caplog.text


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_system_that_refuses_a_new_ticket_is_down_and_says_what_to_do(rig, status):
    rig.proxy.fail_every(1, [Fault(status, body="{}")])

    error = await failure(partial(rig.port.open, ticket("MC1200009")))

    if status == 410 and not isinstance(error, TargetDownError):
        pytest.skip("this system never answers so")
    assert isinstance(error, TargetDownError)
    assert "foresignal check --online" in error.remedy


async def test_a_known_ticket_that_is_refused_is_its_own_fault(rig):
    opened = await rig.port.open(ticket())
    rig.proxy.fail_next(*[Fault(403, body="{}")] * 3, only=lambda method, _: method != "GET")

    error = await failure(partial(rig.port.amend, opened, ticket(risk="low", notes=("second",))))

    assert isinstance(error, PermanentError)
    assert not isinstance(error, TargetDownError)


@pytest.mark.parametrize("status", [409, 412])
async def test_somebody_else_who_writes_at_the_same_time_is_waited_for(rig, status):
    if status not in rig.conflicts:
        pytest.skip("here this status refuses")
    opened = await rig.port.open(ticket())
    rig.proxy.fail_next(Fault(status), only=lambda method, path: method in {"PUT", "PATCH"} or method == "POST")

    if await failure(partial(rig.port.amend, opened, ticket(risk="low", notes=("more",)))):
        await rig.port.amend(opened, ticket(risk="low", notes=("more",)))
    rig.proxy.forget()

    wanted = rig.shows(ticket(risk="low"))
    held = await rig.fields(opened.number)
    assert {name: held.get(name) for name in wanted} == wanted
    assert "more" in await rig.history(opened.number)


async def test_a_lost_answer_to_a_create_leaves_a_ticket_that_is_found_again(rig):
    await rig.port.ping()  # signed in
    rig.proxy.fail_next(Fault(lost=True), only=lambda method, path: method == "POST" and "token" not in path)

    if await failure(partial(rig.port.open, ticket())):
        await found_late(rig)
        found = await rig.port.find(ticket().key)
        if found is None:
            await rig.port.open(ticket())
    await found_late(rig)

    assert await rig.count(ticket().key) == 1


async def test_no_error_holds_a_secret_whatever_the_system_answers(rig):
    opened = await rig.port.open(ticket())
    body = _ECHO.format(secrets=" ".join(rig.secrets)) * 3
    for status in (302, 400, 401, 403, 404, 409, 410, 412, 415, 418, 422, 429, 500, 503):
        for call in (
            partial(rig.port.open, ticket("MC1200009")),
            partial(rig.port.amend, opened, ticket(notes=(f"told {status}",))),
            partial(rig.port.states, [opened.number]),
            rig.port.ping,
        ):
            rig.proxy.fail_every(1, [Fault(status, {"Location": "http://127.0.0.1:9/"}, body)])
            error = await failure(call)
            assert not any(secret in str(error) for secret in rig.secrets), status
            rig.proxy.fail_every(0, [])


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "null", "{}", '{"result": null}', '{"value": 7}', "\x00", "<a>"])
async def test_an_answer_that_makes_no_sense_is_one_of_the_two_failures(rig, body):
    opened = await rig.port.open(ticket())
    for call in (
        partial(rig.port.find, ticket().key),
        partial(rig.port.open, ticket("MC1200009")),
        partial(rig.port.amend, opened, ticket(notes=("more",))),
        partial(rig.port.states, [opened.number]),
        rig.port.ping,
    ):
        rig.proxy.fail_every(1, [Fault(200, {"Content-Type": "application/json"}, body)])
        error = await failure(call)
        assert error is None or "crb" in str(error)
        rig.proxy.fail_every(0, [])
