"""Events as iCalendar text (RFC 5545): whole days, no time zones.

Written here and not by a library: the well-kept one takes a quarter of a second to import, and more than one for 2,000
events.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from shared.adapters.pages.calendar import KINDS
from shared.core.life.feed import Event
from shared.core.text.safe import printable

_LONGEST = 75  # octets of a line, its break not counted
_LONGEST_TITLE = 300
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # where nobody knows when something was revised

_CONTROLS = dict.fromkeys([*range(32), 0x7F, 0x85, 0x2028, 0x2029])
_ESCAPES = str.maketrans({**_CONTROLS, "\n": "\\n", "\r": "\\n", "\\": "\\\\", ";": "\\;", ",": "\\,"})


def calendar_text(events: Iterable[Event], name: str, public_url: str, deployment: str) -> str:
    """A calendar. `name`: what programs call it; `deployment`: part of each event's id."""
    host = urlsplit(public_url).hostname or "foresignal"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Foresignal//Calendar of changes//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for event in events:
        lines += _event(event, public_url, f"{deployment}.{host}")
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(event: Event, public_url: str, place: str) -> Iterator[str]:
    mark, revised = event.mark, _moment(event.modified or _LONG_AGO)
    words = [f"Change {mark.change_id}"]
    words += [f"Team: {mark.team}"] if mark.team else []
    words += [f"Ticket {mark.ticket}"] if mark.ticket else []
    words += [f"In the freeze “{name}”" for name in mark.freezes]
    words += ["The change is closed."] if mark.is_closed else []
    address = f"{public_url}/api/changes/{quote(mark.change_id)}"
    freeze = " (in a freeze)" if mark.freezes else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}@{place}"
    yield f"DTSTAMP:{revised}"
    yield f"LAST-MODIFIED:{revised}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{mark.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{mark.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{KINDS[mark.kind]}: {mark.title[:_LONGEST_TITLE]}{freeze}')}"
    yield "DESCRIPTION:" + _text("\n".join([*words, address]))
    yield f"URL:{address}"
    yield f"CATEGORIES:{_text(KINDS[mark.kind])}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A value of kind TEXT: what has a meaning there is escaped, and no other control character stands in it."""
    return printable(value).replace("\r\n", "\n").translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets; each further one begins with a blank. No letter is cut in two."""
    data, first = line.encode(), True
    while data:
        size = _LONGEST if first else _LONGEST - 1
        piece = data[:size]
        while len(data) > size and data[len(piece)] & 0xC0 == 0x80:
            piece = piece[:-1]
        yield ("" if first else " ") + piece.decode()
        data, first = data[len(piece) :], False
