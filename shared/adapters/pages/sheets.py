"""CSV for spreadsheets: what one of them would take for a formula stays text."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from shared.core.text.safe import printable

_BEGINS = frozenset({"=", "+", "-", "@", "\t", "\r"})


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A line of names, and one for each row. None is empty; numbers stay numbers, as nobody writes a formula in one."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """The same of rows that name their values."""
    return csv_text(columns, ([row[name] for name in columns] for row in rows))


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return "" if value is None else value
    text = printable(value)
    return f"'{text}" if text[:1] in _BEGINS else text
