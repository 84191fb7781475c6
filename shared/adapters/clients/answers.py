"""What other servers answer, within bounds: so many bytes after decompression, JSON so deep, and no other surprise.

A gzip of 2 MB can become 2 GB, and a few thousand brackets can exhaust a parser. httpx decompresses a whole chunk at
once, so we do it ourselves, piece by piece.
"""

import json
import re
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx

from shared.core.text.safe import text_of

#: Bytes of an answer, after decompression. A page of Graph's feed has up to 1 MB, and the roadmap 5 MB.
LARGEST = 8 * 1024 * 1024
LARGEST_OF_GRAPH = 64 * 1024 * 1024
#: What we ask for, and all that we read.
ENCODINGS = "gzip, deflate"
#: Headers that tell how an answer travelled: they hold no longer once it has been read.
OF_THE_WAY = frozenset(("content-encoding", "content-length", "transfer-encoding"))
_DEEPEST = 64
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_PIECE = 64 * 1024
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class TooLargeError(httpx.TransportError):
    """An answer went over its bound, or came in an encoding that we did not ask for; the message says which."""


def bounded(response: httpx.Response, largest: int) -> httpx.Response:
    """The same answer, decompressed, which ends with TooLargeError where it goes over `largest` bytes."""
    encodings = [name.strip().lower() for name in response.headers.get("content-encoding", "").split(",")]
    named = [name for name in encodings if name not in ("", "identity")]
    if len(named) > 1 or (named and named[0] not in _WINDOWS):
        raise TooLargeError(f"its answer is encoded as {', '.join(named)[:50]}, which we did not ask for")
    headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in OF_THE_WAY]
    stream = _Bounded(response.stream, _WINDOWS[named[0]] if named else 0, largest)
    return httpx.Response(response.status_code, headers=headers, stream=stream, extensions=response.extensions)


class _Bounded(httpx.AsyncByteStream):
    """`window`: zlib's, of what came compressed; 0 for what did not."""

    def __init__(self, stream: Any, window: int, largest: int) -> None:
        self._stream, self._window, self._largest = stream, window, largest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        room = self._largest
        async for piece in self._pieces():
            room -= len(piece)
            if room < 0:
                raise TooLargeError(f"its answer is larger than {self._largest // (1024 * 1024)} MB")
            yield piece

    async def _pieces(self) -> AsyncIterator[bytes]:
        if not self._window:
            async for chunk in self._stream:
                yield chunk
            return
        inflater, first = zlib.decompressobj(self._window), True
        async for chunk in self._stream:
            if inflater.eof:
                return  # what follows the end is not read
            waiting = chunk
            while waiting:
                try:
                    piece = inflater.decompress(waiting, _PIECE)
                except zlib.error as error:
                    if not first or self._window != zlib.MAX_WBITS:
                        raise httpx.DecodingError(f"its answer is no {_name(self._window)}") from error
                    inflater = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers send deflate without its header
                    first = False
                    continue
                first = False
                waiting = inflater.unconsumed_tail
                if piece:
                    yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _name(window: int) -> str:
    return "deflate" if window == zlib.MAX_WBITS else "gzip"


class Answer(httpx.Response):
    """An answer that has been read whole."""

    @property
    def text(self) -> str:
        """Its text; as UTF-8 where it is not in the encoding that it names."""
        try:
            return super().text
        except (UnicodeError, LookupError):
            return self.content.decode(errors="replace")

    def json(self, **_: Any) -> Any:
        """Its JSON; ValueError for what is none, and for what is deeper than anything we read.

        Half of a surrogate pair, which nothing that we send or keep can hold, is U+FFFD.
        """
        value = read_json(self.content)
        return _whole_characters(value) if _HALF.search(self.content) else value


def read_json(text: bytes | str) -> Any:
    """JSON of others; ValueError for what is none, and for what nests deeper than 64 levels."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("its JSON nests too deep") from error
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("its JSON nests too deep")
        level = [inside for each in level for inside in _inside(each)]
    return value


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, dict):
        return {text_of(name): _whole_characters(each) for name, each in value.items()}
    return [_whole_characters(each) for each in value] if isinstance(value, list) else value


def _inside(value: Any) -> list[Any]:
    """What a value holds that can hold something itself."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in held if isinstance(each, dict | list)]
