"""The change board moves a ticket of the built-in register; its change, cards and lists follow at once.

The ticket's history says who did what. A run that dies behind the ticket's commit is made good by `follow_tickets`.
"""

from dataclasses import replace
from typing import Any

from shared.core.life.board import is_followed
from shared.core.posts.privacy import is_private
from shared.core.text.safe import cut
from shared.core.tickets.board import Moved, Order, TicketMoved, is_of, last_mover, obey, people_in
from shared.core.tickets.register import ref_of
from shared.core.words.board import NOT_FOLLOWED
from shared.record.audit import Entry as Act
from shared.record.audit import insert_entry
from shared.record.changes import read_with_effects
from shared.record.people import KnownPerson
from shared.record.redo import redo
from shared.record.register import read_record, replace_entry
from shared.usecases.deps import Deps
from shared.usecases.people import meet
from shared.usecases.tickets.follow import follow_one

LONGEST_WORDS = 2000
"""Characters of a person's own words."""


async def move_ticket(
    deps: Deps, number: str, order: Order, person: KnownPerson, *, privacy: bool = False
) -> TicketMoved | None:
    """Move a ticket, once; None where there is none, or it is not for this person. Whether they may is checked before.

    Of two people at once one moves it, and the other is told who was faster. The same move again changes nothing.
    `privacy`: whether posts on data privacy are for them. At most 8 calls, the policy's and the person's among them;
    four more where the change is closed or opened again, and one for each pointer to a card.
    """
    policy, tables = await deps.here.policy.current(), deps.storage.tables
    order = replace(order, words=cut(order.words, LONGEST_WORDS))
    first = await read_record(tables, number)
    record = await read_with_effects(tables, first.entry.change_id) if first else None
    if first is None or (record and is_private(record.change.read()) and not privacy):
        return None
    given, names = [first], await meet(deps, person, people_in(first.entry))
    system = next((each.effect.target for each in record.states if each.ticket.number == number), "") if record else ""
    if system and not is_followed(system, policy):
        return TicketMoved(Moved("refused", first.entry, NOT_FOLLOWED), names)

    async def step() -> Moved | None:
        current = given.pop() if given else await read_record(tables, number)
        if current is None:
            return None
        result = obey(current.entry, order, person.id, deps.here.clock())
        if result.kind == "counts":
            await replace_entry(tables, current, result.entry)
        return result

    done = await redo(step)
    if done is None:
        return None
    own = done.before if done.before and done.before.who == person.id and is_of(done.before, order) else None
    if done.kind == "counts" or (done.kind == "again" and own):
        await insert_entry(tables, _act(done, order, person))  # again: whoever moved it may have died before this
    if record and done.kind != "refused":  # what a faster one did may not be taken over yet
        await follow_one(deps, policy, record, ref_of(done.entry.said, deps.here.public_url))
    if done.before and done.before.who not in names:  # of somebody who moved it just now
        names |= await meet(deps, person, [done.before.who])
    return TicketMoved(done, names)


def _act(done: Moved, order: Order, person: KnownPerson) -> Act:
    entry, mover = done.entry, last_mover(done.entry)
    at = mover.at if mover else entry.updated
    said = {"move": order.move, "state": entry.state, "words": order.words, "change": entry.change_id}
    details: dict[str, Any] = {**said}
    if order.move in {"schedule", "approve"}:
        details |= {"planned": [str(day) if day else "" for day in (entry.planned_start, entry.planned_end)]}
    if order.outcome:
        details["outcome"] = order.outcome
    return Act(at, entry.number, "move", person.id, "page", order.move, details)
