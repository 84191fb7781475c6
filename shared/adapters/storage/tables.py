"""Table storage behind the port `Tables`: conditional writes only, ranges only, limits checked before they are sent."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty, TableTransactionError, UpdateMode
from azure.data.tables.aio import TableClient, TableServiceClient

from shared.adapters.storage.counting import CountingTransport
from shared.adapters.storage.failures import RETRIES, as_ours, code_of
from shared.adapters.storage.probing import NEVER, NOBODY, Clock
from shared.core.errors import ConflictError, ForbiddenError, RefusedError, TransientError
from shared.core.ports.storage import Condition, Row, Value, Write

# Azurite takes what Azure refuses, so the limits are checked here.
MAX_PROPERTY = 64 * 1024
MAX_ENTITY = 1024 * 1024
MAX_PROPERTIES = 252
MAX_TRANSACTION = 4 * 1024 * 1024
MAX_ROWS = 100
_COMPARISONS = 15
_PAGE = 1000
_INT32 = 2**31
_KEYS = ("PartitionKey", "RowKey")
_BARE = "application/json;odata=nometadata"
"""No types and no versions: two thirds of the bytes of a row of which only a key is read."""


class AzureTables:
    """The tables of one storage account, over a `TableServiceClient` of azure-data-tables (aio)."""

    def __init__(self, service: TableServiceClient) -> None:
        self._service = service
        self._clients: dict[str, TableClient] = {}

    @classmethod
    def connect(
        cls, calls: Counter[str], *, url: str = "", credential: Any = None, connection: str = ""
    ) -> "AzureTables":
        """By connection string (sandbox, tests) or by address and identity; `calls` counts every request."""
        options: dict[str, Any] = {"transport": CountingTransport(calls, "tables"), **RETRIES}
        if connection:
            return cls(TableServiceClient.from_connection_string(connection, **options))
        return cls(TableServiceClient(url, credential=credential, **options))

    def _table(self, name: str) -> TableClient:
        if name not in self._clients:
            self._clients[name] = self._service.get_table_client(name)
        return self._clients[name]

    async def get(self, table: str, partition: str, key: str) -> Row | None:
        with as_ours(f"reading table {table}"):
            try:
                return _row(await self._table(table).get_entity(partition, key))
            except ResourceNotFoundError as error:
                if "TableNotFound" in str(error):
                    raise
                return None

    async def range(
        self,
        table: str,
        partition: str,
        low: str,
        high: str,
        equal: Mapping[str, str] | None = None,
        *,
        limit: int = 0,
        only: Collection[str] | None = None,
        any_of: Sequence[Condition] = (),
    ) -> list[Row]:
        where = [
            Condition("PartitionKey", "eq", partition), Condition("RowKey", "ge", low), Condition("RowKey", "lt", high),
        ]  # fmt: skip
        rows = []
        async for row in self._query(table, [*where, *_same(equal)], any_of, only, most=limit):
            rows.append(row)
            if len(rows) == limit:
                break
        return rows

    async def scan(
        self,
        table: str,
        equal: Mapping[str, str] | None = None,
        low: str = "",
        high: str = "",
        *,
        only: Collection[str] | None = None,
        where: Sequence[Condition] = (),
        any_of: Sequence[Condition] = (),
        limit: int = 0,
    ) -> AsyncIterator[Row]:
        bounds = [Condition("RowKey", "ge", low), Condition("RowKey", "lt", high)] if high else []
        read = 0
        async for row in self._query(table, [*bounds, *_same(equal), *where], any_of, only, most=limit):
            yield row
            read += 1
            if read == limit:
                break

    async def read_keys(
        self, table: str, which: Literal["PartitionKey", "RowKey"], where: Sequence[Condition] = (), *, limit: int = 0
    ) -> list[str]:
        keys: list[str] = []
        text, parameters = _filter(where, ())
        with as_ours(f"reading table {table}"):
            entities = self._table(table).query_entities(
                text, parameters=parameters, results_per_page=min(limit or _PAGE, _PAGE), select=[which], format=_BARE
            )
            async for entity in entities:
                keys.append(entity[which])
                if len(keys) == limit:
                    break
        return keys

    async def written_at(self, table: str, partition: str, key: str) -> datetime | None:
        with as_ours(f"reading table {table}"):
            try:
                entity = await self._table(table).get_entity(partition, key, select=["Timestamp"])
            except ResourceNotFoundError as error:
                if "TableNotFound" in str(error):
                    raise
                return None
            at: datetime | None = entity.metadata["timestamp"]
            return at

    async def _query(
        self,
        table: str,
        where: Sequence[Condition],
        any_of: Sequence[Condition] = (),
        only: Collection[str] | None = None,
        *,
        most: int = 0,
    ) -> AsyncIterator[Row]:
        text, parameters = _filter(where, any_of)
        with as_ours(f"reading table {table}"):
            entities = self._table(table).query_entities(
                text,
                parameters=parameters,
                results_per_page=min(most or _PAGE, _PAGE),
                select=None if only is None else [*_KEYS, *only],
            )
            async for entity in entities:
                yield _row(entity)

    async def commit(self, table: str, writes: Sequence[Write]) -> list[str]:
        _check(writes)
        operations = [_operation(write) for write in writes]
        with as_ours(f"writing table {table}"):
            try:
                if len(operations) == 1:
                    return [await self._write(table, *operations[0])]
                answers = await self._table(table).submit_transaction(operations)
                return [str(answer.get("etag") or "") for answer in answers]
            except TableTransactionError as error:
                raise _meant(error, writes[min(error.index or 0, len(writes) - 1)]) from error
            except HttpResponseError as error:
                raise _meant(error, writes[0]) from error

    async def _write(self, table: str, how: str, entity: Mapping[str, Any], options: Mapping[str, Any]) -> str:
        client = self._table(table)
        if how == "delete":
            await client.delete_entity(entity, **options)
            return ""
        make = client.create_entity if how == "create" else client.update_entity
        return str((await make(entity, **options)).get("etag") or "")

    async def inspect(self, name: str) -> float | None:
        clock = Clock()
        with as_ours(f"reading table {name}"):
            found = self._table(name).query_entities(
                "PartitionKey eq @nobody and RowKey eq @nobody",
                parameters={"nobody": NOBODY},
                results_per_page=1,
                raw_response_hook=clock,
            )
            async for _ in found:
                break
        return clock.ahead

    async def try_write(self, name: str) -> None:
        condition: dict[str, Any] = {"etag": NEVER, "match_condition": MatchConditions.IfNotModified}
        with as_ours(f"writing table {name}"):
            try:
                entity = {"PartitionKey": NOBODY, "RowKey": NOBODY}
                await self._table(name).update_entity(entity, mode=UpdateMode.MERGE, **condition)
            except HttpResponseError as error:
                if not isinstance(_meant(error, Write("merge", Row(NOBODY, NOBODY, {}))), ConflictError):
                    raise

    async def create(self, names: Sequence[str]) -> None:
        """Make the tables that are not there yet (sandbox and tests; in Azure infra/ makes them)."""
        for name in names:
            with as_ours(f"making table {name}"):
                await self._service.create_table_if_not_exists(name)

    async def close(self) -> None:
        await self._service.close()


def _same(equal: Mapping[str, str] | None) -> list[Condition]:
    return [Condition(name, "eq", value) for name, value in (equal or {}).items()]


def _filter(where: Sequence[Condition], any_of: Sequence[Condition]) -> tuple[str, dict[str, Value]]:
    """The filter in OData's words, with its parameters; storage takes 15 comparisons at most."""
    where = where or [Condition("PartitionKey", "ge", "")]
    if len(where) + len(any_of) > _COMPARISONS:
        raise ValueError(f"{len(where) + len(any_of)} comparisons in one filter; at most {_COMPARISONS}")
    texts, values = [], {}
    for index, each in enumerate([*where, *any_of]):
        value = _number(each.value)
        texts.append(f"{each.name} {each.how} {value or f'@v{index}'}")
        if not value:
            values[f"v{index}"] = each.value
    either = [f"( {' or '.join(texts[len(where) :])} )"] if any_of else []
    return " and ".join([*texts[: len(where)], *either]), values


