"""Which tickets are asked after, and of which the answer is news: decided from lines (pure).

A line's part `followed|<system>` says what a ticket system had answered when all that followed from it was done: the
record written, pointers sent, the change settled. Its version is that of the ticket's row. While the line's ticket has
the same version and the system gives the same answer, there is nothing to do.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.core.life.line import Line, Part, part_of
from shared.core.policy.model import Policy
from shared.core.terms import ENDED
from shared.core.tickets.ticket import TicketRef

KIND = "followed"
WATCHED = timedelta(days=30)
"""After the closing of its change a ticket is still looked at so long."""
_DIGEST = 6  # bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket that its system is asked after. `answer`: the digest of its last one; empty where none is known."""

    change: str
    answer: str = ""


@dataclass(slots=True)
class Questions:
    """The tickets that are asked after, by system and number, and the changes whose tickets ended and that are open."""

    by_system: dict[str, dict[str, Asked]] = field(default_factory=lambda: defaultdict(dict))
    ended: set[str] = field(default_factory=set)


def questions(lines: Iterable[Line], policy: Policy, now: datetime) -> Questions:
    """Tickets of open changes until they end, and all of a change for some days after its ticket or its page closed it.

    A ticket that another change deals with has ended here, in whatever state it is.
    """
    found = Questions()
    settled = settled_digest(policy)
    for line in lines:
        tickets = [part for part in line.of_kind("ticket") if part.text("number") or part.flag("ended")]
        if not tickets or (line.closed and not _is_watched(line, now)):
            continue
        for part in tickets:
            if part.text("number") and not _is_elsewhere(part) and (line.closed or not part.flag("ended")):
                found.by_system[part.member][part.text("number")] = Asked(line.id, _answer(line, part))
        is_over = not line.closed and all(part.flag("ended") for part in tickets)
        if is_over and any(_answer(line, part) != settled for part in tickets):
            found.ended.add(line.id)
    return found


def _is_watched(line: Line, now: datetime) -> bool:
    return bool(line.closed and line.closed >= now - WATCHED and line.through in {"ticket", "page"})


def _is_elsewhere(ticket: Part) -> bool:
    """Whether another change deals with the ticket; lines of the version before say only that it ended here."""
    return ticket.flag("elsewhere") or (ticket.flag("ended") and ticket.text("state") not in ENDED)


def _answer(line: Line, ticket: Part) -> str:
    """The digest of what was done last, where nothing was written to the ticket's row since."""
    followed = line.part(f"{KIND}|{ticket.member}")
    return followed.text("answer") if followed.version == ticket.version else ""


def followed_part(system: str, version: str, answer: str) -> Part:
    """`version`: of the ticket's part; `answer`: the digest of what was done."""
    return part_of(f"{KIND}|{system}", version, {"answer": answer})


def with_followed(line: Line, answers: Mapping[str, str]) -> Line:
    """The line, saying of these systems that what they answered is done."""
    followed = [
        followed_part(part.member, part.version, answers[part.member])
        for part in line.of_kind("ticket")
        if part.member in answers
    ]
    return Line(line.id, tuple(sorted((*line.parts, *followed), key=lambda part: part.name)))


def answer_digest(ref: TicketRef | None) -> str:
    """What is looked at of an answer, in 8 letters; None: the system no longer has the ticket."""
    if ref is None:
        return "gone"
    days = (ref.decided_at, ref.planned_start, ref.planned_end)
    said = [ref.number, ref.url, ref.state, ref.remote_state, ref.decision, ref.decided_by, ref.risk, *map(str, days)]
    return _digest(said)


def settled_digest(policy: Policy) -> str:
    """Of tickets that have ended nobody is asked: that their change was settled, under what may close one."""
    return _digest(["settled", *policy.closing.through])


def _digest(said: list[str]) -> str:
    return hashlib.blake2b(json.dumps(said).encode(errors="surrogatepass"), digest_size=_DIGEST).hexdigest()
