"""Posts as tools write them, in Graph's own names and forms: PowerShell's capitals, its dates, what it flattens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

_FIELDS = (
    "id", "title", "startDateTime", "endDateTime", "lastModifiedDateTime", "actionRequiredByDateTime", "category",
    "severity", "isMajorChange", "services", "tags", "details", "body", "hasAttachments", "viewPoint", "attachments",
    "attachmentsArchive", "expiryDateTime",
)  # fmt: skip
_NAMES = {name.lower(): name for name in _FIELDS}
_TIMES = tuple(name for name in _FIELDS if name.endswith("DateTime"))
_LISTS = ("services", "tags")
_ADDED = ("attachments", "attachmentsArchive", "AdditionalProperties")
"""What PowerShell's module adds to every post and fills in none."""
_DATE = re.compile(r"/Date\((-?\d{1,18})(?:[+-]\d{4})?\)/")
_PAIR = re.compile(r"@\{\s*name=(.*?); value=(.*)\}", re.IGNORECASE | re.DOTALL)
_BODY = re.compile(r"@\{(?=.*\bcontent=)(.*)\}", re.IGNORECASE | re.DOTALL)
_CONTENT = re.compile(r"(?:^|; )content=(.*?)(?=; contentType=\w+$|$)", re.IGNORECASE | re.DOTALL)
_CONTENT_TYPE = re.compile(r"(?:^|; )contentType=(\w+)", re.IGNORECASE)
_TYPE_NAME = re.compile(r"(?:Microsoft\.Graph\.|System\.)[\w.+`\[\],]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Exported:
    """A post in Graph's own form. `lost`: its fields of which the tool kept only the name of a type."""

    post: Mapping[str, Any]
    lost: tuple[str, ...] = field(default=())


def as_graph(raw: Mapping[str, Any]) -> Exported:
    """The post with Graph's names and forms; a post that has them already is given back as it is."""
    renamed = _renamed(raw)
    changed, lost = {}, []
    for name in (*_TIMES, *_LISTS, "details", "body", "isMajorChange"):
        if name not in renamed:
            continue
        value, is_lost = _restored(name, renamed[name])
        if value is not renamed[name]:
            changed[name] = value
        if is_lost:
            lost.append(name)
    return Exported({**renamed, **changed} if changed else renamed, tuple(lost))


def _renamed(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    if all(_NAMES.get(name.lower(), name) == name for name in raw) and "AdditionalProperties" not in raw:
        return raw
    renamed = {_NAMES.get(name.lower(), name): value for name, value in raw.items()}
    return {name: value for name, value in renamed.items() if name not in _ADDED or value not in (None, {}, [])}


def _restored(name: str, value: object) -> tuple[object, bool]:
    """The value in Graph's form, and whether what it held is lost."""
    if name in _TIMES:
        return _time(value), False
    if name in _LISTS:
        return _list(value)
    if name == "details":
        return _details(value)
    if name == "body":
        return _body(value)
    return (value.lower() == "true" if isinstance(value, str) else value), False


def _time(value: object) -> object:
    inner = _lowered(value).get("value") if isinstance(value, Mapping) else value
    match = _DATE.fullmatch(inner.strip()) if isinstance(inner, str) else None
    if not match:
        return value
    try:
        moment = _EPOCH + timedelta(milliseconds=int(match[1]))
    except OverflowError:
        return None
    thousandths = f".{moment.microsecond // 1000:03d}" if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{thousandths}Z"


def _list(value: object) -> tuple[object, bool]:
    if isinstance(value, str):
        return ([], True) if _is_type(value) else ([value] if value.strip() else [], False)
    return value, False


def _details(value: object) -> tuple[object, bool]:
    if isinstance(value, str):
        value = [value] if value.strip() else []
    if isinstance(value, Mapping):
        named = _lowered(value)
        value = [named] if "name" in named else [{"name": name, "value": text} for name, text in value.items()]
    if not isinstance(value, list):
        return value, False
    details = [_detail(item) for item in value]
    if all(new is old for new, old in zip(details, value, strict=True)):
        return value, False
    return [item for item in details if item is not None], any(item is None for item in details)


def _detail(item: object) -> object:
    """One detail with Graph's names; None where only the name of its type is left."""
    if isinstance(item, Mapping):
        return item if "name" in item else _lowered(item)
    if not isinstance(item, str):
        return item
    if match := _PAIR.fullmatch(item.strip()):
        return {"name": match[1], "value": match[2]}
    return None if _is_type(item) else item


def _body(value: object) -> tuple[object, bool]:
    if isinstance(value, str):
        if match := _BODY.fullmatch(value.strip()):
            content, kind = _CONTENT.search(match[1]), _CONTENT_TYPE.search(match[1])
            return {"contentType": kind[1] if kind else "html", "content": content[1] if content else ""}, False
        return ({}, True) if _is_type(value) else (value, False)
    if not isinstance(value, Mapping) or "content" in value:
        return value, False
    named = _lowered(value)
    forms = {"contenttype": "contentType"}
    return {forms.get(name, name): inner for name, inner in named.items()}, False


def _is_type(text: str) -> bool:
    return _TYPE_NAME.fullmatch(text.strip()) is not None


def _lowered(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): inner for name, inner in value.items()}
