"""What a second reader cost (table `runs`): one row a month, `reader|<month>`."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.core.ports.storage import Row, Tables, Value, Write
from shared.record.redo import redo
from shared.record.runs import TABLE

_DEPLOYMENT = "-"


@dataclass(frozen=True, slots=True)
class ReaderMonth:
    """A month of questions. `asked`: how many were put, one that was put twice twice; `answered`: answers that came.

    `tokens_in`, `tokens_out`: as the service counted. `fault`: why the last question got no answer; empty where it got
    one. `at`: when that was.
    """

    month: str
    asked: int = 0
    answered: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    fault: str = ""
    at: str = ""
    etag: str = ""


def month_of(at: datetime) -> str:
    return f"{at:%Y-%m}"


async def reader_month(tables: Tables, month: str) -> ReaderMonth:
    """One read."""
    row = await tables.get(TABLE, _DEPLOYMENT, f"reader|{month}")
    if row is None:
        return ReaderMonth(month)
    v = row.values
    return ReaderMonth(
        month, int(str(v["asked"])), int(str(v["answered"])), int(str(v["tokens_in"])), int(str(v["tokens_out"])),
        str(v["fault"]), str(v["at"]), row.etag,
    )  # fmt: skip


async def spend_question(tables: Tables, month: str, budget: int) -> bool:
    """Count one more question; False where the month has had as many as the budget. Two calls."""

    async def step() -> bool:
        known = await reader_month(tables, month)
        if known.asked >= budget:
            return False
        await _write(tables, replace(known, asked=known.asked + 1))
        return True

    return await redo(step)


async def note_reply(tables: Tables, month: str, at: datetime, tokens: tuple[int, int] | None, fault: str = "") -> None:
    """Add what came of a question: the tokens of an answer, None where none came, and then why."""

    async def step() -> None:
        known = await reader_month(tables, month)
        more = tokens or (0, 0)
        await _write(
            tables,
            replace(
                known,
                answered=known.answered + (tokens is not None),
                tokens_in=known.tokens_in + more[0],
                tokens_out=known.tokens_out + more[1],
                fault=fault,
                at=at.isoformat(),
            ),
        )

    await redo(step)


async def _write(tables: Tables, month: ReaderMonth) -> None:
    values: dict[str, Value] = {
        "asked": month.asked, "answered": month.answered, "tokens_in": month.tokens_in,
        "tokens_out": month.tokens_out, "fault": month.fault, "at": month.at,
    }  # fmt: skip
    row = Row(_DEPLOYMENT, f"reader|{month.month}", values, month.etag)
    await tables.commit(TABLE, [Write("replace" if month.etag else "insert", row)])
