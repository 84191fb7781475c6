"""Tables as earlier versions left them, saved with the type of every value.

`tests/record/saved/*.json.gz` hold {"made_from", "now", "tables": {table: [{name: [type, value]}]}}: the sandbox's own
sample story at its end and in its middle. Types: s text, b bool, i and l int, f float, t time, x bytes as base64,
z bytes that are the compressed JSON of the value.
"""

import base64
import gzip
import json
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.core.ports.storage import Row, Write
from tests.fakes import FakeTables

FILES = sorted((Path(__file__).parent / "saved").glob("*.json.gz"))
READ_OTHERWISE = tuple(file for file in FILES if file.name in {"0.1-end.json.gz", "0.1-middle.json.gz"})
"""Those of a version that read posts otherwise than this one does."""


def saved_at(file: Path) -> datetime | None:
    """The time at which the story was stopped; None where it was played to its end."""
    now = _content(file).get("now")
    return datetime.fromisoformat(now) if now else None


def saved_rows(file: Path) -> list[tuple[str, Row]]:
    """Every row, with its table."""
    rows = []
    for table, saved in _content(file)["tables"].items():
        for properties in saved:
            values = {name: _value(*typed) for name, typed in properties.items()}
            rows.append((table, Row(values.pop("PartitionKey"), values.pop("RowKey"), values, "1")))
    return rows


async def saved_tables(file: Path) -> FakeTables:
    tables = FakeTables()
    for table, row in saved_rows(file):
        await tables.commit(table, [Write("insert", row)])
    return tables


def _content(file: Path) -> Any:
    return json.loads(gzip.decompress(file.read_bytes()))


def _value(kind: str, saved: Any) -> Any:
    if kind == "t":
        return datetime.fromisoformat(saved)
    if kind == "x":
        return base64.b64decode(saved)
    if kind == "z":
        text = json.dumps(saved, separators=(",", ":"), ensure_ascii=False)
        return zlib.compress(text.encode(errors="surrogatepass"))
    return saved
