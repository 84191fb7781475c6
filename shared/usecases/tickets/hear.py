"""`hear`: a ticket system says that tickets have moved; the system itself is asked what has become of them."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.core.errors import PermanentError
from shared.core.policy.model import Policy
from shared.core.ports.deployment import Secrets
from shared.core.ports.outside import Receives
from shared.core.signing import fault_of
from shared.core.tickets import inbound
from shared.record import numbers
from shared.record.deliveries import keep_heard, was_heard
from shared.usecases.deps import Deps
from shared.usecases.tickets.follow import follow_numbers

_LOG = logging.getLogger("foresignal.inbound")
_EXPECTED = 'expected JSON such as {"number": "CHG0030001"} or {"numbers": [...]}'


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a call, with words for whoever sends it: of one that is refused they say nothing."""

    outcome: Literal["too large", "refused", "unreadable", "heard"]
    text: str
    known: int = 0
    moved: int = 0


_REFUSED = Heard("refused", "not authenticated")


async def hear(deps: Deps, secrets: Secrets, name: str, headers: Mapping[str, str], body: bytes) -> Heard:
    """One call for the ticket system `name` of the policy. Calls may come twice, and in any order.

    Raises TransientError and PermanentError, whose words are not for strangers: no secret, no answer from the system.
    """
    if len(body) > inbound.BODY_LIMIT:
        return Heard("too large", f"a body holds at most {inbound.BODY_LIMIT} bytes; the ticket's number is enough")
    policy = await deps.here.policy.current()
    entry = policy.tickets.get(name)
    if entry is None or not entry.inbound:
        _LOG.warning("a call for %.100r was refused: no ticket system of this name takes calls (`inbound`)", name)
        return _REFUSED  # as for a wrong secret: a stranger does not learn which systems there are
    small = {header.lower(): value for header, value in headers.items()}
    proof = await _proof(deps, secrets, name, entry.inbound, small, body)
    if proof is None:
        _LOG.warning("a call for ticket system %s was refused: neither signed with its secret nor showing it", name)
        return _REFUSED
    try:
        return await _take(deps, policy, name, _Call(proof, inbound.message_of(proof, small, body), body))
    except _UnreadableError as error:
        return Heard("unreadable", str(error))


@dataclass(frozen=True, slots=True)
class _Call:
    """A call of somebody who knows the secret. `message`: what it is known by when it is sent again, empty for none."""

    proof: inbound.Proof
    message: str
    body: bytes


async def _take(deps: Deps, policy: Policy, name: str, call: _Call) -> Heard:
    """What the call says, unless it was taken before.

    A system that can be asked is only asked, so that a call that is sent again does no harm. One whose words are
    believed must show that they are of now: by a signed time, or by one in a signed body.
    """
    content = _content(call.body)
    system = await deps.outside.ticket_system(policy, name)
    believed = isinstance(system, Receives)
    if believed and call.proof == "hub" and not inbound.is_fresh(content, deps.here.clock()):
        _LOG.warning("a call for ticket system %s was refused: its body is signed, and says no time of now", name)
        return _REFUSED
    # Two calls of a tracker may have the same body and both be meant.
    message = call.message if believed or call.proof == "signed" else ""
    if message and await was_heard(deps.storage.tables, name, message):
        return Heard("heard", "taken before")
    heard = await _follow(deps, policy, name, await _tickets(system, content))
    if message:
        await keep_heard(deps.storage.tables, name, message, deps.here.clock())
    return heard


class _UnreadableError(Exception):
    """The body of somebody who may call us is not what we take."""


async def _proof(
    deps: Deps, secrets: Secrets, name: str, secret_name: str, headers: Mapping[str, str], body: bytes
) -> inbound.Proof | None:
    secret = await secrets.get(secret_name)
    if fault := fault_of(secret):
        raise PermanentError(f"secret {secret_name} (tickets.{name}.inbound) {fault}; try `openssl rand -base64 32`")
    return inbound.proof_of(secret, headers, body, deps.here.clock())


def _content(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise _UnreadableError(f"the body is no JSON; {_EXPECTED}") from None
    if not isinstance(content, dict):
        raise _UnreadableError(f"the body is no object; {_EXPECTED}")
    return content


async def _tickets(system: object, content: Mapping[str, Any]) -> Sequence[str]:
    try:
        received = await system.receive(content) if isinstance(system, Receives) else ()
    except PermanentError as error:
        raise _UnreadableError(str(error)) from None
    ticket_numbers = received or inbound.numbers_in(content)
    if not ticket_numbers:
        raise _UnreadableError(f"the body names no ticket; {_EXPECTED}")
    if len(ticket_numbers) > inbound.MOST:
        raise _UnreadableError(f"the body names {len(ticket_numbers)} tickets; at most {inbound.MOST} in one call")
    return ticket_numbers


async def _follow(deps: Deps, policy: Policy, name: str, ticket_numbers: Sequence[str]) -> Heard:
    changes = {number: await numbers.change_of(deps.storage.tables, name, number) for number in ticket_numbers}
    ours = {number: change_id for number, change_id in changes.items() if change_id}
    moved = await follow_numbers(deps, policy, name, ours) if ours else 0
    strange = len(changes) - len(ours)
    _LOG.info("ticket system %s called: %d of our tickets, %d had moved, %d unknown", name, len(ours), moved, strange)
    return Heard("heard", f"{len(ours)} known, {moved} moved, {strange} unknown", len(ours), moved)
