"""Reports as they were sent, to read again."""

from shared.record.reports import ReportName, kept_reports, read_report
from shared.usecases.deps import Deps


async def reports(deps: Deps) -> list[ReportName]:
    """What is kept, the newest first: one call."""
    return await kept_reports(deps.storage.blobs)


async def report(deps: Deps, name: ReportName) -> str | None:
    """One of them as it was sent; None where there is none: one call."""
    return await read_report(deps.storage.blobs, name)
