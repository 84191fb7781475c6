"""Envelopes, as they travel in queues."""

import bisect
import json
import random
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.errors import PermanentError
from shared.core.messages import LIMIT, Envelope, decode, encode
from tests.properties import unhurried

NOW = datetime(2026, 9, 1, 9, 0, 0, 123456, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@unhurried
@given(st.dictionaries(st.text(), JSON), st.integers(0, 10**6))
def test_what_is_sent_is_received(body, attempts):
    assert decode(encode(Envelope(body, NOW, attempts))) == Envelope(body, NOW, attempts)


def test_a_short_message_stays_readable_and_a_long_one_is_compressed():
    assert encode(Envelope({"ids": ["MC1"]}, NOW)).startswith(b'{"first_seen"')
    assert len(encode(Envelope({"text": "x" * 100_000}, NOW))) < 1000


def test_again_counts_and_keeps_when_it_was_first_seen():
    again = Envelope({"a": 1}, NOW, 2).again()

    assert (again.attempts, again.first_seen, again.body) == (3, NOW, {"a": 1})


def test_a_message_over_the_limit_is_refused():
    with pytest.raises(PermanentError, match="does not fit"):
        encode(Envelope({"noise": random.Random(1).randbytes(LIMIT).hex() * 2}, NOW))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"first_seen": "never", "attempts": 0, "body": {}}',
        b'{"first_seen": "2026-09-01T00:00:00Z", "attempts": "x", "body": {}}',
        b'{"first_seen": "2026-09-01T00:00:00Z", "attempts": 0, "body": []}',
        b'{"first_seen": "2026-09-01T00:00:00Z", "attempts": 0}',
        b"\x78\x9c garbage",
        zlib.compress(b"not json"),
        zlib.compress(json.dumps([1]).encode()),
        b"{" + b'"a":' + b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
    ids=lambda data: ascii(data)[:20],
)
def test_anything_else_is_a_permanent_failure(data):
    with pytest.raises(PermanentError, match="not a message of ours"):
        decode(data)


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_message_says_in_the_course_of_what_it_was_sent_and_keeps_it_when_it_is_put_back():
    sent = Envelope({"a": 1}, NOW, trace=TRACE)

    assert decode(encode(sent)) == sent
    assert sent.again().trace == TRACE


@pytest.mark.parametrize("trace", ["", "somebody", "00-0-0-01", f"{TRACE}\n", TRACE.upper()])
def test_a_trace_of_another_form_is_none(trace):
    data = json.dumps({"first_seen": NOW.isoformat(), "attempts": 0, "body": {}, "trace": trace}).encode()

    assert decode(data).trace == ""


def test_a_message_of_the_version_before_has_no_trace():
    assert decode(b'{"first_seen":"2026-09-01T09:00:00+00:00","attempts":1,"body":{"a":1}}').trace == ""


def test_a_message_that_only_fits_without_its_trace_goes_without_it():
    noise = random.Random(7).randbytes(2 * LIMIT).hex()
    too_long = bisect.bisect_left(range(2 * LIMIT), True, key=lambda size: not _fits({"text": noise[:size]}))
    body = {"text": noise[: too_long - 1]}

    data = encode(Envelope(body, NOW, trace=TRACE))

    assert len(data) <= LIMIT
    assert decode(data) == Envelope(body, NOW)


def _fits(body):
    try:
        return bool(encode(Envelope(body, NOW)))
    except PermanentError:
        return False
