"""The orchestrator's hold on the functions' host: starts it, starts it again when it dies, and asks it things."""

import asyncio
import contextlib
import importlib.util
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from sandbox.errors import SandboxError
from sandbox.host import packaged
from sandbox.host.options import ROOT, HostOptions

_LEAVES = 60.0  # seconds to finish what runs
_DEATHS = 5  # in a row, without an answer in between
_SILENCE = 120.0
_LAST_WORDS = 2000

Status = dict[str, Any]
Say = Callable[[str], None]


class HostProcess:
    """One host after another on the same listening socket, so that its address stays and requests wait for the next."""

    def __init__(
        self, options: HostOptions, listening: socket.socket, environment: Mapping[str, str], say: Say
    ) -> None:
        self._options = replace(options, socket=listening.fileno(), with_parent=True)
        self._environment = {**os.environ, **environment}
        self._say = say
        self._log = options.state / "host.log"
        self._process: asyncio.subprocess.Process | None = None
        self._session = aiohttp.ClientSession(
            f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=aiohttp.ClientTimeout(total=None, sock_connect=10)
        )
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False
        self._deaths = 0
        self._before = Counter[str]()  # calls of hosts that have died
        self._last = Counter[str]()

    async def start(self) -> None:
        await self._spawn()
        self._watch = asyncio.create_task(self._restart())
        await self.status()

    async def stop(self) -> None:
        """Let it finish what runs; one that does not leave is killed: its messages come again."""
        self._stopping = True
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), _LEAVES)
            except TimeoutError:
                self._say(f"the host did not leave within {_LEAVES:.0f} s and is killed")
                self._process.kill()
                await self._process.wait()
        if self._watch:
            self._watch.cancel()
        await self._session.close()

    async def status(self) -> Status:
        return self._heard(await self._ask("GET", "/_sandbox/status"))

    def _heard(self, status: Status) -> Status:
        self._deaths = 0
        self._last = Counter(status["calls"])
        return status

    @property
    def calls(self) -> Counter[str]:
        """Calls of all hosts of this run, as of the last status; a host that dies takes its last second with it."""
        return self._before + self._last

    async def run(self, function: str) -> str | None:
        """Run a timer function now, to its end; gives its failure in words, or None."""
        answer = await self._ask("POST", f"/_sandbox/run/{function}")
        return None if answer["ok"] else str(answer["error"])

    async def switch_timers_on(self) -> None:
        self._options = replace(self._options, timers=True)
        await self._ask("POST", "/_sandbox/timers", json={"on": True})

    async def drain(self, waiting: Callable[[Status], None], patience: float) -> Status:
        """Until nothing is left to do; the last status. SandboxError when nothing moves for `patience` seconds."""
        moved, last_state = time.monotonic(), None
        while not (answer := self._heard(await self._ask("GET", "/_sandbox/idle?wait=1")))["idle"]:
            status = await self.status()
            waiting(status)
            state = (status["pid"], status["queues"], status["functions"])
            if state != last_state:
                moved, last_state = time.monotonic(), state
            elif time.monotonic() - moved > patience:
                left = ", ".join(f"{name}: {count}" for name, count in status["queues"].items() if count)
                raise SandboxError(f"nothing has moved for {patience:.0f} s, and there is work left: {left}")
        return answer

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        """Asked again where the host dies over it. SandboxError when it gives no proper answer for long."""
        until = time.monotonic() + _SILENCE
        while True:
            asking = asyncio.create_task(self._request(method, path, **more))
            try:
                # a dead host's requests wait in the socket for the next one; there may be none
                await asyncio.wait({asking, *filter(None, [self._watch])}, return_when=asyncio.FIRST_COMPLETED)
                if asking.done():
                    return asking.result()
            except (aiohttp.ClientError, OSError, ValueError) as error:
                if time.monotonic() > until:
                    raise SandboxError(
                        f"the functions' host does not answer ({error}):\n{self._last_words()}"
                    ) from error
            finally:
                asking.cancel()
            if self._watch and self._watch.done():
                self._watch.result()
                raise SandboxError("the sandbox is being stopped")
            await asyncio.sleep(0.2)

    async def _request(self, method: str, path: str, **more: Any) -> Any:
        async with self._session.request(method, path, **more) as response:
            return await response.json()

    async def _spawn(self) -> None:
        number = self._options.socket
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *_command(self._options.folder), *self._options.arguments(),
                cwd=self._options.folder, env=self._environment,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=(number,) if number is not None else (), start_new_session=True,
            )  # fmt: skip
        (self._options.state / "host.pid").write_text(str(self._process.pid), encoding="utf-8")

    async def _restart(self) -> None:
        """Whenever it dies by itself."""
        while self._process:
            code = await self._process.wait()
            if self._stopping:
                return
            self._deaths += 1
            if self._deaths >= _DEATHS:
                raise SandboxError(f"the functions' host dies again and again ({_end(code)}):\n{self._last_words()}")
            self._say(f"the functions' host has died ({_end(code)}); it is started again")
            self._before, self._last = self._before + self._last, Counter()
            await self._spawn()

    def _last_words(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-_LAST_WORDS:].strip()


def _command(folder: Path) -> list[str]:
    """How Python is started: a package is served without this computer's libraries."""
    if folder == ROOT:
        return [sys.executable, "-m", "sandbox.host"]
    [place] = (importlib.util.find_spec("croniter") or packaged.__spec__).submodule_search_locations or [""]
    places = os.pathsep.join([str(ROOT), str(Path(place).parent)])
    return [sys.executable, "-I", "-S", packaged.__file__, places, str(folder)]


def _end(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
