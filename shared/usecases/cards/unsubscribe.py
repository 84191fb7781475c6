"""Somebody stops the mails of a channel, or takes them up again."""

from shared.core.policy.mail import recipients, same_address
from shared.record.audit import Entry, insert_entry
from shared.record.redo import redo
from shared.record.unsubscribed import Choice, choice_of, write_choice
from shared.usecases.deps import Deps

_WORDS = {True: "stopped mails", False: "takes mails again"}


async def unsubscribe(deps: Deps, channel: str, address: str, who: str, *, stop: bool) -> bool:
    """What one person wants for their own address; False where the channel does not write to it.

    The same again changes nothing, and writes the audit's copy where it is missing. `who`: the person's object id.
    """
    policy = await deps.here.policy.current()
    entry = policy.channels.get(channel)
    if entry is None or same_address(address) not in map(same_address, recipients(entry)):
        return False

    async def step() -> Choice | None:
        before = await choice_of(deps.storage.tables, channel, address)
        if before is None and not stop:
            return None  # what was never stopped needs no taking up
        if before and before.stopped == stop:
            return before
        choice = Choice(channel, address, stop, who, deps.here.clock(), before.etag if before else "")
        await write_choice(deps.storage.tables, choice)
        return choice

    if choice := await redo(step):
        done = Entry(choice.at, f"channel {channel}", _WORDS[choice.stopped], choice.who, "page")
        await insert_entry(deps.storage.tables, done)
    return True
