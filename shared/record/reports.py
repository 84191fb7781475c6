"""Reports as they were sent (container `reports`): a page for each kind and period, and for each team that has one."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from shared.core.errors import ConflictError
from shared.core.life.report_times import REPORT_KINDS, ReportKind
from shared.core.ports.storage import Blobs

CONTAINER = "reports"
_END = ".html"
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_PERIOD = re.compile(r"\d{4}-(?:W?\d{2})")


class ReportName(NamedTuple):
    """Which report: its kind, its period as `2026-05` or `2026-W19`, and the team whose list it is."""

    kind: ReportKind
    period: str
    team: str = ""


def report_name(kind: str, period: str, team: str = "") -> ReportName | None:
    """The report that somebody asks for; None for what names none, whatever stands there."""
    known = next((each for each in REPORT_KINDS if each == kind), None)
    if known is None or not _PERIOD.fullmatch(period) or bool(team) != (known == "owner"):
        return None
    return ReportName(known, period, team) if not team or _TEAM.fullmatch(team) else None


async def keep_report(blobs: Blobs, name: ReportName, html: str) -> None:
    """Keep a report as it is sent; one that stands there already stays what it was."""
    try:
        await blobs.replace(CONTAINER, _path(name), html.encode(), "")
    except ConflictError:
        return


async def read_report(blobs: Blobs, name: ReportName) -> str | None:
    data = await blobs.get(CONTAINER, _path(name))
    return data.decode() if data is not None else None


async def kept_reports(blobs: Blobs) -> list[ReportName]:
    """What is kept, the newest period first."""
    return sorted(_names(await blobs.names(CONTAINER, "")), key=lambda name: (name.period, name), reverse=True)


def _path(name: ReportName) -> str:
    return "/".join(filter(None, (name.kind, name.period, name.team))) + _END


def _names(paths: Iterable[str]) -> list[ReportName]:
    parts = [path.removesuffix(_END).split("/") for path in paths if path.endswith(_END)]
    named = [report_name(*each) for each in parts if len(each) in {2, 3}]
    return [name for name in named if name]
