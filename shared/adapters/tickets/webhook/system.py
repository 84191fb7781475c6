"""The port `TicketSystem` over a URL."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any
from weakref import WeakValueDictionary

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.webhook import message as messages
from shared.adapters.tickets.webhook.endpoint import Endpoint, RefusedError
from shared.adapters.tickets.webhook.memory import Memory, RemoteTicket, digest, heard, number_of
from shared.adapters.tickets.webhook.message import Message
from shared.adapters.tickets.webhook.settings import Settings
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.terms import ENDED
from shared.core.tickets.ticket import Preview, Ticket, TicketRef
from shared.core.times import when
from shared.record.redo import redo

SCHEDULE = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0)
"""Seconds until a message is sent again, as Standard Webhooks advises, as far as our 24 hours go."""
_UNTOLD_STATE = {"ticket.opened": "new", "ticket.cancelled": "cancelled", "ticket.reopened": "assess"}
"""What a ticket is when the receiver took the message and says nothing of its state."""


class Webhook:
    """A message is kept in table `webhooks` before it is sent, and sent again, the same, until it was taken.

    What we sent and heard is there; a look-up sees it at once.
    """

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self._endpoint = Endpoint(settings, deps)
        self._memory = Memory(deps.tables, deps.name)
        self._what = self._endpoint.what
        self._working: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find(self, key: str) -> TicketRef | None:
        known = await self._memory.get(key)
        return known.ref() if known and known.there else None

    async def open(self, ticket: Ticket) -> TicketRef:
        return await self._bring(ticket)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:  # noqa: ARG002 - our memory goes by the key
        return await self._bring(ticket)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        found = {}
        for number in numbers:
            known = await self._memory.by_number(number)
            if known and known.there:
                found[number] = known.ref()
        return found

    async def receive(self, said: Mapping[str, Any]) -> list[str]:
        """What the other side tells of its own accord: `number` or `key`, and what of `heard` there is to say.

        `gone: true`: it was deleted there. `timestamp`: when; what is older than the last call changes nothing.
        The numbers of ours that it was about: two where `key` came with another number, which is the ticket's from
        then on unless it is another ticket's already.
        """
        return await redo(lambda: self._receive(said))

    def preview(self, ticket: Ticket) -> Preview:
        content = messages.content_of(self._settings, ticket)
        shown = {"key": ticket.key, "change_id": ticket.change_id, **content, "notes": list(ticket.notes)}
        return Preview(f"the address in the secret {self._settings.url}", {"type": "ticket.opened", "data": shown})

    async def ping(self) -> str:
        """Both secrets are there and the address may be called; sending is the only way to know more."""
        await self._endpoint.ready()
        return f"the address in {self._settings.url} may be called; whether it takes messages shows with the first one"

    async def _receive(self, said: Mapping[str, Any]) -> list[str]:
        at = when(said.get("timestamp"))
        known = await self._about(said)
        if known is None or not known.there:
            return []
        if at and known.at and at < known.at:
            return [known.number]
        number = number_of(said)
        if number not in ("", known.number) and await self._memory.holder(number, known.key) != known.key:
            number = ""
        after = heard(known, {**said, "number": number}, self._settings.states, at or self._deps.clock())
        await self._memory.put(replace(after, at=at or known.at))
        return list(dict.fromkeys((known.number, after.number if after.there else known.number)))

    async def _about(self, said: Mapping[str, Any]) -> RemoteTicket | None:
        if isinstance(key := said.get("key"), str):
            return await self._memory.get(key)
        return await self._memory.by_number(number_of(said))

    async def _bring(self, ticket: Ticket) -> TicketRef:
        """Send what the other side does not have, a message that was perhaps not taken first."""
        lock = self._working.setdefault(ticket.key, asyncio.Lock())
        async with lock:
            known = await self._memory.get(ticket.key) or RemoteTicket(ticket.key, ticket.key)
            if known.pending:
                known = await self._deliver(known)
            content, sent = messages.content_of(self._settings, ticket), set[str]()
            while kind := _next(known, ticket, digest(content), sent):
                sent.add(kind)
                notes = _untold(known, ticket)
                made = messages.make(kind, ticket, content, notes, self._deps.clock(), known.life)
                try:
                    known = await self._memory.put(replace(known, pending=astuple(made), tries=0))
                except ConflictError as conflict:
                    raise TransientError(f"{self._what}: {ticket.key} was written by another just now", 2) from conflict
                known = await self._deliver(known)
            return known.ref()

    async def _deliver(self, known: RemoteTicket) -> RemoteTicket:
        """The pending message, and what the answer says, kept. What is refused for its content is not kept."""
        name, kind, body, content, notes = known.pending
        pending = Message(name, kind, body, content, tuple(notes))
        try:
            answer = await self._endpoint.send(pending)
        except TransientError as error:
            told = error.retry_after
            wait = SCHEDULE[min(known.tries, len(SCHEDULE) - 1)] if told is None else told
            await self._quietly(replace(known, tries=known.tries + 1))
            raise TransientError(str(error), wait) from error
        except RefusedError:
            await self._quietly(replace(known, pending=(), tries=0))
            raise
        number = number_of(answer)
        if number and await self._memory.holder(number, known.key) != known.key:
            raise PermanentError(
                f"{self._what}: the answer says number {number} for {known.key}, and that is another ticket's; "
                "each needs a number of its own, or none"
            )
        return await self._keep(known, pending, answer)

    async def _keep(self, sent: RemoteTicket, message: Message, answer: Mapping[str, Any]) -> RemoteTicket:
        """Keep what the receiver answered, over what it told us meanwhile; a ticket that is gone by then stays so."""
        newest = sent

        async def keep() -> RemoteTicket:
            nonlocal newest
            if newest.life != sent.life:
                return newest
            try:
                return await self._memory.put(self._taken(newest, message, answer))
            except ConflictError:
                newest = await self._memory.get(sent.key) or newest
                raise

        return await redo(keep)

    def _taken(self, known: RemoteTicket, message: Message, answer: Mapping[str, Any]) -> RemoteTicket:
        """The ticket after the receiver took that message."""
        after = replace(known, there=True, sent=message.content, told=(*known.told, *message.notes))
        if known.pending and known.pending[0] == message.id:
            after = replace(after, pending=(), tries=0)
        now, states = self._deps.clock(), self._settings.states
        if (state := _UNTOLD_STATE.get(message.kind)) and "state" not in answer:
            after = replace(heard(after, {"state": state}, {}, now), remote_state="")
        return heard(after, answer, states, now)

    async def _quietly(self, known: RemoteTicket) -> None:
        try:
            await self._memory.put(known)
        except ConflictError:
            return  # somebody else has just written it, and knows better


def _next(known: RemoteTicket, ticket: Ticket, content: str, sent: set[str]) -> str:
    """What kind of message to send next; empty where the receiver has all. What has ended is told only news."""
    ended = known.state in ENDED
    kind = ""
    if not known.there:
        kind = "ticket.opened"
    elif ticket.cancelled and not ended:
        kind = "ticket.cancelled"
    elif ticket.reopen and ended and not ticket.cancelled:
        kind = "ticket.reopened"
    if kind and kind not in sent:
        return kind
    if known.there and (_untold(known, ticket) or (known.sent != content and not ended)):
        return "ticket.amended"
    return ""


def _untold(known: RemoteTicket, ticket: Ticket) -> list[str]:
    lines = dict.fromkeys(filter(None, map(messages.line, ticket.notes)))
    return [one for one in lines if digest(one) not in known.told]
