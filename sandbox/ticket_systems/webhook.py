"""A receiver of Standard Webhooks that keeps tickets: verifies, takes a message once, answers a number and a state.

Written from github.com/standard-webhooks/standard-webhooks/spec/standard-webhooks.md (2026): headers, signed content,
tolerance of the timestamp, `webhook-id` as the key against repeats, 410 for "no more".
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from aiohttp import web

from sandbox.ticket_systems.showing import Record, routes
from shared.core.terms import State
from shared.core.tickets import inbound

_SECRET = "whsec_" + "c2FuZGJveC1zZWNyZXQtb2YtdGhlLXJlY2VpdmVy"

_ANSWERED = "Foresignal cannot ask a receiver: the change follows with the answer to the next message about it."


@dataclass(slots=True)
class _Ticket:
    number: str
    data: dict[str, Any]
    state: str = "new"
    history: list[str] = field(default_factory=list)


class WebhookReceiver:
    """`stopped`: answers 410. `silent`: answers without a body.

    `kinds`: of the messages that it took, in order; `largest`: bytes of the largest.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.by_key: dict[str, _Ticket] = {}
        self.stopped = self.silent = False
        self.answers: dict[str, dict[str, Any]] = {}
        self.kinds: list[str] = []
        self.largest = 0
        self._clock = clock
        self._url = ""

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server at `url`."""
        self._url = url
        return {"url": "WEBHOOK_URL", "secret": "WEBHOOK_SECRET"}

    @property
    def secrets(self) -> dict[str, str]:
        return {"WEBHOOK_URL": f"{self._url}/hooks/foresignal?token=of-the-sandbox", "WEBHOOK_SECRET": _SECRET}

    @property
    def tickets(self) -> list[Record]:
        return [
            Record(
                ticket.number, key, str(ticket.data.get("title", "")), ticket.state, ticket.data, tuple(ticket.history)
            )
            for key, ticket in self.by_key.items()
        ]

    def delete(self, number: str) -> None:
        self.by_key = {key: ticket for key, ticket in self.by_key.items() if ticket.number != number}

    def states_of(self, _number: str) -> tuple[str, ...]:
        return get_args(State)

    def move(self, number: str, state: str) -> None:
        ticket = next(ticket for ticket in self.by_key.values() if ticket.number == number)
        ticket.history.append(f"{self._clock():%Y-%m-%d}: The board: {ticket.state} to {state}")
        ticket.state = state

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1_000_000)
        app.add_routes(routes("Webhook receiver", self, follows=_ANSWERED))
        app.add_routes([web.post("/hooks/foresignal", self._receive)])
        return app

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not inbound.authentic(_SECRET, headers, body, self._clock()):
            return web.json_response({"error": "the signature does not hold"}, status=401)
        if self.stopped:
            return web.json_response({"error": "gone"}, status=410)
        message_id = headers["webhook-id"]
        self.largest = max(self.largest, len(body))
        if message_id not in self.answers:
            self.answers[message_id] = self._take(json.loads(body))
        return web.Response(status=204) if self.silent else web.json_response(self.answers[message_id])

    def _take(self, message: Mapping[str, Any]) -> dict[str, Any]:
        data = dict(message["data"])
        self.kinds.append(str(message["type"]))
        ticket = self.by_key.setdefault(data["key"], _Ticket(f"HOOK-{len(self.answers) + 1}", {}))
        ticket.history += data.pop("notes")
        ended = ticket.state in {"closed", "cancelled"}
        if message["type"] == "ticket.cancelled" and not ended:
            ticket.state = "cancelled"
        elif message["type"] == "ticket.reopened":
            ticket.state = "assess"
        ticket.data = data
        return {
            "number": ticket.number,
            "state": ticket.state,
            "url": f"{self._url or 'https://hooks.example'}/ticket/{ticket.number}",
        }
