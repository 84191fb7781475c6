"""The port `TicketSystem` over an endpoint that takes messages and cannot be asked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from shared.adapter import Deps
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.ticket import ENDED, Preview, Ticket, TicketRef
from shared.http import redact
from shared.tickets.webhook import message as messages
from shared.tickets.webhook import said as saying
from shared.tickets.webhook.endpoint import Endpoint, RefusedError
from shared.tickets.webhook.memory import Held, Memory
from shared.tickets.webhook.message import Operation
from shared.tickets.webhook.settings import Settings

SCHEDULE = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0)
"""Seconds until a message is sent again, as Standard Webhooks advises, as far as our 24 hours go."""
_TRIES = 5


class WebhookSystem:
    """Each message is kept before it is sent and sent again, the same, until it was taken: a repeat changes nothing."""

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: Deps) -> None:
        self._settings, self._deps = settings, deps
        self._endpoint = Endpoint(settings, deps)
        self._memory = Memory(deps.tables, deps.name)
        self._working: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find(self, key: str) -> TicketRef | None:
        held = await self._memory.get(key)
        return self._ref(held) if held and held.standing else None

    async def open(self, ticket: Ticket) -> TicketRef:
        return await self._bring(ticket)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:  # noqa: ARG002 - our memory goes by the key
        return await self._bring(ticket)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        """What the endpoint last said, in answers and calls."""
        found = {}
        for number in numbers:
            held = await self._memory.by_number(number)
            if held and held.standing:
                found[number] = self._ref(held)
        return found

    def preview(self, ticket: Ticket) -> Preview:
        url = self._settings.url
        where = f"the address in the secret {url}" if self._settings.url_is_secret else redact(url)
        content = messages.content_of(self._settings, ticket)
        return Preview(where, {"key": ticket.key, "change_id": ticket.change_id, **content})

    async def ping(self) -> str:
        """Nothing can be asked of an endpoint: its address and our secret are looked at."""
        url, _ = await self._endpoint.ready()
        await self._memory.get(self._deps.name)
        return f"webhook {redact(url)}, signed with {self._settings.secret}; nothing was sent to try it"

    async def receive(self, body: Mapping[str, Any]) -> Sequence[str]:
        """A call of the endpoint's, its sender known already: `{number or key, state, decision, ...}`.

        The numbers of the tickets that it is about. PermanentError where it cannot be read; a call that is older than
        the last one changes nothing.
        """
        said = saying.read(body)
        if said.decision == "unreadable":
            raise PermanentError("`decision` is approved or rejected")
        for _ in range(_TRIES):
            held = await (self._memory.by_number(said.number) if said.number else self._memory.get(said.key))
            if held is None:
                return [said.number or said.key] if said.number or said.key else []
            if said.at and held.heard and said.at < held.heard:
                return [held.number]
            now = saying.heard(self._settings, held, said, said.at or self._deps.clock())
            try:
                await self._memory.put(replace(now, heard=said.at or held.heard))
            except ConflictError:
                continue
            return [held.number]
        raise TransientError(f"{self._endpoint.what}: {said.number or said.key} was written by others", 5)

    async def _bring(self, ticket: Ticket) -> TicketRef:
        """What the endpoint was not told yet is told, an unfinished message first."""
        lock = self._working.setdefault(ticket.key, asyncio.Lock())
        async with lock:
            held = await self._memory.get(ticket.key) or Held(ticket.key)
            if held.pending:
                held = await self._deliver(held)
            content, tried = messages.content_of(self._settings, ticket), set[Operation]()
            while operation := _next(held, ticket, messages.digest(content), tried):
                tried.add(operation)
                held = await self._send(held, operation, ticket, content)
            if not held.standing:
                raise PermanentError(f"{self._endpoint.what}: it says that the ticket it has just taken is deleted")
            return self._ref(held)

    async def _send(self, held: Held, operation: Operation, ticket: Ticket, content: dict[str, Any]) -> Held:
        number = held.number if held.standing else ""
        notes = _untold(held, ticket)
        made = messages.make(operation, ticket, number, content, notes, self._deps.clock(), held.life)
        try:
            held = await self._memory.put(replace(held, pending=made, attempts=0))
        except ConflictError as conflict:
            raise TransientError(
                f"{self._endpoint.what}: {ticket.key} was written by another just now", 5
            ) from conflict
        return await self._deliver(held)

    async def _deliver(self, held: Held) -> Held:
        """The pending message, and what the answer says, kept. What is refused for its content is not kept."""
        pending = held.pending
        assert pending
        try:
            answer = await self._endpoint.send(pending)
        except TransientError as error:
            wait = error.retry_after
            if wait is None:
                wait = SCHEDULE[min(held.attempts, len(SCHEDULE) - 1)]
            await self._quietly(replace(held, attempts=held.attempts + 1))
            raise TransientError(str(error), wait) from error
        except RefusedError:
            await self._quietly(replace(held, pending=None, attempts=0))
            raise
        said = saying.read(answer)
        if said.number and await self._memory.name(said.number, held.key) != held.key:
            raise PermanentError(
                f"{self._endpoint.what}: it answers number {said.number} for {held.key}, which is another ticket's; "
                "each ticket needs a number of its own, or none"
            )
        for _ in range(_TRIES):
            after = saying.acknowledged(self._settings, held, pending, said, self._deps.clock())
            try:
                return await self._memory.put(after)
            except ConflictError:
                held = await self._memory.get(held.key) or held
        raise TransientError(f"{self._endpoint.what}: {held.key} was written by others {_TRIES} times in a row", 5)

    async def _quietly(self, held: Held) -> None:
        try:
            await self._memory.put(held)
        except ConflictError:
            return  # somebody else has just written it, and knows better

    def _ref(self, held: Held) -> TicketRef:
        page = f"{self._deps.public_url}/api/changes/{held.key.rsplit('-', 1)[-1]}"
        return TicketRef(
            held.number, held.url or page, held.state, held.closed_at, held.remote_state,
            held.decision, held.decided_by, held.decided_at,
        )  # fmt: skip


def _next(held: Held, ticket: Ticket, content: str, tried: set[Operation]) -> Operation | None:
    """What to tell next. What has ended stays as the board left it, but for notes."""
    if not held.standing:
        return "opened" if "opened" not in tried else None
    news = bool(_untold(held, ticket))
    wanted: Operation | None = "amended" if news or held.content != content else None
    if held.state in ENDED:
        wanted = "noted" if news else None
        if ticket.reopen and not ticket.cancelled:
            wanted = "reopened" if "reopened" not in tried else wanted
    elif ticket.cancelled and "cancelled" not in tried:
        wanted = "cancelled"
    return wanted


def _untold(held: Held, ticket: Ticket) -> list[str]:
    told = held.told if held.standing else ()
    lines = dict.fromkeys(filter(None, map(messages.line_of, ticket.notes)))
    return [line for line in lines if messages.digest(line) not in told]
