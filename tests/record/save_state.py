"""Saves the state that a version writes, for the tests of upgrades: the sandbox's sample posts, played by its own code.

`python -m tests.record.save_state COMMIT NAME` writes `tests/record/saved/NAME.json.gz`. It needs git history.
"""

import asyncio
import base64
import gzip
import json
import os
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox import azurite
from shared.adapters.storage.tables import AzureTables
from shared.core.names import TABLES

ROOT = Path(__file__).parents[2]
SAVED = Path(__file__).parent / "saved"
_PLAY = Path(__file__).with_name("play.py")


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The code as it was at a commit, in a folder of its own. CalledProcessError where git does not know it."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "-C", ROOT, "archive", commit], capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
        yield Path(folder)


def play(code: Path, connection: str, *arguments: str) -> str:
    """Let the code in a folder play over a storage account (see `play.py`); what it says in the end."""
    environment = {**os.environ, "PYTHONPATH": str(code), "STORAGE": connection}
    done = subprocess.run(
        [sys.executable, _PLAY, *arguments], cwd=code, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout.splitlines()[-1]


async def saved(connection: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, with the type of every value."""
    tables = AzureTables.connect(Counter(), connection=connection)
    await tables.create(TABLES)  # as `azd provision` of a later version does
    rows = {
        table: [
            {"PartitionKey": ["s", row.partition], "RowKey": ["s", row.key]}
            | {name: _typed(value) for name, value in row.values.items()}
            async for row in tables.scan(table)
        ]
        for table in TABLES
    }
    await tables.close()
    return {table: some for table, some in rows.items() if some}


def _typed(value: Any) -> list[Any]:
    if isinstance(value, bytes):
        return _squeezed(value) or ["x", base64.b64encode(value).decode()]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    return [{bool: "b", int: "i", float: "f", str: "s"}[type(value)], value]


def _squeezed(value: bytes) -> list[Any] | None:
    """As the JSON that it is the compression of, so that all rows are compressed together."""
    try:
        text = zlib.decompress(value)
    except zlib.error:
        return None
    return ["z", json.loads(text)] if zlib.compress(text) == value else None


def main(commit: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as state, checked_out(commit) as code:
        running = azurite.start(Path(state), in_memory=True)
        try:
            now = play(code, running.connection_string, "story")
            tables = asyncio.run(saved(running.connection_string))
        finally:
            running.stop()
    content = {"made_from": commit, "now": now, "tables": tables}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (SAVED / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(errors="surrogatepass"), mtime=0))
    print(name, {table: len(rows) for table, rows in tables.items()})  # noqa: T201 - a tool says what it did


if __name__ == "__main__":
    main(*sys.argv[1:3])
