"""A post: one tenant's copy of one announcement at one moment, read tolerantly from Graph's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.text.safe import text_of
from shared.core.times import post_time


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text_of(item) for item in value if item is not None) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class Post:
    """What Message Center said, field by field; `raw` is Graph's JSON, the source of truth.

    `category`: planForChange, stayInformed, preventOrFixIssue, or whatever Graph sends. `details` is a multi-map: real
    posts repeat names. `body` is HTML unless `body_type` is `text`. Missing fields are empty, never an error.
    """

    id: str
    title: str
    modified: datetime
    start: datetime | None = None
    end: datetime | None = None
    act_by: datetime | None = None
    category: str = ""
    severity: str = ""
    major: bool = False
    services: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    body: str = ""
    body_type: str = "html"
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __hash__(self) -> int:
        return hash((self.id, self.modified, self.body))  # not of every field: what reads a post asks for it often

    def detail(self, name: str) -> tuple[str, ...]:
        """Every value of the detail of that name, in order."""
        return tuple(value for own_name, value in self.details if own_name == name)


def read_post(raw: Mapping[str, Any]) -> Post:
    """Graph's `serviceUpdateMessage` as a Post.

    Raises PermanentError for something without a usable id; everything else is taken as it comes. A post without a
    usable `lastModifiedDateTime` is dated by `startDateTime`, else by the epoch, so that any dated copy is newer.
    """
    if not isinstance(raw, Mapping):
        raise PermanentError(f"a post must be a JSON object, not {type(raw).__name__}")
    identity = raw.get("id")
    if not isinstance(identity, str):
        raise PermanentError("a post without an `id`: Graph always sends one; look at the parked item")
    body = raw.get("body")
    body = body if isinstance(body, Mapping) else {"content": body if isinstance(body, str) else ""}
    start = post_time(raw.get("startDateTime"))
    details = raw.get("details")
    return Post(
        id=ids.normalise(identity),
        title=text_of(raw.get("title")).strip(),
        modified=post_time(raw.get("lastModifiedDateTime")) or start or datetime.fromtimestamp(0, UTC),
        start=start,
        end=post_time(raw.get("endDateTime")),
        act_by=post_time(raw.get("actionRequiredByDateTime")),
        category=text_of(raw.get("category")),
        severity=text_of(raw.get("severity")),
        major=raw.get("isMajorChange") is True,
        services=_texts(raw.get("services")),
        tags=_texts(raw.get("tags")),
        details=tuple(
            (text_of(item["name"]), text_of(item.get("value")))
            for item in (details if isinstance(details, list) else [])
            if isinstance(item, Mapping) and item.get("name")
        ),
        body=text_of(body.get("content")),
        body_type=str(body.get("contentType") or "html").lower(),
        raw=raw,
    )
