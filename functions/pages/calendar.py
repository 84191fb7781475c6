"""HTTP: the calendar of what rolls out when."""

from datetime import date
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.register import page_of
from functions.pages.respond import html, message, respond
from functions.pages.who import sees_private

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()
_LONGEST = 200  # characters of a filter
_NO_MONTH = "A month is written as 2026-12, and a day as 2026-12-31."


@bp.route(route="api/calendar", methods=["GET"])
async def calendar(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _calendar)


async def _calendar(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.calendar import calendar_page
    from shared.core.life.calendar import month_of
    from shared.usecases.pages.calendar import calendar

    asked = {name: request.params.get(name, "")[:_LONGEST] for name in ("team", "workload")}
    text, day_text = request.params.get("month", ""), request.params.get("day", "")
    try:
        day = date.fromisoformat(day_text) if day_text else None
    except ValueError:
        return message("Not understood", _NO_MONTH, 400)
    month = day.replace(day=1) if day else month_of(text) if text else None
    if (text and not day and month is None) or (day and month_of(f"{day:%Y-%m}") is None):
        return message("Not understood", _NO_MONTH, 400)
    privacy = await sees_private(app, request.headers)
    view = await calendar(app.deps, month, privacy=privacy, day=day, page=page_of(request), **asked)
    return html(calendar_page(view))
