"""An endpoint that takes tickets as signed messages, as anybody may build one to be fed by `kind: webhook`.

Written from the specification of Standard Webhooks (standardwebhooks.com, version 1.0.0): signatures are compared in
constant time, old timestamps are refused, and a message that came before is answered as it was then.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.ticket_systems.showing import Record, routes

_KEY = base64.b64encode(b"a key of the sandbox: 32 bytes..").decode()
_TOLERANCE = 300.0  # seconds between the sender's clock and ours
_LARGEST = 64 * 1024


@dataclass
class _Ticket:
    number: str
    key: str
    state: str = "new"
    decision: str = ""
    decided_by: str = ""
    decided_at: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)


class Webhook:
    """`accepts`: secrets whose signatures are good; `silent`: it answers 204 and nothing else, as simple ones do."""

    def __init__(
        self, clock: Callable[[], datetime], *, accepts: tuple[str, ...] = (f"whsec_{_KEY}",), silent: bool = False
    ) -> None:
        self._clock, self._accepts, self.silent = clock, accepts, silent
        self._held: dict[str, _Ticket] = {}  # by key
        self._answers: dict[str, tuple[int, str]] = {}  # by webhook-id
        self._last = 0
        self._base = ""
        self.messages: list[Mapping[str, Any]] = []
        self.repeats = 0

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server at `url`."""
        return {"url": f"{url.rstrip('/')}/hook", "secret": "WEBHOOK_SECRET"}

    @property
    def secrets(self) -> dict[str, str]:
        return {"WEBHOOK_SECRET": self._accepts[0]}

    @property
    def tickets(self) -> list[Record]:
        return [
            Record(one.number, one.key, str(one.fields.get("title", "")), one.state, one.fields, tuple(one.history))
            for one in self._held.values()
        ]

    def delete(self, number: str) -> dict[str, Any]:
        """By hand; returns what such a system would call back with."""
        ticket = self._existing(number)
        del self._held[ticket.key]
        return {**self._shown(ticket), "state": "deleted"}

    def move(self, number: str, state: str) -> dict[str, Any]:
        """The board's own hand; returns what such a system would call back with."""
        ticket = self._existing(number)
        ticket.history.append(f"{ticket.state} to {state}")
        ticket.state = state
        return self._shown(ticket)

    def approve(self, number: str, who: str) -> dict[str, Any]:
        return self._decide(number, "approved", who)

    def reject(self, number: str, who: str) -> dict[str, Any]:
        return self._decide(number, "rejected", who)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1_000_000)
        app.add_routes([*routes("Webhook", lambda: self.tickets), web.post("/hook", self._take)])
        return app

    def _decide(self, number: str, verdict: str, who: str) -> dict[str, Any]:
        ticket = self._existing(number)
        ticket.decision, ticket.decided_by, ticket.decided_at = verdict, who, self._clock().isoformat()
        ticket.history.append(f"{verdict} by {who}")
        return self._shown(ticket)

    def _existing(self, number: str) -> _Ticket:
        for ticket in self._held.values():
            if ticket.number == number:
                return ticket
        raise LookupError(f"there is no {number}")

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if len(body) > _LARGEST:
            return web.Response(status=413, text="too large")
        message = request.headers.get("webhook-id", "")
        if fault := self._fault(request.headers, message, body):
            return web.Response(status=401, text=fault)
        if message in self._answers:  # the sender did not hear us the first time
            self.repeats += 1
            status, text = self._answers[message]
            return web.Response(status=status, text=text, content_type="application/json")
        try:
            said = json.loads(body)
            kind, data = str(said["type"]), dict(said["data"])
            key, notes = str(data["key"]), [str(note) for note in data["notes"]]
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": "type and data with key and notes are expected"}, status=422)
        self.messages.append(said)
        self._base = f"{request.scheme}://{request.host}"
        answer = self._apply(kind, key, data, notes)
        status, text = (204, "") if self.silent else (200, json.dumps(answer))
        self._answers[message] = status, text
        return web.Response(status=status, text=text or None, content_type="application/json")

    def _apply(self, kind: str, key: str, data: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
        ticket = self._held.get(key)
        if ticket is None and kind == "ticket.opened":
            self._last += 1
            number = key if self.silent else f"CR-{self._last:05d}"
            ticket = self._held[key] = _Ticket(number, key)
        if ticket is None:
            return {"key": key, "state": "deleted"}
        content = {name: what for name, what in data.items() if name not in {"key", "number", "notes"}}
        ticket.fields |= content
        ticket.history += notes
        if kind == "ticket.cancelled":
            ticket.state = "cancelled"
            ticket.history.append(str(data.get("why_cancelled", "")))
        elif kind == "ticket.reopened":
            ticket.state = "assess"
        return self._shown(ticket)

    def _shown(self, ticket: _Ticket) -> dict[str, Any]:
        decided = {name: getattr(ticket, name) for name in ("decision", "decided_by", "decided_at")}
        return {
            "number": ticket.number,
            "key": ticket.key,
            "url": f"{self._base}/ticket/{ticket.number}",
            "state": ticket.state,
            **(decided if ticket.decision else {}),
        }

    def _fault(self, headers: Mapping[str, str], message: str, body: bytes) -> str:
        at = headers.get("webhook-timestamp", "")
        if not message or not (at.isascii() and at.isdigit()):
            return "webhook-id and webhook-timestamp are expected"
        if abs(int(at) - self._clock().timestamp()) > _TOLERANCE:
            return "the timestamp is too old, or in the future"
        signed = b".".join((message.encode(), at.encode(), body))
        given = headers.get("webhook-signature", "").split()
        for secret in self._accepts:
            key = base64.b64decode(secret.removeprefix("whsec_"))
            right = f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
            if any(hmac.compare_digest(one.encode(), right.encode()) for one in given):
                return ""
        return "no signature is right"
