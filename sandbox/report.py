"""What the sandbox says while it works: lines, a progress bar where there is a terminal, and the summary."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from sandbox.inbox.server import Card

_SHOWN = 4
Summary = Mapping[str, int | float]
_LABELS = {
    "posts_read": "posts read from Graph",
    "changes": "new changes",
    "revisions": "revisions of changes",
    "tickets": "tickets filed",
    "notes": "notes on tickets: dates that moved, and what else happened",
    "cancelled": "tickets cancelled with their changes",
    "cards": "cards sent",
    "kept": "tickets and cards of the first load that wait for release",
    "closed": "changes closed",
    "parked": "parked: failed for good",
    "graph_calls": "calls to Graph",
    "storage_calls": "calls to storage",
    "host_calls": "calls of the host itself",
    "seconds": "seconds",
}


class Report:
    """With `as_json`, standard output holds the summary alone, and everything else goes to standard error."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(stderr=as_json, highlight=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._told = 0
        self._failures = Counter[str]()

    def say(self, text: str) -> None:
        # texts come from posts and errors: brackets in them are no markup, and nothing may steer the terminal
        self._console.print("".join(c if c.isprintable() or c == "\n" else " " for c in text), markup=False)

    def warn(self, text: str) -> None:
        self._console.print(f"! {text}", style="yellow", markup=False)

    def places(self, places: Mapping[str, str]) -> None:
        """Where to look."""
        table = Table(show_header=False, box=None, pad_edge=False)
        for what, address in places.items():
            table.add_row(what, f"[link={address}]{address}[/link]" if self._console.is_terminal else address)
        self._console.print()
        self._console.print(table)
        self._console.print()

    @contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[None]:
        """A bar with counts on a terminal; `step` moves it."""
        if not self._console.is_terminal:
            yield
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True) as self._progress:
            self._progress.add_task(what, total=total)
            yield
        self._progress = None

    def step(self, what: str = "", advance: int = 0) -> None:
        if self._progress:
            task = self._progress.task_ids[0]
            self._progress.update(task, advance=advance, description=what or None)

    def day(self, now: datetime, happened: Mapping[tuple[str, str], int], cards: Sequence[Card]) -> None:
        """What a step of a history brought: counts of (one of what, what with it), and the first cards."""
        counts = ", ".join(f"{n:,} {what}{'s' * (n != 1)} {done}" for (what, done), n in happened.items() if n)
        if counts:
            self.say(f"{now:%Y-%m-%d %H:%M}  {counts}")
        for card in cards[:_SHOWN]:
            self.say(f"{'':18}to {card.channel}: {_title(card.card)}")
        if len(cards) > _SHOWN:
            self.say(f"{'':18}and {len(cards) - _SHOWN} more cards")

    def waiting(self, status: Mapping[str, Any]) -> None:
        """What is still being worked on, and what has failed since the last time."""
        self.failures(status)
        queues = ", ".join(f"{name} {count}" for name, count in status["queues"].items() if count)
        self.step(f"working on {queues}" if queues else "")

    def failures(self, status: Mapping[str, Any]) -> None:
        """What has failed since the last time; the same is told once, and counted for the end."""
        failed = status["failures"]
        if failed and failed[-1]["number"] < self._told:
            self._told = 0  # another host process
        for failure in failed:
            if failure["number"] > self._told:
                self._told = failure["number"]
                text = f"{failure['function']} failed: {failure['error']}"
                self._failures[text] += 1
                if self._failures[text] == 1:
                    self.warn(text)

    def repeated_failures(self) -> None:
        for text, count in self._failures.items():
            if count > 1:
                self.warn(f"{count} times: {text}")

    def card(self, card: Card) -> None:
        self.say(f"{card.at[:16].replace('T', ' ')}  to {card.channel}: {_title(card.card)}")

    def summary(self, summary: Summary) -> None:
        if self._as_json:
            sys.stdout.write(json.dumps(summary) + "\n")
            return
        table = Table(show_header=False, box=None, pad_edge=False)
        for name, value in summary.items():
            table.add_row(_LABELS.get(name, name), f"{value:,.1f}" if isinstance(value, float) else f"{value:,}")
        self._console.print(table)


def _title(part: Any) -> str:
    """The first heading of a card, else its first text."""
    texts = list(_texts(part))
    headings = [text for text, heading in texts if heading]
    return next(iter(headings or [text for text, _ in texts]), "")[:100]


def _texts(part: Any) -> Iterator[tuple[str, bool]]:
    if isinstance(part, list):
        for child in part:
            yield from _texts(child)
    elif isinstance(part, dict):
        if part.get("type") == "TextBlock":
            yield str(part.get("text", "")), part.get("style") == "heading"
        for name in ("body", "items", "columns"):
            yield from _texts(part.get(name))
