"""The rows of a table, or those among them that name one of a few things."""

from collections.abc import AsyncIterator, Collection

from shared.core.ports.storage import Condition, Row, Tables

_AT_ONCE = 12
"""Values that one scan asks for; a filter takes 15 comparisons."""


async def every_row(
    tables: Tables, table: str, column: str, values: Collection[str] | None = None
) -> AsyncIterator[Row]:
    """One scan; `values`: only the rows that have one of these in the column, one scan for each dozen of them."""
    if values is None:
        async for row in tables.scan(table):
            yield row
        return
    wanted = sorted(set(values))
    for at in range(0, len(wanted), _AT_ONCE):
        some = [Condition(column, "eq", value) for value in wanted[at : at + _AT_ONCE]]
        async for row in tables.scan(table, any_of=some):
            yield row
