"""Files of posts: a history of what tenants saw when, or plain posts, one JSON object a line."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sandbox.errors import SandboxError

BEGINNING = datetime.min.replace(tzinfo=UTC)

Post = dict[str, Any]
"""A `serviceUpdateMessage` as Graph sends it."""


@dataclass(frozen=True, slots=True)
class Line:
    """From `observed` on, `tenants` (None: all) see this edition of post `id`, or (None) see it no more."""

    observed: datetime
    tenants: tuple[str, ...] | None
    id: str
    post: Post | None


def moment(text: str) -> datetime:
    """A time as Graph writes it, in UTC; ValueError where it is none."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def read(path: Path) -> list[Line]:
    """Every line of the file; SandboxError with file and line number for the first that cannot be used.

    Lines are `{"observed", "tenants", "post"}`, `{"observed", "tenants", "gone": id}`, the same without `tenants` (a
    mirror of one feed, shown to all tenants), or a plain `serviceUpdateMessage`, there from the beginning.
    """
    lines: list[Line] = []
    number = 1
    try:
        with _open(path) as file:
            for raw in file:
                if text := raw.decode().strip():
                    lines.append(_line(text))
                number += 1
    except UnicodeDecodeError as error:
        raise SandboxError(f"{path}:{number}: this is no UTF-8 text") from error
    except ValueError as error:
        raise SandboxError(f"{path}:{number}: {error}") from error
    except EOFError as error:
        raise SandboxError(f"{path} is cut off after line {number - 1}") from error
    except (OSError, zlib.error) as error:  # zlib's and BadGzipFile: a damaged .gz
        raise SandboxError(f"{path} cannot be read: {error}") from error
    if not lines:
        raise SandboxError(f"{path} holds no posts")
    return list(_without_stale(lines))


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _line(text: str) -> Line:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"this is no JSON ({error.msg} at column {error.colno})") from None
    if not isinstance(data, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 - the file is wrong, not a call
    if "observed" not in data:
        return Line(BEGINNING, None, *_post(data))
    tenants = data.get("tenants")
    if tenants is not None and not (
        isinstance(tenants, list) and tenants and all(isinstance(name, str) and name for name in tenants)
    ):
        raise ValueError("`tenants` must be a list of names")
    who = None if tenants is None else tuple(tenants)
    if "gone" in data:
        if not isinstance(data["gone"], str):
            raise ValueError("`gone` must be the id of a post")
        return Line(_time(data, "observed"), who, data["gone"], None)
    if not isinstance(data.get("post"), dict):
        raise ValueError("expected `post` (a serviceUpdateMessage) or `gone` (its id)")  # noqa: TRY004
    return Line(_time(data, "observed"), who, *_post(data["post"]))


def _post(post: Post) -> tuple[str, Post]:
    if not isinstance(post.get("id"), str) or not post["id"]:
        raise ValueError("the post has no `id`")
    _time(post, "startDateTime")
    _time(post, "lastModifiedDateTime")
    # With application permissions, which is how we read it, Graph never tells what a person has read or archived.
    return post["id"], post | {"viewPoint": None}


def _time(data: dict[str, Any], name: str) -> datetime:
    try:
        return moment(data[name])
    except KeyError:
        raise ValueError(f"`{name}` is missing") from None
    except (TypeError, ValueError):
        raise ValueError(f"`{name}` is no time: {data[name]!r}") from None


def _without_stale(lines: list[Line]) -> Iterator[Line]:
    """All but the editions that a slow mirror saw after a newer one; what named tenants saw is taken as it is."""
    newest: dict[str, datetime] = {}
    for line in sorted(lines, key=lambda line: line.observed):
        if line.tenants is None and line.post:
            modified = moment(line.post["lastModifiedDateTime"])
            if modified < newest.get(line.id, BEGINNING):
                continue
            newest[line.id] = modified
        yield line
