"""Files of posts, in every form in which tools write them (docs/posts.md): read once, for every command."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.cli.inputs import LARGEST, lines_of, name_of, opened
from shared.cli.tools import complain, printable
from shared.core.errors import PermanentError
from shared.core.posts.exported import as_graph

if TYPE_CHECKING:
    from shared.core.posts.post import Post

HOW = "docs/posts.md says how to export posts whole"
POSTS = "Posts as Graph, PowerShell or CLI for Microsoft 365 write them (docs/posts.md says how), packed or not"
HISTORY = 'lines of {"observed": ..., "post": ...}'
_LOOKED_AT = 5  # lines that tell what a file is
_TOLD = 5  # places that are named when several cannot be read
_NO_POST = (ValueError, RecursionError, PermanentError, TypeError, AttributeError)
_UNREAD = "is not written in UTF-8; save the file so (PowerShell: -Encoding utf8)"

_KEYS = frozenset(("id", "post", "gone", "error"))

_Lines = Iterator[tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A post, or `{"observed", "post"}` and its like, in Graph's own names; or why what stands there is neither."""

    place: str
    data: Any = None
    fault: str = ""


class PostFile:
    """What a file holds, one after the other; JSON lines are never held all at once.

    `only`: the one change that is wanted; lines that do not name it are not read. `lost`: how many posts came without
    a field, because a tool wrote the name of a type instead.
    """

    def __init__(self, file: Path, only: str = "") -> None:
        self.name = name_of(file)
        self.lost: Counter[str] = Counter()
        self._file = file
        self._wanted = only[2:].encode()

    def __iter__(self) -> Iterator[Entry]:
        """PermanentError where the file as a whole holds no posts."""
        empty = True
        with opened(self._file) as source:
            for entry in self._entries(lines_of(source, self.name)):
                empty = False
                yield entry
        if empty and not self._wanted:
            raise PermanentError(f"{self.name} holds no post: its list is empty; {HOW}")

    def tell_lost(self) -> None:
        for field, count in self.lost.items():
            came = f"{count} posts" if count > 1 else "a post"
            complain(
                f"{self.name}: {came} came without `{field}`: PowerShell wrote the name of a type in its place; "
                "export again with ConvertTo-Json -Depth 8 (docs/posts.md)"
            )

    def _entries(self, lines: _Lines) -> Iterator[Entry]:
        head: list[tuple[int, bytes]] = []
        filled = 0
        for number, line in lines:
            head.append((number, line))
            filled += bool(line.strip())
            if filled == _LOOKED_AT or (filled == 1 and line.strip() and _is_whole(line)):
                break
        if not filled:
            raise PermanentError(f"{self.name} is empty: there is no post in it; {HOW}")
        first = next(line for _, line in head if line.strip()).strip()
        everything = chain(head, lines)
        if _is_whole(first) or (not _opens(first) and any(_is_whole(line) for _, line in head)):
            yield from self._of_lines(everything)
        elif first[:1] in b"{[":
            yield from self._of_document(everything)
        else:
            raise PermanentError(f"{self.name} {_what_else(first)}; {HOW}")

    def _of_lines(self, lines: _Lines) -> Iterator[Entry]:
        for number, line in lines:
            if not line.strip() or self._wanted not in line:
                continue
            place = f"{self.name}:{number}"
            try:
                data = json.loads(line)
            except UnicodeDecodeError:
                yield Entry(place, fault=_UNREAD)
            except (ValueError, RecursionError) as error:
                yield Entry(place, fault=_no_json(error))
            else:
                yield from self._of(data, place)

    def _of_document(self, lines: _Lines) -> Iterator[Entry]:
        """A list or page that stands on many lines, or several behind one another."""
        parts, size = [], 0
        for number, line in lines:
            try:
                parts.append(line.decode())
            except UnicodeDecodeError:
                yield Entry(f"{self.name}:{number}", fault=_UNREAD)
                return
            size += len(line)
            if size > LARGEST:
                what = f"is one list of more than {LARGEST >> 20} MB, which is not read whole; write one post a line"
                raise PermanentError(f"{self.name} {what} (jq -c '.value[]?, .[]?')")
        text = "".join(parts).rstrip()
        decoder, at, number = json.JSONDecoder(), 0, 0
        while at < len(text):
            at = len(text) - len(text[at:].lstrip())
            try:
                data, at = decoder.raw_decode(text, at)
            except json.JSONDecodeError as error:
                yield Entry(f"{self.name}:{error.lineno}", fault=_no_json(error, ends=_at_end(error, text)))
                return
            except (ValueError, RecursionError) as error:
                yield Entry(self.name, fault=_no_json(error))
                return
            for entry in self._of(data, self.name):
                number += 1
                yield Entry(f"{self.name}, post {number}", entry.data, entry.fault)

    def _of(self, data: object, place: str) -> Iterator[Entry]:
        listed = data if isinstance(data, list) else _page(data)
        if listed is None:
            yield self._entry(data, place)
            return
        for number, item in enumerate(listed, 1):
            yield self._entry(item, f"{place}, post {number}")

    def _entry(self, data: object, place: str) -> Entry:
        if not isinstance(data, Mapping):
            return Entry(place, fault=f"is no post but {_kind(data)}")
        if isinstance(failure := data.get("error"), Mapping) and "id" not in data:
            said = f"{failure.get('code', '')}: {failure.get('message', '')}"
            return Entry(place, fault=f"is no post but Graph's refusal: {said}")
        if "gone" in data and "post" not in data:
            return Entry(place, data)
        inner = data.get("post", data)
        if not isinstance(inner, Mapping):
            return Entry(place, fault=f"is no post: `post` is {_kind(inner)}")
        exported = as_graph(inner)
        self.lost.update(exported.lost)
        return Entry(place, exported.post if inner is data else {**data, "post": exported.post})


