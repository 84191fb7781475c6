"""`foresignal sandbox`: plays a history or a file of posts through the whole product, on this machine."""

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandbox import board, guard
from sandbox.errors import SandboxError
from sandbox.microsoft365.courses import read_script
from sandbox.microsoft365.history import Line, read
from sandbox.options import Options
from sandbox.outcome import summed_up, why_nothing
from sandbox.report import Report, Summary
from sandbox.steps import steps
from sandbox.ticket_systems import SYSTEMS
from sandbox.world import Story, World, world
from shared.core.cards.delivery import BEGINNING
from shared.core.errors import ConflictError, TransientError
from shared.core.times import when
from shared.core.words.labels import waiting_words
from shared.record.changes import all_changes
from shared.record.first_load import waiting_counts
from shared.record.register import count_entries
from shared.usecases.pages import home

SAMPLES = Path(__file__).with_name("samples")
_PATIENCE = 300.0  # seconds without any movement, beyond a message's lock
_WATCH = 1.0
_SILENT = 5  # looks in a row without an answer


def main(options: Options) -> int:
    """Run it to its end (`--once`) or until Ctrl-C; the exit code. SandboxError is for the person at the terminal."""
    guard.keep_inside(options.allow)
    return asyncio.run(_run(options))


async def _run(options: Options) -> int:
    report = Report(as_json=options.json)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    story, moments = _story(options)
    if options.posts and not options.now and story.begin:
        began = f"{story.begin:%Y-%m-%d %H:%M} UTC"
        report.say(f"the clock begins at {began}, when the newest post was changed; --now sets another")
    report.say("starting storage, Microsoft 365 and the functions ...")
    async with world(options, story, report) as running:
        report.places(running.places)
        played = _Played()
        if await _unless(stop, _while_stored(running, _play(running, options, moments, report, played))):
            report.say("stopping ...")
            return 130
        if not options.once:
            await running.host.switch_timers_on()
            report.say("live: the timers run by the sandbox's clock; Ctrl-C stops everything")
            await _unless(stop, _while_stored(running, _live(running, report)))
            report.say("stopping ...")
    return played.code if options.once else 0


@dataclass
class _Played:
    """How a run ended: a run that read nothing, or could not read everything, did not succeed."""

    code: int = 0


