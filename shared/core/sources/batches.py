"""What is new, edited or gone, cut into the bodies of messages; one partition stays together where it fits."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote

from shared.core import ids, messages
from shared.core.errors import PermanentError
from shared.core.posts.fingerprints import digest

OVERSIZE = "oversize"
"""The container of posts that fit no message."""
_LIMIT = messages.LIMIT - 128  # a message put back carries a longer `attempts`; it must still fit
_AFTER_ALL = "~"  # broken posts have no partition


@dataclass(frozen=True, slots=True)
class Batches:
    """Bodies to send, and the blobs (name to data) that must be there before: a body may refer to them."""

    bodies: tuple[Mapping[str, Any], ...]
    blobs: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry of a body's list `field`; items of one partition travel together where they fit."""

    partition: str
    order: int
    field: str
    value: Any
    blob: str  # its name, should it fit no message


def of_posts(
    tenant: str,
    observed: datetime,
    posts: Iterable[Mapping[str, Any]],
    gone: Iterable[str] = (),
    broken: Iterable[Any] = (),
    *,
    first_load: bool = False,
) -> Batches:
    """Bodies for queue `posts`.

    `posts` have an id; `gone` are ids; `broken` is what has no id and travels as it is, to be parked one by one. The
    body: `tenant`, `source`, `observed`, `posts`, `gone`, `blobs`, `broken` (lists, empty where there is nothing), and
    `first_load` where nothing of the feed was known before.
    """
    head: dict[str, Any] = {"tenant": tenant, "source": "messages", "observed": observed.isoformat()}
    if first_load:
        head["first_load"] = True
    items = [
        *(_about(ids.normalise(raw["id"]), "posts", raw, tenant) for raw in posts),
        *(_about(ids.normalise(change), "gone", change, tenant) for change in gone),
        *(_Item(_AFTER_ALL, 0, "broken", raw, _blob_name(tenant, "broken", raw)) for raw in broken),
    ]
    return _cut(head, ("posts", "gone", "blobs", "broken"), items, observed)


def of_tasks(tenant: str, plan: str, observed: datetime, tasks: Iterable[Any], gone: Iterable[int] = ()) -> Batches:
    """Bodies for queue `tasks`: `tenant`, `plan`, `observed`, `tasks`, `gone` (numbers of ids), `blobs`."""
    head = {"tenant": tenant, "plan": plan, "observed": observed.isoformat()}
    items = [_Item("", 0, "tasks", raw, _blob_name(tenant, "task", raw)) for raw in tasks]
    items += [_Item("", 0, "gone", number, _blob_name(tenant, "gone", number)) for number in sorted(gone)]
    return _cut(head, ("tasks", "gone", "blobs"), items, observed)


def read_blob(data: bytes) -> Any:
    """The post or task that was put aside; PermanentError for anything else."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PermanentError(f"a blob in `{OVERSIZE}` holds no JSON ({error})") from error


def _about(change: str, field: str, value: Any, tenant: str) -> _Item:
    return _Item(ids.partition(change), ids.number(change), field, value, _blob_name(tenant, change, value))


def _blob_name(tenant: str, name: str, value: Any) -> str:
    return f"{quote(tenant, safe='')}/{name}-{digest(value).hex()}.json"


def _cut(head: Mapping[str, Any], fields: Sequence[str], items: Iterable[_Item], observed: datetime) -> Batches:
    blobs: dict[str, bytes] = {}
    bodies: list[Mapping[str, Any]] = []

    def close(run: Sequence[_Item]) -> None:
        """Estimates can be wrong: what does not fit is halved, and what cannot be halved is put aside."""
        body = {**head, **{field: [item.value for item in run if item.field == field] for field in fields}}
        if _fits(body, observed):
            bodies.append(body)
        elif len(run) > 1:
            close(run[: len(run) // 2])
            close(run[len(run) // 2 :])
        else:
            blobs[run[0].blob] = json.dumps(run[0].value).encode()
            close([replace(run[0], field="blobs", value=run[0].blob)])

    for run in _runs(sorted(items, key=lambda item: (item.partition, item.order))):
        close(run)
    return Batches(tuple(bodies), blobs)


def _runs(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """Whole partitions together while they fit by estimate; one that is too large for a message is cut."""
    run: list[_Item] = []
    size = 0
    for _, group in groupby(zip(items, _sizes(items), strict=True), key=lambda pair: pair[0].partition):
        partition = list(group)
        whole = sum(cost for _, cost in partition) <= _LIMIT
        for piece in [partition] if whole else [[pair] for pair in partition]:
            cost = sum(cost for _, cost in piece)
            if run and size + cost > _LIMIT:
                yield run
                run, size = [], 0
            run += [item for item, _ in piece]
            size += cost
    if run:
        yield run


def _sizes(items: Iterable[_Item]) -> Iterator[int]:
    """What each item adds to a compressed message that holds its neighbours: one compressor, fed once."""
    compressor = zlib.compressobj()
    for item in items:
        yield len(compressor.compress(_text(item.value))) + len(compressor.flush(zlib.Z_SYNC_FLUSH))


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")


def _fits(body: Mapping[str, Any], observed: datetime) -> bool:
    try:
        return len(messages.encode(messages.Envelope(body, observed))) <= _LIMIT
    except PermanentError:
        return False
