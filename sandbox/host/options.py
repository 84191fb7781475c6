"""How one host process runs: its command line, for the orchestrator that writes it and the host that reads it."""

import argparse
import socket as sockets
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

ROOT = Path(__file__).resolve().parents[2]
APP = "function_app:app"


@dataclass(frozen=True, slots=True)
class HostOptions:
    """`lock` and `claim`: seconds. `pace`: factor on delays. `socket`: an inherited listening one, else `port`.

    `folder`: where the app is, with its host.json; another than ours is an unzipped package, which has its libraries.
    """

    state: Path
    app: str = APP
    port: int = 0
    socket: int | None = None
    lock: int = 600
    pace: float = 1.0
    claim: float = 120.0
    max_dequeue: int | None = None
    timers: bool = False
    with_parent: bool = False
    folder: Path = ROOT

    def arguments(self) -> list[str]:
        """The command line that `parse` reads."""
        arguments = [
            "--state",
            str(self.state),
            "--app",
            self.app,
            "--lock",
            str(self.lock),
            "--claim",
            str(self.claim),
        ]
        arguments += ["--pace", str(self.pace)]
        arguments += ["--port", str(self.port)] if self.socket is None else ["--socket", str(self.socket)]
        arguments += ["--max-dequeue", str(self.max_dequeue)] if self.max_dequeue is not None else []
        arguments += ["--timers"] if self.timers else []
        # not the folder: who starts a package says where it is before anything of it can be read
        return [*arguments, "--with-parent"] if self.with_parent else arguments

    def listening(self) -> sockets.socket:
        return listen(self.port) if self.socket is None else sockets.socket(fileno=self.socket)


def parse(arguments: list[str]) -> HostOptions:
    parser = argparse.ArgumentParser(prog="python -m sandbox.host", description="The functions' own host.")
    parser.add_argument("--state", type=Path, required=True, help="folder with the sandbox's clock")
    parser.add_argument("--app", default=APP, help="module:attribute of the function app")
    parser.add_argument("--port", type=int, default=0, help="for HTTP; 0 takes a free one")
    parser.add_argument("--socket", type=int, help="an inherited listening socket instead of a port")
    parser.add_argument("--lock", type=int, default=600, help="seconds a message stays hidden unless renewed")
    parser.add_argument("--pace", type=float, default=1.0, help="factor on delays")
    parser.add_argument("--claim", type=float, default=120.0, help="seconds that a claim on an effect holds")
    parser.add_argument("--max-dequeue", type=int, help="tries before poison, instead of host.json's")
    parser.add_argument("--timers", action="store_true", help="timers run by the clock from the start")
    parser.add_argument("--with-parent", action="store_true", help="leave when the starting process is gone")
    parser.add_argument("--folder", type=Path, default=ROOT, help="of the app, with its host.json")
    return HostOptions(**vars(parser.parse_args(arguments)))


def listen(port: int) -> sockets.socket:
    """A listening socket on loopback, 0 for any free port; SandboxError where the port is taken."""
    try:
        return sockets.create_server(("127.0.0.1", port))
    except OSError as error:
        raise SandboxError(f"port {port} is taken: stop what uses it, or choose another with --port") from error
