"""The triggers' shell: decodes a message, calls one use case, and handles a failure.

A permanent failure is parked; a transient one is put back with a delay.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from shared.core.errors import PermanentError, RefusedError, TransientError
from shared.core.messages import Envelope, decode
from shared.core.names import READINGS
from shared.usecases.delivery.park import give_up, park_message
from shared.usecases.deps import Deps

Handler = Callable[[Deps, Envelope], Awaitable[object]]
GIVE_UP = timedelta(hours=24)
"""How long a transient failure is tried again before it is parked."""
_OUTSIDE = frozenset({"fetches", "tickets", "cards", READINGS})
"""Queues whose messages ask or tell somebody outside: while the deployment is asleep, they wait."""
_ASLEEP_DELAY = 300.0  # seconds
_LOG = logging.getLogger("foresignal")
_FIRST_DELAY, _LONGEST_DELAY = 15.0, 3600.0


async def deliver(deps: Deps, queue: str, data: bytes, handler: Handler) -> None:
    """Handle one message of a queue. Completes unless there is a bug, which the host retries and then poisons."""
    try:
        envelope = decode(data)
    except PermanentError as error:
        await park_message(deps, queue, data, str(error))
        return
    about = {"messaging.destination.name": queue, "foresignal.change": _about(envelope)}
    try:
        if queue in _OUTSIDE and (await deps.here.policy.current()).asleep:
            await _let_wait(deps, queue, envelope)
            return
        with deps.here.telemetry.within(f"process {queue}", envelope.trace, about):
            await handler(deps, envelope)
    except (PermanentError, RefusedError) as error:
        await give_up(deps, queue, envelope, str(error))
    except TransientError as error:
        await _put_back(deps, queue, envelope, error)


def _about(envelope: Envelope) -> str:
    """The changes that a message is about, as far as it says so in a few ids."""
    body = envelope.body
    named = [body["id"]] if "id" in body else list(body.get("ids", ()))
    return " ".join(str(name)[:40] for name in named[:5])


async def _let_wait(deps: Deps, queue: str, envelope: Envelope) -> None:
    """Put it back until the deployment is woken; the day in which it may fail has not begun, however long it sleeps."""
    if queue == "fetches":  # it holds nothing, and the timer sends the next one
        return
    await deps.storage.queues.send(queue, Envelope(envelope.body, deps.here.clock()), _ASLEEP_DELAY * deps.here.pace)


async def _put_back(deps: Deps, queue: str, envelope: Envelope, error: TransientError) -> None:
    waited = deps.here.clock() - envelope.first_seen
    if waited > GIVE_UP:
        if queue == "fetches":  # it holds nothing, and the timer sends the next one
            _LOG.error("dropped a fetch of %s after %s: %s", envelope.body.get("tenant"), waited, error)
            return
        reason = f"tried {envelope.attempts + 1} times over {waited}: {error}"
        await give_up(deps, queue, envelope, reason)
        return
    delay = error.retry_after
    if delay is None:
        delay = min(_FIRST_DELAY * 2.0 ** min(envelope.attempts, 10), _LONGEST_DELAY)
    delay = min(delay, (GIVE_UP - waited).total_seconds() + 60)  # one last time when the day is over
    _LOG.warning("queue %s: %s; again in %.1f s (attempt %d)", queue, error, delay, envelope.attempts + 1)
    await deps.storage.queues.send(queue, envelope.again(), delay * deps.here.pace)
