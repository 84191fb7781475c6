"""Files of posts: a history of what tenants saw when, or plain posts, in every form that the commands read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from shared.cli.post_files import PostFile
from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.times import post_time

BEGINNING = datetime.min.replace(tzinfo=UTC)
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)

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
    """Everything in the file; SandboxError with file and place for the first that cannot be used.

    That is `{"observed", "tenants", "post"}`, `{"observed", "tenants", "gone": id}`, the same without `tenants` (a
    mirror of one feed, shown to all tenants), or a plain `serviceUpdateMessage`, there from the beginning.
    """
    lines: list[Line] = []
    posts = PostFile(path)
    try:
        for entry in posts:
            if entry.fault:
                raise SandboxError(f"{entry.place}: {entry.fault}")
            try:
                lines.append(_line(entry.data))
            except (ValueError, PermanentError) as error:
                raise SandboxError(f"{entry.place}: {error}") from error
    except PermanentError as error:
        raise SandboxError(str(error)) from error
    except OSError as error:
        raise SandboxError(f"{path} cannot be read: {error}") from error
    posts.tell_lost()
    return list(_without_stale(lines))


def _line(data: Mapping[str, Any]) -> Line:
    if "observed" not in data:
        inner = data.get("post", data)
        return Line(BEGINNING, None, *_post(inner, None))
    tenants = data.get("tenants")
    if tenants is not None and not (
        isinstance(tenants, list) and tenants and all(isinstance(name, str) and name for name in tenants)
    ):
        raise ValueError("`tenants` must be a list of names")
    who = None if tenants is None else tuple(tenants)
    if "gone" in data:
        if not isinstance(data["gone"], str):
            raise ValueError("`gone` must be the id of a post")
        return Line(_time(data, "observed"), who, ids.normalise(data["gone"]), None)
    if not isinstance(data.get("post"), dict):
        raise ValueError("expected `post` (a serviceUpdateMessage) or `gone` (its id)")  # noqa: TRY004
    observed = _time(data, "observed")
    return Line(observed, who, *_post(data["post"], observed))


def _post(post: Mapping[str, Any], observed: datetime | None) -> tuple[str, Post]:
    """The post as Graph would send it: it always has the two times, so what the file lacks is made up."""
    if not isinstance(post.get("id"), str) or not post["id"]:
        raise ValueError("the post has no `id`")
    change_id = ids.normalise(post["id"])
    start, modified = (post_time(post.get(name)) for name in ("startDateTime", "lastModifiedDateTime"))
    known = start or modified or observed or _UNDATED
    times = {
        name: f"{known:%Y-%m-%dT%H:%M:%SZ}"
        for name, value in (("startDateTime", start), ("lastModifiedDateTime", modified))
        if value is None
    }
    # With application permissions, which is how we read it, Graph never tells what a person has read or archived.
    return change_id, {**post, **times, "id": change_id, "viewPoint": None}


def _time(data: Mapping[str, Any], name: str) -> datetime:
    at = post_time(data[name])
    if at is None:
        raise ValueError(f"`{name}` is no time between 1990 and 2100: {data[name]!r}")
    return at


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
