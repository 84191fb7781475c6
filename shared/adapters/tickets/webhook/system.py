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
from shared.core.tickets.reassess import is_approved
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef
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
        remote = await self._memory.get(key)
        return remote.ref() if remote and remote.there else None

    async def open(self, ticket: Ticket) -> TicketRef:
        return await self._bring(ticket)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:  # noqa: ARG002 - our memory goes by the key
        return await self._bring(ticket)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        refs = {}
        for number in numbers:
            remote = await self._memory.by_number(number)
            if remote and remote.there:
                refs[number] = remote.ref()
        return refs

    async def receive(self, body: Mapping[str, Any]) -> list[str]:
        """What the other side tells of its own accord: `number` or `key`, and what of `heard` there is to say.

        `gone: true`: it was deleted there. `timestamp`: when; what is older than the last call changes nothing.
        The numbers of ours that it was about: two where `key` came with another number, which is the ticket's from
        then on unless it is another ticket's already.
        """
        return await redo(lambda: self._receive(body))

    def preview(self, ticket: Ticket) -> Preview:
        content = messages.content_of(self._settings, ticket)
        body = {"key": ticket.key, "change_id": ticket.change_id, **content, "notes": list(ticket.notes)}
        return Preview(f"the address in the secret {self._settings.url}", {"type": "ticket.opened", "data": body})

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:  # noqa: ARG002 - the port's
        raise PermanentError(
            f"{self._what}: we only send to it, and cannot ask what stands there; without --diff, what would be sent "
            "is shown"
        )

    async def ping(self) -> str:
        """Both secrets are there and the address may be called; sending is the only way to know more."""
        await self._endpoint.may_send()
        return f"the address in {self._settings.url} may be called; whether it takes messages shows with the first one"

    async def _receive(self, body: Mapping[str, Any]) -> list[str]:
        at = when(body.get("timestamp"))
        remote = await self._about(body)
        if remote is None or not remote.there:
            return []
        if at and remote.at and at < remote.at:
            return [remote.number]
        number = number_of(body)
        if number not in ("", remote.number) and await self._memory.holder(number, remote.key) != remote.key:
            number = ""
        after = heard(remote, {**body, "number": number}, self._settings.states, at or self._deps.clock())
        await self._memory.put(replace(after, at=at or remote.at))
        return list(dict.fromkeys((remote.number, after.number if after.there else remote.number)))

    async def _about(self, body: Mapping[str, Any]) -> RemoteTicket | None:
        if isinstance(key := body.get("key"), str):
            return await self._memory.get(key)
        return await self._memory.by_number(number_of(body))

    async def _bring(self, ticket: Ticket) -> TicketRef:
        """Send what the other side does not have, a message that was perhaps not taken first."""
        lock = self._working.setdefault(ticket.key, asyncio.Lock())
        async with lock:
            remote = await self._memory.get(ticket.key) or RemoteTicket(ticket.key, ticket.key)
            if remote.pending:
                remote = await self._deliver(remote)
            if not is_approved(remote.state, remote.decision):
                ticket = replace(ticket, reassess="")
            content, kinds_sent = messages.content_of(self._settings, ticket), set[str]()
            while kind := _next(remote, ticket, digest(content), kinds_sent):
                kinds_sent.add(kind)
                notes = _untold(remote, ticket)
                message = messages.make(kind, ticket, content, notes, self._deps.clock(), remote.life)
                try:
                    remote = await self._memory.put(replace(remote, pending=astuple(message), tries=0))
                except ConflictError as conflict:
                    raise TransientError(f"{self._what}: {ticket.key} was written by another just now", 2) from conflict
                remote = await self._deliver(remote)
            return remote.ref()

    async def _deliver(self, remote: RemoteTicket) -> RemoteTicket:
        """The pending message, and what the answer says, kept. What is refused for its content is not kept."""
        name, kind, body, content, notes = remote.pending
        pending = Message(name, kind, body, content, tuple(notes))
        try:
            answer = await self._endpoint.send(pending)
        except TransientError as error:
            retry_after = error.retry_after
            wait = SCHEDULE[min(remote.tries, len(SCHEDULE) - 1)] if retry_after is None else retry_after
            await self._quietly(replace(remote, tries=remote.tries + 1))
            raise TransientError(str(error), wait) from error
        except RefusedError:
            await self._quietly(replace(remote, pending=(), tries=0))
            raise
        number = number_of(answer)
        if number and await self._memory.holder(number, remote.key) != remote.key:
            raise PermanentError(
                f"{self._what}: the answer says number {number} for {remote.key}, and that is another ticket's; "
                "each needs a number of its own, or none"
            )
        return await self._keep(remote, pending, answer)

    async def _keep(self, remote: RemoteTicket, message: Message, answer: Mapping[str, Any]) -> RemoteTicket:
        """Keep what the receiver answered, over what it told us meanwhile; a ticket that is gone by then stays so."""
        newest = remote

        async def keep() -> RemoteTicket:
            nonlocal newest
            if newest.life != remote.life:
                return newest
            try:
                return await self._memory.put(self._taken(newest, message, answer))
            except ConflictError:
                newest = await self._memory.get(remote.key) or newest
                raise

        return await redo(keep)

    def _taken(self, remote: RemoteTicket, message: Message, answer: Mapping[str, Any]) -> RemoteTicket:
        """The ticket after the receiver took that message."""
        after = replace(remote, there=True, sent=message.content, told=(*remote.told, *message.notes))
        if remote.pending and remote.pending[0] == message.id:
            after = replace(after, pending=(), tries=0)
        now, states = self._deps.clock(), self._settings.states
        if (state := _UNTOLD_STATE.get(message.kind)) and "state" not in answer:
            after = replace(heard(after, {"state": state}, {}, now), remote_state="")
        return heard(after, answer, states, now)

    async def _quietly(self, remote: RemoteTicket) -> None:
        try:
            await self._memory.put(remote)
        except ConflictError:
            return  # somebody else has just written it, and knows better


def _next(remote: RemoteTicket, ticket: Ticket, content: str, kinds_sent: set[str]) -> str:
    """What kind of message to send next; empty where the receiver has all. What has ended is told only news."""
    ended = remote.state in ENDED
    kind = ""
    if not remote.there:
        kind = "ticket.opened"
    elif ticket.cancelled and not ended:
        kind = "ticket.cancelled"
    elif ticket.reopen and ended and not ticket.cancelled:
        kind = "ticket.reopened"
    if kind and kind not in kinds_sent:
        return kind
    if remote.there and (_untold(remote, ticket) or (remote.sent != content and not ended)):
        return "ticket.amended"
    return ""


def _untold(remote: RemoteTicket, ticket: Ticket) -> list[str]:
    lines = dict.fromkeys(filter(None, map(messages.line, ticket.notes)))
    return [line for line in lines if digest(line) not in remote.told]
