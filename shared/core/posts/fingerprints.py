"""The two hashes of a post: one says what is sent on, the other what is an edition (docs/decisions/0003)."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote

from shared.core.text.wording import has_any
from shared.core.times import when

WATCH_BYTES = 15
"""Of a watch hash: with the id's 8 bytes and the mark's one, 24 bytes a post in a snapshot."""
_CONTENT_BYTES = 16
_UNWATCHED = frozenset({"lastModifiedDateTime", "endDateTime"})
_UNORDERED = ("services", "tags", "details")
_ROLLOUT = "FeatureStatusJson"
UPDATED_TAG = "Updated message"

# Every pattern stops at the next tag and so reads a body once, however long or broken it is. A real post holds the tag
# `<img alt="icons" <="" p="">`: a `<` that opens no tag belongs to the tag around it.
_INSIDE = r"(?:[^<>]|<(?![a-zA-Z/!]))*"
_TAG = re.compile(rf"<(?:/?[a-zA-Z]|!){_INSIDE}>")
_IMAGE = re.compile(rf"<img\b{_INSIDE}>", re.IGNORECASE)
_IMAGE_ADDRESS = re.compile(r"""\b(?:data-)?src(?:set)?\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_LINK = re.compile(rf"""<a\b{_INSIDE}?\bhref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm_\w+|wt\.\w+|ocid|rtc|msockid|msclkid|clcid|culture|country)(?:=|$)", re.IGNORECASE)
_WRAPPED = re.compile(r"^https?://[^/?]*\.safelinks\.protection\.outlook\.com/.*?[?&]url=([^&]*)", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
_NUMBERED = re.compile(r"&#\d{8,}")  # no character has such a number, and html.unescape fails on thousands of digits
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_UPDATED_BEGINS = frozenset("(uU")
_UPDATED = re.compile(r"^\s*(?:(?:\(updated\)|updated:)\s*)+", re.IGNORECASE)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_BANNER = re.compile(  # over text without white space
    rf"Updated?(?:on|for)?(?:{_MONTH}\d{{1,2}}(?:,?\d{{4}})?|\d{{1,2}}/\d{{1,2}}/\d{{2,4}})(?:,Update)?:"
    r"|(?:Wehave|We've)updated(?:the)?(?:rollout|release)?"
    r"(?:contentand(?:rollout)?timelines?|timelines?andcontent|timelines?|timing|content|message)"
    r"(?:ofthischange)?(?:below)?(?:toshowasintended|for(?:clarity|accuracy)|with(?:additional(?:information|details)))?\.?"
    r"|Thankyou(?:foryour)?(?:patience|feedback)\.?"
    r"|Weapologizeforany(?:inconvenience)\.?"
)
#: Without any of these a text has no banner.
_BANNER_SIGNS = ("Update", "Wehaveupdated", "We'veupdated", "Thankyou", "Weapologize")


def watch_hash(raw: Mapping[str, Any]) -> bytes:
    """15 bytes over all that a tenant's copy says, except what moves without saying anything."""
    return digest(_watched(raw))


def content_hash(raw: Mapping[str, Any]) -> str:
    """Hex over what people decide on: the title, the text and where its links lead, act-by, category, major, tags.

    Of `details` nothing counts, measured on 3,200 pairs of consecutive versions (docs/decisions/0003): Summary is
    written anew by a machine at most edits and says what the text says (17 pairs differ in nothing else), RoadmapIds
    stand in the text, too, ExternalLink and Platforms changed alone three times, LastEmailRequestedTime is a time.
    """
    tags = raw.get("tags")
    content = [
        _squash(plain_title(_text(raw.get("title")))),
        *_read(raw.get("body")),
        _moment(raw.get("actionRequiredByDateTime")),
        _text(raw.get("category")),
        raw.get("isMajorChange") is True,
        sorted({_text(tag) for tag in tags} - {UPDATED_TAG}) if isinstance(tags, list | tuple) else _text(tags),
    ]
    return digest(content, _CONTENT_BYTES).hex()


def comparable(text: str) -> str:
    """A text as it is compared: without white space, stamps, and sentences that say only that something was updated."""
    return _squeezed(plain_title(text))


def plain_title(title: str) -> str:
    """A title without the "(Updated)" that an edit puts before it."""
    return _UPDATED.sub("", title) if title.lstrip()[:1] in _UPDATED_BEGINS else title


def link_targets(body: object) -> list[str]:
    """Where the body's links lead, in order, without tracking."""
    content, kind = _content(body)
    return [] if kind == "text" else _targets(content)


def digest(value: object, size: int = WATCH_BYTES) -> bytes:
    """`size` bytes over any JSON value, whatever the order of its keys."""
    return blake2b(_canonical(value).encode(), digest_size=size).digest()


def _moment(value: object) -> str:
    try:
        moment = when(value)
    except OverflowError:  # year 1 with an offset is a date in no year
        moment = None
    return moment.isoformat() if moment else _text(value)


def _read(body: object) -> list[Any]:
    """The body's text and link targets, without what an edit leaves behind that says nothing."""
    content, kind = _content(body)
    if kind == "text":
        return [_squeezed(content), []]
    return [_squeezed(_TAG.sub("", content)), _targets(content)]


def _content(body: object) -> tuple[str, str]:
    """What the body says, and its contentType in small letters."""
    if isinstance(body, Mapping):
        return _text(body.get("content")), _text(body.get("contentType")).lower()
    return _text(body), ""


def _targets(content: str) -> list[str]:
    return [_target(a or b or c) for a, b, c in _LINK.findall(content)]


def _squeezed(text: str) -> str:
    squashed = _squash(_unescaped(text))
    return _BANNER.sub("", squashed) if has_any(squashed, _BANNER_SIGNS) else squashed


def _unescaped(text: str) -> str:
    return html.unescape(_NUMBERED.sub("", text)) if "&" in text else text


def _squash(text: str) -> str:
    """Without white space: whether a browser would show a gap where a tag was is nothing that people decide on.

    Without brackets, too: mirrors print "[When this will happen:]" in bold instead.
    """
    joined = "".join(text.split()).replace("[", "").replace("]", "")
    return joined if joined.isascii() else _INVISIBLE.sub("", joined)


def _target(link: str) -> str:
    """A link's address without what only counts who followed it."""
    address = _unescaped(link).strip()
    wrapped = _WRAPPED.match(address)
    if wrapped:
        address = unquote(wrapped[1])
    page, _, query = address.partition("?")
    query, _, anchor = query.partition("#")
    query_kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    return f"{page}?{query_kept}#{anchor}"


def _watched(raw: Mapping[str, Any]) -> dict[str, Any]:
    watched = {name: value for name, value in raw.items() if name not in _UNWATCHED}
    if isinstance(watched.get("details"), list):
        watched["details"] = [_detail(item) for item in watched["details"]]
    for name in _UNORDERED:
        if isinstance(watched.get(name), list):
            watched[name] = sorted(map(_canonical, watched[name]))
    body = watched.get("body")
    if isinstance(body, Mapping) and isinstance(body.get("content"), str):
        watched["body"] = {**body, "content": _without_image_addresses(body["content"])}
    return watched


def _without_image_addresses(content: str) -> str:
    return _IMAGE.sub(lambda image: _IMAGE_ADDRESS.sub("", image[0]), content)


def _detail(item: object) -> object:
    """FeatureStatusJson comes in another order and with new times at every pull; its states are news."""
    if not isinstance(item, Mapping) or item.get("name") != _ROLLOUT:
        return item
    try:
        rings = json.loads(item.get("value") or "")
        return {**item, "value": _without_order_and_times(rings)}
    except (ValueError, TypeError, RecursionError):
        return item


def _without_order_and_times(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_order_and_times(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted(_canonical(_without_order_and_times(inner)) for inner in value)
    return "" if isinstance(value, str) and _TIME.match(value) else value


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else _canonical(value)


def _canonical(value: object) -> str:
    """One text for one JSON value, whatever the order of its keys; ASCII, so that lone surrogates survive."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=dict)
    except (RecursionError, ValueError, TypeError):
        return ",".join(_flat(value))


def _flat(value: object) -> Iterator[str]:
    """What json.dumps cannot write (nested a thousand deep, numbers of thousands of digits), without recursion."""
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            yield f"{{{len(item)}"
            for name in sorted(item, key=str):
                waiting += (item[name], str(name))
        elif isinstance(item, list | tuple):
            yield f"[{len(item)}"
            waiting += item
        else:
            yield ascii(item)
