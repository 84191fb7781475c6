"""Channels and ticket systems: is each one where the policy says, and does it let us in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from shared.core.cards.delivery import APART, ChannelState
from shared.core.clouds import CLOUDS
from shared.core.errors import PermanentError, SignInError, TargetDownError, TransientError
from shared.core.policy.model import Channel, TicketSystemEntry
from shared.core.upkeep.findings import Finding, failing, ok, unknown
from shared.core.upkeep.graph_roles import MAIL
from shared.core.upkeep.sign_in import ELSEWHERE
from shared.record.deliveries import Outage, Target
from shared.record.digests import ChannelRecord, channels_and_outages
from shared.usecases.cards.sample import send_sample
from shared.usecases.upkeep.checks.asking import Examination
from shared.usecases.upkeep.checks.tenants import elsewhere

_LOOK = "Look at channels.{name} in the policy, and at the secret that it names."


class Deliveries(NamedTuple):
    """What is recorded of channels and of what is down. `failure`: why nobody knows."""

    channels: Mapping[str, ChannelRecord]
    down: Mapping[Target, Outage]
    failure: str = ""


async def recorded_deliveries(exam: Examination) -> tuple[Deliveries, list[Finding]]:
    """Also a line where nobody knows, and no line of storage has said why."""
    recorded = Deliveries({}, {}, "it was not read")

    async def ask() -> Sequence[Finding]:
        nonlocal recorded
        try:
            channels, outages = await channels_and_outages(exam.deps.storage.tables)
        except TransientError as error:
            recorded = Deliveries({}, {}, str(error))
            return []
        down = {record.outage.target: record.outage for record in outages if not record.outage.back}
        recorded = Deliveries(channels, down)
        return []

    lost = await exam.ask("channels", "what is recorded of channels and of what is down", ask)
    return recorded, lost


async def look_at_channel(exam: Examination, name: str, channel: Channel, recorded: Deliveries) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        return await _channel(exam, name, recorded)

    async def ask_mail() -> Sequence[Finding]:
        return [await _mail(exam, name)]

    found = await exam.ask("channels", f"channel {name}", ask)
    if channel.kind == "email":
        found += await exam.ask("channels", f"channel {name}: {MAIL}", ask_mail)
    return found


async def _channel(exam: Examination, name: str, recorded: Deliveries) -> list[Finding]:
    subject = f"channel {name}"
    last = _last(recorded, name)
    if broken := exam.broken_secret(f"channels.{name}."):
        return [unknown("channels", subject, f"not asked: look at the secret {broken}; {last}")]
    if exam.send:
        return [await _sample(exam, name, last)]
    if outage := recorded.down.get(Target("card", name)):
        words = f"down since {outage.since:%Y-%m-%d %H:%M}: {outage.reason}"
        return [failing("channels", subject, words, "channel_down", remedy=outage.remedy)]
    assert exam.policy is not None
    try:
        where = await (await exam.deps.outside.channel(exam.policy, name)).check()
    except TargetDownError as error:
        return [failing("channels", subject, error.reason, "channel_address", remedy=error.remedy)]
    except (PermanentError, TransientError) as error:
        return [failing("channels", subject, str(error), "channel_address", remedy=_LOOK.format(name=name))]
    return [ok("channels", subject, f"{where}; {last}")]


async def _sample(exam: Examination, name: str, last: str) -> Finding:
    subject = f"channel {name}"
    try:
        await send_sample(exam.deps, name, "new")
    except TargetDownError as error:
        return failing("channels", subject, error.reason, "card_refused", remedy=error.remedy)
    except (PermanentError, TransientError) as error:
        return failing("channels", subject, str(error), "card_refused", remedy=_LOOK.format(name=name))
    return ok("channels", subject, f"it took a sample card: look whether it is there; {last}")


def _last(recorded: Deliveries, name: str) -> str:
    """When the last card went out. A card's second is reserved before it is sent, and the next one is free after it."""
    if recorded.failure:
        return "when the last card went out is not known"
    state: ChannelState | None = recorded.channels[name].state if name in recorded.channels else None
    if state is None or state.free_at is None:
        return "no card went out so far"
    return f"the last card went out {state.free_at - APART:%Y-%m-%d %H:%M} UTC"


