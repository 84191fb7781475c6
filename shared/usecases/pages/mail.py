"""What the page about the mails of one channel shows."""

from dataclasses import dataclass
from typing import Literal

from shared.core.policy.mail import KIND, recipients, same_address
from shared.record.unsubscribed import choice_of
from shared.usecases.deps import Deps


@dataclass(frozen=True, slots=True)
class MailView:
    """`state`: whether the address gets the mails; `stranger`: the channel does not write to it."""

    channel: str
    address: str
    state: Literal["gets", "stopped", "stranger"]


async def mail(deps: Deps, channel: str, address: str) -> MailView | None:
    """For one person's address, which may be empty; None where there is no channel of that name that sends mail."""
    policy = await deps.here.policy.current()
    entry = policy.channels.get(channel)
    if entry is None or entry.kind != KIND:
        return None
    if same_address(address) not in map(same_address, recipients(entry)):
        return MailView(channel, address, "stranger")
    choice = await choice_of(deps.storage.tables, channel, address)
    return MailView(channel, address, "stopped" if choice and choice.stopped else "gets")
