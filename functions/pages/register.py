"""HTTP: the built-in register and its tickets."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, message, respond

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/register", methods=["GET"])
async def register(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _register)


@bp.route(route="api/register/{number}", methods=["GET"])
async def ticket(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _ticket)


async def _register(app: "App", _: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.register import register_page
    from shared.usecases.pages.register import register

    return html(register_page(await register(app.deps)))


async def _ticket(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.register import ticket_page
    from shared.usecases.pages.clouds import cloud_of
    from shared.usecases.pages.register import ticket

    number = request.route_params["number"]
    entry = await ticket(app.deps, number)
    if entry is None:
        return message("Not found", f"There is no ticket {number} in the register.", 404)
    return html(ticket_page(entry, await cloud_of(app.deps)))
