"""What a ledger of people's acts says of each change: a few lines of pandas, which know nothing of our tables."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from shared.core.life.line import Line
from tests.usecases.life.people import Entry

DONE = ("no_impact", "done")


def frame(ledger: Sequence[Entry]) -> pd.DataFrame:
    rows = pd.DataFrame(ledger, columns=list(Entry._fields))
    rows["at"] = pd.to_datetime(rows["at"], utc=True)
    return rows.sort_values("at", kind="stable")


def by_change(ledger: Sequence[Entry]) -> pd.DataFrame:
    """One row a change: when it was seen, opened, looked at, decided and closed, and through what."""
    rows = frame(ledger)

    def first(what: str) -> pd.Series:
        return rows[rows["what"] == what].groupby("change")["at"].min()

    found = pd.DataFrame({"seen": first("seen")})
    for name, what in (("filed", "filed"), ("tasked", "opened"), ("triaged", "act"), ("decided", "decided")):
        found[name] = first(what)
    for name, what in (("page", "page"), ("ticket", "ended"), ("task", "done")):
        found[name] = first(what)
    found["answer"] = _answered(rows)
    # A ticket weighs more than a task, and a task that was there before the answers more than these.
    no_ticket, task_came_late = found["filed"].isna(), found["tasked"] > found["answer"]
    found["answer"] = found["answer"].where(no_ticket & (found["tasked"].isna() | task_came_late))
    found["task"] = found["task"].where(no_ticket & found["answer"].isna())
    opening = found["tasked"].where(~(no_ticket & task_came_late))
    found["opened"] = pd.concat([found["filed"], opening], axis=1).min(axis=1).fillna(found["seen"])
    ways = found[["page", "ticket", "task", "answer"]]
    found["through"] = ways.notna().idxmax(axis=1).where(ways.notna().any(axis=1), "")
    found["closed"] = ways.bfill(axis=1).iloc[:, 0]
    return found[["seen", "opened", "triaged", "decided", "closed", "through"]]


def _answered(rows: pd.DataFrame) -> pd.Series:
    """When the last of all its teams had said that there is nothing more to do; nothing where one has not."""
    answers = rows[rows["what"] == "answer"].copy()
    answers[["word", "of"]] = answers["detail"].str.split(" of ", expand=True)
    last = answers.groupby(["change", "team"]).last()
    done = last[last["word"].isin(DONE)].groupby("change")["at"].agg(["count", "max"])
    asked = answers.groupby("change")["of"].last().str.split(",").str.len()
    return done["max"].where(done["count"] == asked.reindex(done.index))


def nearest_rank(days: pd.Series, share: float) -> float:
    return float(days.dropna().quantile(share, interpolation="higher"))


def differences(lines: Iterable[Line], ledger: Sequence[Entry]) -> dict[str, list[str]]:
    """Where a line says otherwise than the ledger, by moment.

    Of a change that lapsed, or that Microsoft took up again, the ledger knows only what people did.
    """
    known = by_change(ledger)
    found: dict[str, list[str]] = {"opened": [], "triaged": [], "decided": [], "closed": []}
    for line in lines:
        row, moments = known.loc[line.id], line.moments
        assert moments is not None
        for name in ("triaged", "decided"):
            if getattr(moments, name) != _moment(row[name]):
                found[name].append(f"{line.id}: {getattr(moments, name)}, and not {row[name]}")
        if line.through == "lapsed" or line.closings > 1 or line.reopened:
            continue
        if moments.opened != _moment(row["opened"]):
            found["opened"].append(f"{line.id}: {moments.opened}, and not {row['opened']}")
        if (line.closed, line.through if line.closed else "") != (_moment(row["closed"]), row["through"]):
            found["closed"].append(f"{line.id}: {line.closed} {line.through}, and not {row['closed']} {row['through']}")
    return found


def spreads(lines: Iterable[Line], ledger: Sequence[Entry]) -> dict[str, tuple[float, float]]:
    """Median and 90th percentile of days to look at a change, and to close it, of the changes that these lines are."""
    rows = by_change(ledger).loc[[line.id for line in lines]]
    spans = {"triage": rows["triaged"] - rows["seen"], "close": rows["closed"] - rows["opened"]}
    days = {name: span.dt.total_seconds() / 86_400 for name, span in spans.items()}
    return {name: (float(each.median()), nearest_rank(each, 0.9)) for name, each in days.items()}


def _moment(value: Any) -> datetime | None:
    return None if pd.isna(value) else value.to_pydatetime()