async def _mail(exam: Examination, name: str) -> Finding:
    """Exchange gives the right for one mailbox, which no token shows; Entra gives it for all, and its tokens say so."""
    assert exam.policy is not None
    subject = f"channel {name}: {MAIL}"
    ours = ((who, tenant) for who, tenant in exam.policy.tenants.items() if tenant.auth.kind == "managed_identity")
    own = next(ours, None)
    if own is None:
        return unknown(
            "channels", subject, f"not asked: the policy reads no tenant with our own identity; {_exchange(name)}"
        )
    try:
        identity = await exam.deps.outside.access.identity(*own)
    except SignInError as error:
        where = elsewhere(exam) if error.code == ELSEWHERE else f"not asked: {error}"
        return unknown("channels", subject, f"{where}; {_exchange(name)}")
    if identity is None:
        return unknown("channels", subject, f"the token of our identity does not say; {_exchange(name)}")
    if MAIL in identity.roles:
        principal, graph = identity.object_id or "OBJECT-ID", CLOUDS[own[1].cloud].graph
        words = "granted in Entra, for every mailbox of the organisation: wider than is needed"
        return failing("channels", subject, words, "mail_for_all", principal=principal, graph=graph)
    return unknown("channels", subject, f"not granted in Entra, which is right; {_exchange(name)}")


def _exchange(name: str) -> str:
    return f"Exchange gives it for one mailbox, which no token shows: `foresignal test-card {name}` tells"


async def look_at_tickets(
    exam: Examination, name: str, entry: TicketSystemEntry, recorded: Deliveries
) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        return [await _tickets(exam, name, entry, recorded.down.get(Target("ticket", name)))]

    return await exam.ask("tickets", f"ticket system {name}", ask)


async def _tickets(exam: Examination, name: str, entry: TicketSystemEntry, outage: Outage | None) -> Finding:
    subject = f"ticket system {name}"
    if broken := exam.broken_secret(f"tickets.{name}."):
        return unknown("tickets", subject, f"not asked: look at the secret {broken}")
    assert exam.policy is not None
    ping: Callable[[], Awaitable[str]] = (await exam.deps.outside.ticket_system(exam.policy, name)).ping
    page = entry.kind.replace("_", "-")
    try:
        answer = await ping()
    except TargetDownError as error:
        return failing("tickets", subject, error.reason, "tickets_refuse", remedy=error.remedy, name=name, page=page)
    except PermanentError as error:
        return failing("tickets", subject, str(error), "tickets_refuse", remedy="", name=name, page=page)
    except TransientError as error:
        if entry.kind == "register":
            raise
        return failing("tickets", subject, str(error), "tickets_silent", name=name)
    if outage:
        words = f"it answers, and is recorded as down since {outage.since:%Y-%m-%d %H:%M}: {outage.reason}"
        return failing("tickets", subject, words, "tickets_down", remedy=outage.remedy)
    return ok("tickets", subject, answer)


async def look_at_reader(exam: Examination) -> list[Finding]:
    """Whether the second reader of a policy that has one was deployed, and lets us ask; nothing is asked of it."""

    async def ask() -> Sequence[Finding]:
        return [await _reader(exam)]

    assert exam.policy is not None
    return await exam.ask("policy", "the second reader", ask) if exam.policy.reader else []


async def _reader(exam: Examination) -> Finding:
    subject = "the second reader"
    assert exam.policy is not None
    if exam.deps.outside.reader is None:
        if not exam.deps.here.place.is_app:
            return unknown("policy", subject, "not asked: the app asks it, not this machine")
        return failing("policy", subject, "the policy has one, and nothing of it was deployed", "reader_missing")
    try:
        where = await (await exam.deps.outside.reader(exam.policy)).check()
    except TargetDownError as error:
        return failing("policy", subject, error.reason, "reader_refuses", remedy=error.remedy)
    except (PermanentError, TransientError) as error:
        look = "Look at reader in the policy. Until it answers, our own reading stands."
        return failing("policy", subject, str(error), "reader_refuses", remedy=look)
    return ok("policy", subject, where)
