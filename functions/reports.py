"""Timer: every hour sends the reports whose moment has come."""

import azure.functions as func

from functions.shell import asleep

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 10 * * * *")
async def reports(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """The schedule is UTC; the calendar's own zone says what is due."""
    if await asleep():
        return
    from shared import app
    from shared.adapters.pages.reports import report_page
    from shared.usecases.reports.send import send_reports

    here = app.current()
    await send_reports(here.deps, lambda report: report_page(report, here.settings.public_url))
