"""Files and standard input, unpacked and read line by line."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from shared.core.errors import PermanentError

_GZIP = b"\x1f\x8b"
_LONG = 1 << 20  # bytes of a file worth a progress bar


def lines_of(source: IO[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, numbered from 1; PermanentError where a compressed file breaks off."""
    number = 0
    try:
        for number, line in enumerate(source, 1):
            if line.strip():
                yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise PermanentError(f"{name}: cut off or damaged after line {number}") from None


@contextmanager
def opened(file: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked; with a progress bar for a long one where a person is watching."""
    if str(file) == "-":
        yield _unpacked(sys.stdin.buffer)
        return
    with file.open("rb") as raw:
        size = file.stat().st_size
        if size < _LONG or not sys.stderr.isatty() or sys.stdout.isatty():
            yield _unpacked(raw)
            return
        from rich.console import Console
        from rich.progress import wrap_file

        with wrap_file(raw, size, description=file.name, console=Console(stderr=True), transient=True) as watched:
            yield _unpacked(watched)


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    source = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
    unpacked = gzip.GzipFile(fileobj=source) if source.peek(2).startswith(_GZIP) else source
    return cast(IO[bytes], unpacked)
