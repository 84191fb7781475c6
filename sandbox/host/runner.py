"""Runs functions and keeps count: what runs, ran and failed. A failure is logged and never leaves here unseen."""

import asyncio
import inspect
import logging
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.host.triggers import Function

log = logging.getLogger("sandbox.host")
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed run, numbered from 1, for those who watch."""

    number: int
    function: str
    error: str


@dataclass
class Runner:
    """One per host process. `listeners` are woken whenever a run has ended: what it sent may be waiting somewhere."""

    timeout: float = 600.0
    running: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    failures: deque[Failure] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    listeners: list[asyncio.Event] = field(default_factory=list)
    poison_listeners: list[asyncio.Event] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return bool(self.running.total())

    @property
    def generation(self) -> int:
        """Moves with every start of a run: unchanged means that nothing happened in between."""
        return self.runs.total() + self.running.total()

    async def call(self, function: Function, trigger: Any) -> Any:
        """One run; raises what the function raises, after noting it."""
        self.running[function.name] += 1
        began = time.monotonic()
        try:
            return await asyncio.wait_for(_call(function, trigger), self.timeout)
        except Exception as error:
            self.failed[function.name] += 1
            text = str(error) or type(error).__name__
            self.failures.append(Failure(self.failed.total(), function.name, text))
            log.exception("function %s failed after %.2f s: %s", function.name, time.monotonic() - began, text)
            raise
        finally:
            self.running[function.name] -= 1
            self.runs[function.name] += 1
            for event in self.listeners:
                event.set()

    def status(self, names: list[str]) -> dict[str, Any]:
        return {
            "functions": {
                name: {"runs": self.runs[name], "failed": self.failed[name], "running": self.running[name]}
                for name in names
            },
            "failures": [asdict(failure) for failure in self.failures],
        }


async def _call(function: Function, trigger: Any) -> Any:
    arguments = {function.argument: trigger}
    if inspect.iscoroutinefunction(function.call):
        return await function.call(**arguments)
    return await asyncio.to_thread(function.call, **arguments)
