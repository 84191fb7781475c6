"""`foresignal classify`: what posts say, read offline, one label object a line."""

import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, cast

import typer

from shared.cli_tools import complain, printable
from shared.core.errors import PermanentError

_GZIP = b"\x1f\x8b"
_LONG = 1 << 20  # bytes of a file worth a progress bar


def classify(
    file: Annotated[
        Path,
        typer.Argument(
            show_default=False, metavar="FILE.jsonl[.gz]|-",
            help="Posts as Graph gives them (serviceUpdateMessage), one JSON object a line; - is standard input.",
        ),
    ],
) -> None:  # fmt: skip
    """Print what each post says: rollout windows, status, kind, impact ... one JSON object a line.

    A line that is no post is named on standard error, the others go on, and the exit code is 1.
    """
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="FILE")
    from shared.core.classify import classify as read
    from shared.core.post import read_post

    name = "standard input" if str(file) == "-" else str(file)
    wrong = 0
    with _opened(file) as source:
        for number, line in _lines(source, name):
            try:
                label = read(read_post(json.loads(line))).to_label()
            except (ValueError, RecursionError, PermanentError) as error:
                wrong += 1
                complain(f"{name}:{number}: {printable(str(error))}")
            else:
                typer.echo(json.dumps(label))
    if wrong:
        raise typer.Exit(1)


def _lines(source: IO[bytes], name: str) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, numbered from 1; PermanentError where a compressed file breaks off."""
    number = 0
    try:
        for number, line in enumerate(source, 1):
            if line.strip():
                yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise PermanentError(f"{name}: cut off or damaged after line {number}") from None


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
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
