"""What a ticket system's server shows to people: its tickets on a page, and one ticket with its fields and history."""

import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
_STYLE = """
:root { color-scheme: light dark; --text: #242424; --soft: #616161; --page: #fafafa; --line: #d9d9d9; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --text: #eee; --soft: #adadad; --page: #1c1c1c; --line: #444; --link: #7cb7ff; }
}
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--link); }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
li { padding: .15rem 0; }
td { white-space: pre-wrap; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A ticket as the server holds it: `key` is what the creator set to find it again, `state` the system's own word.

    `fields` are as they are stored; `history` holds comments and moves, oldest first.
    """

    number: str
    key: str
    title: str
    state: str
    fields: Mapping[str, Any]
    history: tuple[str, ...]


Records = Callable[[], Sequence[Record]]


def routes(name: str, records: Records, *, tickets: str = "/ticket/{number}") -> list[web.RouteDef]:
    """`/`, the newest ticket first, and each ticket's page, also at the address that the system's links have."""

    async def index(_request: web.Request) -> web.Response:
        rows = "".join(_row(record) for record in reversed(records()))
        table = (
            f"<table><tr><th>Number<th>Title<th>State<th>Key</tr>{rows}</table>" if rows else "<p>No tickets yet.</p>"
        )
        return _page(name, f"<h1>{_text(name)}: {len(records())} tickets</h1>{table}")

    async def ticket_page(request: web.Request) -> web.Response:
        number = request.match_info["number"]
        for record in records():
            if record.number == number:
                return _page(f"{number} · {name}", _ticket(record, name))
        return _page(
            f"No {number} · {name}", f'<p>There is no ticket {_text(number)}. <a href="/">All tickets</a></p>', 404
        )

    all_routes = [web.get("/", index), web.get("/ticket/{number}", ticket_page)]
    return all_routes if tickets == "/ticket/{number}" else [*all_routes, web.get(tickets, ticket_page)]


def _row(record: Record) -> str:
    link = f'<a href="/ticket/{_text(record.number)}">{_text(record.number)}</a>'
    return f"<tr><td>{link}<td>{_text(record.title)}<td>{_text(record.state)}<td>{_text(record.key)}</tr>"


def _ticket(record: Record, name: str) -> str:
    fields = "".join(
        f"<tr><th>{_text(field)}<td>{_text(_value_as_text(what))}</tr>" for field, what in record.fields.items()
    )
    history = "".join(f"<li>{_text(line)}" for line in record.history)
    return (
        f'<p><a href="/">{_text(name)}</a></p><h1>{_text(record.number)} {_text(record.title)}</h1>'
        f"<p><strong>{_text(record.state)}</strong> · {_text(record.key)}</p><h2>History</h2><ol>{history}</ol>"
        f"<h2>Fields</h2><table>{fields}</table>"
    )


def _value_as_text(what: Any) -> str:
    return what if isinstance(what, str) else json.dumps(what, ensure_ascii=False, indent=1)


def _text(what: str) -> str:
    return html.escape(what)


def _page(title: str, body: str, status: int = 200) -> web.Response:
    text = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{_text(title)}</title><style>{_STYLE}</style><body>{body}"
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)
