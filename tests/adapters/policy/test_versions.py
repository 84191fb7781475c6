"""Pushed policies are kept with who, when and why, and nobody overwrites another's unawares."""

import base64
import json
from datetime import timedelta

import pytest

from shared.adapters.policy import versions as store
from shared.adapters.policy.file import DEFAULT
from shared.adapters.policy.in_force import BLOB, CONTAINER
from shared.cli.who import account_of
from shared.core.errors import ConflictError, PermanentError
from tests.fakes import NOW, FakeBlobs

FIRST, SECOND = "teams: {a: {}}\n", "teams: {b: {}}\n"


async def pushed(blobs, text, minutes=0, **over):
    named = {"who": "ana", "message": "why not", "file": "policy.yaml"} | over
    return await store.push(blobs, text, at=NOW + timedelta(minutes=minutes), **named)


async def test_what_is_pushed_is_in_force_and_kept_with_who_when_and_why():
    blobs = FakeBlobs()

    made = await pushed(blobs, FIRST)

    now = await store.in_force(blobs)
    assert (now.text, now.version) == (FIRST, made)
    assert (made.who, made.message, made.file, made.at) == ("ana", "why not", "policy.yaml", NOW)
    assert await blobs.get(CONTAINER, BLOB) == FIRST.encode()
    assert await store.text_of(blobs, made.name[:12]) == FIRST


async def test_without_a_pushed_one_the_packages_own_is_in_force_and_there_are_no_versions():
    now = await store.in_force(FakeBlobs())

    assert (now.text, now.version, now.etag) == (DEFAULT.read_text(), None, "")
    assert await store.versions(FakeBlobs()) == []


async def test_every_version_stays_also_one_that_is_pushed_again():
    blobs = FakeBlobs()
    for minute, text in enumerate((FIRST, SECOND, FIRST)):
        await pushed(blobs, text, minute)

    found = await store.versions(blobs)

    assert [version.at.minute for version in found] == [0, 1, 2]
    assert (await store.in_force(blobs)).version == found[2]


async def test_two_pushes_within_a_second_are_two_versions_in_their_order():
    blobs = FakeBlobs()
    for number, (text, who) in enumerate([(FIRST, "ana"), (FIRST, "ben"), (SECOND, "cyd"), (FIRST, "dan")]):
        await pushed(blobs, text, number / 600, who=who)

    assert [version.who for version in await store.versions(blobs)] == ["ana", "ben", "cyd", "dan"]
    assert (await store.in_force(blobs)).version.who == "dan"


async def test_versions_stand_in_the_order_of_their_pushes_whatever_the_clocks_of_those_who_push_say():
    blobs = FakeBlobs()
    for minutes, text, who in [(5, FIRST, "ana"), (0, SECOND, "ben"), (0, FIRST, "cyd"), (-9, FIRST, "dan")]:
        made = await pushed(blobs, text, minutes, who=who)
        assert (await store.in_force(blobs)).version == made

    found = await store.versions(blobs)
    assert [version.who for version in found] == ["ana", "ben", "cyd", "dan"]
    assert [version.at.minute for version in found] == [5, 0, 0, 51], "as their own clocks had it"


async def test_a_version_comes_after_one_whose_name_has_no_fraction_of_a_second():
    blobs = FakeBlobs()
    older = await pushed(blobs, FIRST)
    plain = older.name.replace(".000000", "")
    blobs.held[CONTAINER, f"policy/{plain}"] = blobs.held.pop((CONTAINER, f"policy/{older.name}"))

    made = await pushed(blobs, FIRST, 0.001, who="ben")

    assert [version.name for version in await store.versions(blobs)] == [plain, made.name]


async def test_of_two_pushes_of_one_text_at_the_very_same_moment_the_first_keeps_its_name():
    blobs = FakeBlobs()
    plain = blobs.replace

    async def overtaken(container, name, data, etag):
        blobs.replace = plain
        await pushed(blobs, FIRST)
        await plain(container, name, data, etag)

    blobs.replace = overtaken
    with pytest.raises(PermanentError, match="somebody else pushed just now"):
        await pushed(blobs, FIRST, who="ben")

    assert [version.who for version in await store.versions(blobs)] == ["ana"]


async def test_one_that_was_pulled_before_another_push_is_refused_with_who_that_was():
    blobs = FakeBlobs()
    await pushed(blobs, FIRST)
    mine = store.marked(await store.in_force(blobs)) + "# mine\n"
    other = await pushed(blobs, SECOND, 1, who="ben")

    with pytest.raises(PermanentError, match=f"ben pushed {other.name} since you pulled"):
        await pushed(blobs, mine, 2)

    await pushed(blobs, mine, 3, force=True)
    assert (await store.in_force(blobs)).text == FIRST + "# mine\n", "the mark itself is not pushed"


async def test_one_that_nobody_overtook_is_taken():
    blobs = FakeBlobs()
    await pushed(blobs, FIRST)
    mine = store.marked(await store.in_force(blobs)) + "# mine\n"

    await pushed(blobs, mine, 1)

    assert (await store.in_force(blobs)).text.endswith("# mine\n")


async def test_of_two_pushes_at_the_same_moment_one_is_told_of_the_other():
    blobs = FakeBlobs()
    await pushed(blobs, FIRST)
    plain = blobs.replace

    async def overtaken(container, name, data, etag):
        if name == BLOB:
            blobs.held[container, name] = SECOND.encode()
        await plain(container, name, data, etag)

    blobs.replace = overtaken
    with pytest.raises(PermanentError, match="somebody else pushed just now"):
        await pushed(blobs, FIRST + "#\n", 1)
    assert await blobs.get(CONTAINER, BLOB) == SECOND.encode()


@pytest.mark.parametrize("name", ["2026", "1999", ""])
async def test_a_version_that_is_not_one_is_said(name):
    blobs = FakeBlobs()
    await pushed(blobs, FIRST)
    await pushed(blobs, SECOND, 1)

    with pytest.raises(PermanentError, match="policy versions lists them"):
        await store.text_of(blobs, name)


async def test_over_the_real_storage_a_stale_version_never_overwrites(storage):
    from collections import Counter

    from shared.adapters.storage.blobs import AzureBlobs

    blobs = AzureBlobs.connect(Counter(), connection=storage)
    try:
        await blobs.create(["pushes"])
        await blobs.replace("pushes", "a/1", b"one", "")
        with pytest.raises(ConflictError):
            await blobs.replace("pushes", "a/1", b"two", "")
        held = await blobs.read("pushes", "a/1")
        await blobs.replace("pushes", "a/1", b"two", held.etag)
        with pytest.raises(ConflictError):
            await blobs.replace("pushes", "a/1", b"three", held.etag)
        assert (await blobs.read("pushes", "a/1")).data == b"two"
        assert await blobs.read("pushes", "a/2") is None
        assert await blobs.names("pushes", "a/") == ["a/1"]
        assert await blobs.names("nowhere", "a/") == []
    finally:
        await blobs.close()


def token(**claims):
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.x"


@pytest.mark.parametrize(
    ("given", "account"),
    [
        (token(upn="ana@contoso.example", appid="1"), "ana@contoso.example"),
        (token(unique_name="ben"), "ben"),
        (token(appid="app-1"), "app-1"),
        (token(), ""),
        ("opaque", ""),
        ("a.!!!.c", ""),
        ("a.W10.c", ""),
    ],
)
def test_the_account_is_told_from_the_tokens_claims(given, account):
    assert account_of(given) == account
