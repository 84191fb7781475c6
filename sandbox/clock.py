"""The sandbox's clock: it runs, can be stepped ahead, never goes back; all processes share it in a file."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Base:
    """At real time `at` (seconds since 1970) it was `moment` in the sandbox; `stopped`: it stands still there."""

    moment: datetime
    at: float
    stopped: bool

    def now(self, real: float) -> datetime:
        return self.moment if self.stopped else self.moment + timedelta(seconds=max(0.0, real - self.at))


class SandboxClock:
    """Calling it gives now, in UTC. Cheap: one `stat` a call, the file is read only when it has changed."""

    def __init__(self, state: Path, real: Callable[[], float] = time.time) -> None:
        """The clock of a state folder that `start` has started, maybe in another process."""
        self._file = state / "clock.json"
        self._real = real
        self._stamp: tuple[int, int] | None = None
        self._base = _Base(datetime.min.replace(tzinfo=UTC), 0.0, stopped=True)
        self._last = self._base.moment

    def __call__(self) -> datetime:
        self._read()
        # the machine's own clock may be set back under us
        self._last = max(self._last, self._base.now(self._real()))
        return self._last

    def start(self, now: datetime | None = None) -> datetime:
        """Let it run from the later of `now` and a second after where it was; without a past, `now` is real now."""
        earliest = now
        if self._file.exists():
            # one that was never stopped has run on: anything earlier could lie before what has been written
            after = self() + _SECOND
            earliest = max(after, now) if now else after
        return self._write(earliest or datetime.fromtimestamp(self._real(), UTC))

    def step_to(self, moment: datetime) -> datetime:
        """Go on from that moment; one that is past changes nothing."""
        return self._write(max(moment, self()))

    def stop(self) -> None:
        """Stand still, so that the next start goes on from here."""
        self._write(self(), stopped=True)

    def _read(self) -> None:
        status = self._file.stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp == self._stamp:
            return
        values = json.loads(self._file.read_text(encoding="utf-8"))
        self._base = _Base(datetime.fromisoformat(values["moment"]), values["at"], values["stopped"])
        self._stamp = stamp

    def _write(self, moment: datetime, *, stopped: bool = False) -> datetime:
        text = json.dumps({"moment": moment.astimezone(UTC).isoformat(), "at": self._real(), "stopped": stopped})
        new = self._file.with_suffix(f".{os.getpid()}")
        new.write_text(text, encoding="utf-8")
        new.replace(self._file)
        self._stamp = None
        return self()
