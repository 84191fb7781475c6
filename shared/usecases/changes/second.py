"""`ask_reader`: asks the second reader about one edition, and keeps what it said; then the change is decided."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from shared.core.changes.change import Change
from shared.core.changes.second import SecondReading
from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.names import READINGS
from shared.core.policy.model import Policy, ReaderEntry
from shared.core.posts.privacy import is_private
from shared.core.second.asking import Reply
from shared.core.second.judging import answered
from shared.core.second.question import question_of
from shared.core.second.waiting import MOST_TIMES, WAIT, closed, waiting, with_second
from shared.core.text.safe import cut
from shared.record import changes
from shared.record.changes import ChangeRecord, read_alone
from shared.record.reader_months import month_of, note_reply, spend_question
from shared.record.redo import redo
from shared.usecases.deps import Deps
from shared.usecases.telling import tell

_LONGEST_FAULT = 300  # characters of a reason that is kept
_HOLD = timedelta(seconds=180)
"""How long one question is somebody's: longer than the longest deadline of a reader."""
OVER_BUDGET = "this month's budget of {} posts is used up"


def wait_of(deps: Deps) -> timedelta:
    """How long a decision waits for an answer; a sandbox shortens it as every delay."""
    return WAIT * deps.here.pace


def waits(deps: Deps, policy: Policy, change: Change) -> Change | None:
    """The change while its decision waits for a second reading; None where it does not."""
    if policy.reader is None or deps.outside.reader is None:
        return None
    return waiting(change, policy.reader.use, policy, deps.here.clock(), wait_of(deps))


async def send_question(deps: Deps, change: Change, *, again: bool) -> None:
    """The pointer of the question, and the message that decides without an answer once the time is over.

    `again`: that message came, and the time is not over; somebody sent the pointer before. A change that is sent twice
    is asked about once: whoever comes second finds it held or answered.
    """
    now = deps.here.clock()
    if not again:
        await deps.storage.queues.send(READINGS, Envelope({"id": change.id, "edition": change.current.id}, now))
    since = change.current.second.asked_at if change.current.second else now
    left = max((since + wait_of(deps) - now).total_seconds(), 0.0)
    await deps.storage.queues.send("changes", Envelope({"ids": [change.id], "waited": True}, now), left + 1)


@dataclass(frozen=True, slots=True)
class _Held:
    """A question that is ours to ask: the change as it stood, and how often it was asked with this time."""

    change: Change
    entry: ReaderEntry
    times: int


async def ask_reader(deps: Deps, envelope: Envelope) -> None:
    """One message: `id` and `edition`. Nothing is asked where the edition is no longer the newest, or is answered.

    The same message again asks once more at most: where the first asking was cut off before its answer was kept.
    """
    change_id, edition = str(envelope.body["id"]), str(envelope.body["edition"])
    policy = await deps.here.policy.current()
    held = await redo(partial(_hold, deps, policy, change_id, edition))
    if held is None:
        return
    month = month_of(deps.here.clock())
    if not await spend_question(deps.storage.tables, month, held.entry.budget):
        await _keep(deps, change_id, edition, partial(_silent, deps, OVER_BUDGET.format(held.entry.budget)))
        return
    try:
        reply = await _ask(deps, policy, held)
    except (PermanentError, TransientError) as error:
        why = cut(str(error), _LONGEST_FAULT)
        await note_reply(deps.storage.tables, month, deps.here.clock(), None, why)
        if isinstance(error, TransientError) and held.times < MOST_TIMES and _is_worth_it(deps, held.change, error):
            await _let_go(deps, change_id, edition)
            raise
        await _keep(deps, change_id, edition, partial(_silent, deps, why))
        return
    await _keep(deps, change_id, edition, partial(_answered, deps, held, reply))
    await note_reply(deps.storage.tables, month, deps.here.clock(), (reply.tokens_in, reply.tokens_out))


async def _hold(deps: Deps, policy: Policy, change_id: str, edition: str) -> _Held | None:
    """Take the question up, over the version of the row that was read; None where nothing is to be asked.

    TransientError while another process asks.
    """
    entry = policy.reader
    record, second = await _open(deps, change_id, edition)
    if record is None or second is None or entry is None or deps.outside.reader is None:
        return None
    if is_private(record.change.read()):
        return None
    now = deps.here.clock()
    if second.held_until and second.held_until > now:
        left = (second.held_until - now).total_seconds()
        raise TransientError(f"{change_id}: another process asks the second reader about it", left)
    if second.times >= MOST_TIMES:
        silent = _silent(deps, "it was asked twice, and no answer was kept", second)
        await changes.commit(deps.storage.tables, [record.replace_change(with_second(record.change, silent))])
        await _decide(deps, change_id)
        return None
    ours = replace(second, times=second.times + 1, held_until=now + _HOLD)
    await changes.commit(deps.storage.tables, [record.replace_change(with_second(record.change, ours))])
    return _Held(record.change, entry, ours.times)


async def _open(deps: Deps, change_id: str, edition: str) -> tuple[ChangeRecord | None, SecondReading | None]:
    """The change, and the question of this edition while it waits for it; nothing where it does not."""
    record = await read_alone(deps.storage.tables, change_id)
    if record is None or record.change.stage != "classify" or record.change.current.id != edition:
        return None, None
    second = record.change.current.second
    return (record, second) if second and second.is_open else (None, None)


async def _ask(deps: Deps, policy: Policy, held: _Held) -> Reply:
    assert deps.outside.reader is not None, "held only where there is one"
    reader = await deps.outside.reader(policy)
    return await reader.ask(question_of(held.change.read()))


def _is_worth_it(deps: Deps, change: Change, error: TransientError) -> bool:
    """Whether the service may answer again before the decision is made without it."""
    second = change.current.second
    since = second.asked_at if second else deps.here.clock()
    left = (since + wait_of(deps) - deps.here.clock()).total_seconds()
    return (error.retry_after or 0.0) * deps.here.pace < left


async def _let_go(deps: Deps, change_id: str, edition: str) -> None:
    """Nobody asks now: the message that is put back need not wait."""

    async def step() -> None:
        record, second = await _open(deps, change_id, edition)
        if record and second:
            free = replace(second, held_until=None)
            await changes.commit(deps.storage.tables, [record.replace_change(with_second(record.change, free))])

    await redo(step)


def _silent(deps: Deps, why: str, second: SecondReading) -> SecondReading:
    return closed(second, deps.here.clock(), why)


def _answered(deps: Deps, held: _Held, reply: Reply, second: SecondReading) -> SecondReading:
    return answered(second, held.change.read(), reply, held.entry.kind, deps.here.clock())


async def _keep(deps: Deps, change_id: str, edition: str, closing: Callable[[SecondReading], SecondReading]) -> None:
    """Write what came of it with the edition, and have the change decided. Once it is decided nothing is written."""

    async def step() -> SecondReading | None:
        record, second = await _open(deps, change_id, edition)
        if record is None or second is None:
            return None
        done = closing(second)
        await changes.commit(deps.storage.tables, [record.replace_change(with_second(record.change, done))])
        return done

    done = await redo(step)
    if done:
        tell(deps, "read_again" if done.fields else "not_read_again", change=change_id)
        await _decide(deps, change_id)


async def _decide(deps: Deps, change_id: str) -> None:
    await deps.storage.queues.send("changes", Envelope({"ids": [change_id]}, deps.here.clock()))
