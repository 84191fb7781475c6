"""The policy in force: the newest good one, also after a restart under a wrong one."""

from datetime import timedelta

import pytest

from shared.adapters.policy import file
from shared.adapters.policy.in_force import BLOB, CONTAINER, LAST_GOOD, PolicyInForce
from shared.core.errors import TransientError
from tests.fakes import FakeBlobs, FakeClock

GOOD = b"tenants: {contoso: {}}\nteams: {w: {owner: ana@contoso.example}}\nroutes: {team: w}\n"
BETTER = GOOD.replace(b"contoso: {}", b"fabrikam: {}")
WRONG = b"tenants: {}\n"


def source(blobs, clock=None):
    return PolicyInForce(blobs, clock or FakeClock())


async def test_without_a_pushed_policy_the_package_s_own_is_in_force():
    held = source(FakeBlobs())

    assert await held.current() == file.load(file.DEFAULT.read_text(), "x")
    assert not held.failure


async def test_a_pushed_policy_is_in_force_within_a_minute():
    blobs, clock = FakeBlobs(), FakeClock()
    held = source(blobs, clock)
    await held.current()
    await blobs.put(CONTAINER, BLOB, GOOD)
    clock.forward(seconds=59)
    assert list((await held.current()).tenants) == ["home"]
    clock.forward(seconds=2)

    assert list((await held.current()).tenants) == ["contoso"]


async def test_a_wrong_one_is_named_and_the_last_good_one_goes_on():
    blobs, clock = FakeBlobs(), FakeClock()
    await blobs.put(CONTAINER, BLOB, GOOD)
    held = source(blobs, clock)
    await held.current()
    await blobs.put(CONTAINER, BLOB, WRONG)
    clock.forward(minutes=2)

    assert list((await held.current()).tenants) == ["contoso"]
    assert "tenants" in held.failure


async def test_a_process_that_starts_under_a_wrong_one_goes_on_with_the_last_good_one():
    blobs = FakeBlobs()
    for text in (GOOD, BETTER):
        await blobs.put(CONTAINER, BLOB, text)
        await source(blobs).current()
    await blobs.put(CONTAINER, BLOB, WRONG)
    started = source(blobs)

    assert list((await started.current()).tenants) == ["fabrikam"]
    assert "tenants" in started.failure
    assert blobs.held[CONTAINER, LAST_GOOD] == BETTER


async def test_a_policy_that_is_mended_is_taken_again():
    blobs, clock = FakeBlobs(), FakeClock()
    await blobs.put(CONTAINER, BLOB, WRONG)
    held = source(blobs, clock)
    with pytest.raises(TransientError, match="no good policy"):
        await held.current()
    await blobs.put(CONTAINER, BLOB, GOOD)
    clock.now += timedelta(minutes=2)

    assert list((await held.current()).tenants) == ["contoso"]
    assert not held.failure


ABSURD = GOOD + b"first_load: {days: 9999999999}\n"


async def test_what_only_a_newer_rule_refuses_stays_in_force_with_a_warning(caplog: pytest.LogCaptureFixture):
    blobs = FakeBlobs()
    await blobs.put(CONTAINER, BLOB, ABSURD)
    held = source(blobs)

    assert (await held.current()).first_load.days == 9999999999
    assert not held.failure
    assert "first_load.days: must be at most 3660 days" in caplog.text
    assert file.faults(ABSURD.decode(), "x")


async def test_what_was_always_wrong_is_refused_whatever_else_is_there():
    blobs = FakeBlobs()
    await blobs.put(CONTAINER, BLOB, GOOD)
    held = source(blobs)
    await held.current()
    await blobs.put(CONTAINER, BLOB, ABSURD.replace(b"team: w", b"team: ghost"))
    again = source(blobs)

    assert list((await again.current()).tenants) == ["contoso"]
    assert "undefined team 'ghost'" in again.failure
