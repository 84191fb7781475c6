"""The port `TicketSystem` over a URL."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from shared.adapter import Deps
from shared.core import inbound
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.ports import Write
from shared.core.ticket import ENDED, Preview, Ticket, TicketRef
from shared.ticket_document import bare, plain, to_html, value
from shared.tickets.webhook import memory
from shared.tickets.webhook.address import checked
from shared.tickets.webhook.memory import TABLE, Known
from shared.tickets.webhook.settings import Settings

_TEXT, _HTML, _TITLE = 12_000, 20_000, 255  # characters; a whole message stays under 64 KiB
_TRIES = 5
_KEY = re.compile(r"foresignal-[\w-]{1,80}-MC\d{1,10}", re.ASCII)
_NOT_CONTENT = frozenset({"notes", "cancelled", "why_cancelled", "reopen", "key", "change_id"})


class Webhook:
    """What we sent and heard is in table `webhooks`; a look-up sees it at once."""

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: Deps) -> None:
        self._settings, self._deps = settings, deps
        self._what = f"ticket system {deps.name}"

    async def find(self, key: str) -> TicketRef | None:
        known = await self._known(key)
        return known.ref() if known else None

    async def open(self, ticket: Ticket) -> TicketRef:
        known = await self._known(ticket.key)
        return await self._bring(known or Known(ticket.key, ticket.key), ticket, new=known is None)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        known = await self._known(ticket.key)
        return await (self._bring(known, ticket) if known and known.number == ref.number else self.open(ticket))

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        wanted = set(numbers)
        found: dict[str, TicketRef] = {}
        if wanted:
            async for row in self._deps.tables.scan(TABLE, {"system": self._deps.name}):
                known = memory.from_row(row)
                found |= {number: known.ref() for number in wanted & {known.number, *known.former}}
        return found

    async def receive(self, said: Mapping[str, Any]) -> list[str]:
        """What the other side tells of its own accord: `number` or `key`, and what of `heard` there is to say.

        `gone: true`: it was deleted there. The number of ours that it was about; two where it got another one.
        """
        for _ in range(_TRIES):
            known = await self._about(said)
            if known is None:
                return []
            after = memory.heard(known, said, self._settings.states, self._deps.clock())
            how = "delete" if said.get("gone") is True else "replace"
            try:
                await self._deps.tables.commit(TABLE, [Write(how, memory.to_row(self._deps.name, after))])  # type: ignore[arg-type]  # one of the two
            except ConflictError:
                continue
            return list(dict.fromkeys((known.number, after.number)))
        raise TransientError(f"{self._what}: the same ticket is written by others again and again", 5)

    def preview(self, ticket: Ticket) -> Preview:
        return Preview(
            f"the address in the secret {self._settings.url}", self._message("ticket.opened", ticket, ticket.notes)
        )

    async def ping(self) -> str:
        """Both secrets are there and the address may be called; sending is the only way to know more."""
        url = await self._deps.secrets.get(self._settings.url)
        await self._deps.secrets.get(self._settings.secret)
        await checked(url.strip(), self._what, allow_private=self._settings.allow_private)
        return f"the address in {self._settings.url} may be called; whether it takes messages shows with the first one"

    async def _known(self, key: str) -> Known | None:
        row = await self._deps.tables.get(TABLE, *memory.place(self._deps.name, key))
        known = memory.from_row(row) if row else None
        return known if known and known.key == key else None

    async def _about(self, said: Mapping[str, Any]) -> Known | None:
        key, number = said.get("key"), said.get("number")
        if isinstance(key, str):
            return await self._known(key) if _KEY.fullmatch(key) else None
        async for row in self._deps.tables.scan(TABLE, {"system": self._deps.name}):
            known = memory.from_row(row)
            if number is not None and known.number == str(number):
                return known
        return None

    async def _bring(self, known: Known, ticket: Ticket, *, new: bool = False) -> TicketRef:
        """Send what the other side does not have; nothing where it has all."""
        notes = [note for note in dict.fromkeys(map(_line, ticket.notes)) if memory.digest(note) not in known.told]
        content = memory.digest({name: what for name, what in asdict(ticket).items() if name not in _NOT_CONTENT})
        ended = known.state in ENDED
        kind = "ticket.opened" if new else "ticket.amended"
        if ticket.cancelled and not ended:
            kind = "ticket.cancelled"
        elif ticket.reopen and ended:
            kind = "ticket.reopened"
        elif not new and not notes and (ended or content == known.sent):
            return known.ref()
        answer = await self._send(self._message(kind, ticket, notes), ticket)
        after = memory.heard(known, answer, self._settings.states, self._deps.clock())
        if kind == "ticket.cancelled" and after.state not in ENDED and "state" not in answer:
            after = memory.heard(after, {"state": "cancelled"}, {}, self._deps.clock())
        elif kind == "ticket.reopened" and "state" not in answer:
            after = memory.heard(after, {"state": "assess"}, {}, self._deps.clock())
        told = (*known.told, *(memory.digest(note) for note in notes))
        return await self._keep(replace(after, sent=content, told=told), new=new)

    async def _keep(self, known: Known, *, new: bool) -> TicketRef:
        write = Write("insert" if new else "replace", memory.to_row(self._deps.name, known))
        try:
            await self._deps.tables.commit(TABLE, [write])
        except ConflictError as conflict:  # told of it meanwhile: the same message again changes nothing there
            raise TransientError(f"{self._what}: {known.key} was written by another just now", 2) from conflict
        return known.ref()

    def _message(self, kind: str, ticket: Ticket, notes: Sequence[str]) -> dict[str, Any]:
        document = self._settings.description(ticket, "webhook")
        data = {name: _plain(what) for name, what in asdict(ticket).items() if name not in {"why_cancelled", "what"}}
        data |= {
            "title": self._settings.title(ticket, _TITLE),
            "description": {"text": plain(document, _TEXT), "html": to_html(document, _HTML)},
            "notes": list(notes),
            "values": {
                name: self._settings.value(name, str(getattr(ticket, name)), None) for name in self._settings.values
            },
            "custom": self._settings.own_fields(ticket),
        }
        if ticket.cancelled:
            data["why_cancelled"] = ticket.why_cancelled
        return {"type": kind, "data": data}

    async def _send(self, message: dict[str, Any], ticket: Ticket) -> Mapping[str, Any]:
        """The same content is the same message, however often it is sent: the receiver takes it once."""
        url = (await self._deps.secrets.get(self._settings.url)).strip()
        secret = (await self._deps.secrets.get(self._settings.secret)).strip()
        await checked(url, self._what, allow_private=self._settings.allow_private)
        now = self._deps.clock()
        message_id = f"{ticket.key}:{memory.digest(message)}"
        body = json.dumps({**message, "timestamp": now.isoformat()}, ensure_ascii=False).encode()
        if fault := inbound.fault_of(secret):
            raise PermanentError(f"{self._what}: the secret {self._settings.secret} {fault}")
        seconds = str(int(now.timestamp()))
        signature = inbound.signature(secret, message_id, seconds, body)
        headers = {
            "webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": signature,
            "Content-Type": "application/json",
        }  # fmt: skip
        response = await self._deps.http.send(
            "POST", url, what=self._what, content=body, headers=headers, expected=frozenset({410}),
            transient=frozenset({409, 412}), hide=(secret, url, signature),
        )  # fmt: skip
        if response.status_code == 410:
            raise PermanentError(
                f"{self._what}: the receiver answered 410, it takes no more messages; give the secret "
                f"{self._settings.url} another address"
            )
        try:
            answer = response.json()
        except ValueError:
            return {}  # an answer without a word is one: our key is the number
        return answer if isinstance(answer, dict) else {}


def _line(note: str) -> str:
    return " ".join(bare(value(note)).split())


def _plain(what: Any) -> Any:
    if isinstance(what, tuple | list):
        return [_plain(one) for one in what]
    return what if what is None or isinstance(what, str | bool | int) else str(what)
