"""How a ticket that is there differs from what it should be, as text for people."""

import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.adapters.ticketing.markup import without_joiners
from shared.core.text.safe import cut
from shared.core.tickets.ticket import Difference

LONGEST = 300
"""Characters of each side."""
_BEFORE = 40  # characters that are shown of what two long texts have in common
_NAMES = ("displayName", "display_value", "name", "value", "uniqueName", "key", "accountId", "id")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?\S*", re.ASCII)
_BLOCK = re.compile(r"<(?:br\b[^<>]*|/?(?:p|li|div|ul|ol|h\d|tr|table)\b[^<>]*)>", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b[^<>]*\bhref=\"([^\"]*)\"[^<>]*>(.*?)</a>", re.IGNORECASE | re.DOTALL)


def differing(pairs: Iterable[tuple[str, Any, Any]], due: Collection[str]) -> list[Difference]:
    """The fields that differ.

    `pairs`: of each of them its name, what is there, and what we would write. `due`: those that we would write indeed;
    the others are people's, and stay.
    """
    found = []
    for name, there, wanted in pairs:
        now, then = _from_where_they_part(words(there), words(wanted))
        found.append(Difference(name, now, then, is_theirs=name not in due))
    return found


def words(what: Any) -> str:
    """A field's value in one line. Of Atlassian's documents and of objects what people see of them."""
    if isinstance(what, bool):
        return "yes" if what else "no"
    if isinstance(what, list | tuple):
        return ", ".join(filter(None, map(words, what)))
    if isinstance(what, Mapping):
        if what.get("type") == "doc":
            return " ".join(" ".join(_texts(what)).split())
        own = next((str(what[name]) for name in _NAMES if what.get(name)), "")
        return " ".join(filter(None, (own, words(what.get("child")))))
    text = "" if what is None else " ".join(without_joiners(str(what)).split())
    return _moment(text) if _TIME.fullmatch(text) else text


def html_words(text: Any) -> Any:
    """The words of HTML, with the addresses to which they lead; what is no text as it is."""
    if not isinstance(text, str):
        return text
    led = _ANCHOR.sub(lambda link: link[2] if link[1] == link[2] else f"{link[2]} ({link[1]})", text)
    return html.unescape(re.sub(r"<[^<>]*>", "", _BLOCK.sub(" ", led)))


def _moment(text: str) -> str:
    """A time as people read it, a midnight as its day; in UTC, as systems write it."""
    try:
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError):
        return text
    return f"{at:%Y-%m-%d}" if (at.hour, at.minute, at.second) == (0, 0, 0) else f"{at:%Y-%m-%d %H:%M}"


def _texts(node: Any) -> Iterator[str]:
    """The blocks of a document, each as one text."""
    inside = [part for part in node.get("content") or () if isinstance(part, Mapping)]
    if any(part.get("type") == "text" for part in inside):
        yield "".join(_run(part) for part in inside)
        return
    for part in inside:
        yield from _texts(part)


def _run(part: Mapping[str, Any]) -> str:
    text = str(part.get("text", " "))
    marks = [mark for mark in part.get("marks") or () if isinstance(mark, Mapping)]
    addresses = [str((mark.get("attrs") or {}).get("href") or "") for mark in marks]
    return next((f"{text} ({address})" for address in addresses if address and address != text), text)


def _from_where_they_part(there: str, wanted: str) -> tuple[str, str]:
    """Both, cut; of long ones that begin alike, from shortly before they part."""
    start = 0
    if max(len(there), len(wanted)) > LONGEST:
        alike = (at for at, (one, other) in enumerate(zip(there, wanted, strict=False)) if one != other)
        common = next(alike, min(len(there), len(wanted)))
        start = there.rfind(" ", 0, max(common - _BEFORE, 0)) + 1
    mark = "… " if start else ""
    return cut(f"{mark}{there[start:]}", LONGEST), cut(f"{mark}{wanted[start:]}", LONGEST)
