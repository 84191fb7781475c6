"""Timer functions on the sandbox's clock."""

import asyncio
import contextlib
import logging
from datetime import datetime, timedelta

from croniter import croniter

from sandbox.host.runner import Runner
from sandbox.host.triggers import TimerFunction
from shared.core.ports.deployment import Clock

log = logging.getLogger("sandbox.host")
_LOOK = 0.5  # seconds; the clock may be stepped while we wait
_LATE = timedelta(seconds=2)


class Timers:
    """All timers of an app. Off until they are switched on: while a history is stepped, each step says what runs."""

    def __init__(self, functions: list[TimerFunction], runner: Runner, clock: Clock) -> None:
        self._functions = {function.name: function for function in functions}
        self._runner = runner
        self._clock = clock
        self._one_at_a_time = {name: asyncio.Lock() for name in self._functions}
        self._on = asyncio.Event()

    def __contains__(self, name: str) -> bool:
        return name in self._functions

    def switch(self, *, on: bool) -> None:
        self._on.set() if on else self._on.clear()

    async def fire(self, name: str, *, past_due: bool = False) -> None:
        """Run it now and wait for its end; raises what it raises. Never twice at once, as in Azure."""
        # the class that the library builds itself: that of the package's top takes no arguments in 1.x
        from azure.functions.timer import TimerRequest

        async with self._one_at_a_time[name]:
            await self._runner.call(self._functions[name], TimerRequest(past_due=past_due))

    async def run(self, stopping: asyncio.Event) -> None:
        loops = [asyncio.create_task(self._follow(function)) for function in self._functions.values()]
        await stopping.wait()
        for loop in loops:
            loop.cancel()
        # one that is running is finished: it holds its lock
        for lock in self._one_at_a_time.values():
            async with lock:
                pass

    async def _follow(self, function: TimerFunction) -> None:
        await self._on.wait()
        if function.run_on_startup:
            await self._quietly(function, past_due=False)
        while True:
            await self._on.wait()
            due = next_run(function.schedule, self._clock())
            if not await self._reached(due):
                continue  # switched off meanwhile
            await self._quietly(function, past_due=self._clock() - due > _LATE)

    async def _reached(self, due: datetime) -> bool:
        while self._on.is_set():
            left = (due - self._clock()).total_seconds()
            if left <= 0:
                return True
            await asyncio.sleep(min(left, _LOOK))
        return False

    async def _quietly(self, function: TimerFunction, *, past_due: bool) -> None:
        # no retry, as in Azure: the next due time is the next try; the runner has noted the failure
        with contextlib.suppress(Exception):
            # shielded, so that the host's leaving lets it finish
            await asyncio.shield(self.fire(function.name, past_due=past_due))


def next_run(schedule: str, after: datetime) -> datetime:
    """The next time of an NCRONTAB expression: seconds first; day and weekday must both match, not either."""
    return croniter(schedule, after, second_at_beginning=True, day_or=False).get_next(datetime)
