"""What a ticket system's server shows to people: its tickets on a page, and one ticket with its fields and history.

On a ticket's page a person can play the board: move it, approve, reject and close.
"""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from urllib.parse import quote

from aiohttp import web

_PERSON = "A person"
#: When a change follows its ticket, in a system that can be asked.
ASKED = "Foresignal asks every 15 minutes what has become of its tickets: the change follows then."
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
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
form { display: inline-block; margin: 0 1rem .5rem 0; }
select, button { font: inherit; padding: .25rem .6rem; }
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


class Board(Protocol):
    """A server as its board sees it."""

    @property
    def tickets(self) -> Sequence[Record]: ...

    def states_of(self, number: str) -> Sequence[str]:
        """The states that a ticket can be in, in the system's own words and order."""
        ...

    def move(self, number: str, state: str) -> None:
        """To one of these states, whatever the system would allow to others. LookupError for what there is not."""
        ...


@runtime_checkable
class Deciding(Protocol):
    """A server in which approvals are something of their own."""

    def approve(self, number: str, who: str) -> None: ...

    def reject(self, number: str, who: str) -> None: ...


def routes(name: str, board: Board, *, tickets: str = "/ticket/{number}", follows: str = ASKED) -> list[web.RouteDef]:
    """`/`, the newest ticket first, and each ticket's page, also at the address that the system's links have.

    `follows`: when a change follows its ticket. A ticket's page has forms for what a board does; what they send goes to
    `/ticket/{number}/move` and `.../decide`.
    """

    async def index(_request: web.Request) -> web.Response:
        records = board.tickets
        rows = "".join(_row(record) for record in reversed(records))
        table = (
            f"<table><tr><th>Number<th>Title<th>State<th>Key</tr>{rows}</table>" if rows else "<p>No tickets yet.</p>"
        )
        return _page(name, f"<h1>{_text(name)}: {len(records)} tickets</h1>{table}")

    def none_of(number: str) -> web.Response:
        words = f'<p>There is no ticket {_text(number)}. <a href="/">All tickets</a></p>'
        return _page(f"No {number} · {name}", words, 404)

    async def ticket_page(request: web.Request) -> web.Response:
        number = request.match_info["number"]
        record = _find(board, number)
        if record is None:
            return none_of(number)
        return _page(f"{number} · {name}", _ticket(record, name, _forms(board, record, follows)))

    async def move(request: web.Request) -> web.Response:
        number, state = request.match_info["number"], str((await request.post()).get("state", ""))
        if _find(board, number) is None:
            return none_of(number)
        if state not in board.states_of(number):
            words = f"<p>{_text(name)} has no state {_text(state)} for {_text(number)}."
            back = f'<a href="{_text(_address(number))}">Back</a></p>'
            return _page(f"No state {state} · {name}", f"{words} {back}", 400)
        board.move(number, state)
        raise web.HTTPSeeOther(_address(number))

    async def decide(request: web.Request) -> web.Response:
        number, verdict = request.match_info["number"], (await request.post()).get("verdict")
        if _find(board, number) is None or not isinstance(board, Deciding):
            return none_of(number)
        (board.approve if verdict == "approve" else board.reject)(number, _PERSON)
        raise web.HTTPSeeOther(_address(number))

    all_routes = [
        web.get("/", index),
        web.get("/ticket/{number}", ticket_page),
        web.post("/ticket/{number}/move", move),
        web.post("/ticket/{number}/decide", decide),
    ]
    return all_routes if tickets == "/ticket/{number}" else [*all_routes, web.get(tickets, ticket_page)]


def _find(board: Board, number: str) -> Record | None:
    return next((record for record in board.tickets if record.number == number), None)


def _address(number: str) -> str:
    return f"/ticket/{quote(number, safe='')}"


def _forms(board: Board, record: Record, follows: str) -> str:
    states = "".join(
        f"<option{' selected' if state == record.state else ''}>{_text(state)}</option>"
        for state in dict.fromkeys(board.states_of(record.number))
    )
    number = _text(_address(record.number))
    forms = (
        f'<form method="post" action="{number}/move"><label>State <select name="state">{states}</select></label> '
        "<button>Move</button></form>"
    )
    if isinstance(board, Deciding):
        forms += (
            f'<form method="post" action="{number}/decide"><button name="verdict" value="approve">Approve</button> '
            '<button name="verdict" value="reject">Reject</button></form>'
        )
    return f"<h2>As the board</h2>{forms}<p>{_text(follows)}</p>"


def _row(record: Record) -> str:
    link = f'<a href="/ticket/{_text(record.number)}">{_text(record.number)}</a>'
    return f"<tr><td>{link}<td>{_text(record.title)}<td>{_text(record.state)}<td>{_text(record.key)}</tr>"


def _ticket(record: Record, name: str, forms: str) -> str:
    fields = "".join(
        f"<tr><th>{_text(field)}<td>{_text(_value_as_text(what))}</tr>" for field, what in record.fields.items()
    )
    history = "".join(f"<li>{_text(line)}" for line in record.history)
    return (
        f'<p><a href="/">{_text(name)}</a></p><h1>{_text(record.number)} {_text(record.title)}</h1>'
        f"<p><strong>{_text(record.state)}</strong> · {_text(record.key)}</p>{forms}<h2>History</h2><ol>{history}</ol>"
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
