"""Answers have a size and an end: a bomb, an endless body, a drip and deep JSON end within their bounds."""

import asyncio
import contextlib
import json
import time
import tracemalloc
import zlib
from collections import Counter

import pytest

from shared.adapters.clients.answers import read_json
from shared.adapters.clients.graph import Graph, Question
from shared.adapters.clients.http import Http
from shared.adapters.clients.reach import Reach
from shared.core.errors import PermanentError, TransientError
from shared.core.policy.model import Tenant
from tests.adapters.clients.server import SignIn

MB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextlib.asynccontextmanager
async def answering(*parts, repeat=b"", pause=0.0):
    """A server that answers every request with these bytes, then with `repeat` for ever."""

    async def answer(reader, writer):
        with contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await writer.drain()
            while repeat:
                writer.write(repeat)
                await writer.drain()
                await asyncio.sleep(pause)
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


@contextlib.asynccontextmanager
async def client(seconds=30.0):
    http = Http(timeout=seconds, reach=Reach(loopback=True))
    yield http
    await http.close()


@contextlib.contextmanager
def within(megabytes, seconds):
    """What happens inside takes no more than so much memory and time."""
    tracemalloc.start()
    began = time.monotonic()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * MB, f"{peak / MB:.0f} MB"
    assert time.monotonic() - began < seconds


def bomb():
    """A gzip of 2 MB that becomes 2 GB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, block = (packer.compress(bytes(64 * MB)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + block * 31


async def test_two_megabytes_that_become_two_gigabytes_end_at_eight():
    packed = bomb()
    assert 1.5 * MB < len(packed) < 3 * MB
    async with answering(OK + b"Content-Encoding: gzip\r\n\r\n", packed) as url, client() as http:
        with within(megabytes=40, seconds=30), pytest.raises(PermanentError, match="larger than 8 MB"):
            await http.send("GET", url, what="ticket system crb")


async def test_the_same_bomb_from_graph_ends_at_sixty_four():
    question = Question(
        "messages", "X", lambda service: service.admin.service_announcement.messages.to_get_request_information()
    )
    graph = Graph(SignIn("token"), Counter(), reach=Reach(loopback=True))
    async with answering(OK + b"Content-Encoding: gzip\r\n\r\n", bomb()) as url:
        with within(megabytes=200, seconds=60), pytest.raises(PermanentError, match="larger than 64 MB"):
            await graph.ask("home", Tenant(graph_url=url), question)
        await graph.close()


@pytest.mark.parametrize("head", [b"", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 99999999999\r\n"])
async def test_an_endless_body_ends_at_eight_megabytes(head):
    piece = b"x" * 65_536
    repeat = b"10000\r\n" + piece + b"\r\n" if b"chunked" in head else piece
    async with answering(OK + head + b"\r\n", repeat=repeat) as url, client() as http:
        with within(megabytes=40, seconds=30), pytest.raises(PermanentError, match="larger than 8 MB"):
            await http.send("GET", url, what="ticket system crb")


async def test_a_refusal_has_the_same_bound():
    refused = b"HTTP/1.1 403 Forbidden\r\n\r\n"
    async with answering(refused, repeat=b"x" * 65_536) as url, client() as http:
        with pytest.raises(PermanentError, match="larger than 8 MB"):
            await http.send("GET", url, what="ticket system crb")


@pytest.mark.parametrize("head", [OK, OK + b"\r\n"], ids=["of the head", "of the body"])
async def test_a_byte_now_and_then_ends_with_the_deadline(head):
    async with answering(head, repeat=b"x", pause=0.1) as url, client(seconds=1.0) as http:
        with within(megabytes=5, seconds=10), pytest.raises(TransientError, match=r"no answer from .* within 1 s"):
            await http.send("GET", url, what="ticket system crb")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
async def test_an_encoding_that_nobody_asked_for_is_not_read(encoding):
    async with answering(OK + f"Content-Encoding: {encoding}\r\n\r\n".encode(), b"{}") as url, client() as http:
        with pytest.raises(PermanentError, match="did not ask for"):
            await http.send("GET", url, what="ticket system crb")


async def test_what_claims_to_be_gzip_and_is_not_may_be_better_later():
    async with answering(OK + b"Content-Encoding: gzip\r\n\r\n", b"{}") as url, client() as http:
        with pytest.raises(TransientError, match="not to be reached"):
            await http.send("GET", url, what="ticket system crb")


TEXT = json.dumps({"name": "value" * 30_000}).encode()
GZIP = zlib.compressobj(9, zlib.DEFLATED, 31)
RAW = zlib.compressobj(9, zlib.DEFLATED, -15)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", GZIP.compress(TEXT) + GZIP.flush()),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", RAW.compress(TEXT) + RAW.flush()),
    ],
)
async def test_what_we_ask_for_is_read_whole(encoding, body):
    head = OK + (f"Content-Encoding: {encoding}\r\n" if encoding else "").encode() + b"\r\n"
    async with answering(head, body) as url, client() as http:
        answer = await http.send("GET", url, what="ticket system crb")

        assert answer.json() == json.loads(TEXT)


async def test_what_follows_the_end_of_a_gzip_is_not_read():
    packed = zlib.compress(b"{}", wbits=31)
    async with answering(OK + b"Content-Encoding: gzip\r\n\r\n", packed, repeat=b"x" * 65_536) as url, client() as http:
        with within(megabytes=5, seconds=20):
            assert (await http.send("GET", url, what="crb")).json() == {}


@pytest.mark.parametrize("text", [b"[" * 100_000, b"[" * 65 + b"]" * 65, b'{"a":' * 70 + b"1" + b"}" * 70])
def test_json_that_nests_too_deep_is_no_json(text):
    with pytest.raises(ValueError, match=r"deep|Expecting"):
        read_json(text)


def test_json_of_sixty_four_levels_is_read():
    assert read_json(b"[" * 64 + b"]" * 64)
    assert read_json(b'{"a": [{"b": null}]}') == {"a": [{"b": None}]}