async def _while_stored(running: World, work: Awaitable[None]) -> None:
    """Do the work as long as storage is there: without it everything waits, and says nothing."""
    doing, gone = asyncio.ensure_future(work), asyncio.ensure_future(_storage_gone(running))
    try:
        await asyncio.wait((doing, gone), return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            gone.result()
        await doing
    finally:
        for task in (doing, gone):
            task.cancel()
        await asyncio.gather(doing, gone, return_exceptions=True)


async def _storage_gone(running: World) -> None:
    """Ends, with the reason, when Azurite has not answered for a while."""
    silent = 0
    while silent < _SILENT:
        await asyncio.sleep(_WATCH)
        silent = 0 if await asyncio.to_thread(running.storage.answers) else silent + 1
    raise SandboxError("storage (Azurite) has stopped; start the sandbox again with the same --state to go on")


async def _unless(stop_event: asyncio.Event, work: Awaitable[None]) -> bool:
    """Do the work, or drop it when told to stop; says whether it was dropped."""
    doing, stop = asyncio.ensure_future(work), asyncio.ensure_future(stop_event.wait())
    await asyncio.wait((doing, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if doing.done():
        doing.result()
        return False
    doing.cancel()
    with contextlib.suppress(asyncio.CancelledError, SandboxError):
        await doing
    return True


def _story(options: Options) -> tuple[Story, list[datetime]]:
    """What the tenants will see, and at which moments the functions look."""
    if options.posts:
        posts = read(options.posts)
        return Story(posts, options.now or _newest(posts)), []
    lines = read(options.history or SAMPLES / "history.jsonl")
    script = None if options.history else read_script(SAMPLES / "tasks.json")
    moments = steps(lines, options.first, options.last)
    if not moments:
        raise SandboxError("nothing was observed in these days; choose others with --from and --until")
    return Story(lines, options.now or moments[0], script), moments


def _newest(lines: Sequence[Line]) -> datetime:
    """When the newest of these posts was changed: then they are news. Posts from the future are taken as of now."""
    now = datetime.now(UTC)
    changed = (when(line.post["lastModifiedDateTime"]) for line in lines if line.post)
    return min(max(filter(None, changed), default=now), now)


async def _play(running: World, options: Options, moments: list[datetime], report: Report, played: _Played) -> None:
    """One round now and one at each later moment, then the night's mending, and the summary."""
    began = time.monotonic()
    before = await _counts(running)
    round_ = _Round(
        running,
        report,
        options.tickets,
        patience=options.lock + _PATIENCE,
        with_board=options.board or not _own(options),
    )
    now = running.clock()
    todo = [now, *(moment for moment in moments if moment > now)]
    with report.progress("reading", len(todo)):
        await round_.fire("fetch_roadmap")
        for moment in todo:
            await round_.at(moment)
        await round_.fire("mend")
    after = await _counts(running)
    kept = await waiting_counts(running.tables)
    calls = running.host.calls
    summary: Summary = {
        "posts_read": running.served.total(),
        **{name: after[name] - before[name] for name in after},
        "kept": sum(kept.values()),
        "graph_calls": running.graph_calls,
        "storage_calls": calls["storage"],
        "host_calls": calls["host"],
        "seconds": round(time.monotonic() - began, 1),
    }
    report.repeated_failures()
    report.summary(summary)
    if not options.json:
        report.say(summed_up(Counter([why_nothing(record) async for record in all_changes(running.tables)])))
        for (kind, target), count in kept.items():
            where = f" --state {options.state}" if options.state else ""
            report.say(waiting_words(kind, target, count) + where)
    if not summary["posts_read"]:
        report.warn("no post was read: look at the failures above, and at the file of posts if you gave one")
        played.code = 1
    if summary["parked"]:
        report.warn(f"{summary['parked']} items were parked: `foresignal parked list` shows each with its reason")
        played.code = 1


def _own(options: Options) -> bool:
    """Whether the posts are the user's, not the samples."""
    return bool(options.posts or options.history)


async def _counts(running: World) -> dict[str, int]:
    from shared import app

    ours = app.App(app.Surroundings(running.settings, clock=running.clock))
    try:
        totals = await home.count(ours.deps)
    finally:
        await ours.close()
    return {
        name: getattr(totals, name)
        for name in ("changes", "revisions", "tickets", "notes", "cancelled", "cards", "closed", "parked")
    }


class _Round:
    """What Azure's timers would run in a day, one after the other, each to its end."""

    def __init__(self, running: World, report: Report, kind: str, *, patience: float, with_board: bool) -> None:
        self._running = running
        self._report = report
        self._patience = patience
        self._with_board = with_board
        system = running.tickets
        self._began = False
        self._elsewhere = board.Elsewhere(system, SYSTEMS[kind].course) if system else None

    async def at(self, moment: datetime) -> None:
        cards, posts = len(self._running.inbox.cards), self._running.served.total()
        tickets = await self._tickets()
        now = self._running.clock.step_to(moment)
        self._report.step(f"{now:%a %Y-%m-%d %H:%M}", advance=1)
        await self.fire("digest")
        await self.fire("fetch_posts")
        await self.fire("hand_out")
        moved = await self._board(now)
        await self.fire("fetch_tasks")
        await self.fire("follow_tickets")
        if not self._began:  # the first half hour of the channels is one card
            self._running.clock.step_to(now + BEGINNING)
            self._began = True
        await self.fire("digest")
        await self.fire("index")
        new_cards = self._running.inbox.cards[cards:]
        happened = {
            ("post", "new or edited"): self._running.story.between(self._running.last_look, now),
            ("post", "read"): self._running.served.total() - posts if self._running.story.plain else 0,
            ("ticket", "filed"): await self._tickets() - tickets,
            ("card", "sent"): len(new_cards),
            ("ticket", "moved on by the board"): moved,
        }
        self._running.last_look = now
        self._report.day(now, happened, new_cards)

    async def fire(self, function: str) -> None:
        """Run a timer, and all that follows from it."""
        failure = await self._running.host.run(function)
        if failure:
            self._report.warn(f"{function}: {failure}")
        self._report.failures(await self._running.host.drain(self._report.waiting, self._patience))

    async def _tickets(self) -> int:
        if self._running.tickets:
            return len(self._running.tickets.tickets)
        return await count_entries(self._running.tables)

    async def _board(self, now: datetime) -> int:
        if not self._with_board:
            return 0
        if self._elsewhere:
            return self._elsewhere.sit(now)
        try:
            return await board.sit(self._running.tables, now)
        except (ConflictError, TransientError) as error:
            self._report.warn(f"the board: {error}")
            return 0


async def _live(running: World, report: Report) -> None:
    """Tell what comes, until cancelled."""
    count = len(running.inbox.cards)
    while True:
        report.failures(await running.host.status())
        for card in running.inbox.cards[count:]:
            report.card(card)
        count = len(running.inbox.cards)
        await asyncio.sleep(_WATCH)