def each_post(file: Path, take: Callable[[Mapping[str, Any]], None], *, only: str = "") -> int:
    """Give everything in the file to `take`, which raises PermanentError for what it cannot use.

    What cannot be read is told once, at the end, with what was lost on the way to us. Returns how many that were;
    PermanentError where nothing could be read.
    """
    posts = PostFile(file, only)
    read, unread, first, places = 0, 0, "", list[str]()
    for entry in posts:
        fault = entry.fault
        if not fault:
            try:
                take(entry.data)
                read += 1
            except _NO_POST as error:
                fault = str(error)
        if fault:
            unread += 1
            first = first or f"{entry.place}: {fault}"
            places += [entry.place] if 1 < unread <= _TOLD + 1 else []
    if unread:
        told = _unread(first, unread, places, posts.name)
        if not read and not only:
            raise PermanentError(f"{told}; it holds no post that can be read; {HOW}")
        complain(printable(told))
    posts.tell_lost()
    return unread


def post_of(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The post itself; None of a line which says that one is gone."""
    inner: Mapping[str, Any] | None = data.get("post", None if "gone" in data else data)
    return inner


def _unread(first: str, unread: int, places: list[str], name: str) -> str:
    if unread == 1:
        return first
    more = f" and {unread - 1 - len(places)} more" if unread - 1 > len(places) else ""
    return f"{first}; neither can be read: {'; '.join(_short(place, name) for place in places)}{more}"


def _short(place: str, name: str) -> str:
    """A place without the file's name: `line 7`, `line 7, post 2`, `post 3`."""
    rest = place.removeprefix(name)
    return f"line {rest[1:]}" if rest.startswith(":") else rest.removeprefix(", ")


def _is_whole(line: bytes) -> bool:
    """Whether a line is a post, a line of a history, a page, or a list of them, by itself."""
    if not line.lstrip().startswith((b"{", b"[")):
        return False
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return False
    if isinstance(data, list):
        return bool(data) and all(isinstance(item, Mapping) for item in data)
    return not _KEYS.isdisjoint(map(str.lower, data)) or _page(data) is not None


def _opens(first: bytes) -> bool:
    """Whether a first line begins something that goes on in the next lines."""
    return first.startswith(b"[") or first.endswith((b"[", b"{", b","))


def _page(data: object) -> list[Any] | None:
    """The list of a Graph page (or of PowerShell's, which counts it)."""
    if not isinstance(data, Mapping) or "id" in data:
        return None
    values = data.get("value", data.get("Value"))
    return values if isinstance(values, list) else None


def _what_else(first: bytes) -> str:
    """What a file is that holds no JSON, and what it lacks."""
    text = first.decode(errors="replace")
    if text.startswith("<"):
        return "is a web page or XML, not JSON"
    if text.lower().startswith(("sep=", "#type")) or any(text.count(mark) > 1 for mark in ",;\t"):
        return (
            "is a table (CSV): what the admin center exports has titles and dates but no bodies, so it cannot be read"
        )
    return f"is no JSON: it begins with {printable(text[:30])!r}"


def _no_json(error: Exception, *, ends: bool = False) -> str:
    if ends:
        return "the JSON breaks off here; save the file again"
    if isinstance(error, json.JSONDecodeError):
        return f"is no JSON ({error.msg} at column {error.colno})"
    return (
        "is no JSON that can be read (nested too deeply)"
        if isinstance(error, RecursionError)
        else f"is no JSON: {error}"
    )


def _at_end(error: json.JSONDecodeError, text: str) -> bool:
    return error.pos >= len(text) - 1 or error.msg.startswith("Unterminated string")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def newest_edition(change: str, posts: Path) -> "Post":
    """The newest edition of the post in the file; PermanentError where it is not there."""
    from shared.core import ids
    from shared.core.posts.post import read_post

    change_id = ids.normalise(change)
    editions: list[Post] = []

    def keep(data: Mapping[str, Any]) -> None:
        if (raw := post_of(data)) is not None and (post := read_post(raw)).id == change_id:
            editions.append(post)

    each_post(posts, keep, only=change_id)
    if not editions:
        raise PermanentError(f"there is no {change_id} in {posts}")
    return max(reversed(editions), key=lambda post: post.modified)
