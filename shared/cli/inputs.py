"""Files and standard input, unpacked and read line by line as UTF-8, whatever they are written in."""

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
LARGEST = 200 << 20
"""Bytes of one line, and of one list or page, which is read whole."""
_BOM = b"\xef\xbb\xbf"
_WIDE = (  # by the first bytes; a mark comes before the form that a text without a mark has
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_PACKED = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"(\xb5/\xfd": "packed with zstd",
    b"7z\xbc\xaf": "packed with 7-Zip",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}


def name_of(file: Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def lines_of(source: IO[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    """Every line in UTF-8, numbered from 1; PermanentError where it is no text, or breaks off, or has no end."""
    number = 0
    try:
        for number, line in enumerate(_utf8_lines(source, name), 1):
            if len(line) > LARGEST:
                raise PermanentError(f"{name}:{number}: has more than {LARGEST >> 20} MB; write one post a line")
            yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise PermanentError(f"{name}: cut off or damaged after line {number}; save or copy it again") from None
    except UnicodeDecodeError:  # of UTF-16 and UTF-32: half a character at the end
        raise PermanentError(f"{name}: cut off or damaged after line {number}; save or copy it again") from None


def _utf8_lines(source: IO[bytes], name: str) -> Iterator[bytes]:
    start = cast(io.BufferedReader, source).peek(8)[:8]
    for magic, what in _PACKED.items():
        if start.startswith(magic):
            raise PermanentError(f"{name} is {what}; unpack it, or export the posts as JSON (docs/posts.md)")
    encoding = _encoding(start)
    if not encoding:
        while line := source.readline(LARGEST + 1):
            yield line.removeprefix(_BOM)
        return
    text = io.TextIOWrapper(source, encoding=encoding, errors="surrogatepass", newline="\n")
    try:
        while wide := text.readline(LARGEST + 1):
            yield wide.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    finally:
        text.detach()  # else it closes what it does not own


def _encoding(start: bytes) -> str:
    """The encoding where a character has more bytes than one; empty for UTF-8."""
    for mark, encoding in _WIDE:
        if start.startswith(mark):
            return encoding
    if len(start) > 1 and (start[0] == 0) != (start[1] == 0):
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    return ""


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
