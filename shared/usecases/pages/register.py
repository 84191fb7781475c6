"""What the pages of the built-in register show: a list that is read from lines, and each ticket."""

from collections import Counter

from shared.core.life.board import COLUMNS, Filed, RegisterView, filed, is_ours, ticket_of
from shared.core.life.figures import visible
from shared.core.posts.privacy import is_private
from shared.core.tickets.board import people_in, with_names
from shared.core.tickets.register import Entry
from shared.record.changes import read_alone
from shared.record.register import entry_of
from shared.usecases.deps import Deps
from shared.usecases.life.lines import every_line
from shared.usecases.pages.board import PAGE, pages_of
from shared.usecases.people import names_of

_ORDER = (*COLUMNS, "cancelled")


async def register(deps: Deps, *, privacy: bool, state: str = "", page: int = 1) -> RegisterView:
    """Tickets of the built-in register: at most 6 calls, and 3 where the process knows the lists."""
    policy, lines = await deps.here.policy.current(), await every_line(deps)
    every = filed(visible(lines.by_id.values(), privacy=privacy))
    ours = [each for each in every if is_ours(each.part.member, each.number, policy)]
    chosen = sorted((each for each in ours if not state or each.state == state), key=_number, reverse=True)
    pages = pages_of(len(chosen))
    page = min(max(page, 1), pages)
    counts = Counter(each.state for each in ours)
    return RegisterView(
        tickets=tuple(ticket_of(each, policy) for each in chosen[(page - 1) * PAGE : page * PAGE]),
        states={name: counts[name] for name in sorted(counts, key=_place)},
        complete=lines.mark is not None,
        state=state,
        page=page,
        pages=pages,
    )


async def ticket(deps: Deps, number: str, *, privacy: bool) -> Entry | None:
    """A ticket of the register with people's names; None where there is none, or it is not for who asks: 3 calls."""
    entry = await entry_of(deps.storage.tables, number)
    record = await read_alone(deps.storage.tables, entry.change_id) if entry else None
    if entry is None or (record and is_private(record.change.read()) and not privacy):
        return None
    return with_names(entry, await names_of(deps, people_in(entry)))


def _number(ticket: Filed) -> tuple[int, str]:
    return len(ticket.number), ticket.number


def _place(state: str) -> int:
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)
