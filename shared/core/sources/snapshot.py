"""What a tenant's feed held at the last look, 24 bytes a post, and what differs from it now."""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.core import ids
from shared.core.errors import PermanentError, TransientError
from shared.core.posts.fingerprints import WATCH_BYTES, digest, watch_hash
from shared.core.times import when

MAX_POSTS = 40_000
"""An entity holds 1 MiB: 960,000 bytes of these, and room for the rest of the row."""
_ENTRY = struct.Struct(f">Q{WATCH_BYTES}s?")  # id number, watch hash, absent once
_CHUNK = 64 * 1024 // _ENTRY.size * _ENTRY.size
_BROKEN = 1 << 63
_FEW = 20


BELIEVED_AFTER = timedelta(hours=24)
"""What nobody believed at first sight and still stands after so long is true."""


class DoubtedError(TransientError):
    """The feed lost so much that the feed is more likely broken than the posts gone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One post of the last feed; `absent`: it was missing once, and is gone if it is missing again."""

    watch: bytes
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One tenant's posts from one source, by number (`number_of`, or `broken_number` for what has no id)."""

    posts: Mapping[int, Seen] = field(default_factory=dict)

    def to_properties(self) -> dict[str, bytes]:
        """Binary properties `c00`, `c01` ... of at most 64 KiB; PermanentError where one row cannot hold them."""
        if len(self.posts) > MAX_POSTS:
            raise PermanentError(
                f"{len(self.posts)} posts are more than one row can remember ({MAX_POSTS}); "
                "no tenant is known to have a tenth of that: look at what the source sends"
            )
        data = b"".join(_ENTRY.pack(number, seen.watch, seen.absent) for number, seen in sorted(self.posts.items()))
        return {f"c{index:02d}": data[at : at + _CHUNK] for index, at in enumerate(range(0, len(data), _CHUNK))}

    @classmethod
    def from_properties(cls, properties: Mapping[str, object]) -> "Snapshot":
        """What `to_properties` wrote, out of a row with whatever else; PermanentError where it is damaged."""
        data = b"".join(_chunks(properties))
        if len(data) % _ENTRY.size:
            raise PermanentError(
                "a tenant's snapshot is damaged; delete its row in table `tenants` and all is read anew"
            )
        return cls({number: Seen(watch, absent) for number, watch, absent in _ENTRY.iter_unpack(data)})

    def forgotten(self) -> "Snapshot":
        """The same posts, of each of which it is not known what it said: the next pull finds them all edited.

        What has no usable id stays: its number is made of what it holds.
        """
        unknown = bytes(WATCH_BYTES)
        return Snapshot(
            {number: seen if is_broken(number) else Seen(unknown, seen.absent) for number, seen in self.posts.items()}
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers of the posts that are new, edited, or gone for good, and what to remember."""

    new: frozenset[int]
    edited: frozenset[int]
    gone: frozenset[int]
    next_snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class FeedItem:
    """What a pull remembers of one item. `age` sorts its copies: the greatest is the newest."""

    number: int
    watch: bytes
    age: str


class Pull:
    """One feed while it is read: the watch hash of every post, and the posts whose hash the snapshot does not hold.

    So a feed of thousands is never in memory as a whole. Pages shift when posts arrive between them: of an id that
    comes twice the newest counts.
    """

    def __init__(self, snapshot: Snapshot, know: Callable[[Any], FeedItem]) -> None:
        self.watches: dict[int, bytes] = {}
        self.changed: dict[int, Any] = {}
        self._ages: dict[int, str] = {}
        self._snapshot = snapshot
        self._know = know

    def take(self, raw: Any) -> None:
        item = self._know(raw)
        if item.age < self._ages.get(item.number, ""):
            return
        self.watches[item.number], self._ages[item.number] = item.watch, item.age
        last = self._snapshot.posts.get(item.number)
        if last and last.watch == item.watch:
            self.changed.pop(item.number, None)
        else:
            self.changed[item.number] = raw


def known_post(raw: Any) -> FeedItem:
    """A post by its id; what has no usable one is handed on as it is, to be parked alone."""
    try:
        number = ids.number(ids.normalise(raw["id"]))
    except (PermanentError, TypeError, KeyError, AttributeError):
        return FeedItem(broken_number(raw), digest(raw), "")
    return FeedItem(number, watch_hash(raw), _age(raw.get("lastModifiedDateTime")))


def known_task(raw: Any) -> FeedItem:
    """A Planner task: its etag stands for its content, and of two etags the greater is the newer."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), str):
        return FeedItem(broken_number(raw), digest(raw), "")
    etag = raw.get("@odata.etag")
    if not isinstance(etag, str):
        return FeedItem(number_of(raw["id"]), digest(raw), "")
    return FeedItem(number_of(raw["id"]), digest(etag), etag)


def number_of(text: str) -> int:
    """A number for an id that is none (a Planner task's), 63 bits."""
    return int.from_bytes(digest(text, 8)) & ~_BROKEN


def broken_number(raw: object) -> int:
    """A number for something without a usable id, made of all that it holds: another content is another number.

    Its top bit is set, so that it meets no id; so it is handed over once and, while it stays as it is, never again.
    """
    return int.from_bytes(digest(raw, 8)) | _BROKEN


def is_broken(number: int) -> bool:
    return bool(number & _BROKEN)


def compare(snapshot: Snapshot, posts: Iterable[tuple[int, bytes]], *, believe: bool = False) -> Comparison:
    """What a complete pull (number, watch hash) says that the last one did not.

    Gone is what was absent from two pulls in a row; what comes back after that is new. A feed that lost more than half
    of at least 20 posts, or all that it had, raises DoubtedError: so breaks a feed, not Microsoft 365.
    `believe` takes it as it is.
    """
    pulled = dict(posts)
    if not believe:
        _doubt(snapshot, pulled)
    last = snapshot.posts
    missing = last.keys() - pulled.keys()
    gone = frozenset(number for number in missing if last[number].absent)
    remembered = {number: Seen(watch) for number, watch in pulled.items()}
    remembered |= {number: Seen(last[number].watch, absent=True) for number in missing - gone}
    return Comparison(
        new=frozenset(pulled.keys() - last.keys()),
        edited=frozenset(n for n, watch in pulled.items() if n in last and last[n].watch != watch),
        gone=frozenset(number for number in gone if not is_broken(number)),
        next_snapshot=Snapshot(remembered),
    )


def _age(value: object) -> str:
    try:
        moment = when(value)
    except OverflowError:  # year 1 with an offset
        return ""
    return moment.isoformat(timespec="microseconds") if moment else ""


def _doubt(snapshot: Snapshot, pulled: Mapping[int, bytes]) -> None:
    before = {number for number, seen in snapshot.posts.items() if not seen.absent and not is_broken(number)}
    now = {number for number in pulled if not is_broken(number)}
    lost = len(before - now)
    if (len(before) >= _FEW and 2 * lost > len(before)) or (before and not now):
        raise DoubtedError(
            f"the feed holds {len(now)} posts and lost {lost} of the {len(before)} of the last one: "
            "reported, not believed; the snapshot is kept"
        )


def _chunks(properties: Mapping[str, object]) -> Iterator[bytes]:
    for index in range(MAX_POSTS * _ENTRY.size // _CHUNK + 1):
        chunk = properties.get(f"c{index:02d}")
        if not isinstance(chunk, bytes):
            return
        yield chunk
