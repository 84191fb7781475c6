"""Azurite, the storage emulator: one per folder, in its own session, reused by a restart, stopped with SIGTERM only."""

import contextlib
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from sandbox.errors import SandboxError

MODULES = Path(__file__).resolve().parents[1] / "node_modules"
OLDEST_NODE = 20
ACCOUNT = "devstoreaccount1"
# The emulator's published account key, the same on every machine.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SERVICES = ("blob", "queue", "table")
_KEEP_ALIVE = 120  # seconds; the default of 5 closes connections under clients that keep them for 15
_START = 60.0
_STOP = 60.0


@dataclass(frozen=True, slots=True)
class Ports:
    """The three ports; 0 lets the system choose."""

    blob: int = 0
    queue: int = 0
    table: int = 0


@dataclass(frozen=True, slots=True)
class Azurite:
    """A running Azurite. `state` holds its pid file, its log, and its data in `azurite/`."""

    state: Path
    pid: int
    ports: Ports

    @property
    def connection_string(self) -> str:
        return connection_string(self.ports)

    def answers(self) -> bool:
        return all(_answers(getattr(self.ports, service), service) for service in SERVICES)

    def stop(self) -> None:
        """Ask it to leave and wait until it has written everything; never killed, that loses acknowledged writes."""
        if _is_azurite(self.pid, self.state):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        with _folder_lock(self.state, _STOP) as lock:
            if lock is None:
                raise SandboxError(
                    f"Azurite (process {self.pid}) did not stop within {_STOP:.0f} s; it is left alone, because "
                    f"killing it loses writes. Its log: {self.state / 'azurite.log'}"
                )
            _pid_file(self.state).unlink(missing_ok=True)


def connection_string(ports: Ports) -> str:
    """For AzureWebJobsStorage and the storage SDKs."""
    places = ";".join(
        f"{service.title()}Endpoint=http://127.0.0.1:{getattr(ports, service)}/{ACCOUNT}" for service in SERVICES
    )
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{places};"


def start(state: Path, ports: Ports | None = None, *, modules: Path = MODULES, in_memory: bool = False) -> Azurite:
    """The Azurite of this folder: the one that runs, or a new one; returns when it answers.

    `in_memory` keeps nothing on disk. Raises SandboxError: no Node, no node_modules, port taken, does not start.
    """
    state = state.resolve()
    data = state / "azurite"
    data.mkdir(parents=True, exist_ok=True)
    with _folder_lock(state, 0.0) as lock:
        if lock is not None:
            return _launch(state, lock, ports or Ports(), modules, in_memory=in_memory)
    return _running(state, ports or Ports())


def find(state: Path) -> Azurite | None:
    """The Azurite that its pid file names, if that process still is one."""
    try:
        noted = json.loads(_pid_file(state).read_text(encoding="utf-8"))
        running = Azurite(state, int(noted["pid"]), Ports(**noted["ports"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return running if _is_azurite(running.pid, state) else None


def _pid_file(state: Path) -> Path:
    return state / "azurite.pid"


@contextlib.contextmanager
def _folder_lock(state: Path, patience: float) -> Iterator[IO[str] | None]:
    """The folder's lock, or None where somebody has it. Azurite inherits it: it is free only when Azurite is gone."""
    until = time.monotonic() + patience
    with (state / "azurite.lock").open("w", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    yield None
                    return
                time.sleep(0.02)
            else:
                yield file
                return


def _running(state: Path, ports: Ports) -> Azurite:
    """The one that has the lock; it may still be starting."""
    until = time.monotonic() + _START
    while (running := find(state)) is None or not running.answers():
        if time.monotonic() > until:
            raise SandboxError(
                f"another process uses {state / 'azurite'} and does not answer; two on one folder would corrupt it. "
                f"See {state / 'azurite.log'}, stop that process and start again"
            )
        time.sleep(0.1)
    for service in SERVICES:
        port = getattr(ports, service)
        if port and port != getattr(running.ports, service):
            raise SandboxError(
                f"Azurite already runs on {state} with its {service} port {getattr(running.ports, service)}, "
                f"not {port}: stop it first (kill -TERM {running.pid})"
            )
    return running


def _launch(state: Path, lock: IO[str], ports: Ports, modules: Path, *, in_memory: bool) -> Azurite:
    _pid_file(state).unlink(missing_ok=True)
    command = [_node(), str(_program(modules)), "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    command += ["--inMemoryPersistence"] if in_memory else ["--location", str(state / "azurite")]
    for service in SERVICES:
        command += [f"--{service}Host", "127.0.0.1", f"--{service}Port", str(getattr(ports, service))]
        command += [f"--{service}KeepAliveTimeout", str(_KEEP_ALIVE)]
    log = state / "azurite.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=state / "azurite",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal must not reach it: it leaves last, and in peace
            pass_fds=(lock.fileno(),),
        )
    azurite = Azurite(state, process.pid, _chosen_ports(process, log, ports))
    note = {"pid": azurite.pid, "ports": asdict(azurite.ports)}
    _pid_file(state).write_text(json.dumps(note), encoding="utf-8")
    return azurite


def _chosen_ports(process: subprocess.Popen[bytes], log: Path, ports_asked: Ports) -> Ports:
    """What it says it listens on, once all three services do and answer."""
    until = time.monotonic() + _START
    while time.monotonic() < until:
        text = log.read_text(encoding="utf-8", errors="replace")
        by_service = dict(re.findall(r"Azurite (\w+) service is successfully listening at http://[\d.]+:(\d+)", text))
        if len(by_service) == len(SERVICES):
            ports = Ports(**{service: int(by_service[service.title()]) for service in SERVICES})
            if all(_answers(getattr(ports, service), service) for service in SERVICES):
                return ports
        if process.poll() is not None:
            raise SandboxError(_why_not(text, ports_asked))
        time.sleep(0.03)
    process.terminate()
    raise SandboxError(f"Azurite does not answer after {_START:.0f} s; its log: {log}")


def _why_not(text: str, ports: Ports) -> str:
    busy_port = re.search(r"EADDRINUSE.*?(\d+)\s*$", text, re.MULTILINE)
    if busy_port:
        return f"port {busy_port[1]} is taken, Azurite cannot listen there; stop what uses it or choose another port"
    return f"Azurite did not start (ports {ports}): {text.strip()[-500:] or 'it said nothing'}"


def _answers(port: int, service: str) -> bool:
    """Whether an Azurite answers there: each service says its name in the header `Server`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return f"azurite-{service}" in (connection.getresponse().getheader("Server") or "").lower()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise SandboxError(f"Node is not installed, and Azurite needs it: install Node {OLDEST_NODE} or newer")
    text = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", text)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise SandboxError(f"{node} is version {text.strip() or 'unknown'}; install Node {OLDEST_NODE} or newer")
    return node


def _program(modules: Path) -> Path:
    program = modules / "azurite" / "dist" / "src" / "azurite.js"
    if not program.is_file():
        raise SandboxError(f"Azurite is not installed ({program.parent.parent.parent} is missing): run `make dev`")
    return program


def _is_azurite(pid: int, state: Path) -> bool:
    """Whether that process is this folder's Azurite; a pid may have gone to another program since."""
    folder = state.resolve() / "azurite"
    if sys.platform == "linux":
        process = Path(f"/proc/{pid}")
        with contextlib.suppress(OSError):
            return b"azurite.js" in (process / "cmdline").read_bytes() and (process / "cwd").resolve() == folder
        return False
    listing = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S607
    return "azurite.js" in listing.stdout and (
        str(folder) in listing.stdout or "--inMemoryPersistence" in listing.stdout
    )
