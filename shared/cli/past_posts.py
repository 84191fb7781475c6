"""Past posts for `foresignal backtest` and `route`: read from a file or storage, and played on all processors."""

import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import typer

from shared.cli.inputs import name_of
from shared.cli.post_files import each_post
from shared.core.errors import PermanentError
from shared.core.times import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from shared.core.backtest.play import Played
    from shared.core.backtest.version import Version
    from shared.core.policy.model import Policy

_SPAN = re.compile(r"(\d{1,5})([dw])")
_CHUNK = 60  # changes that one process takes at a time: small enough for a bar that moves
_FEW = 400  # versions that are read faster than a second process starts


def read_versions(file: Path, only: str = "") -> "tuple[list[list[Version]], int]":
    """The versions of every change in a file of posts or of a history, and how many lines were none.

    `only`: the one change that is wanted; lines that do not name it are not read.
    """
    from shared.core.backtest.play import versions_of

    changes: dict[str, list[Version]] = defaultdict(list)

    def keep(data: Mapping[str, Any]) -> None:
        for change, version in versions_of(data):
            if only in {"", change}:
                changes[change].append(version)

    wrong = each_post(file, keep, only=only)
    if not changes and not only:
        raise PermanentError(f"{name_of(file)} holds no post")
    return list(changes.values()), wrong


def beginning(since: str, now: datetime) -> datetime:
    """`365d`, `12w` or a day, as a moment."""
    span = _SPAN.fullmatch(since)
    start = None
    with suppress(ValueError, OverflowError):
        days = int(span[1]) * (7 if span[2] == "w" else 1) if span else 0
        start = now - timedelta(days=days) if span else datetime.fromisoformat(since).replace(tzinfo=UTC)
    if start is None or not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise typer.BadParameter(
            f"{since!r} is neither a span (365d, 12w) nor a day (2026-01-31) after {FIRST_YEAR}", param_hint="--since"
        )
    return start


def play(changes: "Sequence[Sequence[Version]]", policies: "Sequence[Policy]") -> "list[Played]":
    """Every change played for every policy, in order of time: the same on one processor as on many."""
    from shared.core.backtest.play import in_order, play_all

    versions = sum(map(len, changes))
    chunks = [changes[at : at + _CHUNK] for at in range(0, len(changes), _CHUNK)]
    played: list[Played] = []
    with _bar(len(changes)) as bar:
        if versions <= _FEW or (os.cpu_count() or 1) == 1:
            for chunk in chunks:
                played += play_all(chunk, policies)
                bar.advance(len(chunk))
            return in_order(played)
        from concurrent.futures import ProcessPoolExecutor, as_completed

        with ProcessPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
            waiting = {pool.submit(play_all, chunk, policies): len(chunk) for chunk in chunks}
            for future in as_completed(waiting):
                played += future.result()
                bar.advance(waiting[future])
    return in_order(played)


class _Bar(Protocol):
    def advance(self, changes: int) -> None: ...


class _NoBar:
    def advance(self, changes: int) -> None:
        pass


@contextmanager
def _bar(changes: int) -> Iterator[_Bar]:
    """A progress bar on standard error, where a person is watching."""
    if not sys.stderr.isatty():
        yield _NoBar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading posts", total=changes)

        class Shown:
            def advance(self, changes: int) -> None:
                progress.advance(task, changes)

        yield Shown()
