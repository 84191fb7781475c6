"""Envelopes, as they travel in queues."""

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
