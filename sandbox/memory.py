"""What a state folder remembers between runs: since when it runs, and its ports: links in cards keep working."""

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from sandbox.errors import SandboxError


@dataclass
class Memory:
    """`start`: the sandbox's time of the first run; `ports`: by what they are for."""

    file: Path
    start: str = ""
    ports: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Path) -> "Memory":
        file = state / "sandbox.json"
        try:
            return cls(file, **json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls(file)
        except (ValueError, TypeError) as error:
            raise SandboxError(f"{file} is no state of the sandbox ({error}); take another folder") from error

    def since(self, now: datetime) -> datetime:
        """The time of the first run: `now` if this is it."""
        self.start = self.start or now.isoformat()
        return datetime.fromisoformat(self.start)

    def save(self) -> None:
        values = asdict(self)
        del values["file"]
        self.file.write_text(json.dumps(values), encoding="utf-8")


@contextlib.contextmanager
def alone(state: Path) -> Iterator[None]:
    """One sandbox a folder at a time; the lock goes with the process."""
    with (state / "sandbox.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SandboxError(f"a sandbox runs on {state} already; stop it (Ctrl-C), or take another folder") from None
        yield
