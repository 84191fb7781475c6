"""The policy in force: the newest good one, also after a restart under a wrong one."""

from datetime import timedelta

import pytest
import typer

from shared.adapters.policy import file
from shared.adapters.policy.in_force import BLOB, CONTAINER, LAST_GOOD, PolicyInForce
from shared.cli.policy_given import checked_text
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


OBJECTED = (
    GOOD
    + b"""tickets:
  crb:
    kind: freshservice
    settings: {url: "https://help.contoso.example", api_key: A_KEY, requester_id: 1}
"""
)


async def test_what_only_a_later_version_refuses_stays_in_force_with_a_warning(caplog):
    blobs = FakeBlobs()
    await blobs.put(CONTAINER, BLOB, OBJECTED)
    held = source(blobs)

    assert list((await held.current()).tickets) == ["crb"]
    assert not held.failure
    assert "tickets.crb.settings.url: Freshservice's API answers at" in caplog.text
    assert "help.contoso.example" not in caplog.text


def test_the_same_is_refused_where_it_is_checked_or_pushed(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_bytes(OBJECTED)

    checked = file.check_file(path)

    assert checked.faults == ()
    assert [(note.path, note.line) for note in checked.faults_of_a_new_one] == [("tickets.crb.settings.url", 7)]
    with pytest.raises(typer.Exit):
        checked_text(path, filled=True)


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


@pytest.mark.parametrize("placeholder", ["CHANGE-ME", "00000000-0000-0000-0000-000000000000"])
async def test_what_is_not_filled_in_stops_no_policy_that_is_in_force(placeholder):
    text = GOOD.decode().replace(
        "contoso: {}", f"contoso: {{tenant_id: x, auth: {{kind: federated, client_id: {placeholder}}}}}"
    )
    blobs = FakeBlobs()
    await blobs.put(CONTAINER, BLOB, text.encode())

    assert (await source(blobs).current()).tenants["contoso"].auth.client_id == placeholder
    assert [note.path for note in file.check_text(text, "x").unfilled] == ["tenants.contoso.auth.client_id"]


ABSURD = GOOD + b"first_load: {days: 9999999999}\n"


async def test_what_only_a_newer_rule_refuses_stays_in_force_with_a_warning(caplog: pytest.LogCaptureFixture):
    blobs = FakeBlobs()
    await blobs.put(CONTAINER, BLOB, ABSURD)
    held = source(blobs)

    assert (await held.current()).first_load.days == 9999999999
    assert not held.failure
    assert "first_load.days: must be at most 3660 days" in caplog.text
    assert file.check_text(ABSURD.decode(), "x").faults_of_a_new_one


async def test_what_was_always_wrong_is_refused_whatever_else_is_there():
    blobs = FakeBlobs()
    await blobs.put(CONTAINER, BLOB, GOOD)
    held = source(blobs)
    await held.current()
    await blobs.put(CONTAINER, BLOB, ABSURD.replace(b"team: w", b"team: ghost"))
    again = source(blobs)

    assert list((await again.current()).tenants) == ["contoso"]
    assert "undefined team 'ghost'" in again.failure
