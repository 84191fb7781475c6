"""HTTP: reports as they were sent."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, message, respond, stored

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()
_DIGITS = 4


@bp.route(route="api/reports", methods=["GET"])
async def reports_list(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _reports)


@bp.route(route="api/reports/{kind}/{period}", methods=["GET"])
async def report(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _report)


@bp.route(route="api/reports/{kind}/{period}/{team}", methods=["GET"])
async def team_report(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _report)


async def _reports(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.reports import reports_page
    from shared.usecases.pages.reports import reports

    page = request.params.get("page", "1")
    if not (page.isascii() and page.isdecimal() and 0 < len(page) <= _DIGITS and int(page)):
        return message("Not understood", "Write page as a number from 1 on.", 400)
    return html(reports_page(await reports(app.deps), int(page)))


async def _report(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.record.reports import report_name
    from shared.usecases.pages.reports import report

    asked = request.route_params
    name = report_name(asked.get("kind", ""), asked.get("period", ""), asked.get("team", ""))
    text = await report(app.deps, name) if name else None
    if text is None:
        return message("Not found", "There is no such report here. The list of reports has those that were sent.", 404)
    return stored(text)