def _number(value: Value) -> str:
    """A number as a filter takes it; empty for anything else. The SDK writes 0 and 1 as false and true."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _row(entity: Mapping[str, Any]) -> Row:
    # Where some are named, Azurite sends those that a row lacks as null; storage itself leaves them out.
    # A 64-bit number comes with its type beside it, which a number here does not need.
    values = {
        k: v.value if isinstance(v, EntityProperty) else v
        for k, v in entity.items()
        if k not in _KEYS and v is not None
    }
    return Row(entity["PartitionKey"], entity["RowKey"], values, cast(Any, entity).metadata["etag"])


def _operation(write: Write) -> tuple[str, dict[str, Any], dict[str, Any]]:
    values = {name: _typed(value) for name, value in write.row.values.items()}
    entity: dict[str, Any] = {"PartitionKey": write.row.partition, "RowKey": write.row.key, **values}
    if write.how == "insert":
        return "create", entity, {}
    condition = {"etag": write.row.etag, "match_condition": MatchConditions.IfNotModified}
    if write.how == "delete":
        return "delete", entity, condition
    return "update", entity, {**condition, "mode": UpdateMode.MERGE if write.how == "merge" else UpdateMode.REPLACE}


def _typed(value: Value) -> Any:
    """The value as the SDK takes it: for it a number has 32 bits unless it is told otherwise."""
    if isinstance(value, int) and not isinstance(value, bool) and not -_INT32 <= value < _INT32:
        return EntityProperty(value, EdmType.INT64)
    return value


def _check(writes: Sequence[Write]) -> None:
    if len(writes) > MAX_ROWS:
        raise ValueError(f"{len(writes)} rows in one transaction; at most {MAX_ROWS}")
    total = 0
    for write in writes:
        sizes = {name: _size(value) for name, value in write.row.values.items()}
        large = [name for name, size in sizes.items() if size > MAX_PROPERTY]
        entity = sum(sizes.values()) + sum(2 * len(name) + 8 for name in sizes) + 2 * len(write.row.key)
        if large:
            raise RefusedError(
                write.row.key, f"property {large[0]} has {sizes[large[0]]} bytes; a property holds 64 KiB"
            )
        if entity > MAX_ENTITY or len(sizes) > MAX_PROPERTIES:
            raise RefusedError(write.row.key, f"{entity} bytes in {len(sizes)} properties; a row holds 1 MiB in 252")
        total += entity
    if total > MAX_TRANSACTION:
        raise ValueError(f"{total} bytes in one transaction; at most 4 MiB")


def _size(value: Value) -> int:
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, str):
        return len(value.encode("utf-16-le"))
    return 8


def _meant(error: HttpResponseError, write: Write) -> Exception:
    code = code_of(error)
    conflict = isinstance(error, ResourceExistsError | ResourceModifiedError) or error.status_code in {409, 412}
    if conflict or (error.status_code == 404 and code != "TableNotFound"):
        return ConflictError(write.row.key)
    if error.status_code in {400, 413} and "Auth" not in code:
        return RefusedError(write.row.key, f"storage refused the row: {error.status_code} {code}")
    reason = f"storage refused the row {write.row.key}: {error.status_code} {code}"
    return ForbiddenError(reason, code) if error.status_code in {401, 403} else TransientError(reason)
