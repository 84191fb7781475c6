"""The sandbox as a user starts it, for tests: the command itself, in a process of its own."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "messages.jsonl.gz"
needs_real_posts = pytest.mark.skipif(
    not REAL.exists(), reason="needs ../shared/data/messages.jsonl.gz beside the checkout"
)
_COMMAND = [sys.executable, "-c", "from shared.cli.main import main; main()"]


def once(*arguments: str, seconds: float = 1500) -> dict[str, Any]:
    """`foresignal sandbox ... --once --json`: its one JSON object."""
    done = subprocess.run(
        [*_COMMAND, "sandbox", *arguments, "--once", "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """`foresignal sandbox ...` that goes on; end it with `stop`."""
    return subprocess.Popen(
        [*_COMMAND, "sandbox", *arguments],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(600)


def write(path: Path, posts: Iterable[Mapping[str, Any]]) -> str:
    path.write_text("".join(json.dumps(post) + "\n" for post in posts))
    return str(path)


def real_posts() -> list[dict[str, Any]]:
    with gzip.open(REAL, "rt") as lines:
        return [json.loads(line) for line in lines]
